// The scripts of `job-controller completion` to files under the names that the shells look for.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { completionScript, type Shell } from "../../src/cli/completion/script.ts";
import { SHELLS } from "../../src/cli/flags.ts";
import { vocabulary } from "../../src/vocabulary.ts";

export const COMPLETION_FILES: Readonly<Record<Shell, string>> = {
  bash: "job-controller.bash",
  zsh: "_job-controller",
  fish: "job-controller.fish",
};

/** Writes one file a shell, and the folder if it is missing. */
export function writeCompletions(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const shell of SHELLS) writeFileSync(join(folder, COMPLETION_FILES[shell]), completionScript(shell, vocabulary()));
}
