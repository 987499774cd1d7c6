// A namespace's list holds its own.

import type { Check } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { isOwn, pages, words } from "../../own.ts";

export const LIST_018: Check = {
  id: "LIST-018",
  claim: "a list of a namespace holds objects of that namespace alone",
  matters: "jobs of one tenant are shown to another, and worked on under its name",
  advice: "do not use this server for more than one tenant until it is repaired",
  severity: "danger",
  source: "2.1 Versions and resources",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "limited", words: "jobs of other namespaces can be told as one's own" },
    drive: { then: "no", words: "jobs of other namespaces are worked on" },
  },
  async run(at) {
    await at.job("a");
    const items = (await pages(at, "jobs")).flatMap((page) => page.items);
    same(words(at, items.filter((item) => isOwn(at, item))), ["a"], "own jobs in the list");
    const strangers = [...new Set(items.map(({ metadata }) => metadata.namespace).filter((namespace) => namespace !== at.namespace))];
    same(strangers, [], `other namespaces in the list of ${at.namespace}`);
    const other = await at.get(`${at.api}/namespaces/${at.namespace}-none/jobs`);
    expect(!other.text.includes(at.name("a")), `the list of ${at.namespace}-none holds a job of ${at.namespace}`);
  },
};
