// The tables to help pages: examples first, flags with their environment names, exit codes. Text out, nothing printed.

import { wrap } from "../base/wrap.ts";
import { EXIT_CODES } from "./exit.ts";
import { argumentPlaceholder, COMMANDS, COMMAND_NAMES, environmentName, GROUP_NAMES, GROUPS, placeholder } from "./flags.ts";
import type { Command, CommandName, Flag, GroupName } from "./flags.ts";
import type { Environment } from "./settings.ts";

/** How the text will be seen. */
export interface View {
  /** Columns to stay within. */
  width: number;
  /** Whether headings may be bold. */
  color: boolean;
}

/** Width from COLUMNS (80 without, 40 to 120), colour for terminals unless the environment says otherwise. */
export function viewOf(env: Environment, isTerminal: boolean): View {
  const columns = /^\d{1,4}$/.test(env["COLUMNS"] ?? "") ? Number(env["COLUMNS"]) : 80;
  return { width: columns === 0 ? 80 : Math.min(Math.max(columns, 40), 120), color: wantsColor(env, isTerminal) };
}

/** NO_COLOR, then FORCE_COLOR or CLICOLOR_FORCE, then CLICOLOR=0 and TERM=dumb, then whether it is a terminal. */
export function wantsColor(env: Environment, isTerminal: boolean): boolean {
  const forced = env["FORCE_COLOR"] || env["CLICOLOR_FORCE"] || "0";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  if (forced !== "0" && forced !== "false") return true;
  return isTerminal && env["CLICOLOR"] !== "0" && env["TERM"] !== "dumb";
}

/** The page of a command or a group; without one the program's own, which is that of `run` and the list of commands. */
export function helpPage(topic: CommandName | GroupName | undefined, view: View): string {
  const heading = (text: string) => (view.color ? `\x1b[1m${text}\x1b[0m` : text);
  return joined(isGroup(topic) ? groupSections(topic, view, heading) : commandSections(topic, view, heading));
}

type Heading = (text: string) => string;

function commandSections(topic: CommandName | undefined, view: View, heading: Heading): string[][] {
  const command = COMMANDS[topic ?? "run"];
  const below = topic === undefined ? COMMAND_NAMES : commandsBelow(topic);
  return [
    wrap(topic === undefined ? `job-controller: ${lowerFirst(command.summary)}` : command.summary, view.width, 0),
    [heading("Examples:"), ...command.examples.flatMap((example) => exampleLines(example, view.width))],
    [heading("Usage:"), ...wrap(usage(command, topic), view.width, 2)],
    ...(below.length > 0 ? [[heading("Commands:"), ...commandRows(below, view.width)]] : []),
    ...groupsOf(command).map(([group, flags]) => [heading(`${group}:`), ...flags.flatMap((flag) => flagLines(flag, view.width))]),
    [heading("Exit codes:"), ...EXIT_CODES
      .filter(({ commands }) => commands.includes(command.name))
      .flatMap(({ code, meaning }) => row(String(code), meaning, 6, view.width))],
    wrap(closing(command, topic), view.width, 0),
  ];
}

function groupSections(group: GroupName, view: View, heading: Heading): string[][] {
  return [
    wrap(GROUPS[group], view.width, 0),
    [heading("Usage:"), ...wrap(`job-controller ${group} <command> [flags]`, view.width, 2)],
    [heading("Commands:"), ...commandRows(commandsBelow(group), view.width)],
    wrap('"job-controller help <command>" explains a command.', view.width, 0),
  ];
}

function commandsBelow(words: CommandName | GroupName): CommandName[] {
  return COMMAND_NAMES.filter((name) => name.startsWith(`${words} `));
}

function isGroup(topic: string | undefined): topic is GroupName {
  return GROUP_NAMES.some((name) => name === topic);
}

function commandRows(names: readonly CommandName[], width: number): string[] {
  const column = Math.max(...names.map((name) => name.length)) + 4;
  return names.flatMap((name) => row(name, COMMANDS[name].summary, column, width));
}

function joined(sections: readonly string[][]): string {
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function usage(command: Command, topic: CommandName | undefined): string {
  const name = topic === undefined ? "[run]" : command.name === "run" ? "[run]" : command.name;
  const argument = argumentPlaceholder(command);
  return ["job-controller", name, ...(argument === undefined ? [] : [argument]), ...(command.flags.length > 0 ? ["[flags]"] : [])].join(" ");
}

function closing(command: Command, topic: CommandName | undefined): string {
  const environment = command.flags.length === 0 ? "" : "Flags win over the environment; an empty variable counts as unset. ";
  const more = topic === undefined ? ' "job-controller help <command>" explains a command.' : "";
  return `${environment}--help and -h print this page, --version prints the version.${more}`;
}

/** Flags by heading, both in the order of the table. */
export function groupsOf(command: Command): [string, Flag[]][] {
  const groups = new Map<string, Flag[]>();
  for (const flag of command.flags) groups.set(flag.group, [...(groups.get(flag.group) ?? []), flag]);
  return [...groups];
}

// The longest flag with its placeholder takes 37 columns, the longest variable 40.
const ENVIRONMENT_COLUMN = 38;

function flagLines(flag: Flag, width: number): string[] {
  const value = flag.kind === "bool" || flag.kind === "parts" ? placeholder(flag) : ` ${placeholder(flag)}`;
  const name = `  ${flag.short === undefined ? "" : `-${flag.short}, `}--${flag.name}${value}`;
  const variable = environmentName(flag);
  const beside = `${name.padEnd(ENVIRONMENT_COLUMN)} ${variable}`;
  const head = beside.length <= width ? [beside] : [name, `      ${variable}`];
  return [...head, ...wrap(helpText(flag), width, 6)];
}

/** Help with the default, as text without line breaks. */
export function helpText(flag: Flag): string {
  const shown = flag.default !== undefined && !(flag.kind === "bool" && flag.default === "false");
  return shown ? `${flag.help} (default ${flag.default})` : flag.help;
}

/** The example under a comment, broken as a shell takes it. */
export function exampleLines({ what, line }: { what: string; line: string }, width: number): string[] {
  const lines: string[] = [];
  let current = "  ";
  for (const word of line.split(" ")) {
    // Two columns stay free for the backslash.
    if (current.trim() !== "" && current.length + word.length + 3 > width) {
      lines.push(`${current} \\`);
      current = "      ";
    }
    current += current.trim() === "" ? word : ` ${word}`;
  }
  return [...wrap(`# ${what}`, width, 2), ...lines, current];
}

function row(name: string, text: string, column: number, width: number): string[] {
  const [first = "", ...rest] = wrap(text, width, column);
  return [`  ${name}`.padEnd(column) + first.slice(column), ...rest];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
