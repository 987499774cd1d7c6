// A run of checks as a person reads it: yes or no, then what fails, worst first, then what that means for this program. Pure.

import { formatDuration } from "../../base/duration.ts";
import { featureLines } from "../features.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import type { Report, Result } from "../result.ts";
import type { Step } from "../run-checks.ts";
import { acceptedWords, failed as failures } from "./rows.ts";
import { counted, oneLine } from "./text.ts";

const ANSWERS: Readonly<Record<Outcome["answer"], string>> = { yes: "Yes", no: "No", unknown: "Not known" };

/** Lines. */
export function terminalReport(report: Report): string[] {
  const { results, cut, changes = [], notes = [], left } = report;
  const { answer, words } = outcomeOf(report);
  const undecided = results.filter(({ verdict }) => verdict === "error");
  const accepted = results.filter((result) => result.accepted !== undefined);
  return [
    `${ANSWERS[answer]}: ${words}`,
    ...(cut === undefined ? [] : [`The run was cut short: ${cut}`]),
    "",
    ...failures(report).flatMap(failure),
    ...listed("Changed since the lock:", changes),
    ...grouped("Not decided:", undecided, ({ seen }) => seen),
    ...listed("Accepted failures:", accepted.map((result) => `${result.check.id}  ${result.check.claim}: ${acceptedWords(result)}`)),
    ...grouped("Skipped:", results.filter(({ verdict }) => verdict === "skip"), ({ seen }) => seen),
    ...listed("Left behind, delete it by hand:", left),
    ...listed("Notes:", notes),
    ...listed("On this server:", featureLines(report)),
    circumstances(report),
  ].map((line) => (line === "" ? "" : indented(line)));
}

/** While it runs. */
export function progressLine({ check, all, done, failed }: Step): string {
  return [`${done} of ${counted(all, "check")}`, ...(failed === 0 ? [] : [`${failed} failed`]), check.id].join(", ");
}

function failure({ check, seen }: Result): string[] {
  const { id, claim, severity, matters, advice, source } = check;
  const facts = { seen, breaks: matters, do: advice, source };
  return [`FAIL ${id} (${severity})  ${claim}`, ...Object.entries(facts).map(([name, text]) => `     ${`${name}:`.padEnd(8)}${text}`), ""];
}

/** Checks with the same reason are named together. */
function grouped(head: string, results: readonly Result[], why: (result: Result) => string): string[] {
  const groups = Map.groupBy(results, why);
  return listed(head, [...groups].map(([reason, ones]) => `${ones.map(({ check }) => check.id).join(" ")}: ${reason}`));
}

function listed(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [head, ...lines.map((line) => `  ${line}`), ""];
}

function circumstances({ server, serverVersion, apiVersion, namespace, profile, ms }: Report): string {
  const version = serverVersion === "" ? "" : ` (${serverVersion})`;
  return `${server}${version} ${apiVersion}, namespace ${namespace}, profile ${profile}, ${formatDuration(ms)}`;
}

/** What a server said stays on its line. */
function indented(line: string): string {
  const [space = ""] = /^ */.exec(line) ?? [];
  return space + oneLine(line);
}
