// A list shows what was written before it.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { listed, words } from "../../own.ts";

export const LIST_002: Check = {
  id: "LIST-002",
  claim: "a list holds a job whose creation was answered before, and none whose deletion was",
  matters: "a worker that looks for jobs does not find the newest one, and one that has ended is begun again",
  advice: "send lists and writes to the same instance of the server, and look for a cache between",
  severity: "trouble",
  source: "k8s: semantics for get and list",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "limited", words: "lists lag behind, and notifications with them" },
    drive: { then: "limited", words: "lists lag behind, and jobs begin late" },
  },
  async run(at) {
    const own = async () => words(at, await listed(at, "jobs")).sort();
    await at.job("a");
    same(await own(), ["a"], "own jobs in the list after one was created");
    await at.job("b");
    same(await own(), ["a", "b"], "own jobs in the list after two were created");
    await at.del(`jobs/${at.name("a")}`);
    same(await own(), ["b"], "own jobs in the list after the first was deleted");
  },
};
