// What is said of answers that refute a claim.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Refuted } from "../../src/verify/check.ts";
import { brief, invalid, ok, refused, same } from "../../src/verify/expect.ts";
import type { Reply } from "../../src/verify/wire.ts";

function reply(status: number, body: unknown, method = "PUT"): Reply {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { method, status, text, header: () => "", get json() {
    return JSON.parse(text) as Reply["json"];
  } };
}

const statusOf = (code: number, reason: string, more: object = {}) => ({ kind: "Status", code, reason, message: "it is so", ...more });
const says = (run: () => unknown, words: string) => assert.throws(run, (error) => error instanceof Refuted && error.message === words);

describe("brief", () => {
  const rows: readonly [what: string, Reply, string][] = [
    ["a refusal", reply(409, statusOf(409, "Conflict")), "409 Conflict: it is so"],
    ["a refusal without a reason", reply(424, statusOf(424, "")), "424: it is so"],
    ["a success", reply(200, { kind: "Status", status: "Success" }), "200"],
    ["an object", reply(200, { kind: "Job", metadata: { name: "a" } }), "200 with Job a"],
    ["a list", reply(200, { kind: "JobList", metadata: {}, items: [] }), "200 with JobList"],
    ["a page of a proxy", reply(502, "<html>"), "502: <html>"],
    ["nothing", reply(500, ""), "500"],
    ["null", reply(200, "null"), "200: null"],
    ["much", reply(200, "x".repeat(300)), `200: ${"x".repeat(200)}…`],
  ];
  for (const [what, answer, words] of rows) test(`${what} is "${words.slice(0, 30)}"`, () => assert.equal(brief(answer), words));
});

describe("refused", () => {
  test("a Status with the code and one of the reasons is what was expected", () => {
    refused(reply(409, statusOf(409, "Conflict")), 409, "AlreadyExists", "Conflict");
    refused(reply(404, statusOf(404, "NotFound")), 404);
  });
  test("another status, code or reason is not", () => {
    says(() => refused(reply(200, { kind: "Job", metadata: { name: "a" } }), 409, "Conflict"), "PUT: expected 409 Conflict, got 200 with Job a");
    says(() => refused(reply(409, statusOf(500, "Conflict")), 409), "PUT: expected a Status with code 409, got 409 Conflict: it is so");
    says(() => refused(reply(409, statusOf(409, "Other")), 409, "Conflict"), 'PUT: expected reason Conflict, got "Other"');
  });
});

describe("invalid", () => {
  const answer = reply(422, statusOf(422, "Invalid", { details: { causes: [{ field: "spec.action" }, { field: "spec.push.resources[0].kind" }] } }), "POST");
  test("each field must have a cause, or a part of it", () => invalid(answer, "spec.action", "spec.push.resources[0]"));
  test("a field without a cause is named beside those that have one", () => {
    says(() => invalid(answer, "spec.pull"), "expected a cause for spec.pull, got spec.action, spec.push.resources[0].kind");
    says(() => invalid(reply(422, statusOf(422, "Invalid")), "spec.pull"), "expected a cause for spec.pull, got none");
  });
});

describe("ok", () => {
  test("the body of the expected status is given back", () => assert.equal(ok(reply(201, { kind: "Job" }), 201).kind, "Job"));
  test("another status is told with what it said", () => says(() => ok(reply(404, statusOf(404, "NotFound"), "GET")), "GET: expected 200, got 404 NotFound: it is so"));
});

describe("same", () => {
  test("what JSON shows alike is the same", () => same({ a: 1, b: undefined }, { a: 1 }, "it"));
  test("both are shown where they differ", () => says(() => same([1], [2], "it"), "it: expected [2], got [1]"));
  test("nothing is called nothing", () => says(() => same(undefined, 1, "it"), "it: expected 1, got nothing"));
});
