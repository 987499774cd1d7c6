// Against answers of Go itself: time.ParseDuration and Duration.String of Go 1.26 (text, nanoseconds, printed).

import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { formatDuration, parseDuration } from "../../src/base/duration.ts";

const GO = JSON.parse(readFileSync(new URL("../fixtures/go-durations.json", import.meta.url), "utf8")) as [string, string | null, string | null][];

describe("parseDuration()", () => {
  test("takes and refuses the texts that Go does, with Go's value", () => {
    assert.ok(GO.length > 250);
    for (const [text, ns] of GO) {
      assert.equal(parseDuration(text), ns === null ? undefined : Number(`${ns}e-6`) + 0, JSON.stringify(text));
    }
  });

  test("keeps what is below a millisecond", () => {
    assert.equal(parseDuration("1ns"), 0.000001);
    assert.equal(parseDuration("1.5µs"), 0.0015);
    assert.equal(parseDuration("0.5ms"), 0.5);
  });

  test("gives zero without a sign", () => {
    for (const text of ["0", "-0", "-0s", "-0.1ns"]) assert.ok(Object.is(parseDuration(text), 0), text);
  });

  test("refuses a long row of digits at once", () => {
    assert.equal(parseDuration("1".repeat(200_000)), undefined);
  });
});

describe("formatDuration()", () => {
  test("prints as Go does, as long as a double holds the nanoseconds", () => {
    const exact = GO.filter(([, ns]) => ns !== null && BigInt(ns) < 2n ** 51n && BigInt(ns) > -(2n ** 51n));
    assert.ok(exact.length > 100);
    for (const [text, , printed] of exact) assert.equal(formatDuration(parseDuration(text) ?? Number.NaN), printed, text);
  });

  test("prints the original's examples", () => {
    const printed = ["30s", "15m", "24h", "1h30m", "0", "8760h"].map((text) => formatDuration(parseDuration(text) ?? Number.NaN));
    assert.deepEqual(printed, ["30s", "15m0s", "24h0m0s", "1h30m0s", "0s", "8760h0m0s"]);
  });

  test("prints what rounds to nothing as 0s", () => {
    assert.equal(formatDuration(1e-7), "0s");
    assert.equal(formatDuration(-0), "0s");
  });
});
