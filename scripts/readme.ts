// The tables of src/cli, of metrics, of the simulation and of faults, into the marked sections of README.md. With --check nothing
// is written: code 1 when it differs.

import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { COUNTED, type CountName } from "../src/base/counts.ts";
import { REASONS } from "../src/base/reasons.ts";
import { EXIT_CODES } from "../src/cli/exit.ts";
import { COMMANDS, COMMAND_NAMES, environmentName, placeholder } from "../src/cli/flags.ts";
import type { Command, Flag } from "../src/cli/flags.ts";
import { groupsOf } from "../src/cli/help.ts";
import { argumentsOf, FAULTS } from "../src/devserver/behaviour/faults/table.ts";
import { describeParts } from "../src/devserver/plays/parts.ts";
import { type Metric, METRICS, READINGS } from "../src/observe/metric-table.ts";

/** Content of every section, by the name in its marker. */
export function sections(): Map<string, string> {
  const flags = COMMAND_NAMES.filter((name) => COMMANDS[name].flags.length > 0)
    .map((name): [string, string] => [`flags:${name.replaceAll(" ", "-")}`, flagTables(COMMANDS[name])]);
  return new Map([["commands", commandTable()], ...flags, ["simulate", partTable()], ["faults", faultTable()], ["metrics", metricTables()], ["exit-codes", exitTable()]]);
}

/**
 * The text with every section between `<!-- BEGIN name -->` and `<!-- END name -->` filled.
 * @throws Error for a name that is not known, and for a marker without its partner
 */
export function fillSections(text: string): string {
  const known = sections();
  const section = /(<!-- BEGIN ([\w:-]+) -->\n)[^]*?(<!-- END \2 -->)/g;
  const filled = text.replace(section, (_all, begin: string, name: string, end: string) => {
    const content = known.get(name);
    if (content === undefined) throw new Error(`Cannot fill section "${name}": expected one of ${[...known.keys()].join(", ")}`);
    return `${begin}\n${content}\n\n${end}`;
  });
  const outside = filled.replace(/<!-- BEGIN ([\w:-]+) -->\n[^]*?<!-- END \1 -->/g, "");
  const lonely = /<!-- (?:BEGIN|END) [^>]*-->/.exec(outside)?.[0];
  if (lonely !== undefined) throw new Error(`Cannot fill the section of ${lonely}: its other marker is missing`);
  return filled;
}

function flagTables(command: Command): string {
  const groups = groupsOf(command);
  return groups
    .map(([group, flags]) => (groups.length === 1 ? flagTable(flags) : `**${group}**\n\n${flagTable(flags)}`))
    .join("\n\n");
}

function flagTable(flags: readonly Flag[]): string {
  return table(["Flag", "Default", "Environment", "Meaning"], flags.map((flag) => [
    code(`${flag.short === undefined ? "" : `-${flag.short}, `}--${flag.name}${flag.kind === "bool" || flag.kind === "parts" ? "" : "="}${placeholder(flag)}`),
    flag.default === undefined ? "" : code(flag.default),
    code(environmentName(flag)),
    escape(flag.help),
  ]));
}

function commandTable(): string {
  return table(["Command", "Does"], COMMAND_NAMES.map((name) => [code(`job-controller ${name}`), escape(COMMANDS[name].summary)]));
}

function partTable(): string {
  return table(["Part", "Default", "Meaning"], describeParts().map((part) => [code(part.name), code(part.default), escape(part.meaning)]));
}

function faultTable(): string {
  return table(["Fault", "Arguments", "Models", "Seen"], FAULTS.map((fault) => [
    code(fault.name), argumentsOf(fault) === "" ? "" : code(argumentsOf(fault)), escape(fault.models), escape(fault.seen),
  ]));
}

function metricTables(): string {
  const rows = Object.entries(METRICS) as [CountName, Metric][];
  const counters = (wanted: boolean) => table(["Metric", "Labels", "Counts"], rows
    .filter(([, { trouble }]) => (trouble === true) === wanted)
    .map(([name, { name: metric, help }]) => [code(metric), labelsOf(name), escape(help)]));
  const readings = Object.values(READINGS).map(({ name, help }) => [code(name), escape(help)]);
  const reasons = Object.entries(REASONS).map(([reason, meaning]) => [code(reason), escape(meaning)]);
  return [
    ["Trouble, 0 while all is well", counters(true)],
    ["Work", counters(false)],
    ["State", table(["Metric", "Meaning"], readings)],
    ["Reasons", table(["`reason`", "Meaning"], reasons)],
  ].map(([title, body]) => `**${title}**\n\n${body}`).join("\n\n");
}

/** Labels with their words; those of a reason that has a table of its own without. */
function labelsOf(name: CountName): string {
  return Object.entries<readonly string[] | string>(COUNTED[name]).map(([label, words]) => {
    const known = typeof words === "string" || words.includes("connection");
    return known ? code(label) : `${code(label)}: ${words.join(", ")}`;
  }).join("; ");
}

function exitTable(): string {
  return table(["Code", "Meaning", "Commands"], EXIT_CODES.map((row) => [
    String(row.code), escape(row.meaning), row.commands.length === 0 ? "kept free" : row.commands.map(code).join(", "),
  ]));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** GitHub splits cells at "|" within code, too. */
function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

/** Runs with the arguments behind the script's name; gives the exit code. */
export async function main(argv: readonly string[], say: (line: string) => void): Promise<number> {
  const check = argv.includes("--check");
  const [file = "README.md", ...others] = argv.filter((word) => word !== "--check");
  if (file.startsWith("-") || others.length > 0) {
    say("Cannot read the arguments: expected [--check] [file]");
    return 2;
  }
  const before = await readFile(file, "utf8");
  const after = fillSections(before);
  if (after === before) return 0;
  if (check) {
    say(`${file} differs from the program's tables: run scripts/readme.ts`);
    return 1;
  }
  await writeFile(file, after);
  say(`${file} filled`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2), (line) => process.stderr.write(`${line}\n`));
}
