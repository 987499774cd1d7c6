// Globals that only the rooms of the host may name: clock, random, output, environment and network are handed to the rest.

import { HOST_ROOMS, roomOf } from "./imports.ts";
import { at, codeOf, type SourceFile } from "./source.ts";

/** In code, comments and strings being blanked. `(?<![\w$.#])` = the name itself, not a property of that name. */
const FORBIDDEN: [RegExp, string][] = [
  [/(?<![\w$.#])Date\s*\.\s*now\b/g, "Date.now: take a clock"],
  [/(?<![\w$.#])new\s+Date\s*\(\s*\)/g, "new Date(): take a clock"],
  [/(?<![\w$.#])performance\s*\./g, "performance: take a clock"],
  [/(?<![\w$.#])(?:setTimeout|setInterval|setImmediate)\b(?!\s*[?:])/g, "a timer: use clock.sleep"],
  [/(?<![\w$.#])AbortSignal\s*\.\s*timeout\b/g, "AbortSignal.timeout: use clock.sleep"],
  [/(?<![\w$.#])Math\s*\.\s*random\b/g, "Math.random: take a Random"],
  [/(?<![\w$.#])console\s*[.[]/g, "console: take a Logger"],
  [/(?<![\w$.#])(?:Bun|Deno)\s*[.[]/g, "the host: belongs to runtime/"],
  [/(?<![\w$.#])process\s*[.[]/g, "process: take what is needed of it"],
  [/(?<![\w$.#])globalThis\s*(?:\.(?!fetch\b)|\[)/g, "globalThis: take what is needed of it"],
];

/** The type of the global fetch may be named, the function not. */
const GLOBAL_FETCH = /(?<!typeof\s+)(?<![\w$.#])globalThis\s*\.\s*fetch\b/g;
const FETCH_CALL = /(?<![\w$.#])fetch\s*\(/g;
/** A parameter, a destructured name, a variable or a function of the file's own. */
const OWN_FETCH = /\b(?:const|let|var|function)\s+fetch\b|[({,]\s*fetch\s*(?:[,})=]|\??:)/;

export function globalErrors(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    if (HOST_ROOMS.includes(roomOf(file.path)?.room ?? "")) return [];
    const code = codeOf(file.text);
    const named = FORBIDDEN.flatMap(([pattern, why]) => [...code.matchAll(pattern)].map((match) => at(file, match.index, why)));
    const calls = OWN_FETCH.test(code) ? [] : [...code.matchAll(FETCH_CALL)];
    return [...named, ...[...calls, ...code.matchAll(GLOBAL_FETCH)].map((match) => at(file, match.index, "fetch: take a Fetch"))];
  });
}
