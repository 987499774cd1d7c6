import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { blackHole, byLine, holding, upTo, wholeLines } from "../../../src/devserver/behaviour/faults/streams.ts";
import type { Stream } from "../../../src/devserver/wire/call.ts";

/** A stream that remembers: texts as they came, `|` for the end, `!` for a cut. */
function sink(): Stream & { text: string } {
  return {
    text: "",
    write(text) {
      this.text += text;
      return true;
    },
    end() {
      this.text += "|";
    },
    destroy() {
      this.text += "!";
    },
    onDrain() {},
    onGone() {},
  };
}

/** The same with methods that need no `this`, as a wrapper takes them over. */
function recorder(): { stream: Stream; seen: () => string } {
  const into = sink();
  const { onDrain, onGone } = into;
  return {
    stream: { write: (text) => into.write(text), end: () => into.end(), destroy: () => into.destroy(), onDrain, onGone },
    seen: () => into.text,
  };
}

function written(wrap: (below: Stream) => Stream, ...texts: string[]): string {
  const { stream, seen } = recorder();
  const wrapped = wrap(stream);
  for (const text of texts) wrapped.write(text);
  wrapped.end();
  return seen();
}

describe("wholeLines()", () => {
  for (const [text, lines, rest] of [["", [], ""], ["a", [], "a"], ["a\n", ["a\n"], ""], ["a\n\nb", ["a\n", "\n"], "b"]] as const) {
    test(`takes ${JSON.stringify(text)} apart`, () => assert.deepEqual(wholeLines(text), [[...lines], rest]));
  }
});

describe("byLine()", () => {
  const shout = (line: string) => (line === "drop\n" ? [] : [line.toUpperCase()]);

  test("edits whole lines, however they come, and leaves a last piece as it is", () => {
    assert.equal(written((below) => byLine(below, shout), "a\nb", "c\n", "drop\nd"), "A\nBC\nd|");
  });
});

describe("upTo()", () => {
  const marked = (below: Stream): Stream => ({ ...below, write: (text) => below.write(`[${text}]`) });
  const limited = (lines: number | undefined, bytes: number | undefined, ...texts: string[]) =>
    written((below) => upTo(below, { lines, bytes }, marked), ...texts);

  test("hands over at once when nothing passes", () => {
    assert.equal(limited(undefined, undefined, "a\n"), "[a\n]|");
    assert.equal(limited(0, undefined, "a\n"), "[a\n]|");
  });

  test("lets so many lines pass, also in one text or in pieces", () => {
    assert.equal(limited(2, undefined, "a\nb\nc\n", "d\n"), "a\nb\n[c\n][d\n]|");
    assert.equal(limited(1, undefined, "a", "b\n", "c\n"), "ab\n[c\n]|");
    assert.equal(limited(2, undefined, "a\n"), "a\n|");
  });

  test("lets so many bytes pass", () => {
    assert.equal(limited(undefined, 3, "ab", "cd", "e"), "abc[d][e]|");
    assert.equal(limited(undefined, 2, "ab", "c"), "ab[c]|");
    assert.equal(limited(1, 10, "ab\n", "c"), "ab\n[c]|");
  });
});

describe("blackHole()", () => {
  test("swallows everything and the end", () => assert.equal(written(blackHole, "a", "b"), ""));
});

describe("holding()", () => {
  test("keeps everything, the end too, until it is released; then passes it on", () => {
    const { stream, seen } = recorder();
    const held = holding(stream);
    held.write("a");
    held.end();
    assert.equal(seen(), "");
    held.release();
    held.release();
    assert.equal(seen(), "a|");
    const other = recorder();
    const released = holding(other.stream);
    released.release();
    released.write("b");
    released.end();
    assert.equal(other.seen(), "b|");
  });
});
