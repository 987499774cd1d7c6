// Markdown to the blocks that a test can run, and output to its shape. Pure but for reading the files.
//
// A block fenced as `sh` runs as one script and has to exit with 0; `sh no-run` is only counted. What it takes is said
// in a comment on the line before the fence, its parts separated by semicolons:
//   <!-- run: with dev --simulate; until "jobs controller started" -->
//   with ARGS      `job-controller ARGS` runs beside it, started first (repeatable)
//   until "TEXT"   it goes on until its output holds TEXT, then gets Ctrl-C
//   exits N        its exit code, in place of 0
//   in project     it runs in the project itself, not in an empty folder
//   continues      the previous block's script goes before it
// A block fenced as `console` shows output: its own if lines begin with `$ ` (those are run), else that of the `sh` block
// before it. `console no-run` is not compared. Compared is the shape (see below); a line `...` stands for any lines.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const DOCUMENTS = ["README.md", "WORKERS.md", "VERIFY.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

export interface DocBlock {
  /** `README.md:12`, where the fence opens. */
  place: string;
  script: string;
  /** Argument lists of the programs beside it. */
  beside: string[];
  until: string | undefined;
  exitCode: number;
  inProject: boolean;
  /** What the document shows as output. */
  expected: string | undefined;
}

export interface DocBlocks {
  run: DocBlock[];
  /** The `sh` blocks that are marked no-run. */
  noRun: { place: string; script: string }[];
}

interface Fence {
  place: string;
  language: string;
  noRun: boolean;
  text: string;
  comment: string | undefined;
}

/** @throws Error that names the place of a fence or comment that breaks the rules above. */
export function parseDocument(name: string, text: string): DocBlocks {
  const blocks: DocBlocks = { run: [], noRun: [] };
  let previous: DocBlock | "no-run" | undefined;
  for (const fence of fencesOf(name, text)) {
    if (fence.language === "console") {
      if (fence.noRun) continue;
      const commands = fence.text.split("\n").filter((line) => line.startsWith("$ "));
      const output = fence.text
        .split("\n")
        .filter((line) => !line.startsWith("$ "))
        .join("\n");
      if (commands.length > 0)
        blocks.run.push(blockOf(fence, commands.map((line) => line.slice(2)).join("\n"), undefined, output));
      else if (previous === undefined) throw new Error(`${fence.place}: no sh block before this console block`);
      else if (previous === "no-run")
        throw new Error(`${fence.place}: shows the output of a block that is not run: mark it "console no-run"`);
      else previous.expected = output;
    } else if (fence.noRun) {
      blocks.noRun.push({ place: fence.place, script: fence.text });
      previous = "no-run";
    } else {
      previous = blockOf(fence, fence.text, previous, undefined);
      blocks.run.push(previous);
    }
  }
  return blocks;
}

