// What was given, the environment and the table's defaults to one answer per flag: flag before environment before
// default, empty variables count as unset. Keeps where each text came from, for messages.

import { UsageError } from "../base/errors.ts";
import { COMMANDS, COMMAND_NAMES, environmentName } from "./flags.ts";
import type { Command, Flag } from "./flags.ts";
import type { Given } from "./parse.ts";
import { editDistance } from "../base/suggest.ts";
import { booleanOf, durationOf, enumOf } from "./values.ts";
import type { Source } from "./values.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export class Settings {
  readonly #sources = new Map<string, { named: boolean; sources: Source[] }>();
  readonly #command: Command;

  /** @throws UsageError for an empty value and for a misspelt variable */
  constructor(command: Command, given: readonly Given[], env: Environment) {
    this.#command = command;
    refuseMisspelt(env);
    for (const flag of command.flags) {
      const label = `--${flag.name}`;
      const texts = given.filter((entry) => entry.flag === flag).map((entry) => entry.text);
      const variable = environmentName(flag);
      const inherited = env[variable] ?? "";
      if (texts.length > 0) this.#set(flag, true, texts.map((text) => ({ label, text })));
      else if (inherited !== "") this.#set(flag, true, split(flag, inherited).map((text) => ({ label: variable, text })));
      else if (flag.default !== undefined) this.#set(flag, false, [{ label, text: flag.default }]);
    }
  }

  #set(flag: Flag, named: boolean, sources: Source[]): void {
    const empty = sources.find(({ text }) => text === "");
    if (empty !== undefined && flag.kind !== "address") throw new UsageError(`Missing value for ${empty.label}: it is empty`);
    this.#sources.set(flag.name, { named, sources });
  }

  #entry(name: string): { named: boolean; sources: Source[] } | undefined {
    if (!this.#command.flags.some((flag) => flag.name === name)) throw new Error(`${this.#command.name} has no flag ${name}`);
    return this.#sources.get(name);
  }

  /** All values of a list, in order. */
  list(name: string): readonly Source[] {
    return this.#entry(name)?.sources ?? [];
  }

  /** The value that counts, the table's default included. */
  source(name: string): Source | undefined {
    return this.#entry(name)?.sources.at(-1);
  }

  /** The value that counts of a flag that has a default. */
  required(name: string): Source {
    const source = this.source(name);
    if (source === undefined) throw new Error(`flag ${name} has no default`);
    return source;
  }

  /** The source if flag or variable was given; undefined for a default. */
  named(name: string): Source | undefined {
    const entry = this.#entry(name);
    return entry?.named ? entry.sources.at(-1) : undefined;
  }

  text(name: string): string | undefined {
    return this.source(name)?.text;
  }

  bool(name: string): boolean {
    const { label, text } = this.required(name);
    return booleanOf(label, text);
  }

  /** The text of parts; `on` for all of them as they are, undefined for none. */
  parts(name: string): string | undefined {
    const { text } = this.required(name);
    if (/^(?:on|1|t|true)$/i.test(text)) return "on";
    return /^(?:off|0|f|false)$/i.test(text) ? undefined : text;
  }

  durationMs(name: string, limit?: { atLeastMs: number; least: string }): number {
    return durationOf(this.required(name), limit);
  }

  enum<T extends string>(name: string, options: readonly T[]): T {
    return enumOf(this.required(name), options);
  }
}

const DIVIDERS = { comma: /[\s,]+/, space: /\s+/, line: /\r?\n/ };

/** A variable holds all values of a list, between what divides them. */
function split(flag: Flag, text: string): string[] {
  if (flag.kind !== "list") return [text];
  const parts = text.split(DIVIDERS[flag.divider ?? "comma"]).filter((part) => part.trim() !== "");
  // Commas alone are one empty value, not none: none would mean all.
  return parts.length === 0 ? [""] : parts;
}

const PREFIX = "JOB_CONTROLLER_";

/**
 * Refuses a variable that is nearly, but not quite, one of ours. Others with our prefix are left alone: Kubernetes
 * sets JOB_CONTROLLER_PORT and JOB_CONTROLLER_SERVICE_HOST for a Service of that name.
 */
function refuseMisspelt(env: Environment): void {
  const known = [...new Set(COMMAND_NAMES.flatMap((name) => COMMANDS[name].flags.map(environmentName)))];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || (text ?? "") === "" || known.includes(name)) continue;
    const meant = known.find((one) => editDistance(name, one) <= 2);
    if (meant !== undefined) throw new UsageError(`Unknown environment variable ${name}: did you mean ${meant}?`);
  }
}
