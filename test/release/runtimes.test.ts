// Which runtimes are compiled with, and which are not.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { lockedRuntime, RUNTIMES, unpackRuntime } from "../../scripts/release/runtimes.ts";
import { TARGETS } from "../../scripts/release/targets.ts";
import { manifest } from "./made.ts";

describe("lockedRuntime()", () => {
  for (const target of TARGETS) {
    test(`finds ${target.bunPackage} in the version of Bun that the project pins`, () => {
      const { version, integrity } = lockedRuntime(target);
      assert.equal(version, manifest.devDependencies.bun);
      assert.match(integrity, /^sha512-[\w+/]{86}==$/);
    });
  }

  test("finds no other package", () => {
    assert.throws(
      () => lockedRuntime({ os: "linux", arch: "amd64", bunPackage: "@oven/bun-plan9", bunTarget: "bun-plan9" }),
      /Cannot find "@oven\/bun-plan9" in package-lock\.json/,
    );
  });
});

describe("unpackRuntime()", () => {
  const target = TARGETS[0]!;
  const locked = lockedRuntime(target);
  const [name = ""] = readdirSync(RUNTIMES).filter((file) => /^oven-bun-linux-x64-\d/.test(file));
  let cache = "";
  let folder = "";

  before(() => {
    cache = mkdtempSync(join(tmpdir(), "runtimes-"));
    folder = mkdtempSync(join(tmpdir(), "unpacked-"));
  });
  after(() => [cache, folder].forEach((one) => rmSync(one, { recursive: true })));

  test("refuses a package in which one bit is another, and unpacks nothing", () => {
    const bytes = readFileSync(join(RUNTIMES, name));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(cache, name), bytes);
    assert.throws(
      () => unpackRuntime(target, locked, folder, cache),
      (error: Error) =>
        error.message.startsWith(`Cannot use the runtime "${target.bunPackage}@${locked.version}" in ${join(cache, name)}: `) &&
        error.message.includes(`expected the hash of package-lock.json, ${locked.integrity}, not sha512-`),
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  test("refuses another package than the one of the lock file", () => {
    writeFileSync(join(cache, name), readFileSync(join(RUNTIMES, name)));
    const other = lockedRuntime(TARGETS[1]!);
    assert.throws(() => unpackRuntime(target, other, folder, cache), /expected the hash of package-lock\.json/);
  });

  test("unpacks the one of the lock file", () => {
    const path = unpackRuntime(target, locked, folder, cache);
    assert.equal(readFileSync(path).subarray(1, 4).toString(), "ELF");
  });

  test("says what npm says of a package that is not there", () => {
    const absent = { ...target, bunPackage: "@oven/bun-linux-x64" };
    assert.throws(
      () => unpackRuntime(absent, { ...locked, version: "0.0.0-none" }, folder, cache),
      /^Error: Cannot bring the runtime "@oven\/bun-linux-x64@0\.0\.0-none": npm says /,
    );
    assert.deepEqual(readdirSync(cache), [name]);
  });
});
