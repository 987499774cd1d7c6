// Plans come of their seeds, miss no kind, and hold faults that the dev server knows.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseFault } from "../../src/devserver/behaviour/faults/parse.ts";
import { FAULTS } from "../../src/devserver/behaviour/faults/table.ts";
import { DEV_FAULT_NAMES, DEV_FAULTS, type Kind, planOf, TO_CONTROLLERS } from "./plan.ts";

const KINDS: Kind[] = [...TO_CONTROLLERS, ...DEV_FAULT_NAMES];
const OPTIONS = { seed: 7, kinds: KINDS, controllers: 3, lengthMs: 60_000, everyMs: 3_000, calmMs: 4_000 };

describe("planOf", () => {
  test("gives the same plan for the same seed, and another for another", () => {
    assert.deepEqual(planOf(OPTIONS), planOf(OPTIONS));
    assert.notDeepEqual(planOf(OPTIONS), planOf({ ...OPTIONS, seed: 8 }));
  });

  test("has every kind in each round", () => {
    for (let seed = 0; seed < 50; seed++) {
      const plan = planOf({ ...OPTIONS, seed }).map(({ kind }) => kind);
      assert.deepEqual(plan.slice(0, KINDS.length).sort(), KINDS.slice(0).sort());
    }
  });

  test("keeps to its time and to the controllers that there are", () => {
    const plan = planOf({ ...OPTIONS, lengthMs: 600_000 });
    for (const { atMs, controller, forMs } of plan) {
      assert.ok(atMs >= 4_000 && atMs < 600_000 && [0, 1, 2].includes(controller) && forMs >= 200 && forMs <= 24_000, `${atMs} ${controller} ${forMs}`);
    }
    assert.ok(plan.length >= 198, String(plan.length));
  });
});

describe("the faults of a plan", () => {
  test("are known to the dev server, and none of them is about what the torture itself asks", () => {
    for (const text of Object.values(DEV_FAULTS).flat()) {
      const { when, fault } = parseFault(FAULTS, `${text},for=1s`);
      const own = fault.scope !== "server" && when.server === "api" && (when.verb === undefined || when.verb === "watch" || (when.verb === "create" && when.resource === undefined));
      assert.ok(!own || ["set"].includes(fault.name), text);
    }
  });
});
