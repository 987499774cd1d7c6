// Checks on dev servers, healthy ones of each era and broken ones, and the two tests that each check has.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { detectHost } from "../../src/runtime/detect.ts";
import { eraOf, type Flip, flipText, type Row } from "../../src/self-test/flip.ts";
import { FLIPPED_PATIENCE_MS, tryChecks as tryWith, type TrialOptions } from "../../src/self-test/trial.ts";
import { lend } from "../../src/self-testing.ts";
import { type Check, ERAS } from "../../src/verify/check.ts";
import type { Report, Result } from "../../src/verify/result.ts";
import { fastClock } from "../support/fast-clock.ts";

export type { Flip, Row };

export interface GroundOptions extends TrialOptions {
  /** So many seconds pass in one, for checks that wait. Default 1. */
  speed?: number;
}

const PATIENCE_MS = 5_000;
const TIMEOUT_MS = 60_000;

/** Checks on a dev server of their own. */
export async function tryChecks(checks: readonly Check[], { speed = 1, ...options }: GroundOptions = {}): Promise<Report> {
  const lent = lend(await detectHost());
  if (speed === 1) return tryWith(checks, lent, options);
  return tryWith(checks, { ...lent, clock: fastClock(speed) }, { patienceMs: PATIENCE_MS * speed, timeoutMs: TIMEOUT_MS * speed, ...options });
}

/** One check on a dev server of its own, broken by the flip. */
export async function tryFlipped(check: Check, flip: Flip, options: GroundOptions = {}): Promise<Result> {
  const { results } = await tryChecks([check], { era: eraOf(check), flip, patienceMs: FLIPPED_PATIENCE_MS * (options.speed ?? 1), ...options });
  const [result] = results;
  assert.ok(result);
  return result;
}

/** Declares the tests of an area: each check passes on each era that it holds for, and notices each of its flips. */
export function provesChecks(checks: readonly Check[], rows: readonly Row[], options: GroundOptions = {}): void {
  test("each check has a row of flips", () => {
    assert.deepEqual(rows.map(([{ id }]) => id), checks.map(({ id }) => id));
    assert.deepEqual(rows.filter(([, ...flips]) => flips.length === 0).map(([{ id }]) => id), []);
  });
  for (const era of ERAS) {
    const fitting = checks.filter(({ eras }) => eras.includes(era));
    if (fitting.length === 0) continue;
    describe(`a healthy server of ${era}`, () => {
      let report: Promise<Report>;
      before(() => {
        report = tryChecks(fitting, { ...options, era });
      });
      for (const { id, claim } of fitting) {
        test(`${id} finds that ${claim}`, async () => {
          const { verdict, seen } = (await report).results.find(({ check }) => check.id === id) ?? {};
          assert.deepEqual({ verdict, seen }, { verdict: "pass", seen: "" });
        });
      }
      after(async () => assert.deepEqual((await report).left, []));
    });
  }
  describe("a broken server", () => {
    for (const [check, ...flips] of rows) {
      for (const flip of flips) {
        test(`${check.id} notices ${flipText(flip)}`, async () => {
          const { verdict, seen } = await tryFlipped(check, flip, options);
          assert.equal(verdict, "fail", `${verdict}: ${seen}`);
        });
      }
    }
  });
}
