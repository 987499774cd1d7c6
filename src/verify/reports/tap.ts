// A run as TAP version 14: what is accepted is a TODO, what could not be told is not ok and says so. Pure.

import type { Report } from "../result.ts";
import { type Row, rowsOf } from "./rows.ts";
import { oneLine } from "./text.ts";

export function tapReport(report: Report): string {
  const rows = rowsOf(report);
  const cut = report.cut === undefined ? [] : [`# cut short: ${oneLine(report.cut)}`];
  return ["TAP version 14", `1..${rows.length}`, ...rows.flatMap(point), ...cut, ""].join("\n");
}

function point(row: Row, index: number): string[] {
  const { id, claim, verdict, text } = row;
  const ok = verdict === "pass" || verdict === "skip" ? "ok" : "not ok";
  const directive = verdict === "skip" ? ` # SKIP ${plain(text)}` : verdict === "accepted" ? ` # TODO ${plain(text)}` : "";
  const head = `${ok} ${index + 1} - ${plain(`${id} ${claim}`)}${directive}`;
  return verdict === "fail" || verdict === "error" ? [head, ...diagnostics(row)] : [head];
}

/** YAML whose values are quoted as in JSON. */
function diagnostics({ verdict, text, details, ms }: Row): string[] {
  const entries = { message: text, severity: verdict === "fail" ? "fail" : "undecided", details, duration_ms: ms };
  return ["  ---", ...Object.entries(entries).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`), "  ..."];
}

function plain(text: string): string {
  return oneLine(text).replace(/[\\#]/g, (character) => `\\${character}`);
}
