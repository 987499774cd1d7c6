// The self-test: that the table of flips is whole, and that blind checks and false alarms are found out.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ROWS } from "../../src/devserver/behaviour/eras.ts";
import { FAULTS } from "../../src/devserver/behaviour/faults/table.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { breaker, ROW_MUTANTS } from "../../src/self-test/broken.ts";
import { EXCUSES } from "../../src/self-test/excuses.ts";
import { subjectOf } from "../../src/self-test/flip.ts";
import { FLIPS } from "../../src/self-test/flips.ts";
import { HARDSHIPS, healthyRun } from "../../src/self-test/healthy.ts";
import { complaintsOf, killTable, mutantsOf, type Outcome, totals } from "../../src/self-test/kill-table.ts";
import { selfTest, SUBJECTS } from "../../src/self-test/self-test.ts";
import { takesLong } from "../../src/self-test/trial.ts";
import { lend } from "../../src/self-testing.ts";
import { type Check, ERAS } from "../../src/verify/check.ts";
import { CHECKS } from "../../src/verify/checks.ts";
import { expect, ok } from "../../src/verify/expect.ts";

/** A check that says of every server what it is told. */
function checkThat(id: Check["id"], run: Check["run"]): Check {
  return {
    id, run, claim: "", matters: "", advice: "", severity: "oddity", source: "", eras: ["2025-08", "2026-09", "kubernetes"], profile: "smoke", needs: [], breaks: {},
  };
}

const SEES_LISTS = checkThat("LIST-001", async (at) => void ok(await at.get("jobs?limit=1")));
const BLIND = checkThat("LIST-002", () => Promise.resolve());
const ALARMED = checkThat("LIST-003", (at) => at.get("jobs").then(() => expect(false, "it always cries")));
const DOWN = { fault: "status:500,resource=jobs" } as const;

describe("the table of flips", () => {
  test("has a row of flips for each check, in the order of the checks", () => {
    assert.deepEqual(FLIPS.map(([{ id }]) => id), CHECKS.map(({ id }) => id));
    assert.deepEqual(FLIPS.filter(([, ...flips]) => flips.length === 0), []);
  });

  test("has at least 80 checks", () => assert.ok(CHECKS.length >= 80, String(CHECKS.length)));

  test("excuses known rows and faults alone, none of them twice and none that a check must notice", () => {
    const excused = EXCUSES.map(({ subject }) => subject);
    assert.equal(new Set(excused).size, excused.length);
    assert.deepEqual(excused.filter((subject) => !SUBJECTS.includes(subject)), []);
    const flipped = new Set(mutantsOf(FLIPS, []).map(({ flip }) => subjectOf(flip)));
    assert.deepEqual(excused.filter((subject) => flipped.has(subject)), []);
  });

  test("leaves no row and no fault that is neither noticed, nor noted for --lock, nor excused", async () => {
    const known = new Set([...mutantsOf(FLIPS, []).map(({ flip }) => subjectOf(flip)), ...EXCUSES.map(({ subject }) => subject)]);
    const rest = SUBJECTS.filter((subject) => !known.has(subject));
    const tries = breaker(CHECKS.filter((check) => !takesLong(check)), FLIPS, lend(await detectHost()));
    const outcomes: Outcome[] = [];
    for (const mutant of ROW_MUTANTS.filter(({ flip }) => rest.includes(subjectOf(flip)))) outcomes.push(await tries(mutant));
    const seen = new Set(outcomes.filter(({ noticed, noted }) => noticed.length + noted.length > 0).map(({ mutant }) => subjectOf(mutant.flip)));
    assert.deepEqual(rest.filter((subject) => !seen.has(subject)), []);
  });

  test("knows every row and every fault of the embedded server", () =>
    assert.deepEqual(SUBJECTS, [...Object.values(ROWS).map(({ name }) => name), ...FAULTS.map(({ name }) => name)]));
});

