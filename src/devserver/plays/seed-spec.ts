// What a server is to be filled with, as one table of numbers, and their texts or JSON read into values.

import { ConfigError } from "../../base/errors.ts";
import { formatDuration, parseDuration } from "../../base/duration.ts";
import { type Kind, SHARE } from "../behaviour/rows.ts";
import { defaultsOf, type Named, rowNamed, spanOf, type ValuesOf, wholeUpTo } from "./kinds.ts";

const AGES = spanOf({ expected: "an age such as 24h", parse: parseDuration, format: formatDuration }, "0-24h");
const ANY = wholeUpTo(2 ** 32 - 1);

const NUMBERS = {
  jobs: row("jobs", wholeUpTo(500_000), 0),
  historic: row("historic", wholeUpTo(500_000), 0),
  repositories: row("repositories", atLeastOne(100_000), 20),
  namespaces: row("namespaces", atLeastOne(10_000), 1),
  jobAgeMs: row("job-age", AGES, [0, 600_000]),
  historyAgeMs: row("history-age", AGES, [0, 86_400_000]),
  claimed: row("claimed", SHARE, 0),
  randomSeed: row("random-seed", { ...ANY, format: (seed: number | undefined) => (seed === undefined ? "" : String(seed)) }, undefined),
} as const;

/** A value for each number. */
export type SeedSpec = ValuesOf<typeof NUMBERS>;

/** Reads values by name; what is absent, has its default. Numbers may be numbers or text. @throws ConfigError */
export function parseSeed(given: Readonly<Record<string, unknown>>): SeedSpec {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  const spec: SeedSpec = { ...defaultsOf(NUMBERS), ...Object.fromEntries(said.map(([name, value]) => parseNumber(name, value))) };
  if (spec.jobs + spec.historic === 0) throw new ConfigError("Cannot seed nothing: expected a number of jobs, of historic, or of both");
  if (spec.namespaces > spec.repositories) {
    throw new ConfigError(`Cannot seed ${spec.namespaces} namespaces: expected no more than the ${spec.repositories} repositories that are spread over them`);
  }
  return spec;
}

function parseNumber(name: string, value: unknown): [string, unknown] {
  const found = rowNamed(NUMBERS, name);
  if (typeof found === "string") throw new ConfigError(`Cannot seed "${name}": ${found}`);
  const [key, { parse, expected }] = found;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const parsed = parse(text);
  if (parsed === undefined) throw new ConfigError(`Cannot seed ${name} "${text}": expected ${expected}`);
  return [key, parsed];
}

function row<Value>(name: string, kind: Kind<Value>, value: NoInfer<Value>): Named<Value> {
  return { ...kind, name, default: value };
}

function atLeastOne(max: number): Kind<number> {
  const { parse, format } = wholeUpTo(max);
  return { expected: `a whole number from 1 to ${max}`, parse: (text) => parse(text) || undefined, format };
}
