// A run as outputs of a step of GitHub Actions, which later steps read as `steps.verify.outputs.answer`. Pure.

import type { Report } from "../result.ts";
import { type Ending, summaryOf } from "./json.ts";
import { oneLine } from "./text.ts";

/** Lines for $GITHUB_OUTPUT; `files`: where each report was to go, by format. */
export function githubOutputs(report: Report, { exitCode, reason }: Ending, files: Readonly<Record<string, string>>): string {
  const { answer, ...counts } = summaryOf(report);
  const values = { answer, "exit-code": exitCode, reason, ...counts, ...files };
  // What follows the first sign of equality is the value, to the end of the line.
  return Object.entries(values).map(([name, value]) => `${name}=${oneLine(String(value))}\n`).join("");
}
