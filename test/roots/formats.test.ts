// The binary of each target as its headers say it: right where it cannot be run, too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { buildFor } from "../../scripts/build.ts";
import { signAdHoc } from "../../scripts/release/ad-hoc-signature.ts";
import { sha256 } from "../../scripts/release/checksums.ts";
import { lockedRuntime, unpackRuntime } from "../../scripts/release/runtimes.ts";
import { type Target, TARGETS, targetName } from "../../scripts/release/targets.ts";
import { start } from "../support/binary.ts";
import { temporaryDirectory } from "../support/certs.ts";
import { ended } from "../support/children.ts";
import { BUN } from "../support/servers.ts";
import { checkSignature } from "./code-signature.ts";
import { type Executable, readExecutable } from "./executable.ts";

/** A runtime of 90 to 120 MB and 10 MB of ours. */
const SIZE = { least: 90e6, most: 140e6 };
const FORMATS = { linux: "ELF", darwin: "Mach-O", windows: "PE" } as const;
const CONSOLE = 3;
const LOADERS: Record<string, string> = {
  linux_amd64: "/lib64/ld-linux-x86-64.so.2",
  linux_arm64: "/lib/ld-linux-aarch64.so.1",
  "linux-musl_amd64": "/lib/ld-musl-x86_64.so.1",
  "linux-musl_arm64": "/lib/ld-musl-aarch64.so.1",
};

const paths = new Map(TARGETS.map((target) => [target, buildFor(target).path]));

function read(target: Target): { bytes: Buffer; executable: Executable } {
  const bytes = readFileSync(paths.get(target) ?? "");
  return { bytes, executable: readExecutable(bytes) };
}

describe("formats", () => {
  for (const target of TARGETS) {
    const { os, arch } = target;
    const name = targetName(target);
    const format = FORMATS[os];
    const how = os === "linux" ? "" : ", and is looked at alone: nothing runs it here";

    test(`${name} is a program in the format ${format} for ${arch}, of a likely size${how}`, () => {
      const { bytes, executable } = read(target);
      assert.deepEqual([executable.format, executable.arch, executable.interpreter], [format, arch, LOADERS[name]]);
      assert.equal(executable.subsystem, os === "windows" ? CONSOLE : undefined);
      assert.ok(bytes.length > SIZE.least && bytes.length < SIZE.most, `${bytes.length} bytes`);
    });
  }

  for (const target of TARGETS.filter(({ os }) => os === "darwin")) {
    test(`${targetName(target)} carries a signature that fits all its bytes`, () => {
      const { bytes, executable: { signature } } = read(target);
      assert.ok(signature);
      const { wrong, limit, identity } = checkSignature(bytes, signature.offset);
      assert.deepEqual([wrong, limit, signature.end, identity], [0, signature.offset, bytes.length, "ad hoc"]);
    });
  }

  test("the signature is the one that Bun makes, for the one target where it makes one", async () => {
    const arm64 = TARGETS.find(({ os, arch }) => os === "darwin" && arch === "arm64");
    assert.ok(arm64);
    await using directory = await temporaryDirectory();
    const [source, made] = [await directory.write("empty.js", ""), join(directory.path, "empty")];
    const runtime = unpackRuntime(arm64, lockedRuntime(arm64), directory.path);
    const flags = ["--compile", `--target=${arm64.bunTarget}`, `--compile-executable-path=${runtime}`, `--outfile=${made}`];
    const { code, stderr } = await ended(start(BUN, ["build", source, ...flags]));
    assert.equal(code, 0, stderr);
    const bytes = readFileSync(made);
    assert.equal(sha256(signAdHoc(bytes)), sha256(bytes));
  });
});
