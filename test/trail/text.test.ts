import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { age, briefDuration, isoSeconds, oneLine, safeJson } from "../../src/trail/text.ts";

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

describe("age()", () => {
  for (const [ms, text] of [
    [-5 * S, "0s"], [0, "0s"], [119_999, "119s"], [2 * M, "2m"], [2 * H - 1, "119m"], [2 * H, "2h"], [2 * D - 1, "47h"], [2 * D, "2d"], [4_000 * D, "4000d"],
  ] as const) {
    test(`shows ${ms} ms as ${text}`, () => assert.equal(age(ms), text));
  }
});

describe("briefDuration()", () => {
  for (const [ms, text] of [
    [0, "0s"], [7.4, "7ms"], [999, "999ms"], [1_049, "1s"], [3_449, "3.4s"], [9_949, "9.9s"], [9_960, "10s"], [59_700, "1m0s"], [H + 1_499, "1h0m1s"],
  ] as const) {
    test(`shows ${ms} ms as ${text}`, () => assert.equal(briefDuration(ms), text));
  }
});

describe("oneLine()", () => {
  test("folds white space and what a terminal would obey", () => assert.equal(oneLine(" a\n\tb \u001b[0m\u2028 c "), "a b [0m c"));
  test("keeps letters of any script, and counts characters and not their halves", () => {
    assert.equal(oneLine("ärger 😀😀😀", 8), "ärger 😀…");
    assert.equal(oneLine("ärger 😀😀", 8), "ärger 😀😀");
  });
});

describe("safeJson()", () => {
  test("is the same value", () => {
    const value = { a: "x\u009b31m\u202e\u007f\n\u001b", b: [1, null, { "\u0085": "é" }] };
    const text = safeJson(value);
    assert.deepEqual(JSON.parse(text), value);
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.match(text, /\n {2}"b": \[/);
  });
});

describe("isoSeconds()", () => {
  test("is UTC without fractions", () => assert.equal(isoSeconds(Date.parse("2026-03-01T11:00:00.999+01:00")), "2026-03-01T10:00:00Z"));
});
