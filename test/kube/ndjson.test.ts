import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { NetworkError, ProtocolError } from "../../src/base/errors.ts";
import { parseEvent, readEvents } from "../../src/kube/ndjson.ts";
import type { WatchEvent } from "../../src/kube/types.ts";

const ADDED = '{"type":"ADDED","object":{"metadata":{"name":"a","uid":"1"}}}';
const MODIFIED = '{"type":"MODIFIED","object":{"metadata":{"name":"a","uid":"1"}}}';
const BOOKMARK = '{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}';

const encoder = new TextEncoder();

interface Read {
  batches: string[][];
  error: unknown;
  cancelled: boolean;
}

/** Reads chunks to their end; events as their type. */
async function read(chunks: (string | Uint8Array | Error)[], lineMax?: number): Promise<Read> {
  const result: Read = { batches: [], error: undefined, cancelled: false };
  async function* body(): AsyncGenerator<Uint8Array> {
    let ended = false;
    try {
      for (const chunk of chunks) {
        if (chunk instanceof Error) {
          ended = true;
          throw chunk;
        }
        yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
      }
      ended = true;
    } finally {
      result.cancelled = !ended;
    }
  }
  try {
    for await (const events of readEvents(body(), lineMax)) result.batches.push(events.map((event) => event.type));
  } catch (error) {
    result.error = error;
  }
  return result;
}

