import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { DELETE_REASONS, EXCHANGE_REASONS, LIST_REASONS, WATCH_REASONS } from "../../src/base/counts.ts";
import { ApiError, CONNECTION_REASONS, ConfigError, NetworkError, ProtocolError, TokenError, UsageError } from "../../src/base/errors.ts";
import { oneOf, type Reason, reasonOf, REASONS } from "../../src/base/reasons.ts";

describe("reasonOf()", () => {
  const statuses: [number, Reason][] = [
    [400, "client-error"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not-found"],
    [406, "client-error"],
    [409, "conflict"],
    [410, "expired"],
    [422, "client-error"],
    [429, "throttled"],
    [500, "server-error"],
    [503, "server-error"],
    [504, "server-error"],
    [304, "unexpected"],
  ];
  for (const [status, reason] of statuses) {
    test(`calls ${status} ${reason}`, () => assert.equal(reasonOf(new ApiError("no", { status })), reason));
  }

  test("calls what a Status says has expired so, whatever its code", () => {
    for (const reason of ["Expired", "Gone"]) assert.equal(reasonOf(new ApiError("no", { status: 500, reason })), "expired");
  });

  for (const reason of CONNECTION_REASONS) {
    test(`calls ${reason} a matter of the connection`, () => assert.equal(reasonOf(new NetworkError("no", reason)), "connection"));
  }

  const others: [unknown, Reason][] = [
    [new NetworkError("broke", "cut"), "cut"],
    [new NetworkError("broke", "mid-line"), "mid-line"],
    [new NetworkError("dead", "silence"), "stall"],
    [new ProtocolError("no"), "unexpected"],
    [new ProtocolError("no", { reason: "not-json" }), "not-json"],
    [new TokenError("no"), "credential"],
    [new ConfigError("no"), "credential"],
    [new UsageError("no"), "unexpected"],
    [new TypeError("a bug"), "unexpected"],
    ["text", "unexpected"],
  ];
  for (const [error, reason] of others) {
    test(`calls ${String(error)} ${reason}`, () => assert.equal(reasonOf(error), reason));
  }
});

describe("oneOf()", () => {
  test("keeps a word that is in the list, and gives unexpected for any other", () => {
    assert.equal(oneOf(LIST_REASONS, "cut"), "cut");
    assert.equal(oneOf(LIST_REASONS, "oversized"), "unexpected");
    assert.equal(oneOf(DELETE_REASONS, "mid-line"), "unexpected");
  });
});

describe("REASONS", () => {
  test("has no word that nothing is counted by", () => {
    const used = new Set<string>([...LIST_REASONS, ...WATCH_REASONS, ...DELETE_REASONS, ...EXCHANGE_REASONS]);
    assert.deepEqual(Object.keys(REASONS).filter((reason) => !used.has(reason)), []);
  });
});
