// A job that is done leaves the queue with its result.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { claimedBy, withStatus } from "../../objects.ts";
import { ownEvent, watching } from "../../own.ts";

export const LEASE_007: Check = {
  id: "LEASE-007",
  claim: "the last write of a job and its deletion by uid and version succeed, and the DELETED event shows the result",
  matters: "jobs that are done cannot be taken from the queue, or nobody who follows them hears how they ended",
  advice: "read results from the history, with job-controller history",
  severity: "loss",
  source: "4.8 Completion; 6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    drive: { then: "no", words: "jobs that are done stay in the queue" },
    run: { then: "limited", words: "results are missing from what is told of finished jobs" },
  },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const watch = await watching(at, made.metadata.resourceVersion);
    const claimed = ok(await at.put(path, claimedBy(made, at.name("owner"), at.clock.now())));
    const result = { state: "success", message: "done", finished: Math.round(at.clock.now()) };
    const { metadata: { uid, resourceVersion } } = ok(await at.put(path, withStatus(claimed, result)));
    ok(await at.del(path, { preconditions: { uid, resourceVersion } }));
    same((await ownEvent(at, watch, "a")).type, "MODIFIED", "the event of the claim");
    same((await ownEvent(at, watch, "a")).type, "MODIFIED", "the event of the result");
    const { type, object } = await ownEvent(at, watch, "a");
    same(
      [type, object.metadata.uid, object.status["state"], object.status["message"]],
      ["DELETED", uid, "success", "done"],
      "the event of the deletion",
    );
  },
};
