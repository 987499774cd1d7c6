// Each script and each manual page names every flag of every command, and no other.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { COMPLETION_FILES, writeCompletions } from "../../scripts/release/completions.ts";
import { COMMAND_NAMES, COMMANDS, COMMON_FLAGS, GROUP_NAMES } from "../../src/cli/flags.ts";
import type { Flag } from "../../src/cli/flags.ts";
import type { Shell } from "../../src/cli/completion/script.ts";
import { nextWords } from "../../src/cli/parse.ts";

/** A command line's start, the flags that may follow, and the words; "" takes the flags of run. */
interface Expected {
  path: string;
  flags: readonly Flag[];
  next: string[];
}

const EXPECTED: Expected[] = [
  { path: "", flags: COMMANDS.run.flags, next: nextWords("") },
  ...GROUP_NAMES.map((path) => ({ path, flags: [], next: nextWords(path) })),
  ...COMMAND_NAMES.map((path) => ({ path, flags: COMMANDS[path].flags, next: nextWords(path) })),
  { path: "help dev fault", flags: [], next: nextWords("dev fault") },
];

/** What a script of each shell prints to: a line for the start, then a line for each candidate behind "> ". */
const ASK: Readonly<Record<Shell, { command: string[]; script: (starts: string[]) => string }>> = {
  bash: {
    command: ["bash", "--norc", "--noprofile"],
    script: (starts) => `
source ${COMPLETION_FILES.bash}
compopt() { :; }
for COMP_LINE in ${starts.map((start) => `'job-controller ${start}'`).join(" ")}; do
  COMP_POINT=\${#COMP_LINE} COMPREPLY=()
  _job_controller job-controller "\${COMP_LINE##*[ =]}"
  echo "$COMP_LINE"
  [ \${#COMPREPLY[@]} = 0 ] || printf '> %s\\n' "\${COMPREPLY[@]}"
done`,
  },
  fish: {
    command: ["fish", "--no-config"],
    script: (starts) => `
source ${COMPLETION_FILES.fish}
for line in ${starts.map((start) => `'job-controller ${start}'`).join(" ")}
  echo $line
  complete -C $line | string replace -r '\\t.*' '' | string replace -r '^' '> '
end`,
  },
  // What is handed to _arguments, and the words of the list of commands.
  zsh: {
    command: ["zsh", "-f"],
    script: (starts) => `
compdef() { : }
source ./${COMPLETION_FILES.zsh}
_arguments() {
  print -rl -- "> \${(@)^\${(M)@:#[*(-]*}}"
  [[ -n "\${(M)@:#1: :*}" ]] && print -rl -- "> \${(@)^choices}"
}
for line in ${starts.map((start) => `'job-controller ${start}'`).join(" ")}; do
  print -r -- $line
  words=("\${(@s: :)line}") CURRENT=$#words PREFIX=$words[-1]
  _job-controller
done`,
  },
};

/** Start → candidates, each without what follows its name. */
function asked(shell: Shell, folder: string, starts: string[]): Map<string, string[]> {
  const { command: [program = "", ...args], script } = ASK[shell];
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, input: script(starts), encoding: "utf8", env: { PATH: process.env["PATH"], HOME: folder, LC_ALL: "C.UTF-8" } });
  assert.deepEqual([status, stderr], [0, ""]);
  const answers = new Map<string, string[]>();
  for (const line of stdout.split("\n")) {
    if (line.startsWith("job-controller ")) answers.set(line.slice("job-controller ".length), []);
    else if (line.startsWith("> ")) [...answers.values()].at(-1)?.push(line.slice(2));
  }
  assert.deepEqual([...answers.keys()], starts);
  return answers;
}

/** Names of flags among candidates, without values, dashes and descriptions; a flag of two forms is there once. */
function flagNames(candidates: readonly string[]): string[] {
  const names = candidates.map((one) => /^(?:\*|\([^)]*\))?--([\w-]+)/.exec(one)?.[1] ?? "").filter((name) => name !== "");
  return [...new Set(names)].sort();
}

function names(flags: readonly Flag[]): string[] {
  return [...flags, ...COMMON_FLAGS].map(({ name }) => name).sort();
}

describe("the scripts of completion", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "shell-"));
    writeCompletions(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const shell of ["bash", "zsh", "fish"] as const) {
    test(`${shell}: offers every flag of every command, and no other`, () => {
      const answers = asked(shell, folder, EXPECTED.map(({ path }) => `${path} --`.trimStart()));
      for (const { path, flags } of EXPECTED) {
        assert.deepEqual(flagNames(answers.get(`${path} --`.trimStart()) ?? []), names(flags), path);
      }
    });

    test(`${shell}: offers every command where it belongs, and no other`, () => {
      const places = EXPECTED.filter(({ path }) => COMMAND_NAMES.every((name) => name !== path || COMMANDS[name].argument === undefined));
      const answers = asked(shell, folder, places.map(({ path }) => (path === "" ? "" : `${path} `)));
      for (const { path, next } of places) {
        const words = (answers.get(path === "" ? "" : `${path} `) ?? []).filter((one) => !/^[-*(]/.test(one)).map((one) => one.split(":")[0]);
        assert.deepEqual(words.sort(), [...next].sort(), path);
      }
    });
  }

  for (const shell of ["bash", "fish"] as const) {
    test(`${shell}: offers every value of every flag that has a choice, and no other`, () => {
      const choices = EXPECTED.flatMap(({ path, flags }) => flags.filter(({ options }) => options !== undefined).map(({ name, options }) => ({ start: `${path} --${name} `.trimStart(), options })));
      assert.ok(choices.length > 10);
      const answers = asked(shell, folder, choices.map(({ start }) => start));
      for (const { start, options = [] } of choices) assert.deepEqual(answers.get(start)?.sort(), [...options].sort(), start);
    });
  }
});
