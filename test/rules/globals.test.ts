// Only runtime/ and main name the clock, the dice, the console and the host.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { globalErrors } from "./globals.ts";
import { codeOf, none, projectFiles } from "./source.ts";

const errors = (text: string, path = "src/kube/x.ts") => globalErrors([{ path, text }]);

describe("src", () => {
  test("is handed clock, random, output, environment and network", () => {
    none(globalErrors(projectFiles("src").filter(({ path }) => path.endsWith(".ts"))));
  });
});

describe("globalErrors()", () => {
  for (const text of [
    "const now = Date.now();",
    "const now = new Date();",
    "const t = performance.now();",
    "setTimeout(() => {}, 1);",
    "const wait = setInterval;",
    "await new Promise((resolve) => setImmediate(resolve));",
    "fetch(url, { signal: AbortSignal.timeout(5) , fetch });",
    "Math.random() * 2",
    'console.log("x");',
    'console["log"]("x");',
    "Bun.write(a, b);",
    "if (typeof Deno !== 'undefined') Deno.exit(1);",
    "process.exit(1);",
    "const { env } = process\n.env;",
    "globalThis.process.exit(1);",
    "await fetch(url);",
    "const get = globalThis.fetch;",
    "const line = `${Date.now()}`;",
    "const half = total / 2; console.log(half / 3);",
  ]) {
    test(`finds ${text}`, () => assert.equal(errors(text).length, 1));
  }

  for (const text of [
    "const now = clock.now();",
    "new Date(ms).toISOString();",
    "// Date.now() is not for us",
    '/* console.log("x") */',
    'throw new Error("Math.random, process.env, Bun.file");',
    "const text = `console.log(1)`;",
    "const pattern = /console.log|process.env/;",
    "options.fetch(url);",
    "this.#fetch(url);",
    "function f({ fetch }: Options) { return fetch(url); }",
    "function f(fetch: Fetch) { return fetch(url); }",
    "const fetch = makeFetch(); fetch(url);",
    "return bare as typeof globalThis.fetch;",
    "interface Timers { setTimeout: (ms: number) => void; setInterval?: unknown }",
    "child.process.exit;",
  ]) {
    test(`lets pass ${text}`, () => assert.deepEqual(errors(text), []));
  }

  test("leaves runtime and main alone", () => {
    assert.deepEqual(errors("process.exit(Date.now());", "src/main.ts"), []);
    assert.deepEqual(errors("setTimeout(f, 1);", "src/runtime/clock.ts"), []);
  });

  test("says where and what to do instead", () =>
    assert.deepEqual(errors("\n\nDate.now()"), ["src/kube/x.ts:3: Date.now: take a clock"]));
});

describe("codeOf()", () => {
  for (const [text, code] of [
    ["a // b\nc", "a     \nc"],
    ["a /* b\nc */ d", "a     \n     d"],
    ['x("a\\"b")', 'x("    ")'],
    ["x('a//b')", "x('    ')"],
    ["`a${b + `c${d}`}e`", "` ${b + ` ${d}`} `"],
    ["`${{ a: 1 }}`", "`${{ a: 1 }}`"],
    ['a = /[/"]b/g; c', "a = /     /g; c"],
    ["a / b; c / d", "a / b; c / d"],
    ["return /'/.test(x)", "return / /.test(x)"],
    ['"\u{1f600}" // x', '"  "     '],
  ] as const) {
    test(`blanks what is not code in ${JSON.stringify(text)}`, () => assert.equal(codeOf(text), code));
  }

  test("keeps strings where they are wanted", () => assert.equal(codeOf('"a" // "b"', "keep"), '"a"       '));
});
