// What package.json may name: each dependency was argued for, is pinned, and is used where it says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { importsOf, packageName, PACKAGES } from "./imports.ts";
import { none, projectFiles, ROOT } from "./source.ts";

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
  trustedDependencies: string[];
}

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
  packages: Record<string, { version: string; integrity?: string; hasInstallScript?: boolean }>;
};
/** Tools: they are run or give types, and no file of src imports them. */
const TOOLS = ["@types/node", "ajv", "bun", "deno", "fast-check", "fast-xml-parser", "tap-parser", "yaml"];

/** Names in one list and not in the other. */
function differences(given: readonly string[], wanted: readonly string[]): string[] {
  return [
    ...given.filter((name) => !wanted.includes(name)).map((name) => `+${name}`),
    ...wanted.filter((name) => !given.includes(name)).map((name) => `-${name}`),
  ].sort();
}

/** Versions that are no exact version. */
function unpinned(versions: Record<string, string>): string[] {
  return Object.entries(versions)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name}@${version}`);
}

describe("package.json", () => {
  test("ships the allowed packages alone", () => none(differences(Object.keys(manifest.dependencies), Object.keys(PACKAGES))));
  test("needs the allowed tools alone", () => none(differences(Object.keys(manifest.devDependencies), TOOLS)));
  test("pins exact versions", () => none(unpinned({ ...manifest.dependencies, ...manifest.devDependencies })));

  test("lets the same packages run install scripts under npm and Bun, and no others have one", () => {
    const scripted = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ""));
    assert.deepEqual(Object.keys(manifest.allowScripts), ["bun", "deno"]);
    assert.deepEqual(manifest.trustedDependencies, ["bun", "deno"]);
    none(differences(scripted, ["bun", "deno"]));
  });

  test("keeps fast-check to the tests", () => {
    const users = projectFiles("src", "scripts").filter(
      (file) =>
        /\.(?:ts|mjs)$/.test(file.path) && importsOf(file).some(({ specifier }) => packageName(specifier) === "fast-check"),
    );
    none(users.map(({ path }) => path));
  });
});

describe("package-lock.json", () => {
  test("holds an integrity for every package, for every platform", () => {
    const bare = Object.entries(lock.packages)
      .filter(([path, { integrity }]) => path !== "" && integrity === undefined)
      .map(([path]) => path);
    none(bare);
    for (const tool of ["bun", "deno"]) {
      const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, `node_modules/${tool}/package.json`), "utf8")) as {
        optionalDependencies: Record<string, string>;
      };
      assert.deepEqual(
        Object.keys(optionalDependencies).filter((name) => lock.packages[`node_modules/${name}`] === undefined),
        [],
      );
    }
  });
});

describe("the rules", () => {
  test("find a package too many and one too few", () => assert.deepEqual(differences(["a", "c"], ["a", "b"]), ["+c", "-b"]));
  test("find ranges and tags", () =>
    assert.deepEqual(unpinned({ a: "^1.0.0", b: "1.0.0", c: "latest", d: "1.x", e: "1.0.0-rc.1" }), [
      "a@^1.0.0",
      "c@latest",
      "d@1.x",
    ]));
});