describe("readEvents()", () => {
  test("gives the events of one chunk together, in order", async () => {
    const { batches, error } = await read([`${ADDED}\n${MODIFIED}\n`, `${BOOKMARK}\n`]);
    assert.deepEqual(batches, [["ADDED", "MODIFIED"], ["BOOKMARK"]]);
    assert.equal(error, undefined);
  });

  test("puts an event together from chunks of one byte", async () => {
    const bytes = encoder.encode(`${ADDED}\n${MODIFIED}\n`);
    const { batches } = await read(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    assert.deepEqual(batches, [["ADDED"], ["MODIFIED"]]);
  });

  test("keeps a character whole that was cut between chunks", async () => {
    const bytes = encoder.encode('{"type":"ADDED","object":{"metadata":{"name":"größe-😀"}}}\n');
    for (let at = 1; at < bytes.length; at++) {
      const events: WatchEvent[] = [];
      for await (const batch of readEvents(streamOf([bytes.slice(0, at), bytes.slice(at)]))) events.push(...batch);
      assert.deepEqual(events, [{ type: "ADDED", object: { metadata: { name: "größe-😀" } } }]);
    }
  });

  for (const [what, tail] of [["was cut off", ADDED.slice(0, 20)], ["lacks its last bracket", ADDED.slice(0, -1)], ["has but begun", "{"], ["lacks its newline", MODIFIED]]) {
    for (const [how, end] of [["by an end that looks polite", []], ["by a broken connection", [new NetworkError("broke off", "cut")]]] as const) {
      test(`drops an event that ${what} ${how}, and says so`, async () => {
        const { batches, error } = await read([`${ADDED}\n${tail}`, ...end]);
        assert.deepEqual(batches, [["ADDED"]]);
        assert.ok(error instanceof NetworkError);
        assert.equal(error.reason, "mid-line");
      });
    }
  }

  test("tells a connection that broke between two events from one that broke within one", async () => {
    const cut = new NetworkError("broke off", "cut");
    assert.equal((await read([`${ADDED}\n`, cut])).error, cut);
  });

  test("fails on a page in place of events, with and without a newline at its end", async () => {
    for (const end of ["\n", ""]) {
      const { error } = await read([`<html>busy</html>${end}`]);
      assert.ok(error instanceof ProtocolError);
      assert.equal(error.reason, "not-json");
    }
  });

  test("takes CRLF and blank lines", async () => {
    const { batches, error } = await read([`\r\n${ADDED}\r\n\n  \n`, "\n", `${MODIFIED}\r\n`]);
    assert.deepEqual(batches, [["ADDED"], ["MODIFIED"]]);
    assert.equal(error, undefined);
  });

  test("gives the events before a line that is no JSON, then throws and lets the body go", async () => {
    const { batches, error, cancelled } = await read([`${ADDED}\n<html>\n${MODIFIED}\n`, `${MODIFIED}\n`]);
    assert.deepEqual(batches, [["ADDED"]]);
    assert.ok(error instanceof ProtocolError);
    assert.match(error.message, /expected one JSON event a line/);
    assert.equal(cancelled, true);
  });

  test("throws what the body throws, unchanged", async () => {
    const lost = new Error("connection lost");
    const { batches, error } = await read([`${ADDED}\n`, lost]);
    assert.deepEqual(batches, [["ADDED"]]);
    assert.equal(error, lost);
  });

  test("gives back the body when the reader leaves", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(encoder.encode(`${ADDED}\n`)),
      cancel() {
        cancelled = true;
      },
    });
    for await (const _ of readEvents(body as unknown as AsyncIterable<Uint8Array>)) break;
    assert.equal(cancelled, true);
  });

  test("stops at a line that is longer than the limit, finished or not", async () => {
    for (const chunks of [["x".repeat(60), "x".repeat(60)], [`"${"x".repeat(120)}"\n`], ["x".repeat(60), `${"x".repeat(60)}\n`]]) {
      const { error, cancelled } = await read([`${ADDED}\n`, ...chunks, `${MODIFIED}\n`], 100);
      assert.ok(error instanceof ProtocolError);
      assert.match(error.message, /at most 100 characters/);
      assert.equal(cancelled, true);
    }
  });

  test("counts each line by itself against the limit", async () => {
    const { batches, error } = await read(Array.from({ length: 50 }, () => `${ADDED}\n`), 100);
    assert.equal(batches.length, 50);
    assert.equal(error, undefined);
  });

  test("takes a line of 20 MB in small chunks", async () => {
    const line = encoder.encode(`{"type":"ADDED","object":{"metadata":{"name":"a","uid":"1","annotations":{"a":"${"x".repeat(20_000_000)}"}}}}\n`);
    const chunks = Array.from({ length: Math.ceil(line.length / 65_536) }, (_, index) => line.subarray(index * 65_536, (index + 1) * 65_536));
    assert.deepEqual((await read(chunks)).batches, [["ADDED"]]);
  });

  for (const [what, body] of [
    ["a Status", '{"kind":"Status","code":410,"reason":"Expired"}'],
    ["a Status on many lines", '{\n  "kind": "Status",\n  "code": 410,\n  "reason": "Expired"\n}'],
  ] as const) {
    for (const end of ["\n", ""]) {
      test(`takes ${what} in place of events${end === "" ? ", without a newline at its end," : ""} for an ERROR or fails`, async () => {
        const { batches, error } = await read([body + end]);
        assert.ok(error instanceof ProtocolError || batches.flat().includes("ERROR"), "a server that refuses must not look like a quiet one");
      });
    }
  }

  for (const end of ["\n", ""]) {
    test(`fails on a list in place of events${end === "" ? ", without a newline at its end" : ""}`, async () => {
      const { error } = await read([`{"kind":"JobList","metadata":{"resourceVersion":"5"},"items":[]}${end}`]);
      assert.ok(error instanceof ProtocolError);
      assert.match(error.message, /got an object of kind JobList; the server or a proxy ignored watch=true/);
    });
  }
});

describe("parseEvent()", () => {
  for (const type of ["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"] as const) {
    test(`reads ${type}`, () => {
      assert.deepEqual(parseEvent(`{"type":"${type}","object":{"kind":"Job"}}`), { type, object: { kind: "Job" } });
    });
  }

  test("names a type that it does not know", () => {
    assert.deepEqual(parseEvent('{"type":"RENAMED","object":{}}'), { type: "UNKNOWN", name: "RENAMED" });
  });

  test("takes a bare Status for an ERROR", () => {
    assert.deepEqual(parseEvent('{"kind":"Status","code":500}'), { type: "ERROR", object: { kind: "Status", code: 500 } });
  });

  const objectless = ['{"type":"ADDED"}', '{"type":"ADDED","object":null}', '{"type":"ADDED","object":"x"}'];
  for (const line of ["null", "5", '"text"', "[]", "{}", '{"type":5,"object":{}}', ...objectless, "nonsense", "{"]) {
    test(`refuses ${line}`, () => assert.ok(parseEvent(line) instanceof ProtocolError));
  }

  test("does not let __proto__ reach a prototype", () => {
    parseEvent('{"type":"ADDED","object":{"__proto__":{"polluted":true},"metadata":{"__proto__":{"polluted":true}}}}');
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });
});

async function* streamOf(chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
