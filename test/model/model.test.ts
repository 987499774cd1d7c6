import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withMutant } from "../support/mutant.ts";
import { explore, type Outcome } from "./explore.ts";
import { GUARDS, tryWithout } from "./guards.ts";
import { OVERLAPPING, SETTINGS } from "./settings.ts";
import { SHIPPED, stepsFrom } from "./steps.ts";
import { renderStory } from "./story.ts";
import { modelOf, type Setting } from "./world.ts";

const LIMIT = { timeout: 120_000 };

function told({ finding }: Outcome, setting: Setting): string {
  return finding === undefined ? "" : renderStory(finding, setting).join("\n");
}

describe("drivers, a reaper and a server, explored to the last state", () => {
  for (const setting of Object.values(SETTINGS)) {
    test(`keep every law: ${setting.name}`, LIMIT, () => {
      const outcome = explore(modelOf(SHIPPED, setting));
      assert.equal(told(outcome, setting), "");
      assert.ok(outcome.complete);
    });
  }

  test("overlap where a PUT lands after the settle time", LIMIT, () => {
    assert.equal(explore(modelOf(SHIPPED, OVERLAPPING)).finding?.law, "overlap");
  });

  test("overlap where a server that is not atomic is taken for one that is", LIMIT, () => {
    assert.equal(explore(modelOf(SHIPPED, { ...SETTINGS.prompt, settle: 0 })).finding?.law, "overlap");
  });
});

describe("without one guard the explorer", () => {
  for (const guard of GUARDS) {
    test(`finds ${guard.missed ?? "nothing"}: ${guard.name}`, LIMIT, async () => {
      const { outcome, model } = await tryWithout(guard, () => 0);
      assert.equal(outcome.finding?.law, guard.missed, told(outcome, model.setting));
      assert.ok(outcome.finding !== undefined || outcome.complete);
    });
  }
});

describe("what is left out since it comes to nothing", () => {
  const setting: Setting = { ...SETTINGS.small, faults: 1 };

  test("hides no end and no broken law of the steps as they are", LIMIT, () => {
    const model = modelOf(SHIPPED, setting);
    const all = explore(model, { carryAll: true });
    assert.equal(told(all, setting), "");
    assert.ok(all.complete && all.states > explore(model).states);
  });

  for (const guard of GUARDS) {
    test(`hides nothing without a guard: ${guard.name}`, LIMIT, () =>
      withMutant(guard, async (load) => {
        const model = modelOf(await stepsFrom(load), { ...setting, faults: 0 });
        const [all, some] = [explore(model, { carryAll: true }), explore(model)];
        assert.equal(told(some, setting).split("\n").at(-1), told(all, setting).split("\n").at(-1));
      }));
  }
});
