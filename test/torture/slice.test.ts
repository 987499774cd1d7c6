// One minute of `npm run torture`, with a plan that has each kind of disturbance once, and few enough workers for any machine.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DEV_FAULT_NAMES, TO_CONTROLLERS, TO_JOBS } from "./plan.ts";
import { complaints } from "./report.ts";
import { failures, torture } from "./torture.ts";

/** Left for whoever wants to know why it failed. */
const FOLDER = fileURLToPath(new URL("../../.cache/torture/slice", import.meta.url));

describe("a minute of torture", () => {
  test("loses no job, runs none twice at once, and leaves one record of each", async () => {
    const outcome = await torture({
      server: "dev:2026-09",
      seed: 3,
      lengthMs: 60_000,
      drivers: [2, 2, 2],
      repositories: 2,
      jobsPerSecond: 4,
      everyMs: 3_200,
      folder: FOLDER,
      say: () => {},
    });
    assert.deepEqual(failures(outcome), [], complaints(outcome, FOLDER).join("\n"));
    assert.deepEqual([...outcome.suffered.keys()].sort(), [...TO_CONTROLLERS, ...TO_JOBS, ...DEV_FAULT_NAMES].sort());
    assert.deepEqual([...outcome.suffered].filter(([, count]) => count === 0), []);
    assert.ok(outcome.jobs >= 20 && outcome.records === outcome.jobs, `${outcome.jobs} jobs, ${outcome.records} records`);
  });
});
