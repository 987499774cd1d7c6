import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, ConfigError, NetworkError, ProtocolError, TokenError } from "../../src/base/errors.ts";
import { apiError, isConflict, isExpired, isGone, isUnsent, isUnserved, statusError } from "../../src/kube/status.ts";

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

describe("isGone() and isUnserved()", () => {
  const details = { name: "a", group: "provisioning.grafana.app", kind: "jobs" };
  const putToNothing = 'resourceVersion should not be set on objects to be created';
  for (const [what, code, body, is] of [
    ["a 404 about the object", 404, status({ reason: "NotFound", message: 'jobs.provisioning.grafana.app "a" not found', details }), "gone"],
    ["the storage's own 404, without a reason", 404, status({ message: "not found", details }), "gone"],
    ["a 404 with a reason alone", 404, status({ reason: "NotFound", message: "not found" }), "gone"],
    ["the 500 of a PUT to nothing", 500, status({ message: putToNothing, code: 500 }), "gone"],
    ["a path that is not served", 404, status({ reason: "NotFound", message: "the server could not find the requested resource", details: {} }), "unserved"],
    ["a path that is not served, in plain text", 404, "404 page not found\n", "unserved"],
    ["a proxy's page", 404, "<html>not found</html>", "unserved"],
    ["any other 500", 500, status({ message: "database is locked" }), "neither"],
    ["a conflict that says the same", 409, status({ reason: "Conflict", message: putToNothing }), "neither"],
    ["410", 410, status({ reason: "Gone", details }), "neither"],
  ] as const) {
    test(`take ${what} for ${is}`, () => {
      const error = apiError("get jobs default/a", code, body, null, NOW);
      assert.deepEqual([isGone(error), isUnserved(error)], [is === "gone", is === "unserved"]);
    });
  }

  test("do not hold for what is no answer", () => {
    for (const error of [new NetworkError("m", "cut"), new Error("404"), undefined]) assert.deepEqual([isGone(error), isUnserved(error)], [false, false]);
  });
});

describe("isConflict()", () => {
  test("holds for 409 of any reason and for nothing else", () => {
    for (const reason of ["Conflict", "AlreadyExists", ""]) assert.equal(isConflict(new ApiError("m", { status: 409, reason })), true);
    for (const error of [new ApiError("m", { status: 412, reason: "Conflict" }), new Error("409"), undefined]) assert.equal(isConflict(error), false);
  });
});

describe("isUnsent()", () => {
  for (const [what, error, expected] of [
    ["a credential that could not be had", new TokenError("m"), true],
    ["a credential file that cannot be read", new ConfigError("m"), true],
    ["what never went out", new NetworkError("m", "refused").asUnsent(), true],
    ["a refused connection: an earlier sending may have been broken off", new NetworkError("m", "refused"), false],
    ["a lost answer", new NetworkError("m", "cut"), false],
    ["an answer", new ApiError("m", { status: 409 }), false],
    ["an answer that cannot be read", new ProtocolError("m"), false],
  ] as const) {
    test(`${expected ? "holds" : "does not hold"} for ${what}`, () => assert.equal(isUnsent(error), expected));
  }

  test("is the same error otherwise", () => {
    const cause = new Error("ECONNREFUSED");
    const error = new NetworkError("Cannot connect", "dns", { cause });
    const unsent = error.asUnsent();
    assert.deepEqual([unsent.message, unsent.reason, unsent.cause, error.unsent], ["Cannot connect", "dns", cause, false]);
    assert.equal(unsent.asUnsent(), unsent);
  });
});
