// A watch tells of a large job.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";
import { withStatus } from "../../objects.ts";
import { ownEvent, versionNow, watching } from "../../own.ts";

const LENGTH = 200_000;

export const LIMITS_004: Check = {
  id: "LIMITS-004",
  claim: "a watch tells the whole of a job of 200 kB",
  matters: "watches break at large jobs: whatever comes after them is late",
  advice: "look for a proxy that limits or buffers answers",
  severity: "loss",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "watches break at large jobs" } },
  alone: true,
  async run(at) {
    const job = await at.job("a");
    const watch = await watching(at, await versionNow(at));
    const message = "x".repeat(LENGTH);
    ok(await at.put(`jobs/${job.metadata.name}`, withStatus(job, { state: "working", message })));
    const { object } = await ownEvent(at, watch);
    const seen = object.status["message"];
    expect(seen === message, `of a message of ${LENGTH} characters ${typeof seen === "string" ? seen.length : "none"} came`);
  },
};
