// test/bench/harness/figure.ts: ratios, verdicts and the table.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Figure, judge, numberText, runsText, table, type Target } from "./figure.ts";

const figure: Figure = {
  what: "resident, MB",
  ours: [60, 50, 40],
  rivals: { old: [400, 500, 300], new: [250] },
  limit: { name: "reader", runs: [25] },
};

describe("judge()", () => {
  test("compares medians, with the better rival", () => {
    const { ours, toRival, toLimit, beyondLimit } = judge(figure);
    assert.deepEqual([ours, toRival, toLimit, beyondLimit], [50, 0.2, 2, 25]);
  });
  test("takes the rival that does more, where more is better", () => {
    assert.equal(judge({ ...figure, more: true }).toRival, 50 / 400);
  });
  const rows: [target: Target, met: boolean][] = [
    [{ measure: "figure", atMost: 50 }, true],
    [{ measure: "figure", atMost: 49 }, false],
    [{ measure: "to rival", atMost: 0.2 }, true],
    [{ measure: "to rival", atMost: 0.19 }, false],
    [{ measure: "to limit", atMost: 2 }, true],
    [{ measure: "to limit", atLeast: 2.1 }, false],
    [{ measure: "beyond limit", atMost: 25 }, true],
    [{ measure: "beyond limit", atMost: 24 }, false],
  ];
  for (const [target, met] of rows) {
    test(`${met ? "meets" : "misses"} ${JSON.stringify(target)}`, () => assert.equal(judge({ ...figure, target }).met, met));
  }
  test("has no verdict without a target", () => assert.equal(judge(figure).met, undefined));
  test("misses what could not be measured", () => {
    const target = { measure: "to rival", atMost: 1 } as const;
    assert.equal(judge({ ...figure, ours: [], target }).met, false);
    assert.equal(judge({ ...figure, rivals: {}, target }).met, false);
  });
  test("says who wins", () => {
    assert.equal(judge(figure).rivalWins, false);
    assert.equal(judge({ ...figure, more: true }).rivalWins, true);
    assert.equal(judge({ ...figure, rivals: { quick: [49] } }).rivalWins, true);
    assert.equal(judge({ ...figure, rivals: {} }).rivalWins, false);
  });
  test("makes no ratio of differences below zero, and still says who wins", () => {
    const { toRival, toLimit, rivalWins } = judge({ what: "beyond, ms", ours: [-0.1], rivals: { quick: [-0.2] }, limit: { name: "none", runs: [0] } });
    assert.deepEqual([toRival, toLimit, rivalWins], [Number.NaN, Number.NaN, true]);
  });
  test("passes over a rival without a figure", () => assert.equal(judge({ ...figure, rivals: { old: [], new: [100] } }).toRival, 0.5));
});

describe("table()", () => {
  const lines = table([{ ...figure, target: { measure: "to rival", atMost: 0.2 } }, { what: "bare", ours: [1], rivals: { third: [2] } }]);
  const cells = lines.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  test("has a column for every rival of any figure", () => {
    assert.deepEqual(cells[0], ["", "job-controller", "old", "new", "third", "limit", "of the better rival", "of the limit", "target", "met"]);
  });
  test("shows figures with their range, ratios, target and verdict", () => {
    assert.deepEqual(cells[2], [
      "resident, MB", "50.0 (40.0–60.0)", "400 (300–500)", "250", "-", "25.0 reader", "0.20", "2.00", "≤ 0.2 of the rival", "yes",
    ]);
  });
  test("shows nothing where there is nothing", () => {
    assert.deepEqual(cells[3], ["bare", "1.00", "-", "-", "2.00", "-", "0.50", "-", "-", "-"]);
  });
  test("is as wide everywhere", () => assert.equal(new Set(lines.map((line) => [...line].length)).size, 1));
});

describe("runsText()", () => {
  test("leaves out the range of one run", () => assert.equal(runsText([3]), "3.00"));
  test("is a dash for none", () => assert.equal(runsText([]), "-"));
});

describe("numberText()", () => {
  test("keeps three digits", () => assert.deepEqual([0.123, 9.999, 12.34, 123.4, 12_345.6].map(numberText), ["0.12", "10.00", "12.3", "123", "12346"]));
});
