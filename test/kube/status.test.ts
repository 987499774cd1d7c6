import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError } from "../../src/base/errors.ts";
import { apiError, isExpired, statusError } from "../../src/kube/status.ts";

const NOW = Date.parse("2026-03-01T10:00:00Z");

function status(more: Record<string, unknown>): string {
  return JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", ...more });
}

describe("apiError()", () => {
  test("says what failed, the status, its reason and message", () => {
    const error = apiError("list jobs in all namespaces", 403, status({ reason: "Forbidden", message: "jobs is forbidden", code: 403 }), null, NOW);
    assert.equal(error.message, "Cannot list jobs in all namespaces: server answered 403 Forbidden: jobs is forbidden");
    assert.deepEqual([error.status, error.reason, error.retryAfterMs], [403, "Forbidden", undefined]);
  });

  for (const [what, body] of [
    ["nothing", ""],
    ["HTML", "<html><body>Sign in, your cookie is session=abc</body></html>"],
    ["text", "upstream connect error"],
    ["JSON of another kind", '{"message":"session=abc","accessErrorId":"x"}'],
    ["JSON that is cut off", '{"kind":"Status","message":"hal'],
    ["a JSON array", '[{"kind":"Status","message":"x"}]'],
    ["a Status whose message is no text", '{"kind":"Status","message":{"a":1}}'],
  ] as const) {
    test(`quotes nothing of a body that is ${what}`, () => {
      const error = apiError("list jobs", 502, body, null, NOW);
      assert.equal(error.message, "Cannot list jobs: server answered 502");
      assert.equal(error.reason, "");
    });
  }

  test("quotes at most 300 characters of a message, on one line", () => {
    const { message } = apiError("list jobs", 500, status({ message: `first\n\tsecond ${"word ".repeat(200)}` }), null, NOW);
    assert.match(message, /: first second word word/);
    assert.ok(message.length < 360 && message.endsWith("…"), message);
    assert.ok(!message.includes("\n"));
  });

  test("never quotes a part of a word: half a secret is not recognised as one", () => {
    const token = `eyJ${"a1B2".repeat(100)}`;
    for (let before = 0; before < 320; before += 7) {
      const { message } = apiError("list jobs", 500, status({ message: `${"x ".repeat(before / 2)}X-Access-Token: ${token} end` }), null, NOW);
      assert.ok(message.includes(token) || !message.includes("eyJ"), message);
    }
  });

  test("takes no reason that is not a word", () => {
    for (const reason of [5, { a: 1 }, "x".repeat(500), "two words\nand lines", null]) {
      const error = apiError("list jobs", 500, status({ reason, message: "m" }), null, NOW);
      assert.equal(error.message, "Cannot list jobs: server answered 500: m");
      assert.equal(error.reason, "");
    }
  });

  for (const [what, header, details, expected] of [
    ["the header's seconds", "7", undefined, 7_000],
    ["the header's date", "Sun, 01 Mar 2026 10:00:10 GMT", undefined, 10_000],
    ["the Status's seconds", null, { retryAfterSeconds: 3 }, 3_000],
    ["the header before the Status", "7", { retryAfterSeconds: 3 }, 7_000],
    ["the Status where the header is unreadable", "soon", { retryAfterSeconds: 3 }, 3_000],
    ["at most five minutes", null, { retryAfterSeconds: 9_999 }, 300_000],
    ["nothing where there is nothing", null, { retryAfterSeconds: 0 }, undefined],
    ["nothing of what is no number", null, { retryAfterSeconds: "soon" }, undefined],
  ] as const) {
    test(`reads from Retry-After and details: ${what}`, () => {
      assert.equal(apiError("list jobs", 429, status({ details }), header, NOW).retryAfterMs, expected);
    });
  }
});

describe("statusError()", () => {
  test("reads the Status of an ERROR event", () => {
    const error = statusError("watch", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version: 5" });
    assert.equal(error.message, "Cannot watch: server answered 410 Expired: too old resource version: 5");
    assert.equal(error.status, 410);
  });

  test("knows an object without kind, in an ERROR event, for a Status", () => {
    const error = statusError("watch", { reason: "Expired", message: "too old", details: { retryAfterSeconds: 2 } });
    assert.deepEqual([error.status, error.reason, error.retryAfterMs], [500, "Expired", 2_000]);
  });

  for (const code of [undefined, 0, null, "410"]) {
    test(`takes ${JSON.stringify(code)} for 500`, () => assert.equal(statusError("watch", { code } as { code?: number }).status, 500));
  }
});

describe("isExpired()", () => {
  for (const [what, error, expected] of [
    ["410 of any reason", new ApiError("m", { status: 410 }), true],
    ["reason Expired of any status", new ApiError("m", { status: 400, reason: "Expired" }), true],
    ["reason Gone of any status", new ApiError("m", { status: 500, reason: "Gone" }), true],
    ["404", new ApiError("m", { status: 404, reason: "NotFound" }), false],
    ["anything else", new Error("410 Expired"), false],
    ["no error", undefined, false],
  ] as const) {
    test(`${expected ? "holds for" : "does not hold for"} ${what}`, () => assert.equal(isExpired(error), expected));
  }
});
