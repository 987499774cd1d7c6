// The table of faults, and its form for people.

import { fitted } from "../rows.ts";
import { ANSWER_FAULTS } from "./answers.ts";
import { CONNECTION_FAULTS } from "./connection.ts";
import { EVENT_FAULTS } from "./events.ts";
import type { Argument, Fault } from "./fault.ts";
import { GENERIC_FAULTS } from "./generic.ts";
import { HOST_FAULTS } from "./host.ts";
import { COMMON } from "./parse.ts";

export const FAULTS: readonly Fault[] = [...CONNECTION_FAULTS, ...ANSWER_FAULTS, ...EVENT_FAULTS, ...HOST_FAULTS, ...GENERIC_FAULTS];

/** The table as text, then the arguments that all of them understand; within `width` columns if that is given. */
export function renderFaults(width?: number): string[] {
  const rows = FAULTS.map((fault) => [fault.name, argumentsOf(fault), fault.models, fault.seen]);
  const common = Object.entries(COMMON).map(([name, argument]) => [`${name}=<${expected(argument)}>`, argument.meaning]);
  return [
    ...fitted([["NAME", "ARGUMENTS", "MODELS", "SEEN"], ...rows], 1, width),
    "",
    ...fitted([["ALL UNDERSTAND", "MEANING"], ...common], 1, width),
  ];
}

/** `[:<how>] [lines=<…>]`, the main argument first. */
export function argumentsOf({ main, args }: Fault): string {
  const one = ([name, argument]: [string, Argument<unknown>]) => {
    const text = name === main ? `:<${expected(argument)}>` : `${name}=<${expected(argument)}>`;
    return argument.required ? text : `[${text}]`;
  };
  return Object.entries(args).sort(([a], [b]) => Number(b === main) - Number(a === main)).map(one).join(" ");
}

function expected({ kind }: Argument<unknown>): string {
  return kind.short ?? kind.expected;
}
