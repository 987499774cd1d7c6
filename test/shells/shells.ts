// The three shells as tests use them: how each is started at a terminal and how it loads the script of a folder.

import { SHELLS } from "../../src/cli/flags.ts";
import type { Shell } from "../../src/cli/completion/script.ts";
import { COMPLETION_FILES } from "../../scripts/release/completions.ts";
import type { ShellKind } from "../support/terminal.ts";

/** Prints its arguments. */
const PROGRAM = "job-controller() { local IFS='|'; printf '<<%s>>\\n' \"$*\"; }";

/** A shell in whose folder the files of writeCompletions() are. */
export const KINDS: Readonly<Record<Shell, ShellKind>> = {
  bash: {
    command: "bash --norc --noprofile -i",
    setUp: [`source ${COMPLETION_FILES.bash}`, `bind -x '"\\C-xp": echo "<<$READLINE_LINE>>"'`, PROGRAM],
  },
  zsh: {
    command: "zsh -f -i",
    setUp: [
      "PROMPT='> '; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -d $PWD/dump",
      'show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey "^Xp" show',
      PROGRAM,
    ],
  },
  fish: {
    command: "fish --no-config -i",
    setUp: [
      "function fish_prompt; echo '> '; end",
      `source ${COMPLETION_FILES.fish}`,
      `bind \\cxp 'echo "<<"(commandline)">>"'`,
      "function job-controller; echo '<<'(string join '|' -- $argv)'>>'; end",
    ],
  },
};

export const EACH = SHELLS.map((shell) => ({ shell, kind: KINDS[shell] }));
