// The list of claims and the files of this folder say the same.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { CLAIMS } from "./claims.ts";
import { FULL, QUICK } from "./harness/scale.ts";

/** No claim: the list, and a server that one of them is held against. */
const OTHERS = ["claims.ts", "bare-server.ts"];

describe("CLAIMS", () => {
  test("are the files here, each named as its file", () => {
    const files = readdirSync(new URL(".", import.meta.url)).filter((name) => /^(?!.*\.test\.ts$).*\.ts$/.test(name) && !OTHERS.includes(name));
    assert.deepEqual(CLAIMS.map(({ name }) => `${name}.ts`).sort(), files.sort());
  });
  test("are claimed at the head of their files", () => {
    for (const { name } of CLAIMS) assert.match(readFileSync(new URL(`${name}.ts`, import.meta.url), "utf8"), /^\/\/ Claim: /, name);
  });
});

describe("scales", () => {
  for (const [name, { growth, many }] of Object.entries({ FULL, QUICK })) {
    test(`${name} grows tenfold, up to many`, () => {
      assert.equal(growth.at(-1), many);
      for (const [index, size] of growth.slice(1).entries()) assert.equal(size, (growth[index] ?? 0) * 10);
    });
  }
});
