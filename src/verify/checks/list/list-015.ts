// A list in pages is one picture.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { isOwn, pages, touched, words } from "../../own.ts";

export const LIST_015: Check = {
  id: "LIST-015",
  claim: "a job that is changed while pages are read is on one of them",
  matters: "a client takes the job for deleted, and for a new one when it is back",
  advice: "confirm with GET that an object is gone before something is done about it, as this program does",
  severity: "trouble",
  source: "6.2 Lists and paging; #129460",
  eras: ["kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: {},
  async run(at) {
    await at.jobs("a", "b", "c");
    const first = ok(await at.get("jobs?limit=1"));
    await touched(at, "c");
    const rest = await pages(at, "jobs?limit=500", first.metadata.continue);
    const seen = [first, ...rest].flatMap(({ items }) => items.filter((item) => isOwn(at, item)));
    same(words(at, seen).sort(), ["a", "b", "c"], "own jobs on the pages");
  },
};
