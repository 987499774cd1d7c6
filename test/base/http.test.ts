import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { isLoopback, retryAfterMs } from "../../src/base/http.ts";

const NOW = Date.parse("2026-03-01T10:00:00Z");

describe("retryAfterMs()", () => {
  for (const [value, expected] of [
    ["0", 0],
    ["1", 1_000],
    [" 17 ", 17_000],
    ["300", 300_000],
    ["301", 300_000],
    ["86400", 300_000],
    ["9".repeat(400), 300_000],
    ["Sun, 01 Mar 2026 10:00:30 GMT", 30_000],
    ["Sun, 01 Mar 2026 09:00:00 GMT", 0],
    ["Sun, 01 Mar 2026 12:00:00 GMT", 300_000],
    ["", undefined],
    ["soon", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["1e3", undefined],
    [null, undefined],
    [undefined, undefined],
  ] as const) {
    const shown = typeof value === "string" && value.length > 40 ? `${value.length} digits` : JSON.stringify(value);
    test(`reads ${shown} as ${expected}`, () => assert.equal(retryAfterMs(value, NOW), expected));
  }
});

describe("isLoopback()", () => {
  for (const host of ["localhost", "a.localhost", "localhost.", "127.0.0.1", "127.1.2.3", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]) {
    test(`is true for ${host}`, () => assert.equal(isLoopback(new URL(`http://${host}:1/`)), true));
  }
  for (const host of ["localhost.example", "notlocalhost", "128.0.0.1", "127.0.0.1.example", "[::2]", "[::ffff:128.0.0.1]"]) {
    test(`is false for ${host}`, () => assert.equal(isLoopback(new URL(`http://${host}:1/`)), false));
  }
});
