// The project's files as text, and code without what only looks like code.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface SourceFile {
  /** Relative to the project, with slashes. */
  path: string;
  text: string;
}

/** Files that git tracks or would track, below one of the folders (all if none is named). */
export function projectFiles(...folders: string[]): SourceFile[] {
  const listed = git("ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", ...folders);
  const paths = [...new Set(listed.split("\0"))].filter((path) => path !== "" && existsSync(join(ROOT, path))).sort();
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

export function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Fails with the breaches, one a line. */
export function none(breaches: readonly string[]): void {
  if (breaches.length > 0) assert.fail(`${breaches.length}:\n${breaches.join("\n")}`);
}

/** Where in a file a rule is broken: `path:line: what`. */
export function at(file: SourceFile, index: number, what: string): string {
  return `${file.path}:${file.text.slice(0, index).split("\n").length}: ${what}`;
}

/** A `/` after one of these begins a regular expression, not a division. */
const BEFORE_PATTERN = /(?:^|[([{,;:=!&|?+\-*%~<>^]|\b(?:return|typeof|case|in|of|void|delete|throw|new|await|yield))\s*$/;

/**
 * The same text, of the same length, with comments blanked, and with the inside of strings, templates and regular
 * expressions too where `strings` is "blank"; code inside `${}` stays.
 */
export function codeOf(text: string, strings: "blank" | "keep" = "blank"): string {
  const out =
    [...text].length === text.length ? text.split("") : Array.from({ length: text.length }, (_, index) => text[index] ?? "");
  const blank = (from: number, to: number) => {
    for (let index = from; index < to; index++) if (out[index] !== "\n") out[index] = " ";
  };
  /** Scans code up to the `}` that closes it (or the end); returns the index after it. */
  const scan = (start: number, inTemplate: boolean): number => {
    let depth = 0;
    let index = start;
    while (index < text.length) {
      const two = text.slice(index, index + 2);
      const char = text[index] ?? "";
      if (two === "//" || two === "/*") {
        const found = text.indexOf(two === "//" ? "\n" : "*/", index + 2);
        const end = found === -1 ? text.length : found + (two === "//" ? 0 : 2);
        blank(index, end);
        index = end;
      } else if (char === '"' || char === "'") {
        index = literal(index, char);
      } else if (char === "`") {
        index = template(index);
      } else if (char === "/" && BEFORE_PATTERN.test(out.slice(Math.max(0, index - 40), index).join(""))) {
        index = pattern(index);
      } else {
        if (char === "{") depth++;
        if (char === "}" && depth-- === 0 && inTemplate) return index + 1;
        index++;
      }
    }
    return index;
  };
  const literal = (start: number, quote: string): number => {
    let index = start + 1;
    while (index < text.length && text[index] !== quote && text[index] !== "\n") index += text[index] === "\\" ? 2 : 1;
    if (strings === "blank") blank(start + 1, index);
    return index + 1;
  };
  const pattern = (start: number): number => {
    let index = start + 1;
    let inClass = false;
    while (index < text.length && text[index] !== "\n" && (inClass || text[index] !== "/")) {
      if (text[index] === "[") inClass = true;
      if (text[index] === "]") inClass = false;
      index += text[index] === "\\" ? 2 : 1;
    }
    if (strings === "blank") blank(start + 1, index);
    return index + 1;
  };
  const template = (start: number): number => {
    let index = start + 1;
    let from = index;
    while (index < text.length && text[index] !== "`") {
      if (text[index] === "\\") index += 2;
      else if (text.slice(index, index + 2) === "${") {
        if (strings === "blank") blank(from, index);
        index = scan(index + 2, true);
        from = index;
      } else index++;
    }
    if (strings === "blank") blank(from, index);
    return index + 1;
  };
  scan(0, false);
  return out.join("");
}
