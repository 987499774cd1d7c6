import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiError, NetworkError, ProtocolError, TokenError } from "../../src/base/errors.ts";
import { writeFailure } from "../../src/drive/answers.ts";
import { refused } from "../support/fake-jobs.ts";

describe("writeFailure()", () => {
  const rows: [string, Error, ReturnType<typeof writeFailure>][] = [
    ["409", refused(409, "Conflict"), "conflict"],
    ["409 of a create", refused(409, "AlreadyExists"), "conflict"],
    ["404 about the object", refused(404, "NotFound"), "gone"],
    ["500 that means gone", refused(500, "", "", "Cannot replace: server answered 500: resourceVersion should not be set on objects to be created"), "gone"],
    ["404 of a proxy", refused(404, "", "", "Cannot replace: server answered 404"), "denied"],
    ["422", refused(422, "Invalid"), "refused"],
    ["400", refused(400, "BadRequest"), "refused"],
    ["413", refused(413), "refused"],
    ["401", refused(401, "Unauthorized"), "denied"],
    ["403", refused(403, "Forbidden"), "denied"],
    ["429", refused(429, "TooManyRequests"), "denied"],
    ["500", refused(500, "InternalError"), "unknown"],
    ["503", refused(503), "unknown"],
    ["504", refused(504, "Timeout"), "unknown"],
    ["a connection that broke", new NetworkError("cut", "cut"), "unknown"],
    ["a connection that was refused, which may be the second try", new NetworkError("refused", "refused"), "unknown"],
    ["a request that never went out", new NetworkError("no", "dns", { unsent: true }), "unsent"],
    ["no token", new TokenError("no token"), "unsent"],
    ["an answer that cannot be read", new ProtocolError("html"), "unknown"],
  ];
  for (const [what, error, failure] of rows) test(`takes ${what} for ${failure}`, () => assert.equal(writeFailure(error), failure));

  test("passes on what is a bug, or the reason of a signal", () => {
    assert.throws(() => writeFailure(new TypeError("bug")), TypeError);
    assert.equal(writeFailure(new ApiError("x", { status: 409 })), "conflict");
  });
});
