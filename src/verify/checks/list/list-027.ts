// A list of the past.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { isOwn, words } from "../../own.ts";

export const LIST_027: Check = {
  id: "LIST-027",
  claim: "resourceVersionMatch=Exact gives the jobs as they were at that version",
  matters: "backups and audits that ask for the state of a moment get a part of it",
  advice: "do not rely on lists of the past on this server",
  severity: "oddity",
  source: "6.1 resourceVersion; k8s: semantics for get and list",
  eras: ["kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const [, second] = await at.jobs("a", "b");
    await at.job("c");
    const query = `resourceVersionMatch=Exact&resourceVersion=${second?.metadata.resourceVersion}`;
    const { items } = ok(await at.get(`jobs?${query}`));
    same(words(at, items.filter((item) => isOwn(at, item))).sort(), ["a", "b"], "own jobs in the list of the moment when there were two");
  },
};
