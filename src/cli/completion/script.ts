// A shell's name to the script that completes command lines of this program in it. The script never calls the program.

import type { SHELLS } from "../flags.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { completionPlaces } from "./model.ts";
import type { Place, Vocabulary } from "./model.ts";
import { zshScript } from "./zsh.ts";

export type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The script, with a newline at its end. */
export function completionScript(shell: Shell, vocabulary: Vocabulary): string {
  return SCRIPTS[shell](completionPlaces(vocabulary));
}
