// Rules on single files: how they open, what tests may not say, what no tracked file may hold.

import { at, codeOf, type SourceFile } from "./source.ts";

/** Every TypeScript file of ours opens with a comment that says what it is. */
export function openingErrors(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ text }) => !/^(?:#!.*\n)?\/\/ \S/.test(text))
    .map(({ path }) => `${path}:1: opens with no comment that says what comes in, what goes out, what it must not know`);
}

const STYLE: [RegExp, string][] = [
  [/\bexport\s+default\b/g, "a default export"],
  [/\bexport\s+\*\s+from\b/g, "a barrel"],
  [/(?::|\bas|<|,)\s*any\b/g, "any: use unknown"],
  [/@ts-(?:ignore|nocheck)\b/g, "a type error that is hidden"],
];

export function styleErrors(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const code = codeOf(file.text);
    return STYLE.flatMap(([pattern, what]) =>
      [...(pattern.source.startsWith("@ts") ? file.text : code).matchAll(pattern)].map((match) => at(file, match.index, what)),
    );
  });
}

const TEST_STYLE: [RegExp, string][] = [
  [/\b(?:test|describe|it)\s*\.\s*(?:only|skip|todo)\b/g, "only, skip or todo"],
  [/\bonly\s*:\s*true\b/g, "only"],
  [/\b(?:skip|todo)\s*:\s*(?:true\b|["'`])/g, "a skip without a condition"],
  // Bun leaves the tests of a skipped describe() out of its report, Deno ignores t.skip().
  [/\bdescribe\s*\([^()]*,\s*\{[^}]*\b(?:skip|todo)\b/g, "a skipped describe: skip its tests one by one"],
  [/\bt\s*\.\s*(?:skip|todo)\s*\(/g, "t.skip(): use the option"],
];

/** What makes a suite green without saying so. */
export function testErrors(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const code = codeOf(file.text);
    const found = TEST_STYLE.flatMap(([pattern, what]) =>
      [...code.matchAll(pattern)].map((match) => at(file, match.index, what)),
    );
    const bunOnly = codeOf(file.text, "keep").indexOf('"bun:test"');
    return bunOnly === -1 ? found : [...found, at(file, bunOnly, "bun:test does not exist in Deno: use node:test")];
  });
}

/** In two pieces each, so that this file does not hold them itself. */
const PLACES: [string, string][] = [
  ["/ro", "ot/"],
  ["/wo", "rk/(?:main|shared|\\.)"],
  ["/home/[a-z]+/[a-z", "]"],
  ["registry\\.npmjs", "\\.org"],
  ["registry\\.yarnpkg", "\\.com"],
  ["proxy\\.golang", "\\.org"],
  ["sum\\.golang", "\\.org"],
  ["deb\\.debian", "\\.org"],
  ["archive\\.ubuntu", "\\.com"],
];

/** Paths of one machine and hosts of one network. */
export function placeErrors(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    PLACES.flatMap(([head, tail]) =>
      [...file.text.matchAll(new RegExp(`(?<![\\w.])${head}${tail}`, "g"))].map((match) =>
        at(file, match.index, `"${match[0]}" belongs to one machine or network`),
      ),
    ),
  );
}
