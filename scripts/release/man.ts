// The tables of src/cli to manual pages, one for the program and one for each command, made of the same rows as --help.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_CODES } from "../../src/cli/exit.ts";
import { argumentPlaceholder, COMMAND_NAMES, COMMANDS, COMMON_FLAGS, environmentName, placeholder } from "../../src/cli/flags.ts";
import type { Command, CommandName, Flag } from "../../src/cli/flags.ts";
import { exampleLines, groupsOf, helpText } from "../../src/cli/help.ts";
import type { Stamp } from "../inputs.ts";
import { bold, item, italic, plain, section } from "./roff.ts";

/** Undefined is the program, whose page is that of `run` with the list of commands. */
type Topic = CommandName | undefined;

export const MAN_TOPICS: readonly Topic[] = [undefined, ...COMMAND_NAMES];

/** Columns that examples keep to, so that they fit a terminal behind the margin of a page. */
const EXAMPLE_WIDTH = 72;

/** Writes every page, and the folder if it is missing. */
export function writeManPages(folder: string, stamp: Pick<Stamp, "version" | "date">): void {
  mkdirSync(folder, { recursive: true });
  for (const topic of MAN_TOPICS) writeFileSync(join(folder, `${pageName(topic)}.1`), manPage(topic, stamp));
}

/** `job-controller-dev-fault-add`: the name that `man` is asked for. */
export function pageName(topic: Topic): string {
  return ["job-controller", ...(topic === undefined ? [] : topic.split(" "))].join("-");
}

/** The page in man(7), dated as the commit is; newline at its end. */
export function manPage(topic: Topic, { version, date }: Pick<Stamp, "version" | "date">): string {
  const command = COMMANDS[topic ?? "run"];
  const { flags } = command;
  return [
    `.TH "${plain(pageName(topic).toUpperCase())}" 1 "${date.slice(0, 10)}" "job\\-controller ${plain(version)}" "job\\-controller"`,
    ".ad l",
    ...section("NAME", [`${plain(pageName(topic))} \\- ${plain(command.summary)}`]),
    ...section("SYNOPSIS", [synopsis(command, topic)]),
    ...section("DESCRIPTION", description(command)),
    ...section("COMMANDS", topic === undefined ? COMMAND_NAMES.flatMap((name) => item(bold(name), plain(COMMANDS[name].summary))) : []),
    ...section("OPTIONS", groupsOf({ ...command, flags: [...flags, ...COMMON_FLAGS] }).flatMap(([group, members]) => [`.SS ${plain(group)}`, ...members.flatMap(option)])),
    ...section("ENVIRONMENT", flags.flatMap((flag) => item(bold(environmentName(flag)), bold(`--${flag.name}`)))),
    ...section("EXIT STATUS", exitCodes(command).flatMap(({ code, meaning }) => item(bold(String(code)), plain(meaning)))),
    ...section("FILES", flags.some(({ name }) => name === "token-file") ? CREDENTIAL : []),
    ...section("EXAMPLES", command.examples.flatMap((example, index) =>
      [...(index === 0 ? [] : [".PP"]), ".EX", ...exampleLines(example, EXAMPLE_WIDTH).map(plain), ".EE"])),
    ...section("SEE ALSO", MAN_TOPICS.filter((other) => other !== topic).map((other, index, all) =>
      `.BR ${plain(pageName(other))} (1)${index < all.length - 1 ? "," : ""}`)),
    "",
  ].join("\n");
}

const CREDENTIAL = item(bold("$CREDENTIALS_DIRECTORY/token"), plain("The secret, if no credential is given; systemd puts it there with LoadCredential=token:<file>"));

function synopsis(command: Command, topic: Topic): string {
  const argument = argumentPlaceholder(command);
  return [
    bold(command.name === "run" ? "job-controller" : `job-controller ${command.name}`),
    ...(topic === undefined || topic === "run" ? [`[${bold("run")}]`] : []),
    ...(argument === undefined ? [] : [`${argument.slice(0, 1)}${italic(argument.slice(1, -1))}${argument.slice(-1)}`]),
    ...(command.flags.length === 0 ? [] : [`[${italic("flags")}]`]),
  ].join(" ");
}

function description({ summary, flags }: Command): string[] {
  const how = "Flags are written --name=value, --name value or -name=value, switches --name, --name=false or --no-name. " +
    "Durations are Go's, such as 300ms, 30s or 1h30m. A flag beats its environment variable, that beats the default, and an empty variable counts as unset.";
  return [`${plain(summary)}.`, ...(flags.length === 0 ? [] : [".PP", plain(how)])];
}

function option(flag: Flag): string[] {
  const value = placeholder(flag).replace(/^\[=<|^</, "").replace(/>\]?$/, "");
  const names = [...(flag.short === undefined ? [] : [bold(`-${flag.short}`)]), bold(`--${flag.name}`)].join(", ");
  const behind = flag.kind === "bool" ? "" : flag.kind === "parts" ? `[=${italic(value)}]` : `=${italic(value)}`;
  return item(`${names}${behind}`, plain(helpText(flag)));
}

function exitCodes({ name }: Command): typeof EXIT_CODES {
  return EXIT_CODES.filter(({ commands }) => commands.includes(name));
}
