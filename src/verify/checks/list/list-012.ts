// A page can be asked for again.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { listed, words } from "../../own.ts";

export const LIST_012: Check = {
  id: "LIST-012",
  claim: "a continue token that is used again gives the same objects",
  matters: "after an answer that was lost a client asks again, and misses a page of jobs",
  advice: "begin a list anew when a page is lost",
  severity: "loss",
  source: "k8s: retrieving large results sets in chunks",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "jobs are missing from a list of which a page was asked for twice" } },
  async run(at) {
    await at.jobs("a", "b", "c", "d");
    const first = ok(await at.get("jobs?limit=1"));
    const rest = async () => words(at, await listed(at, "jobs?limit=500", first.metadata.continue)).sort();
    const [once, again] = [await rest(), await rest()];
    same(again, once, "own jobs on the page when it was asked for again");
    same(again.slice(-3), ["b", "c", "d"], "own jobs behind the first page");
  },
};
