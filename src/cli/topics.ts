// The words at the start of a line, or behind `help`, to a command or a group of commands.

import { UsageError } from "../base/errors.ts";
import { nearest } from "../base/suggest.ts";
import type { HelpConfig } from "./config.ts";
import { COMMANDS, COMMAND_NAMES, GROUP_NAMES } from "./flags.ts";
import type { CommandName, GroupName } from "./flags.ts";
import { nextWords, parseArguments } from "./parse.ts";
import { quoted } from "./values.ts";

export type Topic = CommandName | GroupName;

const TOPICS: readonly Topic[] = [...COMMAND_NAMES, ...GROUP_NAMES];

export function isCommand(topic: Topic): topic is CommandName {
  return COMMAND_NAMES.some((name) => name === topic);
}

/** The longest command or group that the words begin with, and the words behind it. @throws UsageError with the nearest name */
export function leadingTopic(words: readonly string[]): { topic: Topic; rest: readonly string[] } {
  for (let count = Math.min(words.length, 3); count > 0; count--) {
    const topic = TOPICS.find((name) => name === words.slice(0, count).join(" "));
    if (topic !== undefined) return { topic, rest: words.slice(count) };
  }
  const first = words[0] ?? "";
  const names = nextWords("");
  const guess = nearest(first, names);
  const help = guess === undefined ? `expected one of ${names.join(", ")}` : `did you mean ${guess}?`;
  throw new UsageError(`Unknown command ${quoted(first)}: ${help}`);
}

/** A group stands alone, or before a word that is none of its commands. */
export function withoutCommand(group: GroupName, next: string | undefined): UsageError {
  const names = nextWords(group);
  const hint = `Run "job-controller ${group} --help" for the commands`;
  if (next === undefined || next.startsWith("-")) {
    return new UsageError(`Missing command behind "job-controller ${group}": expected one of ${names.join(", ")}`, { hint });
  }
  const guess = nearest(next, names);
  const help = guess === undefined ? `expected one of ${names.join(", ")}` : `did you mean "job-controller ${group} ${guess}"?`;
  return new UsageError(`Unknown command ${quoted(`${group} ${next}`)}: ${help}`, { hint });
}

/** Reads the arguments of `help`. @throws UsageError */
export function helpConfig(argv: readonly string[]): HelpConfig {
  const { argument } = parseArguments(COMMANDS.help, argv);
  if (argument === undefined) return { command: "help", topic: undefined };
  const { topic, rest } = leadingTopic(argument.split(" "));
  if (rest.length === 0) return { command: "help", topic };
  if (!isCommand(topic)) throw withoutCommand(topic, rest[0]);
  throw new UsageError(`Unexpected argument ${quoted(rest[0] ?? "")}: "job-controller help" takes one command`);
}
