import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError } from "../../../src/base/errors.ts";
import { DEFAULT_PARTS, describeParts, parseParts } from "../../../src/devserver/plays/parts.ts";

describe("parseParts()", () => {
  test("leaves every part at its default for on and for nothing", () => {
    for (const text of ["on", ""]) assert.deepEqual(parseParts(text), DEFAULT_PARTS);
    assert.deepEqual([DEFAULT_PARTS.drivers, DEFAULT_PARTS.durationMs, DEFAULT_PARTS.errors], [3, [2_000, 2_000], 0]);
  });

  test("reads every part, in any order, with : or =, and takes the last of two", () => {
    const text = "errors:10%,warnings=2.5%,duration:2s-20s,drivers:4,drivers:5,pulls:30s,checks:2m,unhealthy:5%,crash:1%,reaps:1m, resources:7,seed:42";
    assert.deepEqual(parseParts(text), {
      drivers: 5, durationMs: [2_000, 20_000], resources: [7, 7], errors: 0.1, warnings: 0.025, crashes: 0.01,
      pulls: 30_000, checksMs: 120_000, unhealthy: 0.05, reapsMs: 60_000, seed: 42,
    });
  });

  test("switches parts off, and pulls back to what repositories ask for", () => {
    const { drivers, pulls, checksMs, reapsMs, errors } = parseParts("drivers:off,pulls:off,checks:off,reaps:off,errors:off");
    assert.deepEqual([drivers, pulls, checksMs, reapsMs, errors], [0, 0, 0, 0, 0]);
    assert.equal(parseParts("pulls:30s,pulls:spec").pulls, "spec");
  });

  for (const [text, message] of [
    ["erors:10%", 'Cannot simulate "erors:10%": there is no part "erors"; did you mean "errors"?'],
    ["crashes:1%", 'Cannot simulate "crashes:1%": there is no part "crashes"; did you mean "crash"?'],
    ["weather:bad", 'Cannot simulate "weather:bad": there is no part "weather"; expected one of ' +
      "drivers, duration, resources, errors, warnings, crash, pulls, checks, unhealthy, reaps, seed"],
    ["drivers:3,", 'Cannot simulate "": there is no part ""; expected one of ' +
      "drivers, duration, resources, errors, warnings, crash, pulls, checks, unhealthy, reaps, seed"],
    ["errors", 'Cannot simulate "errors": expected errors:<value>, where the value is a percentage from 0% to 100%, or off'],
    ["errors:10", 'Cannot simulate "errors:10": expected errors to be a percentage from 0% to 100%, or off'],
    ["errors:101%", 'Cannot simulate "errors:101%": expected errors to be a percentage from 0% to 100%, or off'],
    ["errors:-1%", 'Cannot simulate "errors:-1%": expected errors to be a percentage from 0% to 100%, or off'],
    ["drivers:1001", 'Cannot simulate "drivers:1001": expected drivers to be a whole number from 0 to 1000, or off'],
    ["duration:20s-2s", 'Cannot simulate "duration:20s-2s": expected duration to be a duration such as 5s, or two such as 2s-20s'],
    ["duration:-2s", 'Cannot simulate "duration:-2s": expected duration to be a duration such as 5s, or two such as 2s-20s'],
    ["pulls:10ms", 'Cannot simulate "pulls:10ms": expected pulls to be spec, a duration of at least 1s, such as 30s, or off'],
    ["resources:9-1", 'Cannot simulate "resources:9-1": expected resources to be a whole number from 0 to 10000, or two such as 5-40'],
    ["errors:60%,warnings:30%,crash:11%",
      'Cannot simulate "errors:60%,warnings:30%,crash:11%": expected errors, warnings and crash to be 100% together at most'],
  ] as const) {
    test(`refuses ${text}`, () => {
      assert.throws(() => parseParts(text), (error) => error instanceof ConfigError && error.message === message);
    });
  }
});

describe("describeParts()", () => {
  test("shows defaults that read back as they are", () => {
    for (const { name, default: shown } of describeParts().filter(({ name }) => name !== "seed")) {
      assert.deepEqual(parseParts(`${name}:${shown}`), DEFAULT_PARTS, name);
    }
  });
});
