// The text of a fault, `name:first,arg=value,…` or `name,arg=value,…`, to its row of the table and typed arguments. Starts nothing.

import { ConfigError } from "../../../base/errors.ts";
import { choice, didYouMean, DURATION, SHARE } from "../rows.ts";
import { type Argument, type Arguments, type CallVerb, type Fault, maybe, optional, type Scope, type ServerName } from "./fault.ts";
import { type After, AFTER, NUMBER, PATTERN, TEXT } from "./kinds.ts";

const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "other"] as const;

/** Understood by every fault: when it strikes, and which calls. */
export const COMMON = {
  share: optional(SHARE, 1, "Share of the opportunities that it takes"),
  count: maybe(NUMBER, "How many at most"),
  after: maybe(AFTER, "What is spared first: opportunities, or a time since it was added"),
  for: maybe(DURATION, "Time after which it is cleared"),
  server: optional(choice("api", "exchange"), "api", "Which server's calls"),
  method: maybe(TEXT, "HTTP method"),
  verb: maybe(choice(...VERBS), "What the call asks for"),
  resource: maybe(TEXT, "Resource of the path, such as jobs"),
  path: maybe(PATTERN, "Part of path and query, or a regular expression between slashes"),
} as const satisfies Arguments;

/** Of these, what makes sense for a fault of the server as a whole. */
const COMMON_OF_SERVER = ["after", "for"];

export interface When {
  share: number;
  count: number | undefined;
  after: After | undefined;
  for: number | undefined;
  server: ServerName;
  method: string | undefined;
  verb: CallVerb | undefined;
  resource: string | undefined;
  path: RegExp | undefined;
}

export interface Parsed {
  fault: Fault;
  /** As it was given. */
  text: string;
  args: Record<string, unknown>;
  when: When;
  scope: Scope;
}

const HINT = "dev --list-faults shows them";

/** @throws ConfigError for unknown names, arguments and values */
export function parseFault(table: readonly Fault[], text: string): Parsed {
  const [, name = "", rest = ""] = /^([^:=,]*)[:,]?(.*)$/s.exec(text) ?? [];
  const fault = table.find((one) => one.name === name);
  if (fault === undefined) throw refused(text, `there is no "${name}"${didYouMean(name, table.map((one) => one.name), HINT)}`);
  const given = new Map<string, string>();
  for (const [index, piece] of pieces(rest).entries()) {
    const [argument, value] = split(fault, text, piece, index === 0);
    if (given.has(argument)) throw refused(text, `it says ${argument} twice`);
    given.set(argument, value);
  }
  const all: Record<string, Argument<unknown>> = { ...COMMON, ...fault.args };
  for (const argument of given.keys()) {
    if (Object.hasOwn(all, argument)) continue;
    throw refused(text, `${name} has no argument "${argument}"${didYouMean(argument, Object.keys(all), HINT)}`);
  }
  const refuse = (why: string) => refused(text, why);
  const read = (args: Arguments) =>
    Object.fromEntries(Object.entries(args).map(([one, argument]) => [one, valueOf(one, argument, given.get(one), name, refuse)]));
  const when = { ...(read(COMMON) as unknown as When), ...(given.has("server") ? {} : { server: fault.server ?? "api" }) };
  const args = read(fault.args);
  const scope = typeof fault.scope === "function" ? fault.scope(args) : (fault.scope ?? "calls");
  if (scope === "server") {
    const idle = [...given.keys()].find((argument) => Object.hasOwn(COMMON, argument) && !COMMON_OF_SERVER.includes(argument));
    if (idle !== undefined) throw refused(text, `it strikes the server as a whole and chooses no calls by ${idle}`);
    if (when.after !== undefined && !("ms" in when.after)) throw refused(text, `expected a time for after, such as 5s`);
  }
  return { fault, text, args, when, scope };
}

/** The argument and its text. The first piece may be the main argument alone. */
function split({ name, main, assigns }: Fault, text: string, piece: string, first: boolean): [string, string] {
  const [, argument, value = ""] = /^([\w-]+)=(.*)$/s.exec(piece) ?? [];
  if (first && main !== undefined && (argument === undefined || assigns)) return [main, piece];
  if (argument !== undefined) return [argument, value];
  throw refused(text, `expected <argument>=<value> in place of "${piece}"${first ? `, as ${name} has no main argument` : ""}; ${HINT}`);
}

type Refuse = (why: string) => ConfigError;

function valueOf(name: string, argument: Argument<unknown>, given: string | undefined, fault: string, refuse: Refuse): unknown {
  const { kind, required } = argument;
  if (given === undefined) {
    if (required) throw refuse(`expected ${fault}:${kind.expected}; ${HINT}`);
    return argument.default;
  }
  const value = kind.parse(given);
  if (value === undefined) throw refuse(`expected ${name} to be ${kind.expected}, not "${given}"`);
  return value;
}

/** Parts between commas; a comma within quotes or brackets divides nothing, nor does one behind a backslash. */
export function pieces(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let quoted = false;
  let piece = "";
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (character === "\\" && text[index + 1] === "," && !quoted) {
      piece += text[++index];
      continue;
    }
    if (character === "\\" && index + 1 < text.length) {
      piece += character + text[++index];
      continue;
    }
    if (character === '"') quoted = !quoted;
    else if (!quoted && "{[(".includes(character)) depth++;
    else if (!quoted && "}])".includes(character)) depth--;
    if (character === "," && !quoted && depth <= 0) {
      found.push(piece);
      piece = "";
    } else piece += character;
  }
  return text === "" ? [] : [...found, piece];
}

function refused(text: string, why: string): ConfigError {
  return new ConfigError(`Cannot use fault "${text}": ${why}`);
}
