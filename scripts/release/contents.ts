// A binary → the files of its archive: the program, how it is read about and completed, and under which terms it stands.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Built } from "../build.ts";
import type { Stamp } from "../inputs.ts";
import type { Entry } from "./archive.ts";
import { writeCompletions } from "./completions.ts";
import { writeManPages } from "./man.ts";
import { thirdPartyNotices } from "./notices.ts";
import { binaryName, type Target } from "./targets.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Of the project, as they are. */
const COPIED = ["LICENSE", "README.md"];

/** The program and the papers, without a folder above them. */
export function archiveEntries(target: Target, { path, packages, stamp }: Built): Entry[] {
  return [
    { name: binaryName(target), executable: true, data: readFileSync(path) },
    ...COPIED.map((name) => plain(name, readFileSync(join(ROOT, name)))),
    plain("THIRD_PARTY_NOTICES", Buffer.from(thirdPartyNotices(packages))),
    ...written(stamp),
  ];
}

/** Completions and manual pages. */
function written(stamp: Stamp): Entry[] {
  const folder = mkdtempSync(join(tmpdir(), "papers-"));
  try {
    writeCompletions(join(folder, "completions"));
    writeManPages(join(folder, "man"), stamp);
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => plain(name, readFileSync(join(folder, name))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function plain(name: string, data: Uint8Array): Entry {
  return { name, executable: false, data };
}
