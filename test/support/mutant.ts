// A copy of the program's pure rooms with one line changed, loaded beside the real ones: a test that this does not turn
// red looks at nothing.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

export interface Edit {
  /** Below src/. */
  file: string;
  /** Occurs once in the file. */
  from: string;
  to: string;
}

/** Gives `use` a function that imports a file of the edited copy by its path below src/. */
export async function withMutant<T>(edit: Edit, use: (load: (file: string) => Promise<Record<string, unknown>>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "job-controller-mutant-"));
  try {
    for (const part of ["base", "kube", "jobs", "drive", "work", "provisioning.ts"]) cpSync(join(SRC, part), join(folder, part), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const path = join(folder, edit.file);
    const [before, ...after] = readFileSync(path, "utf8").split(edit.from);
    if (before === undefined || after.length !== 1) throw new Error(`Expected one occurrence of "${edit.from}" in ${edit.file}, got ${after.length}`);
    writeFileSync(path, before + edit.to + after[0]);
    return await use((file) => import(pathToFileURL(join(folder, file)).href));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
