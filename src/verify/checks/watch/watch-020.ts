// An event's object is the object.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { ownEvent, versionNow, watching } from "../../own.ts";

export const WATCH_020: Check = {
  id: "WATCH-020",
  claim: "the object of an event is whole, and the same as GET shows",
  matters: "a driver that takes a job from an event works on a part of it, or writes that part back",
  advice: "look for a proxy that changes streams",
  severity: "trouble",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "events show parts of jobs" }, drive: { then: "limited", words: "jobs are read once more before they are taken" } },
  async run(at) {
    const watch = await watching(at, await versionNow(at));
    await at.job("a", { metadata: { annotations: { trial: "ü \u2028 \"quoted\"\n" } }, status: { state: "pending", message: "trial" } });
    const { object } = await ownEvent(at, watch);
    const { kind, apiVersion, metadata, spec, status } = ok(await at.get(`jobs/${at.name("a")}`));
    const facts = { kind, apiVersion, uid: metadata.uid, version: metadata.resourceVersion, labels: metadata.labels, annotations: metadata.annotations, spec, status };
    const { metadata: seen } = object;
    const told = { kind: object.kind, apiVersion: object.apiVersion, uid: seen.uid, version: seen.resourceVersion, labels: seen.labels, annotations: seen.annotations };
    same({ ...told, spec: object.spec, status: object.status }, facts, "the event's object");
  },
};
