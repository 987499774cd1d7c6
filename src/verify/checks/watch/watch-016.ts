// Lists and watches tell the same.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { listed, ownEvent, versionNow, watching } from "../../own.ts";

export const WATCH_016: Check = {
  id: "WATCH-016",
  claim: "what the events of a watch add up to is what a list shows",
  matters: "a controller works on a picture of the jobs that is not the server's",
  advice: "lower --resync-interval: each list sets the picture right",
  severity: "loss",
  source: "6.4 Watch; k8s: efficient detection of changes",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "what is known of jobs can be wrong until the next list" } },
  async run(at) {
    const watch = await watching(at, await versionNow(at));
    const jobs = ["a", "b", "c", "d"];
    await Promise.all(jobs.map((word) => at.job(word)));
    for (const word of ["b", "c"]) ok(await at.patch(`jobs/${at.name(word)}`, { status: { state: "working" } }));
    for (const word of ["a", "b"]) ok(await at.del(`jobs/${at.name(word)}`));
    const again = await at.job("a");
    const picture = new Map<string, string>();
    while (picture.get(again.metadata.name) !== again.metadata.resourceVersion) {
      const { type, object: { metadata } } = await ownEvent(at, watch);
      if (type === "DELETED") picture.delete(metadata.name);
      else picture.set(metadata.name, metadata.resourceVersion);
    }
    const list = (await listed(at, "jobs")).map(({ metadata }) => [metadata.name, metadata.resourceVersion]);
    same([...picture].sort(), list.sort(), "names and versions");
  },
};
