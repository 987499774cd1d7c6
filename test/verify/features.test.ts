// What is safe on a server follows from what its checks came to, and which checks a person's words choose.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Check, FEATURES } from "../../src/verify/check.ts";
import { CHECKS } from "../../src/verify/checks.ts";
import { featureVerdicts } from "../../src/verify/features.ts";
import type { Result, Verdict } from "../../src/verify/result.ts";
import { idleWords, selected, unknownWord } from "../../src/verify/select.ts";
import { checkOf, resultOf } from "./reports/sample.ts";

const LATE: Check["breaks"] = { run: { then: "limited", words: "late" } };
const TWICE: Check["breaks"] = { run: { then: "no", words: "twice" }, drive: { then: "no", words: "twice" } };
const one = (verdict: Verdict, breaks: Check["breaks"], id: Check["id"] = "WATCH-001") => resultOf(id, verdict, "", { breaks });
const run = (results: Result[], omitted: Check[] = [], profile = "standard") => {
  const { safe, words } = featureVerdicts({ results, omitted, profile })[0] ?? {};
  return [safe, ...(words ?? [])];
};

describe("featureVerdicts()", () => {
  const rows: readonly [string, Result[], string[]][] = [
    ["all holds", [one("pass", LATE), one("pass", TWICE)], ["yes"]],
    ["what fails only limits it", [one("fail", LATE), one("pass", TWICE)], ["limited", "late"]],
    ["something fails that it cannot do without", [one("fail", LATE), one("fail", TWICE)], ["no", "late", "twice"]],
    ["two checks fail for the same reason", [one("fail", LATE), one("fail", LATE)], ["limited", "late"]],
    ["something was not decided", [one("pass", LATE), one("error", TWICE, "LEASE-002")], ["unknown", "not decided: LEASE-002"]],
    ["something fails and something was not decided", [one("fail", LATE), one("error", TWICE)], ["limited", "late"]],
    ["some were skipped", [one("pass", LATE), one("skip", TWICE, "LEASE-002")], ["yes", "as far as was checked, without LEASE-002"]],
    ["all were skipped", [one("skip", TWICE)], ["unknown", "nothing that it rests on was checked"]],
    ["nothing that it rests on was there", [one("pass", {})], ["unknown", "nothing that it rests on was checked"]],
    ["a failure is accepted", [resultOf("WATCH-001", "fail", "", { breaks: LATE, accepted: { reason: "known" } })], ["limited", "late"]],
  ];
  for (const [what, results, expected] of rows) test(`${expected[0]} where ${what}`, () => assert.deepEqual(run(results), expected));
  const left = (...profiles: Check["profile"][]) => profiles.map((profile) => checkOf("LEASE-002", { breaks: TWICE, profile }));
  const parts: readonly [string, Result[], Check[], string, string[]][] = [
    ["others were left out", [one("pass", LATE), one("skip", LATE)], [...left("standard"), checkOf("LEASE-003")], "standard", ["1 of 3 checks passed", "1 left out"]],
    ["none was chosen", [], left("smoke", "standard"), "smoke", ["none of 2 checks was tried", "2 left out"]],
    ["the profile is smoke", [one("pass", LATE)], left("standard", "standard"), "smoke", ["1 of 3 checks passed", "2 only with --profile=standard"]],
  ];
  for (const [what, results, omitted, profile, words] of parts) test(`unknown where ${what}`, () => assert.deepEqual(run(results, omitted, profile), ["unknown", ...words]));
  test("has a line for each feature", () => assert.deepEqual(featureVerdicts({ results: [], profile: "standard" }).map(({ feature }) => feature), [...FEATURES]));
});

describe("the table of checks", () => {
  test("has each id once, numbered through in its area", () => {
    const areas = Map.groupBy(CHECKS.map(({ id }) => id), (id) => id.slice(0, -4));
    for (const [area, ids] of areas) assert.deepEqual(ids, ids.map((_, at) => `${area}-${String(at + 1).padStart(3, "0")}`));
    assert.ok(CHECKS.length >= 80, `${CHECKS.length}`);
  });
  test("rests each feature on some", () => {
    for (const feature of FEATURES) assert.ok(CHECKS.some(({ breaks }) => breaks[feature]?.then === "no"), feature);
  });
  test("says everything in one line each, without a full stop", () => {
    const textsOf = ({ claim, matters, advice, breaks }: Check) => [claim, matters, advice, ...Object.values(breaks).map(({ words }) => words)];
    assert.deepEqual(CHECKS.flatMap(textsOf).filter((text) => !/^\S.*[^.\s]$/.test(text)), []);
  });
  test("keeps smoke to what reads", () => {
    assert.deepEqual(CHECKS.filter(({ profile, needs }) => profile === "smoke" && needs.includes("write")).map(({ id }) => id), []);
  });
});

describe("selected()", () => {
  const smoke = checkOf("LIST-001", { profile: "smoke" });
  const standard = checkOf("LIST-002");
  const full = checkOf("WATCH-001", { profile: "full" });
  const ids = (profile: Check["profile"], focus: string[], skip: string[] = []) => selected([smoke, standard, full], { profile, focus, skip }).map(({ id }) => id);
  const rows: readonly [string, string[], string[]][] = [
    ["what the profile holds", ids("standard", []), ["LIST-001", "LIST-002"]],
    ["all of an area within the profile", ids("full", ["WATCH"]), ["WATCH-001"]],
    ["nothing of an area beyond it", ids("smoke", ["WATCH"]), []],
    ["what is named, whatever the profile", ids("smoke", ["WATCH-001"]), ["WATCH-001"]],
    ["not what is skipped, though it was named", ids("full", ["LIST", "WATCH-001"], ["LIST-002", "WATCH"]), ["LIST-001"]],
  ];
  for (const [what, given, expected] of rows) test(`takes ${what}`, () => assert.deepEqual(given, expected));
});

describe("idleWords()", () => {
  const checks = [checkOf("LIST-001", { profile: "smoke" }), checkOf("LIST-002"), checkOf("WATCH-001", { profile: "full" })];
  const idle = (focus: string[], skip: string[] = []) => idleWords(checks, { profile: "smoke", focus, skip });
  test("has nothing against words that choose something", () => assert.deepEqual(idle(["LIST", "WATCH-001"]), []));
  test("names the profile that a word takes", () => assert.deepEqual(idle(["LIST", "WATCH"]), ["--focus=WATCH chooses nothing: its checks are of --profile=full, not smoke"]));
  test("says that --skip leaves nothing", () => assert.deepEqual(idle(["LIST-001"], ["LIST"]), ["--focus=LIST-001 chooses nothing: --skip leaves none of it"]));
});

describe("unknownWord()", () => {
  const checks = [checkOf("LIST-001"), checkOf("WATCH-001")];
  test("has nothing against ids and areas", () => assert.deepEqual(["LIST-001", "WATCH"].map((word) => unknownWord(checks, word)), [undefined, undefined]));
  test("guesses what was meant", () => assert.equal(unknownWord(checks, "WACTH"), "did you mean WATCH?"));
  test("says what is expected", () => assert.equal(unknownWord(checks, "NOTHING"), "expected an id or an area that --list shows"));
});
