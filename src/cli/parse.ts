// argv of one command to what was given, strictly: every name is in the table, every switch is true or false, every
// other flag has a value. Whether a value makes sense is not known here; a secret never enters a message.

import { UsageError } from "../base/errors.ts";
import { COMMANDS, COMMAND_NAMES, COMMON_FLAGS, placeholder } from "./flags.ts";
import type { Command, Flag } from "./flags.ts";
import { nearest } from "../base/suggest.ts";
import { booleanOf, quoted } from "./values.ts";

export interface Given {
  flag: Flag;
  /** Of a switch: `true` or `false`; of parts `on`, `off` or their text. */
  text: string;
}

export interface Parsed {
  given: Given[];
  /** The command's one argument, if it takes one and it was there. */
  argument: string | undefined;
}

/** Reads the arguments behind the command's name. @throws UsageError */
export function parseArguments(command: Command, argv: readonly string[]): Parsed {
  const flags = [...command.flags, ...COMMON_FLAGS];
  const given: Given[] = [];
  let argument: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (isFlag(word)) {
      const { entry, used } = parseFlag(command, flags, word, argv[index + 1]);
      given.push(entry);
      index += used;
      continue;
    }
    for (const stray of word === "--" ? argv.slice(index + 1) : [word]) {
      const room = argument === undefined || command.arguments === "words";
      if (command.argument === undefined || !room) throw strayArgument(command, stray, given.at(-1));
      argument = argument === undefined ? stray : `${argument} ${stray}`;
    }
    if (word === "--") break;
  }
  return { given, argument };
}

/** The same as arguments of one form only: `--name=value`, `--name`, `--no-name`; of a scalar the last one. */
export function printArguments(parsed: Parsed): string[] {
  const last = new Map(parsed.given.map((entry) => [entry.flag.name, entry]));
  const words = parsed.given
    .filter((entry) => entry.flag.kind === "list" || last.get(entry.flag.name) === entry)
    .map(({ flag, text }) => {
      if (flag.kind !== "bool") return `--${flag.name}=${text}`;
      return text === "true" ? `--${flag.name}` : `--no-${flag.name}`;
    });
  if (parsed.argument === undefined) return words;
  return isFlag(parsed.argument) || parsed.argument === "--" ? [...words, "--", parsed.argument] : [...words, parsed.argument];
}

function isFlag(word: string): boolean {
  return (word.startsWith("-") && word !== "-" && word !== "--") || /^[\u2010-\u2015\u2212]/.test(word);
}

function parseFlag(command: Command, flags: readonly Flag[], word: string, next: string | undefined): { entry: Given; used: number } {
  const parts = /^(?<dashes>--?)?(?<name>[^=]*)(?<equals>=)?(?<value>[^]*)$/.exec(word)?.groups ?? {};
  const { dashes = "", name = "", equals, value = "" } = parts;
  const flag = flags.find((one) => one.name === name || (dashes === "-" && one.short === name));
  const switched = name.startsWith("no-") ? flags.find((one) => one.name === name.slice(3)) : undefined;
  if (flag === undefined && (switched?.kind === "bool" || switched?.kind === "parts")) {
    if (equals !== undefined) {
      const forms = `--${switched.name}=true or --${switched.name}=false`;
      throw new UsageError(`Cannot parse --${name} ${quoted(value)}: expected no value; write ${forms}`);
    }
    return { entry: { flag: switched, text: switched.kind === "bool" ? "false" : "off" }, used: 0 };
  }
  if (flag === undefined || dashes === "") throw unknownFlag(command, flags, word);
  if (flag.kind === "bool") {
    return { entry: { flag, text: equals === undefined ? "true" : String(booleanOf(`--${flag.name}`, value)) }, used: 0 };
  }
  if (equals !== undefined) return { entry: { flag, text: value }, used: 0 };
  if (flag.kind === "parts") return { entry: { flag, text: "on" }, used: 0 };
  const form = `write --${flag.name}=${placeholder(flag)}`;
  if (next === undefined) throw new UsageError(`Missing value for --${flag.name}: ${form}`);
  // Go takes the next argument whatever it is; here a flag is not swallowed, while `-` and numbers are values.
  if (/^-[^\d.]/.test(next)) {
    throw new UsageError(`Missing value for --${flag.name}: the next argument starts with "-"; ${form} if it is the value`);
  }
  return { entry: { flag, text: next }, used: 1 };
}

