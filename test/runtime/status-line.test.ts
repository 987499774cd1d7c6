// What a terminal is sent while a status line comes and goes, and that nothing else is sent anything.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Screen, statusLine } from "../../src/runtime/status-line.ts";

function ground(screen: Partial<Screen> = {}, env: Record<string, string> = {}) {
  let sent = "";
  const write = (text: string) => void (sent += text);
  const status = statusLine({ isTTY: true, columns: 20, write, ...screen }, { write: (line) => write(`${line}\n`) }, env);
  return { status, sent: () => sent };
}

describe("statusLine()", () => {
  test("writes over what was shown, and is gone when it is cleared", () => {
    const { status, sent } = ground();
    status.show("1 of 2");
    status.show("2 of 2");
    status.clear();
    status.clear();
    assert.equal(sent(), "\r\x1b[K1 of 2\r\x1b[K2 of 2\r\x1b[K");
  });
  test("gives way to a line", () => {
    const { status, sent } = ground();
    status.write("first", "info");
    status.show("1 of 2");
    status.write("a warning", "warn");
    assert.equal(sent(), "first\n\r\x1b[K1 of 2\r\x1b[Ka warning\n");
  });
  test("is shorter than the terminal is wide", () => {
    const { status, sent } = ground({ columns: 6 });
    status.show("123456789");
    assert.equal(sent(), "\r\x1b[K12345");
  });
  const without: readonly [string, ReturnType<typeof ground>][] = [
    ["off a terminal", ground({ isTTY: false })],
    ["in CI", ground({}, { CI: "true" })],
    ["on a dumb terminal", ground({}, { TERM: "dumb" })],
  ];
  for (const [where, { status, sent }] of without) {
    test(`is not shown ${where}`, () => {
      status.show("1 of 2");
      status.write("a line", "info");
      status.clear();
      assert.equal(sent(), "a line\n");
    });
  }
});
