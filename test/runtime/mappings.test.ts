// What may be unmapped of a process's memory, by accounts that Linux gave.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rereadable } from "../../src/runtime/mappings.ts";

const FILE = "/opt/job controller/job-controller";

/** One mapping as /proc/self/smaps tells of it, shortened to some of its lines. */
function mapping(range: string, rights: string, anonymousKB: number, path = FILE): string {
  return [
    `${range} ${rights} 01838000 fe:00 5308451                            ${path}`,
    "Size:              79912 kB",
    "Private_Dirty:     35744 kB",
    `Anonymous:      ${String(anonymousKB).padStart(8)} kB`,
    "AnonHugePages:         0 kB",
    "VmFlags: rd ex mr mw me ",
  ].join("\n");
}

describe("rereadable", () => {
  test("is text and constants of the file, by the byte", () => {
    const smaps = [mapping("00200000-01a39000", "r--p", 0), mapping("01a40000-0684a000", "r-xp", 0)].join("\n");
    assert.deepEqual(rereadable(smaps, FILE), [
      { start: 0x200000, length: 0x1839000 },
      { start: 0x1a40000, length: 0x4e0a000 },
    ]);
  });

  test("leaves a mapping with a page that was changed: a relocation, or a tracer's breakpoint", () => {
    assert.deepEqual(rereadable(mapping("0685f000-06867000", "r--p", 32), FILE), []);
    assert.deepEqual(rereadable(mapping("01a40000-0684a000", "r-xp", 4), FILE), []);
  });

  test("leaves what can be written to, or is shared", () => {
    for (const rights of ["rw-p", "rwxp", "r--s"]) assert.deepEqual(rereadable(mapping("06867000-0757f000", rights, 0), FILE), []);
  });

  test("leaves other files, a file that was replaced on disk, and memory without one", () => {
    for (const path of ["/usr/lib/libc.so.6", `${FILE} (deleted)`, ""]) {
      assert.deepEqual(rereadable(mapping("01a40000-0684a000", "r-xp", 0, path), FILE), []);
    }
  });

  test("does not take a line of one mapping for another's", () => {
    const smaps = [mapping("01a40000-0684a000", "r-xp", 8), mapping("7f0000000000-7f0000001000", "r-xp", 0, "/lib/other.so")].join("\n");
    assert.deepEqual(rereadable(smaps, FILE), []);
  });
});
