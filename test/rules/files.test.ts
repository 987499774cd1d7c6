// Every file opens with what it is, no test is silenced, no file knows the machine it was written on.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openingErrors, placeErrors, styleErrors, testErrors } from "./files.ts";
import { none, projectFiles } from "./source.ts";

const typescript = (...folders: string[]) => projectFiles(...folders).filter(({ path }) => /\.(?:ts|mjs)$/.test(path));
const one = (text: string, path = "src/kube/x.ts") => [{ path, text }];

describe("files", () => {
  test("open with a comment", () => none(openingErrors(typescript("src", "scripts", "test/support"))));
  test("of src have no default exports, barrels or any", () => none(styleErrors(typescript("src"))));
  test("of test silence nothing", () =>
    none(testErrors(typescript("test").filter(({ path }) => !path.startsWith("test/rules/")))));
  test("name no machine and no network", () => none(placeErrors(projectFiles())));
});

describe("openingErrors()", () => {
  test("finds a file that opens with code", () => {
    assert.equal(openingErrors(one('import { a } from "./a.ts";\n')).length, 1);
    assert.equal(openingErrors(one("")).length, 1);
    assert.equal(openingErrors(one("//\n")).length, 1);
    assert.equal(openingErrors(one("// What it is.\n\nexport {};\n")).length, 0);
  });
});

describe("styleErrors()", () => {
  for (const text of [
    "export default 1;",
    'export * from "./a.ts";',
    "const a: any = 1;",
    "a as any",
    "const a: Map<string, any> = b;",
    "// @ts-ignore",
  ]) {
    test(`finds ${text}`, () => assert.equal(styleErrors(one(text)).length, 1));
  }
  test("lets words pass", () =>
    assert.deepEqual(styleErrors(one('// any: of them\nconst a = "x as any"; const many: Company = any;')), []));
});

describe("testErrors()", () => {
  for (const text of [
    'test.only("a", f);',
    'describe.skip("a", f);',
    'test("a", { only: true }, f);',
    'test("a", { skip: true }, f);',
    'test("a", { skip: "later" }, f);',
    'describe("a", { skip: !root }, f);',
    "t.skip();",
    'import { test } from "bun:test";',
  ]) {
    test(`finds ${text}`, () => assert.equal(testErrors(one(text)).length, 1));
  }
  test("lets a condition pass", () =>
    assert.deepEqual(testErrors(one('test("a", { skip: !root && "not root", timeout: 1 }, f);')), []));
});

describe("placeErrors()", () => {
  for (const text of ["cd /wo" + "rk/main", '"/ro' + 'ot/.cache"', "https://registry.npmjs" + ".org/x", "/home/jo" + "e/src"]) {
    test(`finds ${text}`, () => assert.equal(placeErrors(one(text)).length, 1));
  }
  test("lets other paths pass", () => assert.deepEqual(placeErrors(one("/homework/x ./roots/ /path/to/network/y")), []));
});
