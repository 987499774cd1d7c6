import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { commandWords } from "../../src/work/command-words.ts";
import { cancelled, due, type GroupSignal, type Hold, holdUntil, leaderless, nextMs, orphaned, renewed, reported } from "../../src/work/guard-state.ts";
import { LineSplitter } from "../../src/work/lines.ts";
import { LINE_MAX, readWorkerLine, TEXT_MAX } from "../../src/work/protocol.ts";
import { RESOURCE_ACTIONS, WORK_STATES } from "../../src/work/worker.ts";

describe("commandWords()", () => {
  const quotings: ((word: string) => string)[] = [
    (word) => `'${word.replaceAll("'", `'"'"'`)}'`,
    (word) => `"${word.replace(/["\\]/g, "\\$&")}"`,
    (word) => (word === "" ? "''" : word.replace(/[\s\S]/g, "\\$&")),
  ];

  test("gives back the words that were quoted, in any of the three ways", () => {
    const word = fc.tuple(fc.string({ unit: fc.constantFrom(..."ab '\"\\$\n\t*") }), fc.nat(2));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.map(([plain, way]) => quotings[way]?.(plain)).join(" ");
        assert.deepEqual(commandWords(text), words.map(([plain]) => plain));
      }),
    );
  });
});

describe("LineSplitter", () => {
  test("gives the same lines however the bytes are cut, each at most as long as allowed", () => {
    const bytes = fc.uint8Array({ max: 12, maxLength: 80 });
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(80), { maxLength: 8 }), fc.integer({ min: 1, max: 6 }), (whole, cuts, max) => {
        const expected: [size: number, dropped: number][] = [];
        let line: number[] = [];
        for (const byte of [...whole, 10]) {
          if (byte !== 10) {
            line.push(byte);
            continue;
          }
          const dropped = Math.max(0, line.length - max);
          expected.push([line.slice(0, max).length - (dropped === 0 && line.at(-1) === 13 ? 1 : 0), dropped]);
          line = [];
        }
        const splitter = new LineSplitter(max);
        const edges = [0, ...cuts.map((at) => Math.min(at, whole.length)).sort((a, b) => a - b), whole.length];
        const lines = edges.slice(1).flatMap((end, index) => splitter.push(whole.slice(edges[index], end)));
        const rest = splitter.end();
        const got = [...lines, ...(rest === undefined ? [] : [rest])].map(({ text, dropped }) => [text.length, dropped]);
        // What stands behind the last newline is a line only if it is there.
        if (whole.length === 0 || whole.at(-1) === 10) expected.pop();
        assert.deepEqual(got, expected);
      }),
    );
  });
});

describe("readWorkerLine()", () => {
  const key = fc.constantFrom("type", "state", "message", "percent", "total", "action", "path", "errors", "warnings", "summary", "url", "sourceURL", "level", "__proto__");
  const word = fc.constantFrom("progress", "resource", "result", "log", ...WORK_STATES, ...RESOURCE_ACTIONS, "warn", "https://x.test/", "javascript:0");
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, word, fc.string(), fc.double(), fc.constant(null), fc.boolean(), fc.array(tie("value")), tie("object")),
    object: fc.dictionary(key, tie("value"), { maxKeys: 6 }),
  }));

  test("makes something of whatever a worker writes", () => {
    const line = fc.oneof(fc.string(), fc.record({ type: word, state: word, rest: value }).map((one) => JSON.stringify(one)), fc.dictionary(key, value).map((one) => JSON.stringify(one)));
    fc.assert(
      fc.property(line, (text) => {
        const read = readWorkerLine(text);
        assert.ok(["update", "result", "bad-result", "log"].includes(read.kind));
        if (read.kind === "log") assert.ok(read.log.text.length <= TEXT_MAX);
        if (read.kind === "result") {
          assert.ok(WORK_STATES.includes(read.result.state));
          for (const url of Object.values(read.result.urls ?? {})) assert.match(url, /^https?:\/\//);
        }
        if (read.kind === "update" && read.update.kind === "progress") {
          for (const number of [read.update.percent ?? 0, read.update.total ?? 0]) assert.ok(number >= 0 && Number.isFinite(number));
        }
        assert.ok(JSON.stringify(read).length < LINE_MAX);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a group's signals", () => {
  type Fact = { kind: "renew" | "cancel" | "report" | "orphan" | "leave" | "wait"; ms: number };
  const fact: fc.Arbitrary<Fact> = fc.record({ kind: fc.constantFrom("renew", "cancel", "report", "orphan", "leave", "wait"), ms: fc.nat(12_000) });
  const apply: Record<Fact["kind"], (hold: Hold, nowMs: number, ms: number) => Hold> = {
    renew: (hold, nowMs, ms) => renewed(hold, nowMs + ms),
    cancel: cancelled,
    report: reported,
    orphan: orphaned,
    leave: leaderless,
    wait: (hold) => hold,
  };

  test("end it by its deadline whatever happens, SIGTERM at most once and never after SIGKILL", () => {
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 12 }), (facts) => {
        let hold = holdUntil(10_000);
        let nowMs = 0;
        const signals: { signal: GroupSignal; atMs: number }[] = [];
        const look = () => {
          const step = due(hold, nowMs);
          hold = step.hold;
          if (step.signal !== undefined) signals.push({ signal: step.signal, atMs: nowMs });
        };
        const killed = () => signals.some(({ signal }) => signal === "SIGKILL");
        const runTo = (untilMs: number) => {
          for (let at = nextMs(hold); at <= untilMs; at = nextMs(hold)) {
            nowMs = Math.max(nowMs, at);
            look();
          }
          nowMs = Math.max(nowMs, untilMs);
        };
        for (const { kind, ms } of facts) {
          if (kind === "wait") runTo(nowMs + ms);
          hold = apply[kind](hold, nowMs, ms);
          look();
          assert.ok(killed() || nowMs < hold.deadlineMs, `runs at ${nowMs}, after ${hold.deadlineMs}`);
          if (kind === "leave") assert.ok(killed());
        }
        runTo(1e9);
        assert.equal(signals.filter(({ signal }) => signal === "SIGKILL").length, 1);
        assert.ok(signals.filter(({ signal }) => signal === "SIGTERM").length <= 1);
        assert.equal(signals.at(-1)?.signal, "SIGKILL");
        if (facts.some(({ kind }) => kind !== "wait" && kind !== "renew") || !facts.some(({ kind }) => kind === "renew")) return;
        assert.equal(hold.cause, "lease");
      }),
      { numRuns: 3_000 },
    );
  });
});
