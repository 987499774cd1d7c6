// Each report for machines is read back by somebody else's parser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Ajv } from "ajv";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { Parser } from "tap-parser";
import { jsonReport } from "../../../src/verify/reports/json.ts";
import { junitReport } from "../../../src/verify/reports/junit.ts";
import { rowsOf } from "../../../src/verify/reports/rows.ts";
import { tapReport } from "../../../src/verify/reports/tap.ts";
import type { Report } from "../../../src/verify/result.ts";
import { HOSTILE, MIXED, reportOf, resultOf } from "./sample.ts";

const EMPTY = reportOf([], { cut: "stopped by SIGTERM" });
const CHANGED: Report = { ...MIXED, changes: ["server: version was \"a\", now it is \"b\"", HOSTILE], notes: [HOSTILE], left: ["jobs/a in b (403)"] };
const REPORTS: readonly [string, Report][] = [["of every verdict", MIXED], ["with changes", CHANGED], ["of nothing", EMPTY]];

describe("jsonReport()", () => {
  const schema = JSON.parse(readFileSync(new URL("../../../schemas/verify-report.v1.json", import.meta.url), "utf8")) as object;
  const validate = new Ajv({ strict: true, allErrors: true, strictTypes: false }).compile(schema);
  const read = (report: Report) => JSON.parse(jsonReport(report, { exitCode: 1, reason: "why" })) as Record<string, unknown>;

  for (const [what, report] of REPORTS) {
    test(`${what} is as its schema says`, () => assert.ok(validate(read(report)), JSON.stringify(validate.errors)));
  }
  test("is refused by its schema without a summary, and with another version", () => {
    const { summary: _, ...without } = read(MIXED);
    assert.equal(validate(without), false);
    assert.equal(validate({ ...read(MIXED), schemaVersion: 2 }), false);
  });
  test("sums up, and keeps texts as they were", () => {
    const { summary, exitCode, reason, checks } = read(MIXED) as { summary: object; exitCode: number; reason: string; checks: { seen: string }[] };
    assert.deepEqual(summary, { answer: "no", checks: 6, passed: 1, failed: 2, accepted: 1, undecided: 1, skipped: 1 });
    assert.deepEqual({ exitCode, reason }, { exitCode: 1, reason: "why" });
    assert.equal(checks[1]?.seen, HOSTILE);
  });
  test("keeps the order of its keys", () => {
    const order = ["schemaVersion", "exitCode", "reason", "summary", "server", "run", "features", "changes", "notes", "left", "checks"];
    assert.deepEqual(Object.keys(read(EMPTY)), order);
  });
});

interface Suite {
  "@name": string;
  "@tests": string;
  "@failures": string;
  "@errors": string;
  "@skipped": string;
  testcase: { "@name": string; "@classname": string; "@time": string; failure?: Cause[]; error?: Cause[]; skipped?: Cause[] }[];
}
type Cause = { "@message": string; "#text"?: string };

describe("junitReport()", () => {
  const many = ["testsuite", "testcase", "failure", "error", "skipped", "property"];
  const asItIs = { ignoreAttributes: false, attributeNamePrefix: "@", htmlEntities: true, trimValues: false, parseTagValue: false };
  const parser = new XMLParser({ ...asItIs, isArray: (name) => many.includes(name) });
  const read = (report: Report) => (parser.parse(junitReport(report)) as { testsuites: Record<string, string> & { testsuite?: Suite[] } }).testsuites;

  for (const [what, report] of REPORTS) {
    test(`${what} is well-formed`, () => assert.equal(XMLValidator.validate(junitReport(report)), true));
  }
  test("has a suite for each area, with its numbers", () => {
    const { testsuite = [], ...root } = read(MIXED);
    assert.deepEqual(
      testsuite.map((suite) => [suite["@name"], suite["@tests"], suite["@failures"], suite["@errors"], suite["@skipped"]]),
      [["LIST", "2", "1", "0", "0"], ["WATCH", "2", "0", "1", "1"], ["WRITE", "2", "1", "0", "1"]],
    );
    const numbers = ["tests", "failures", "errors", "skipped", "time", "timestamp"].map((name) => root[`@${name}`]);
    assert.deepEqual(numbers, ["6", "2", "1", "2", "4.500", "2026-11-24T14:00:00"]);
  });
  test("tells a failure from what could not be told, and gives each a time", () => {
    const cases = read(MIXED).testsuite?.flatMap(({ testcase }) => testcase) ?? [];
    const kinds = cases.map((one) => [one["@name"].slice(0, 9), one.failure ? "failure" : one.error ? "error" : one.skipped ? "skipped" : "passed"]);
    const expected = [["LIST-001 ", "passed"], ["LIST-002 ", "failure"], ["WATCH-001", "error"], ["WATCH-002", "skipped"], ["WRITE-001", "failure"], ["WRITE-002", "skipped"]];
    assert.deepEqual(kinds, expected);
    assert.deepEqual(new Set(cases.map((one) => one["@time"])), new Set(["1.234"]));
  });
  test("keeps what a server said, but for what XML forbids", () => {
    const [failure] = read(MIXED).testsuite?.[0]?.testcase[1]?.failure ?? [];
    const allowed = HOSTILE.replaceAll("\u0000", "").replaceAll("\u001b", "").replaceAll("\ud800", "");
    assert.equal(failure?.["@message"], allowed);
    assert.ok(failure?.["#text"]?.startsWith(`${allowed}\nbreaks: what breaks\n`));
  });
  test("of nothing is no success", () => assert.equal(read(EMPTY)["@errors"], "1"));
  test("has the lock as a case of its own", () => {
    const last = read(CHANGED).testsuite?.at(-1);
    assert.deepEqual([last?.["@name"], last?.["@failures"]], ["LOCK", "1"]);
  });
});

describe("tapReport()", () => {
  for (const [what, report] of REPORTS) {
    test(`${what} is valid`, () => {
      const parser = new Parser({ strict: true });
      parser.end(tapReport(report));
      assert.deepEqual(parser.results?.failures.filter(({ tapError }) => typeof tapError === "string"), []);
      assert.equal(parser.results?.count, rowsOf(report).length);
    });
  }
  const points = (report: Report) => Parser.parse(tapReport(report), { strict: true }).flatMap(([kind, value]) => (kind === "assert" ? [value] : []));

  test("says what was accepted as a TODO, and what was not tried as skipped", () => {
    assert.deepEqual(points(MIXED).map(({ ok, skip, todo }) => (skip ? "skip" : todo ? "todo" : ok)), [true, false, false, "skip", false, "todo"]);
  });
  test("keeps what a server said in its diagnostics", () => {
    const [, failed, undecided] = points(MIXED);
    assert.deepEqual([failed?.diag?.message, failed?.diag?.severity, undecided?.diag?.severity], [HOSTILE, "fail", "undecided"]);
  });
  test("names each check", () => assert.deepEqual(points(MIXED).map(({ name }) => name), MIXED.results.map(({ check }) => `${check.id} ${check.claim}`)));
  test("takes no directive from a claim", () => {
    const claim = "a \\# TODO and \\ # SKIP";
    const [point] = points(reportOf([resultOf("LIST-001", "fail", "", { claim })]));
    assert.deepEqual([point?.ok, point?.name, point?.todo, point?.skip], [false, `LIST-001 ${claim}`, false, false]);
  });
  test("of nothing is no success", () => assert.deepEqual(points(EMPTY).map(({ ok, name }) => [ok, name]), [[false, "RUN something was checked"]]));
  test("says why it was cut short", () => assert.match(tapReport(EMPTY), /^# cut short: stopped by SIGTERM$/m));
});
