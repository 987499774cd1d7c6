// Times and shares come back as the numbers that they are.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { withStatus } from "../../objects.ts";

export const WRITE_020: Check = {
  id: "WRITE-020",
  claim: "times in milliseconds and fractions of progress come back exactly",
  matters: "how long jobs took is wrong by a factor, and progress jumps",
  advice: "update Grafana: older parts of it wrote seconds",
  severity: "oddity",
  source: "2.4 JobStatus",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const numbers = { started: 1_756_111_201_061, finished: 4_102_444_799_999, progress: 33.25 };
    ok(await at.put(path, withStatus(made, { state: "working", ...numbers })));
    const { status } = ok(await at.get(path));
    same({ started: status["started"], finished: status["finished"], progress: status["progress"] }, numbers, "times and progress");
  },
};
