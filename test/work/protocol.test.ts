import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cancelLine, cut, jobLine, leaseLine, readWorkerLine, TEXT_MAX } from "../../src/work/protocol.ts";

/** Without the fields that are not there. */
function read(line: object | string): unknown {
  return JSON.parse(JSON.stringify(readWorkerLine(typeof line === "string" ? line : JSON.stringify(line))));
}

const talk = (text: string, more: object = {}) => ({ kind: "log", log: { level: "info", text, source: "stdout", ...more } });

describe("readWorkerLine()", () => {
  for (const text of ["", "hello", "{", '{"a":1}', "[1]", "null", '{"type":"unheard-of"}', '{"type":1}', ' {"type":"progress"}', '"progress"']) {
    test(`takes ${JSON.stringify(text)} for talk`, () => assert.deepEqual(read(text), talk(text)));
  }

  test("reads progress, and of it what makes sense", () => {
    const progress = (fields: object) => ({ kind: "update", update: { kind: "progress", ...fields } });
    assert.deepEqual(read({ type: "progress", message: "m", percent: 12.5, total: 3, newer: true }), progress({ message: "m", percent: 12.5, total: 3 }));
    assert.deepEqual(read({ type: "progress", message: 1, percent: 1e9, total: 2.5 }), progress({ percent: 100, total: 2 }));
    assert.deepEqual(read({ type: "progress", percent: -1, total: "3" }), progress({}));
  });

  test("reads what became of a resource", () => {
    const fields = { action: "delete", group: "g", kind: "k", name: "n", path: "p", error: "e", warning: "w" };
    assert.deepEqual(read({ type: "resource", ...fields }), { kind: "update", update: { kind: "resource", resource: fields } });
  });

  test("says what is wrong with a resource", () => {
    const why = 'Cannot read a resource line: expected "action" to be one of create, update, delete, rename, noop, got "paint"';
    assert.deepEqual(read({ type: "resource", action: "paint" }), talk(why, { level: "warn", source: "guard" }));
  });

  test("reads talk with a level, and takes a level that it does not know for info", () => {
    assert.deepEqual(read({ type: "log", level: "error", message: "m" }), talk("m", { level: "error", source: "protocol" }));
    assert.deepEqual(read({ type: "log", level: "loud", message: "m" }), talk("m", { source: "protocol" }));
  });

  test("reads a result of nothing but a state", () => {
    assert.deepEqual(read({ type: "result", state: "success" }), { kind: "result", result: { state: "success", errors: [], warnings: [] } });
  });

  test("reads a result with everything", () => {
    const url = { repositoryURL: "https://a.test/", sourceURL: "http://b.test/x", newPullRequestURL: "https://c.test/", compareURL: "https://d.test/" };
    const row = { group: "g", kind: "k", total: 9, create: 1, update: 2, delete: 3, write: 4, error: 5, warning: 6, noop: 7, errors: ["e"], warnings: ["w"] };
    assert.deepEqual(
      read({ type: "result", state: "error", message: "m", errors: ["a", { message: "b", path: "p" }], warnings: [{ message: "c" }], summary: [row], url }),
      {
        kind: "result",
        result: { state: "error", message: "m", errors: [{ message: "a" }, { message: "b", path: "p" }], warnings: [{ message: "c" }], summary: [row], urls: url },
      },
    );
  });

  test("leaves out of a result what cannot be meant", () => {
    assert.deepEqual(
      read({
        type: "result", state: "warning", message: {}, errors: "no list", warnings: [null, 1, {}, { path: "p" }],
        summary: [null, 3, { total: -1, create: "2", errors: [1] }], url: { sourceURL: "javascript:alert(1)", compareURL: "https://x.test/ y", other: "https://x.test/" },
      }),
      { kind: "result", result: { state: "warning", errors: [], warnings: [], summary: [{}] } },
    );
  });

  for (const [line, got] of [[{ type: "result" }, "none"], [{ type: "result", state: "ok" }, '"ok"'], [{ type: "result", state: 0 }, "0"]] as const) {
    test(`does not guess the state of ${JSON.stringify(line)}`, () => {
      assert.deepEqual(read(line), { kind: "bad-result", why: `expected "state" to be one of success, warning, error, got ${got}` });
    });
  }

  test("cuts what is too long for a status", () => {
    const { kind, ...line } = read({ type: "result", state: "error", message: "x".repeat(10_000) }) as { kind: string; result: { message: string } };
    assert.equal(kind, "result");
    assert.equal(line.result.message.length, TEXT_MAX);
  });

  test("survives lines that are deeper than any stack", () => {
    const deep = `{"type":"result","state":${"[".repeat(300_000)}`;
    assert.equal((read(deep) as { kind: string }).kind, "log");
  });
});

describe("cut()", () => {
  test("marks that something is missing, and halves no character", () => {
    assert.equal(cut("abc", 3), "abc");
    assert.equal(cut("abcd", 3), "ab…");
    assert.equal(cut("a😀bc", 3), "a…");
  });
});

describe("lines to a worker", () => {
  test("are one JSON object each", () => {
    const lines = [jobLine({ attempt: 2, job: { spec: { text: "a\nb" } } }, 24_999.6), leaseLine(-3), cancelLine("why", 2_000)];
    for (const line of lines) assert.match(line, /^[^\n]+\n$/);
    assert.deepEqual(lines.map((line) => JSON.parse(line)), [
      { type: "job", protocol: 1, attempt: 2, lease: { remainingMs: 25_000 }, job: { spec: { text: "a\nb" } } },
      { type: "lease", remainingMs: 0 },
      { type: "cancel", reason: "why", graceMs: 2_000 },
    ]);
  });
});
