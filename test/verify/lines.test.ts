// The lines of a watch as a check reads them: what is late, broken or no event refutes the claim, in words.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NetworkError } from "../../src/base/errors.ts";
import { Refuted } from "../../src/verify/check.ts";
import { type Lines, linesOf } from "../../src/verify/lines.ts";
import { ManualClock } from "../support/manual-clock.ts";

const PATIENCE_MS = 1_000;
const event = (type: string, name: string) => `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;

/** A watch whose body is written by hand. */
function watch() {
  const clock = new ManualClock();
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) });
  const lines = linesOf(new Response(stream), { clock, signal: new AbortController().signal, patienceMs: PATIENCE_MS, onLine: () => undefined });
  const write = (text: string) => body?.enqueue(new TextEncoder().encode(text));
  return { lines, clock, write, end: () => body?.close(), breakOff: () => body?.error(new NetworkError("it broke off", "cut")) };
}

const named = (lines: Lines, name: string) => lines.find(({ object }) => object.metadata?.name === name, `event of ${name}`);

const refuted = (asked: Promise<unknown>, message: RegExp) =>
  assert.rejects(asked, (error: Error) => error instanceof Refuted && message.test(error.message) || assert.fail(`it was ${String(error)}`));

describe("linesOf", () => {
  test("finds an event behind others, also where its line comes in pieces", async () => {
    const { lines, write } = watch();
    const whole = event("ADDED", "b");
    write(event("ADDED", "a") + whole.slice(0, 9));
    write(whole.slice(9));
    assert.equal((await named(lines, "b")).type, "ADDED");
  });

  test("says that an event is late, whatever else comes", async () => {
    const { lines, clock, write } = watch();
    const found = named(lines, "b");
    const late = refuted(found, /^no event of b came within 1000 ms$/);
    for (let ms = 0; ms < PATIENCE_MS; ms += 250) {
      write(event("MODIFIED", "a"));
      await clock.advance(250);
    }
    await late;
  });

  test("tells a polite end from a connection that broke", async () => {
    const polite = watch();
    polite.end();
    assert.equal(await polite.lines.next(), undefined);
    const broken = watch();
    broken.breakOff();
    await refuted(broken.lines.next(), /^the watch broke: it broke off$/);
    assert.deepEqual(await broken.lines.during(10), []);
  });

  test("refutes an end within a line", async () => {
    const { lines, write, end } = watch();
    write('{"type":"ADD');
    end();
    await refuted(lines.next(), /^the watch ended within a line/);
  });

  test("refutes lines that are no JSON, no event or without an end", async () => {
    for (const [text, message] of [["upstream\n", /no JSON: upstream/], ['{"kind":"Status"}\n', /no event but Status/], ["x".repeat(9 * 2 ** 20), /longer than 8 MiB/]] as const) {
      const { lines, write } = watch();
      write(text);
      await refuted(lines.next(), message);
    }
  });

  test("refutes with the words of an ERROR that was not looked for", async () => {
    const { lines, write } = watch();
    write(`${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, message: "too old" } })}\n`);
    await refuted(named(lines, "b"), /^the watch told of an error: 410 too old$/);
  });

  test("passes bookmarks over where any event will do", async () => {
    const { lines, write } = watch();
    write(event("BOOKMARK", "") + event("DELETED", "a"));
    assert.equal((await lines.event()).type, "DELETED");
  });
});
