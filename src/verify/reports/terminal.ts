// A run of checks as a person reads it: yes or no, then what fails, worst first, then what that means for this program. Pure.

import { formatDuration } from "../../base/duration.ts";
import { SEVERITIES } from "../check.ts";
import { featureVerdicts, holds } from "../features.ts";
import { count, type Report, type Result } from "../result.ts";

/** Lines. */
export function terminalReport(report: Report): string[] {
  const failed = report.results.filter(({ verdict }) => verdict === "fail").toSorted((a, b) => rank(a) - rank(b));
  const undecided = report.results.filter(({ verdict }) => verdict === "error");
  return [
    firstLine(report),
    ...(report.cut === undefined ? [] : [`The run was cut short: ${report.cut}`]),
    "",
    ...failed.flatMap(failure),
    ...(undecided.length === 0 ? [] : ["Not decided:", ...undecided.map(({ check, seen }) => `  ${check.id}  ${check.claim}: ${seen}`), ""]),
    ...skips(report),
    ...report.left.map((what) => `Left behind: ${what}; delete it by hand`),
    "On this server:",
    ...featureVerdicts(report).map(({ feature, safe, words }) => `  ${feature}: ${[safe, ...words].join(", ")}`),
    "",
    `${report.server} ${report.serverVersion === "" ? "" : `(${report.serverVersion}) `}${report.apiVersion}, namespace ${report.namespace}, profile ${report.profile}, ${formatDuration(report.ms)}`,
  ];
}

function firstLine(report: Report): string {
  const [passed, failed, undecided, skipped] = (["pass", "fail", "error", "skip"] as const).map((verdict) => count(report, verdict));
  const rest = [undecided === 0 ? "" : `${undecided} not decided`, skipped === 0 ? "" : `${skipped} skipped`].filter((text) => text !== "");
  const tail = rest.length === 0 ? "" : ` (${rest.join(", ")})`;
  if (passed === 0 && failed === 0) return `Nothing was checked${tail}`;
  return holds(report) ? `Yes: all of ${passed} checks hold${tail}` : `No: ${failed} of ${(passed ?? 0) + (failed ?? 0)} checks fail${tail}`;
}

function failure({ check, seen }: Result): string[] {
  return [
    `FAIL ${check.id}  ${check.claim}`,
    `     seen:   ${seen}`,
    `     breaks: ${check.matters}`,
    `     do:     ${check.advice}`,
    `     source: ${check.source}`,
    "",
  ];
}

function skips({ results }: Report): string[] {
  const skipped = Map.groupBy(results.filter(({ verdict }) => verdict === "skip"), ({ seen }) => seen);
  const lines = [...skipped].map(([why, ones]) => `  ${ones.map(({ check }) => check.id).join(" ")}: ${why}`);
  return lines.length === 0 ? [] : ["Skipped:", ...lines, ""];
}

function rank({ check }: Result): number {
  return SEVERITIES.indexOf(check.severity);
}
