// Each kind of label selector selects what it says.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { byLabel, LABEL_TRIAL, listed, words } from "../../own.ts";

const KEY = LABEL_TRIAL;
/** Of a job a with the value 1, a job b with the value 2 and a job c without the label. */
const SELECTED: Readonly<Record<string, readonly string[]>> = {
  [`${KEY}=1`]: ["a"],
  [`${KEY}==2`]: ["b"],
  [`${KEY}!=1`]: ["b", "c"],
  [`${KEY} in (1,2)`]: ["a", "b"],
  [`${KEY} notin (1)`]: ["b", "c"],
  [KEY]: ["a", "b"],
  [`!${KEY}`]: ["c"],
  [`${KEY},${KEY}!=1`]: ["b"],
};

export const LIST_008: Check = {
  id: "LIST-008",
  claim: "label selectors with =, ==, !=, in, notin, a key, its absence and a comma select what they say",
  matters: "jobs that wait are looked for by the absence of their claim: they are not found, or claimed ones are taken for free",
  advice: "look for a proxy that changes queries, and whether ! and commas arrive escaped",
  severity: "loss",
  source: "6.3 Selectors",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "jobs that wait are not found" } },
  async run(at) {
    for (const [word, value] of Object.entries({ a: "1", b: "2" })) await at.job(word, { metadata: { labels: { [KEY]: value } } });
    await at.job("c");
    for (const [selector, expected] of Object.entries(SELECTED)) {
      same(words(at, await listed(at, `jobs?${byLabel(selector)}`)).sort(), expected, `own jobs selected by ${selector}`);
    }
  },
};
