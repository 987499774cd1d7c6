// `bun test/model/table.ts` explores every world with the steps as they are, then without each guard, and prints what is
// found: states, stories, and the table of guards. `bun test/model/table.ts -q` leaves the stories out.

import process from "node:process";
import { explore } from "./explore.ts";
import { GUARDS, tryWithout } from "./guards.ts";
import { OVERLAPPING, SETTINGS } from "./settings.ts";
import { SHIPPED } from "./steps.ts";
import { renderStory } from "./story.ts";
import { modelOf, type Setting } from "./world.ts";

const quiet = process.argv.includes("-q");
const began = performance.now();
let wrong = 0;

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

function see(setting: Setting, expected: boolean): void {
  const since = performance.now();
  const { states, moves, depth, finding, complete } = explore(modelOf(SHIPPED, setting));
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  say(`${states.toLocaleString("en")} states, ${moves.toLocaleString("en")} moves, depth ${depth}, ${seconds} s: ${setting.name}`);
  say(finding === undefined ? (complete ? "  every law holds, an end is in reach of every state" : "  NOT ALL WAS SEEN") : `  found: ${finding.law}`);
  if (finding !== undefined && (!quiet || !expected)) say(...renderStory(finding, setting));
  if ((finding !== undefined) !== expected || (!complete && !expected)) wrong++;
}

for (const setting of Object.values(SETTINGS)) see(setting, false);
see(OVERLAPPING, true);
say("");

const rows: string[] = [];
for (const guard of GUARDS) {
  const { outcome, model } = await tryWithout(guard, () => performance.now());
  const { finding, states } = outcome;
  const found = finding === undefined ? "nothing" : `${finding.law}, ${finding.story.length} moves`;
  rows.push(`| ${guard.name} | ${guard.file.replace("drive/", "")} | ${guard.setting} | ${found} | ${states.toLocaleString("en")} |${guard.missed === undefined ? ` ${guard.why ?? "?"} |` : " |"}`);
  if (finding?.law !== guard.missed) {
    wrong++;
    say(`UNEXPECTED: without "${guard.name}": ${found}, not ${guard.missed ?? "nothing"}`);
  }
  if (finding !== undefined && !quiet) say(`without "${guard.name}" (${guard.file}):`, ...renderStory(finding, model.setting), "");
}
say("| guard | where | world | missed by | states | if by nothing |", "|---|---|---|---|---|---|", ...rows, "");
say(`${GUARDS.filter(({ missed }) => missed !== undefined).length} of ${GUARDS.length} guards are missed, ${((performance.now() - began) / 1000).toFixed(0)} s`);
process.exit(wrong === 0 ? 0 : 1);