function blockOf(
  fence: Fence,
  script: string,
  previous: DocBlock | "no-run" | undefined,
  expected: string | undefined,
): DocBlock {
  const block: DocBlock = { place: fence.place, script, beside: [], until: undefined, exitCode: 0, inProject: false, expected };
  for (const part of fence.comment?.split(";").map((piece) => piece.trim()) ?? []) {
    const [, verb = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(part) ?? [];
    const quoted = /^"(.+)"$/.exec(rest)?.[1];
    if (verb === "with" && rest !== "") block.beside.push(rest);
    else if (verb === "until" && quoted !== undefined) block.until = quoted;
    else if (verb === "exits" && /^\d+$/.test(rest)) block.exitCode = Number(rest);
    else if (part === "in project") block.inProject = true;
    else if (part === "continues" && previous !== undefined && previous !== "no-run")
      block.script = `${previous.script}\n${script}`;
    else throw new Error(`${fence.place}: cannot read "${part}" in its run comment: see scripts/doc-blocks.ts`);
  }
  return block;
}

function fencesOf(name: string, text: string): Fence[] {
  const lines = text.split("\n");
  const fences: Fence[] = [];
  for (let at = 0; at < lines.length; at++) {
    const open = /^( *)```(\S*) *(.*)$/.exec(lines[at] ?? "");
    if (open === null) continue;
    const [, indent = "", language = "", info = ""] = open;
    const start = at;
    const close = lines.findIndex((line, index) => index > start && line.trim() === "```");
    if (close === -1) throw new Error(`${name}:${start + 1}: this fence is not closed`);
    at = close;
    if (language !== "sh" && language !== "console") continue;
    if (info !== "" && info !== "no-run")
      throw new Error(`${name}:${start + 1}: expected nothing or "no-run" after ${language}, found "${info}"`);
    const before = (lines[start - 1] ?? "").trim();
    fences.push({
      place: `${name}:${start + 1}`,
      language,
      noRun: info === "no-run",
      text: lines
        .slice(start + 1, close)
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
        .join("\n"),
      comment: /^<!-- run: (.*) -->$/.exec(before)?.[1],
    });
  }
  return fences;
}

/** Blocks of every document that is there. */
export function documentBlocks(root: string): DocBlocks {
  const all = DOCUMENTS.filter((name) => existsSync(join(root, name))).map((name) =>
    parseDocument(name, readFileSync(join(root, name), "utf8")),
  );
  return { run: all.flatMap(({ run }) => run), noRun: all.flatMap(({ noRun }) => noRun) };
}

/** Arguments of every call of the program in a script, as the shell would pass them; variables stay as they are written. */
export function controllerCalls(script: string): string[][] {
  const lines = script
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => !/^\s*#/.test(line));
  return lines.flatMap((line) => callsOf(wordsOf(line)));
}

/** Cuts a line's words at the operators and keeps what begins with the program, variables set for it alone aside. */
function callsOf(words: string[]): string[][] {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (/^(?:\|\|?|&&?|;|\d?[<>].*)$/.test(word)) commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.flatMap((command) => {
    const start = command.findIndex((word) => !/^\w+=/.test(word) && word !== "exec" && word !== "env");
    return start !== -1 && /^(?:.*\/)?job-controller$/.test(command[start] ?? "") ? [command.slice(start + 1)] : [];
  });
}

function wordsOf(line: string): string[] {
  const words = line.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\|&;])+|\|\|?|&&?|;/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  return (comment === -1 ? words : words.slice(0, comment)).map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, (_whole, double?: string, single?: string, escaped?: string) =>
      double !== undefined ? double.replace(/\\(["\\$`])/g, "$1") : (single ?? escaped ?? ""),
    ),
  );
}

/** What differs between two runs of the same program, by its form; the order matters. */
const CHANGING: [RegExp, string][] = [
  [/\x1b\[[\d;]*m/g, ""],
  [/\d{4}-\d\d-\d\d(?:T| )\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?/g, "<time>"],
  [/\b\d\d:\d\d:\d\d(?:\.\d+)?/g, "<time>"],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, "<token>"],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g, "<uid>"],
  [/\b[\da-f]{40}(?:-dirty)?\b/g, "<commit>"],
  [/\b(?:[\da-f]{2}:){7,}[\da-f]{2}\b/gi, "<fingerprint>"],
  // generateName: five characters of the alphabet that Kubernetes uses.
  [/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "-<suffix>"],
  [/\/tmp\/[\w./-]+/g, "<path>"],
  [/\d+(?:\.\d+)?/g, "<n>"],
];

/** A line with everything that changes from run to run replaced by what it is. */
export function shapeOf(line: string): string {
  return CHANGING.reduce((text, [pattern, name]) => text.replace(pattern, name), line).trimEnd();
}

/** The first line of `expected` that `actual` does not continue with, undefined if all are there in order. */
export function missingLine(expected: string, actual: string): string | undefined {
  const wanted = expected.split("\n").filter((line) => line.trim() !== "");
  const given = actual
    .split("\n")
    .map(shapeOf)
    .filter((line) => line !== "");
  let at = 0;
  let anywhere = false;
  for (const line of wanted) {
    if (/^\s*(?:\.\.\.|…)$/.test(line)) {
      anywhere = true;
      continue;
    }
    const found = anywhere ? given.indexOf(shapeOf(line), at) : given[at] === shapeOf(line) ? at : -1;
    if (found === -1) return line;
    at = found + 1;
    anywhere = false;
  }
  return anywhere || at === given.length ? undefined : `(end of output, but the program goes on with: ${given[at]})`;
}