describe("selfTest()", () => {
  const run = async (checks: readonly Check[], healthyRuns: number) => {
    const said: string[] = [];
    const rows = checks.map((check) => [check, DOWN] as const);
    const signal = new AbortController().signal;
    return selfTest({ ...lend(await detectHost()), checks, rows, whole: false, healthyRuns, servers: { broken: 2, healthy: 2 }, signal, say: (line) => said.push(line) });
  };

  test("passes where each check notices its flip and nothing on healthy servers", async () => {
    const { passed, lines } = await run([SEES_LISTS], 3);
    assert.ok(passed, lines.join("\n"));
    assert.match(lines.at(-1) ?? "", /^Yes: the checks can be believed \(1 checks, 1 broken servers, 1 kills; 3 healthy runs, 0 false alarms; /);
  });

  test("finds out a check that notices nothing", async () => {
    const { passed, lines } = await run([SEES_LISTS, BLIND], 0);
    assert.ok(!passed);
    assert.ok(lines.includes(`LIST-002 does not notice --fault ${DOWN.fault} on 2026-09`), lines.join("\n"));
  });

  test("finds out a check that cries on healthy servers", async () => {
    const { passed, lines } = await run([ALARMED], 1);
    assert.ok(!passed);
    assert.ok(lines.includes("False alarm on 2025-08, none: LIST-003 fail: it always cries"), lines.join("\n"));
  });
});

describe("complaintsOf()", () => {
  const outcome = (noticed: string[], fault: string): Outcome => ({ mutant: { era: "2026-09", flip: { fault } }, noticed, noted: [], undecided: [], ended: undefined });

  test("names checks without flips, faults that nobody notices and excuses in vain", () => {
    const rows = [[SEES_LISTS, { fault: "lose" }], [BLIND]] as const;
    const outcomes = [outcome(["LIST-001"], "lose"), outcome([], "double")];
    const excuses = [{ subject: "lose", why: "" }, { subject: "slow", why: "" }];
    assert.deepEqual(complaintsOf([SEES_LISTS, BLIND], rows, outcomes, ["lose", "double", "slow"], excuses), [
      "LIST-002 has no flip that it must notice",
      "no check notices double",
      "lose is excused in vain",
    ]);
  });

  test("takes what is noted for --lock as seen", () =>
    assert.deepEqual(complaintsOf([], [], [{ ...outcome([], "double"), noted: ["LIST-001"] }], ["double"], []), []));
});

describe("killTable()", () => {
  test("shows both sides, who could not tell, and why nothing was checked", () => {
    const outcomes: Outcome[] = [
      { mutant: { era: "2026-09", flip: { fault: "lose" } }, noticed: ["LIST-001"], noted: [], undecided: ["LIST-002"], ended: undefined },
      { mutant: { era: "kubernetes", flip: { set: "page-size=3" } }, noticed: [], noted: ["LIST-002"], undecided: [], ended: undefined },
      { mutant: { era: "2026-09", flip: { fault: "cut" } }, noticed: [], noted: [], undecided: [], ended: "no answer" },
    ];
    assert.deepEqual(killTable([SEES_LISTS, BLIND], outcomes, [{ subject: "slow", why: "it is not" }]), [
      "What each check notices:",
      "  LIST-001  --fault lose",
      "  LIST-002  nothing",
      "",
      "What notices each broken server:",
      "  --fault lose: LIST-001; not decided: LIST-002",
      "  --era kubernetes --set page-size=3: noted by LIST-002",
      "  --fault cut: nothing was checked: no answer",
      "",
      "Not for checks to notice:",
      "  slow: it is not",
      "",
    ]);
    assert.equal(totals([SEES_LISTS, BLIND], outcomes), "2 checks, 3 broken servers, 1 kills");
  });
});

/** Of so many checks each hardship takes one: all of them together are for `verify --self-test`. */
const SHARE = 3;

describe("a healthy server that makes it hard to see", () => {
  for (const [index, hardship] of Object.keys(HARDSHIPS).entries()) {
    test(`raises no alarm when it is: ${hardship}`, async () => {
      const number = index * ERAS.length + (index % ERAS.length);
      const checks = CHECKS.filter((check) => check.profile !== "full" && !takesLong(check)).filter((_, at) => at % SHARE === index % SHARE);
      const { alarms, ...run } = await healthyRun(checks, lend(await detectHost()), number);
      assert.deepEqual([run, alarms], [{ era: ERAS[index % ERAS.length], hardship }, []]);
    });
  }
});
