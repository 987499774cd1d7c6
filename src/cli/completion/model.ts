// The tables of commands and flags to what can be completed behind which words. Data in, data out; knows no shell.

import { COMMAND_NAMES, COMMANDS, COMMON_FLAGS, GROUP_NAMES, GROUPS, placeholder } from "../flags.ts";
import type { Command, Flag } from "../flags.ts";
import { nextWords } from "../parse.ts";

/** What a value may be; without words and files nothing is offered. */
export interface Values {
  words: readonly string[];
  /** Whether more may follow a word at once, so that no space does. */
  open: boolean;
  /** Files or folders; `behind` = a file behind the "=" of a word. */
  files: "none" | "file" | "folder" | "behind";
}

export interface CompletedFlag {
  name: string;
  short: string | undefined;
  /** One clause. */
  about: string;
  /** A switch has a value behind "=" alone. */
  isSwitch: boolean;
  repeats: boolean;
  /** What stands for the value in help, without brackets. */
  label: string;
  values: Values;
}

export interface Word {
  text: string;
  /** One clause; "" where there is nothing to say. */
  about: string;
}

/** What may follow some words of a command line. */
export interface Place {
  /** Words behind the program's name, one space between them; "" is the program itself, which takes the flags of `run`. */
  path: string;
  /** Commands, topics and arguments, directly behind the words. */
  next: readonly Word[];
  /** Whether more may follow a next word at once. */
  open: boolean;
  flags: readonly CompletedFlag[];
}

/**
 * Words that rooms other than this one know: by command and flag, as in `dev --era`, or by command for its argument.
 * `open` = more may follow at once.
 */
export type Vocabulary = Readonly<Record<string, { words: readonly string[]; open?: true }>>;

/** Every place of a command line, each once, the program first. */
export function completionPlaces(vocabulary: Vocabulary): Place[] {
  return [
    { path: "", next: commandsBehind(""), open: false, flags: flagsOf(COMMANDS.run, vocabulary) },
    ...GROUP_NAMES.map((path) => ({ path, next: commandsBehind(path), open: false, flags: flagsOf(undefined, vocabulary) })),
    ...COMMAND_NAMES.map((name) => ({ path: name, ...nextOf(COMMANDS[name], vocabulary), flags: flagsOf(COMMANDS[name], vocabulary) })),
    // Topics of help are commands once more, without their flags.
    ...parents().map((path) => ({ path: `help ${path}`, next: commandsBehind(path), open: false, flags: flagsOf(undefined, vocabulary) })),
  ];
}

/** How each place but the first is reached: the words before, a space, and one more word. */
export function steps(places: readonly Place[]): string[] {
  return places.filter(({ path }) => path !== "").map(({ path }) => (path.includes(" ") ? path : ` ${path}`));
}

/** Names of switches that somebody may want to turn off. */
export function negatable(flags: readonly CompletedFlag[]): string[] {
  return flags.map(({ name, isSwitch }) => (isSwitch ? name : "")).filter((name) => name !== "" && !COMMON_FLAGS.some((common) => common.name === name));
}

function nextOf(command: Command, vocabulary: Vocabulary): Pick<Place, "next" | "open"> {
  if (command.name === "help") return { next: commandsBehind(""), open: false };
  const { words, open } = command.argumentOptions === undefined ? vocabulary[command.name] ?? { words: [] } : { words: command.argumentOptions };
  return { next: [...commandsBehind(command.name), ...words.map((text) => ({ text, about: "" }))], open: open === true };
}

/** Words that others may follow. */
function parents(): string[] {
  return [...COMMAND_NAMES, ...GROUP_NAMES].filter((words) => nextWords(words).length > 0);
}

function commandsBehind(path: string): Word[] {
  return nextWords(path).map((text) => ({ text, about: clause(SUMMARIES[path === "" ? text : `${path} ${text}`] ?? "") }));
}

const SUMMARIES: Readonly<Record<string, string>> = {
  ...GROUPS,
  ...Object.fromEntries(COMMAND_NAMES.map((name) => [name, COMMANDS[name].summary])),
};

function flagsOf(command: Command | undefined, vocabulary: Vocabulary): CompletedFlag[] {
  return [...(command?.flags ?? []), ...COMMON_FLAGS].map((flag) => ({
    name: flag.name,
    short: flag.short,
    about: clause(flag.help),
    isSwitch: flag.kind === "bool" || flag.kind === "parts",
    repeats: flag.kind === "list",
    label: placeholder(flag).replaceAll(/^\[=|[<>\]]/g, "") || "true|false",
    values: valuesOf(flag, vocabulary[`${command?.name} --${flag.name}`]),
  }));
}

function valuesOf({ kind, options, value }: Flag, known: Vocabulary[string] | undefined): Values {
  const words = kind === "bool" ? ["true", "false"] : options ?? known?.words ?? [];
  return { words, open: known?.open === true, files: filesOf(value) };
}

function filesOf(value: string | undefined): Values["files"] {
  if (value === "file") return "file";
  if (value === "dir") return "folder";
  return value?.endsWith("=file") === true ? "behind" : "none";
}

/** A text up to its first pause, without what is in brackets: it has to fit beside a word of a list. */
function clause(text: string): string {
  return text.replaceAll(/ \([^)]*\)/g, "").split(/[.;] /)[0] ?? "";
}
