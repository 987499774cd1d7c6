// parseDuration and formatDuration against models of their own: Go's parser step by step in nanoseconds with its
// overflow checks, and the inverse of printing.

import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../src/base/duration.ts";

const UNITS: Record<string, bigint> = {
  ns: 1n, us: 1_000n, "\u00b5s": 1_000n, "\u03bcs": 1_000n, ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n,
};
const LIMIT = 1n << 63n;

/** time.ParseDuration, one character after another; nanoseconds, undefined for an error. */
function goParse(text: string): bigint | undefined {
  let rest = text;
  const negative = rest.startsWith("-");
  if (negative || rest.startsWith("+")) rest = rest.slice(1);
  if (rest === "0") return 0n;
  if (rest === "") return undefined;
  let sum = 0n;
  while (rest !== "") {
    const digits = takeWhile(rest, (c) => c >= "0" && c <= "9");
    rest = rest.slice(digits.length);
    let fraction = "";
    let point = false;
    if (rest.startsWith(".")) {
      point = true;
      rest = rest.slice(1);
      fraction = takeWhile(rest, (c) => c >= "0" && c <= "9");
      rest = rest.slice(fraction.length);
    }
    if (digits === "" && (!point || fraction === "")) return undefined;
    const unit = takeWhile(rest, (c) => c !== "." && !(c >= "0" && c <= "9"));
    rest = rest.slice(unit.length);
    const scale = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (scale === undefined) return undefined;
    let value = BigInt(digits === "" ? "0" : digits);
    if (value > LIMIT || value > LIMIT / scale) return undefined;
    value *= scale;
    value += (BigInt(fraction === "" ? "0" : fraction) * scale) / 10n ** BigInt(fraction.length);
    if (value > LIMIT) return undefined;
    sum += value;
    if (sum > LIMIT) return undefined;
  }
  if (negative) return -sum;
  return sum > LIMIT - 1n ? undefined : sum;
}

function takeWhile(text: string, wanted: (character: string) => boolean): string {
  let end = 0;
  while (end < text.length && wanted(text.charAt(end))) end++;
  return text.slice(0, end);
}

const digits = fc.array(fc.constantFrom(..."0123456789"), { maxLength: 21 }).map((list) => list.join(""));
const part = fc.tuple(digits, fc.constantFrom("", "."), digits, fc.constantFrom(...Object.keys(UNITS))).map((list) => list.join(""));
const wellFormed = fc.tuple(fc.constantFrom("", "-", "+"), fc.array(part, { minLength: 1, maxLength: 4 })).map(([sign, parts]) => sign + parts.join(""));
const nearMiss = fc.array(fc.constantFrom(..."0123456789.+- nsmhuµμd"), { maxLength: 12 }).map((list) => list.join(""));

describe("parseDuration()", () => {
  for (const [what, texts] of [["well-formed text", wellFormed], ["near misses", nearMiss], ["any text", fc.string()]] as const) {
    test(`agrees with Go's parser on ${what}`, () => {
      fc.assert(
        fc.property(texts, (text) => {
          const ns = goParse(text);
          const ms = parseDuration(text);
          assert.equal(ms === undefined, ns === undefined, text);
          if (ms === undefined || ns === undefined) return;
          const exact = ns < 1n << 53n && ns > -(1n << 53n);
          if (exact) assert.equal(ms, Number(ns) / 1e6 + 0, text);
          else assert.ok(Math.abs(ms - Number(ns) / 1e6) <= Math.abs(ms) * 2 ** -51, text);
        }),
        { numRuns: 20_000 },
      );
    });
  }

  test("agrees with Go's parser around the largest duration", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: LIMIT - 3n, max: LIMIT + 3n }), fc.constantFrom("", "-", "+"), (ns, sign) => {
        for (const text of [`${sign}${ns}ns`, `${sign}${ns / 1000n}.${String(ns % 1000n).padStart(3, "0")}us`, `${sign}1ns${ns - 1n}ns`]) {
          assert.equal(parseDuration(text) === undefined, goParse(text) === undefined, text);
        }
      }),
    );
  });
});

describe("formatDuration()", () => {
  const ns = fc.oneof(fc.bigInt({ min: -(1n << 51n), max: 1n << 51n }), fc.integer({ min: -2_000_000, max: 2_000_000 }).map(BigInt));

  test("is undone by parseDuration()", () => {
    fc.assert(
      fc.property(ns, (value) => {
        const ms = Number(value) / 1e6;
        assert.equal(parseDuration(formatDuration(ms)), ms + 0);
        assert.equal(goParse(formatDuration(ms)), value);
      }),
      { numRuns: 20_000 },
    );
  });

  test("is undone for whole seconds of any length", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_223_372_036, max: 9_223_372_036 }), (seconds) => {
        assert.equal(parseDuration(formatDuration(seconds * 1000)), seconds * 1000 + 0);
      }),
      { numRuns: 20_000 },
    );
  });

  test("has one text for one length, in Go's shape", () => {
    fc.assert(
      fc.property(ns, (value) => {
        const text = formatDuration(Number(value) / 1e6);
        assert.match(text, /^-?(?:\d+h[0-5]?\dm[0-5]?\d(?:\.\d*[1-9])?s|[0-5]?\dm[0-5]?\d(?:\.\d*[1-9])?s|\d{1,3}(?:\.\d*[1-9])?(?:s|ms|µs)|\d{1,3}ns)$/);
        assert.equal(formatDuration(parseDuration(text) ?? Number.NaN), text);
      }),
      { numRuns: 5_000 },
    );
  });
});