/** Names the flag as it was typed, without a value, and the nearest valid one. */
function unknownFlag(command: Command, flags: readonly Flag[], word: string): UsageError {
  const typed = word.split("=", 1)[0] ?? "";
  const name = typed.replace(/^[-\u2010-\u2015\u2212]+/, "");
  const names = flags.map((flag) => flag.name);
  const positive = flags.find((flag) => `no-${flag.name}` === name);
  if (positive !== undefined) {
    return new UsageError(`Unknown flag ${typed}: --${positive.name} takes a value, only switches can be negated`);
  }
  const alike = name.toLowerCase().replaceAll("_", "-");
  const near = nearest(name, names) ?? (name.startsWith("no-") ? nearest(name.slice(3), names) : undefined);
  const guess = names.includes(alike) ? alike : near;
  // `-tokenABC`: what follows the name of a secret is likely to be the secret.
  const secret = flags.find((flag) => flag.secret && name.length > flag.name.length + 1 && name.startsWith(flag.name));
  if (secret !== undefined && name[secret.name.length] !== "-" && guess !== alike) {
    return new UsageError(`Unknown flag --${secret.name}…: did you mean --${secret.name}=${placeholder(secret)}?`);
  }
  const owner = COMMAND_NAMES.find((other) => other !== command.name && COMMANDS[other].flags.some((flag) => flag.name === name));
  // Its own name was written with dashes that are none, or too many.
  if (guess === name) return new UsageError(`Unknown flag ${shown(typed)}: did you mean --${name}?`);
  if (owner !== undefined) return new UsageError(`Unknown flag ${shown(typed)}: it belongs to "job-controller ${owner}"`);
  if (guess !== undefined) return new UsageError(`Unknown flag ${shown(typed)}: did you mean --${guess}?`);
  return new UsageError(`Unknown flag ${shown(typed)}: expected one of ${names.map((one) => `--${one}`).join(", ")}`);
}

function strayArgument(command: Command, stray: string, before: Given | undefined): UsageError {
  const name = stray.split("=", 1)[0] ?? "";
  // What follows "=" may be a secret whose flag was misspelt.
  const text = quoted(name === stray ? stray : `${name}=…`);
  if (name !== stray && command.flags.some((flag) => flag.name === name)) {
    return new UsageError(`Unexpected argument ${text}: did you mean --${name}=…?`);
  }
  if (before?.flag.secret) return new UsageError(`Unexpected argument behind --${before.flag.name}: quote a value that has spaces`);
  if (before?.flag.kind === "parts" || (before?.flag.kind === "bool" && isBoolean(stray))) {
    return new UsageError(`Unexpected argument ${text}: did you mean --${before.flag.name}=${stray}?`);
  }
  if (command.name === "run" && COMMAND_NAMES.some((one) => one === stray)) {
    return new UsageError(`Unexpected argument ${text}: a command comes first, as in "job-controller ${stray} --flag=value"`);
  }
  const below = nextWords(command.name);
  const meant = below.includes(stray) ? stray : nearest(stray, below);
  if (meant !== undefined) {
    const whole = `job-controller ${command.name} ${meant}`;
    return new UsageError(`Unexpected argument ${text}: ${meant === stray ? `the command comes first, as in "${whole}"` : `did you mean "${whole}"?`}`);
  }
  const takes = below.length > 0 ? `flags, ${below.join(" or ")}` : command.argument === undefined ? "flags only" : `one ${command.argument}`;
  return new UsageError(`Unexpected argument ${text}: "job-controller ${command.name}" takes ${takes}`);
}

/** The words that may follow these, each once; "" = the program's name. */
export function nextWords(words: string): string[] {
  const start = words === "" ? "" : `${words} `;
  const longer = COMMAND_NAMES.filter((name) => name.startsWith(start));
  return [...new Set(longer.map((name) => name.slice(start.length).split(" ")[0] ?? ""))];
}

function isBoolean(text: string): boolean {
  try {
    booleanOf("", text);
    return true;
  } catch {
    return false;
  }
}

/** A flag name as typed; quoted if it holds anything that could confuse a terminal. */
function shown(typed: string): string {
  return /^[-\w]+$/.test(typed) ? typed : quoted(typed);
}
