// A lock says what changed and nothing else; a baseline accepts what it names until its day is over.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError } from "../../src/base/errors.ts";
import { parseBaseline, withBaseline } from "../../src/verify/baseline.ts";
import { expectations, type Files } from "../../src/verify/files.ts";
import { lockOf, lockText, parseLock, withLock } from "../../src/verify/lock.ts";
import { failures, outcomeOf } from "../../src/verify/outcome.ts";
import type { Report } from "../../src/verify/result.ts";
import { reportOf, resultOf } from "./reports/sample.ts";

const SEEN = { "page size": "500", "first answer": "up to 100ms" };
const BEFORE = reportOf([
  resultOf("LIST-001", "pass", "", { observed: SEEN }), resultOf("LIST-002", "fail", "s"), resultOf("LIST-003", "skip", "s"), resultOf("LIST-004", "error", "s"),
]);
const locked = parseLock(lockText(lockOf(BEFORE)), "a.lock");
const changes = (now: Report) => withLock(now, locked, "a.lock").changes;
const withFirst = (...first: Parameters<typeof resultOf>) => reportOf([resultOf(...first), ...BEFORE.results.slice(1)]);

describe("lockText()", () => {
  test("has a line for each check that was decided, and sorted names", () => {
    const lines = lockText(lockOf(BEFORE)).split("\n").filter((line) => line.startsWith("    "));
    assert.deepEqual(lines, [
      '    "LIST-001": {"verdict":"pass","observed":{"first answer":"up to 100ms","page size":"500"}},', '    "LIST-002": {"verdict":"fail"},', '    "LIST-003": {"verdict":"skip"}',
    ]);
  });
  test("is the same for the same server, whenever and however long it ran", () => {
    assert.equal(lockText(lockOf({ ...BEFORE, startedMs: 0, ms: 1, run: "verify-other" })), lockText(lockOf(BEFORE)));
  });
});

describe("withLock()", () => {
  test("names no change of the same behaviour, and accepts the failures that were there", () => {
    const now = withLock(BEFORE, locked, "a.lock");
    assert.deepEqual(now.changes, []);
    assert.equal(failures(now), 0);
    assert.deepEqual(now.results[1]?.accepted, { reason: "as in a.lock" });
  });
  const rows: readonly [string, Report, string[]][] = [
    ["a check that fails now", withFirst("LIST-001", "fail", "s"), ["LIST-001: was pass, now it is fail"]],
    ["a failure that is gone", reportOf([resultOf("LIST-002", "pass")]), ["LIST-002: was fail, now it is pass"]],
    ["another value", withFirst("LIST-001", "pass", "", { observed: { ...SEEN, "page size": "100" } }), ['LIST-001: page size was "500", now it is "100"']],
    ["a value that is gone", withFirst("LIST-001", "pass", "", { observed: { "first answer": "up to 100ms" } }), []],
    ["a value that is new", withFirst("LIST-001", "pass", "", { observed: { ...SEEN, more: "1" } }), []],
    [
      "a duration two bands away", withFirst("LIST-001", "pass", "", { observed: { ...SEEN, "first answer": "up to 10s" } }),
      ['LIST-001: first answer was "up to 100ms", now it is "up to 10s"'],
    ],
    ["a duration in the band beside it", withFirst("LIST-001", "pass", "", { observed: { ...SEEN, "first answer": "up to 1s" } }), []],
    ["a check that was not decided", withFirst("LIST-001", "error", "s"), []],
    ["a check that was not chosen", reportOf([]), []],
    ["a check that is new", reportOf([...BEFORE.results, resultOf("LIST-005", "pass")]), []],
    ["another version of the server", reportOf(BEFORE.results, { serverVersion: "v13.0.0" }), ['server: version was "v12.4.0", now it is "v13.0.0"']],
  ];
  for (const [what, now, expected] of rows) test(`${what}: ${expected.length === 0 ? "no change" : "a change"}`, () => assert.deepEqual(changes(now), expected));
  test("leaves a failure of what held before to count", () => assert.equal(failures(withLock(withFirst("LIST-001", "fail", "s"), locked, "a.lock")), 1));
  test("leaves a failure of a new check to count", () => {
    assert.equal(failures(withLock(reportOf([...BEFORE.results, resultOf("LIST-005", "fail")]), locked, "a.lock")), 1);
  });
  test("notes what is new to it", () => {
    const { notes } = withLock(reportOf([...BEFORE.results, resultOf("LIST-005", "pass")]), locked, "a.lock");
    assert.deepEqual(notes, ["a.lock knows nothing of LIST-005: delete it to begin anew"]);
  });
  test("is no promise where it knows none of the checks", () => {
    const now = withLock(reportOf([resultOf("WATCH-001", "pass")]), locked, "a.lock");
    assert.deepEqual([now.changes, outcomeOf(now).answer], [["a.lock knows none of these checks"], "no"]);
  });
  test("makes the answer no where something got better, too", () => {
    assert.equal(outcomeOf(withLock(reportOf([resultOf("LIST-002", "pass")]), locked, "a.lock")).answer, "no");
  });
});

