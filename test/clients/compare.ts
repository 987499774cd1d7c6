// In: the transcripts of a step on both servers, the differences that are listed. Out: a failure for every other one.

import assert from "node:assert/strict";
import type { Difference } from "./differences.ts";
import type { Outcome } from "./transcript.ts";

/** Fails unless the dev server's transcript of a step is the real one's with the listed places changed; gives those that applied. */
export function assertSame(real: Outcome | undefined, dev: Outcome | undefined, listed: readonly Difference[]): Difference[] {
  assert.ok(real !== undefined && dev !== undefined, "the step was not taken on both servers");
  const applied: Difference[] = [];
  let expected = real.lines;
  for (const difference of listed) {
    const replaced = difference.title === real.title ? replaceLines(expected, difference) : undefined;
    if (replaced === undefined) continue;
    applied.push(difference);
    expected = replaced;
  }
  assert.deepEqual(dev.lines, expected);
  return applied;
}

/** The lines with the entry's own in the place of those it names; undefined if those are not there. */
function replaceLines(lines: readonly string[], { real, dev }: Difference): readonly string[] | undefined {
  const at = lines.findIndex((_, index) => real.every((line, offset) => lines[index + offset] === line));
  return at === -1 || real.length === 0 ? undefined : [...lines.slice(0, at), ...dev, ...lines.slice(at + real.length)];
}
