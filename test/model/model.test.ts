// The shipped steps, explored to the last state: two drivers and a reaper, one name, crashes at any moment, faults.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Edit, withMutant } from "../support/mutant.ts";
import { explore, type Outcome } from "./explore.ts";
import { SHIPPED, type Steps, stepsFrom } from "./steps.ts";
import { type Law, LAWS, modelOf, type Role, type Setting } from "./world.ts";

const DRIVER: Role = { name: "driver", drives: true, reaps: false };
const REAPER: Role = { name: "reaper", drives: false, reaps: true };
const BOTH: Role = { name: "both", drives: true, reaps: true };

const BASE: Setting = {
  name: "two drivers and a reaper", roles: [DRIVER, DRIVER, REAPER], validity: 2, renewal: 1, expiry: 3, settle: 0, maxAttempts: 2,
  uids: 2, server: "atomic", races: 0, faults: 1,
};
const SETTLED: Partial<Setting> = { server: "prompt", settle: 1, expiry: 4, races: 1, faults: 0, uids: 1 };

const SETTINGS: readonly Setting[] = [
  BASE,
  { ...BASE, name: "two replicas that drive and reap", roles: [BOTH, BOTH] },
  { ...BASE, ...SETTLED, name: "a server without atomic compare-and-swap, claims settled" },
];

function run(setting: Setting, steps: Steps = SHIPPED): Outcome {
  return explore(modelOf(steps, setting));
}

function story({ finding }: Outcome): string {
  return finding === undefined ? "" : `${LAWS[finding.law]}:\n${finding.story.map(({ who, what }) => `${who} ${what}`).join("\n")}`;
}

describe("the model of claims, leases, reaps and ends", () => {
  for (const setting of SETTINGS) {
    test(`breaks no law in any state: ${setting.name}`, () => {
      const outcome = run(setting);
      assert.equal(outcome.finding, undefined, story(outcome));
      assert.ok(outcome.complete && outcome.states > 5_000, `${outcome.states} states`);
    });
  }

  for (const [name, change, law] of [
    ["claims are not settled", { settle: 0, expiry: 3 }, "overlap"],
    ["a PUT lands after the settle time", { server: "slow" }, "second result"],
  ] as const) {
    test(`finds what must go wrong without atomic compare-and-swap when ${name}`, () => {
      const { finding } = run({ ...BASE, ...SETTLED, ...change, name });
      assert.equal(finding?.law, law satisfies Law);
    });
  }
});

/** A guard of the steps and what stands in its place when it is switched off; each is missed within one uid. */
const GUARDS: readonly (Edit & { guard: string; faults: number })[] = [
  { guard: "a read older than our own result is none", file: "drive/lease-state.ts", faults: 2,
    from: 'if (view.uid !== mine.uid || view.claim === "" || view.owner !== mine.owner) return false;', to: "return false;" },
  { guard: "another's lease is over only at the version that was seen so long", file: "drive/others-leases.ts", faults: 1,
    from: "if (seen !== undefined && seen.version === version) return seen;", to: "if (seen !== undefined) return { ...seen, version };" },
  { guard: "a read decides what became of a claim by its owner", file: "drive/claim-state.ts", faults: 1,
    from: 'if (view.owner === owner && view.claim !== "") return', to: 'if (view.claim !== "") return' },
];

describe("a guard that is switched off", () => {
  for (const { guard, faults, ...edit } of GUARDS) {
    test(`is missed: ${guard}`, () =>
      withMutant(edit, async (load) => {
        const outcome = run({ ...BASE, uids: 1, faults }, await stepsFrom(load));
        assert.notEqual(outcome.finding, undefined, `${outcome.states} states, nothing broken`);
      }));
  }
});
