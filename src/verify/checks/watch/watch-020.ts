// An event's object is the object.

import type { Check } from "../../check.ts";
import { ok, sameParts } from "../../expect.ts";
import { ownEvent, versionNow, watching } from "../../own.ts";
import type { Body } from "../../body.ts";

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
  breaks: {
    run: { then: "limited", words: "events show parts of jobs" },
    drive: { then: "limited", words: "jobs are read once more before they are taken" },
  },
  async run(at) {
    const watch = await watching(at, await versionNow(at));
    await at.job("a", {
      metadata: { annotations: { trial: 'ü \u2028 "quoted"\n' } },
      status: { state: "pending", message: "trial" },
    });
    const parts = ({ kind, apiVersion, metadata: { uid, resourceVersion, labels, annotations }, spec, status }: Body) => ({
      kind,
      apiVersion,
      uid,
      resourceVersion,
      labels,
      annotations,
      spec,
      status,
    });
    const { object } = await ownEvent(at, watch);
    sameParts(parts(object), parts(ok(await at.get(`jobs/${at.name("a")}`))), "the event's object");
  },
};
