import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LineSplitter } from "../../src/work/lines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("LineSplitter", () => {
  test("gives each line with its newline, and the rest at the end", () => {
    const splitter = new LineSplitter(100);
    assert.deepEqual(splitter.push(bytes("a\nb")), [{ text: "a", dropped: 0 }]);
    assert.deepEqual(splitter.push(bytes("c\r\n\nd")), [{ text: "bc", dropped: 0 }, { text: "", dropped: 0 }]);
    assert.deepEqual(splitter.end(), { text: "d", dropped: 0 });
    assert.equal(splitter.end(), undefined);
  });

  test("joins characters that a chunk ends within", () => {
    const splitter = new LineSplitter(100);
    const [first = new Uint8Array(), second = new Uint8Array()] = [bytes("ä€😀\n").slice(0, 6), bytes("ä€😀\n").slice(6)];
    assert.deepEqual([...splitter.push(first), ...splitter.push(second)], [{ text: "ä€😀", dropped: 0 }]);
  });

  test("reads bytes that are no text as well as it can", () => {
    assert.deepEqual(new LineSplitter(100).push(new Uint8Array([0xff, 0xfe, 0, 10])), [{ text: "\ufffd\ufffd\0", dropped: 0 }]);
  });

  test("keeps the first bytes of a line that is too long, and counts the others", () => {
    const splitter = new LineSplitter(4);
    assert.deepEqual(splitter.push(bytes("abcd\nabcde\nab")), [{ text: "abcd", dropped: 0 }, { text: "abcd", dropped: 1 }]);
    splitter.push(bytes("x".repeat(1_000)));
    assert.deepEqual(splitter.push(bytes("\nok\n")), [{ text: "abxx", dropped: 998 }, { text: "ok", dropped: 0 }]);
  });

  test("holds what came byte by byte", () => {
    const splitter = new LineSplitter(100_000);
    for (let at = 0; at < 70_000; at++) splitter.push(bytes("x"));
    assert.equal(splitter.push(bytes("\n"))[0]?.text, "x".repeat(70_000));
    assert.deepEqual(splitter.push(bytes("y\n")), [{ text: "y", dropped: 0 }]);
  });

  test("is not changed by what becomes of a chunk afterwards", () => {
    const splitter = new LineSplitter(100);
    const chunk = bytes("abc");
    splitter.push(chunk);
    chunk.fill(0);
    assert.equal(splitter.end()?.text, "abc");
  });
});
