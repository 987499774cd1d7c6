// A folder of files → its checksums file, and back: whether the folder still holds those bytes.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Hexadecimal; a text as UTF-8. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Writes `<sha256>  <name>` for each file beside it, sorted, as `sha256sum -c` reads it. */
export function writeChecksums(folder: string, name: string): void {
  const lines = readdirSync(folder)
    .filter((file) => file !== name)
    .sort()
    .map((file) => `${sha256(readFileSync(join(folder, file)))}  ${file}\n`);
  writeFileSync(join(folder, name), lines.join(""));
}

/** Name → sha256, of a checksums file's text. */
export function readChecksums(text: string): Map<string, string> {
  return new Map(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
}

/** What two checksums files say differently, each a name with what is wrong about it. */
export function checksumDifferences(one: string, other: string): string[] {
  const [left, right] = [readChecksums(one), readChecksums(other)];
  return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((name) => {
    const [a, b] = [left.get(name), right.get(name)];
    return a === b ? [] : [`${name}: ${a?.slice(0, 16) ?? "not made"} and ${b?.slice(0, 16) ?? "not made"}`];
  });
}