describe("the file of a lock", () => {
  const run = async (report: Report) => {
    const written: string[] = [];
    const missing = () => Promise.reject(Object.assign(new Error("no such file"), { code: "ENOENT" }));
    const files = { readText: missing, writeText: async (path: string) => void written.push(path), nowMs: () => 0, clean: (text: string) => text } as unknown as Files;
    const { judge, keep } = await expectations({ lock: "a.lock", baseline: undefined }, IDS, files);
    const { notes } = judge(report);
    assert.equal(await keep(report), true);
    return { notes, written };
  };
  test("is written where there was none", async () => {
    assert.deepEqual(await run(BEFORE), { notes: ["a.lock holds what was seen: keep it, and the next run compares"], written: ["a.lock"] });
  });
  const little: readonly [string, Report][] = [["was cut short", { ...BEFORE, cut: "stopped" }], ["came to no verdict", reportOf([resultOf("LIST-001", "error", "s")])]];
  for (const [what, report] of little) {
    test(`is not written by a run that ${what}`, async () => assert.deepEqual(await run(report), { notes: ["a.lock was not written: not all was checked"], written: [] }));
  }
});

describe("parseLock()", () => {
  const documents = [{ schemaVersion: 2, server: {}, checks: {} }, { schemaVersion: 1, checks: {} }, { schemaVersion: 1, server: {}, checks: { a: 1 } }];
  for (const text of ["", "[]", "null", ...documents.map((document) => JSON.stringify(document))]) {
    test(`refuses "${text}"`, () => {
      assert.throws(() => parseLock(text, "a.lock"), (error) => error instanceof ConfigError && error.message.startsWith('Cannot use lock "a.lock": expected '));
    });
  }
});

const IDS = ["LIST-001", "LIST-002"];
const DAY = Date.UTC(2027, 0, 31);
const entry = { check: "LIST-002", reason: "they know", expires: "2027-01-31" };
const fileOf = (...accept: unknown[]) => JSON.stringify({ schemaVersion: 1, accept });

describe("withBaseline()", () => {
  const accepted = parseBaseline(fileOf(entry), "b.json", IDS);
  test("accepts what it names until its last day is over", () => {
    assert.equal(failures(withBaseline(BEFORE, accepted, DAY + 86_399_999)), 0);
    const over = withBaseline(BEFORE, accepted, DAY + 86_400_000);
    assert.equal(failures(over), 1);
    assert.deepEqual(over.notes, ["LIST-002 was accepted until 2027-01-31, which is over: they know"]);
  });
  test("lets what is over count where a lock knows it, too", () => {
    assert.equal(failures(withBaseline(withLock(BEFORE, locked, "a.lock"), accepted, DAY + 86_400_000)), 1);
  });
  test("says what it does not need to name any more", () => {
    const { notes } = withBaseline(reportOf([resultOf("LIST-002", "pass")]), accepted, DAY);
    assert.deepEqual(notes, ["LIST-002 holds, and needs no place in the baseline"]);
  });
  test("leaves other failures alone", () => assert.equal(failures(withBaseline(reportOf([resultOf("LIST-001", "fail")]), accepted, DAY)), 1));
});

describe("parseBaseline()", () => {
  const rows: readonly [string, string, RegExp][] = [
    ["no JSON", "x", /expected JSON/],
    ["another version", '{"schemaVersion":2,"accept":[]}', /expected schemaVersion 1/],
    ["no list", '{"schemaVersion":1}', /expected a list "accept"/],
    ["an unknown check", fileOf({ ...entry, check: "LIST-00" }), /entry 1 names no check: did you mean LIST-00\d\?/],
    ["no check", fileOf(null), /entry 1 names no check/],
    ["no reason", fileOf({ ...entry, reason: " " }), /expected a reason for LIST-002/],
    ["no day", fileOf({ ...entry, expires: "2027-02-30" }), /expected a day such as 2027-01-31 in expires of LIST-002/],
    ["a check that is named twice", fileOf(entry, { ...entry, expires: "2020-01-01" }), /expected one entry for LIST-002/],
    ["a time without an end", fileOf({ ...entry, expires: undefined }), /expected a day/],
  ];
  for (const [what, text, message] of rows) {
    test(`refuses ${what}`, () => assert.throws(() => parseBaseline(text, "b.json", IDS), (error) => error instanceof ConfigError && message.test(error.message)));
  }
});
