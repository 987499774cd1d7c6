// Labels are compared as numbers.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { byLabel, LABEL_TRIAL, listed, words } from "../../own.ts";

const VALUES: Readonly<Record<string, string>> = { a: "5", b: "50", c: "500", d: "x" };

export const LIST_007: Check = {
  id: "LIST-007",
  claim: "the selectors < and > compare labels as whole numbers, and leave out what is none",
  matters: "leases that have expired are not found, or live ones are taken for expired",
  advice: "let nothing reap expired leases on this server until it is repaired",
  severity: "danger",
  source: "6.3 Selectors",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "expired leases cannot be told from live ones" } },
  async run(at) {
    for (const [word, value] of Object.entries(VALUES)) await at.job(word, { metadata: { labels: { [LABEL_TRIAL]: value } } });
    const found = async (rest: string) => words(at, await listed(at, `jobs?${byLabel(LABEL_TRIAL + rest)}`)).sort();
    same(await found("<100"), ["a", "b"], `own jobs of ${JSON.stringify(VALUES)} below 100`);
    same(await found(">40"), ["b", "c"], `own jobs of ${JSON.stringify(VALUES)} above 40`);
  },
};
