import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, ConfigError, IncompatibleError, NetworkError, ProtocolError, TimeoutError, TokenError, UsageError } from "../../src/base/errors.ts";
import { endingOf, endingText, EXIT, EXIT_CODES } from "../../src/cli/exit.ts";

describe("endingOf()", () => {
  const network = new NetworkError("Cannot reach https://x: connection refused", "refused");
  const rows: [unknown, number, string, string][] = [
    [new UsageError("m"), 2, "usage", "m"],
    [new ConfigError("m"), 2, "config", "m"],
    [new TokenError("m", { status: 401 }), 3, "token", "m"],
    [new ApiError("m", { status: 401 }), 3, "api", "m"],
    [new ApiError("m", { status: 403 }), 3, "api", "m"],
    [new ApiError("m", { status: 404 }), 1, "api", "m"],
    [new ApiError("m", { status: 500 }), 1, "api", "m"],
    [network, 7, "network", "Cannot reach https://x: connection refused"],
    [new ProtocolError("m"), 1, "protocol", "m"],
    [new IncompatibleError("m"), 6, "incompatible", "m"],
    [new TimeoutError("m"), 124, "timeout", "m"],
    [new TimeoutError("m", { cause: network }), 7, "timeout", "m: Cannot reach https://x: connection refused"],
    [new TimeoutError("m", { cause: new ApiError("no such API", { status: 404 }) }), 124, "timeout", "m: no such API"],
    [new RangeError("m"), 1, "bug", "m"],
    ["text", 1, "bug", "text"],
    [undefined, 1, "bug", "undefined"],
  ];
  for (const [error, code, kind, message] of rows) {
    test(`gives ${code} for ${error instanceof Error ? error.name : String(error)} ${message}`, () => {
      const ending = endingOf(error);
      assert.deepEqual([ending.code, ending.kind, ending.message], [code, kind, message]);
    });
  }
});

describe("endingText()", () => {
  test("is one line, and the next step on another", () => {
    assert.equal(endingText(endingOf(new ConfigError("Cannot read x"))), "Error: Cannot read x\n");
    assert.equal(endingText(endingOf(new UsageError("Unknown flag -x", { hint: "Run help" }))), "Error: Unknown flag -x\nRun help\n");
  });

  test("shows the stack of a bug", () => {
    const text = endingText(endingOf(new RangeError("off by one")));
    assert.match(text, /^Error: off by one\n/);
    assert.match(text, /exit\.test\.ts/);
  });
});

describe("EXIT_CODES", () => {
  test("has one row for every code, in order", () => {
    const codes = EXIT_CODES.map(({ code }) => code);
    assert.deepEqual(codes, Object.values(EXIT));
    assert.deepEqual(codes, [...new Set(codes)].sort((a, b) => a - b));
  });

  test("agrees with the codes that errors end with", () => {
    const of = (code: number) => EXIT_CODES.find((row) => row.code === code)?.commands;
    for (const error of [new UsageError("m"), new TokenError("m"), new NetworkError("m", "dns"), new TimeoutError("m")]) {
      assert.ok(of(endingOf(error).code)?.includes("run"));
    }
    for (const error of [new UsageError("m"), new TokenError("m"), new NetworkError("m", "dns"), new IncompatibleError("m"), new ProtocolError("m")]) {
      assert.ok(of(endingOf(error).code)?.includes("history"));
    }
  });
});
