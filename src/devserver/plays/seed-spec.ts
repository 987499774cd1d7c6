// What a server is to be filled with, as one table of numbers, and their texts or JSON read into values.

import { ConfigError } from "../../base/errors.ts";
import { formatDuration, parseDuration } from "../../base/duration.ts";
import { nearest } from "../../base/suggest.ts";
import type { Kind } from "../behaviour/rows.ts";
import { SHARE, spanOf, wholeUpTo } from "./kinds.ts";

interface Row<Value> extends Kind<Value> {
  /** As the command line names it, and the JSON of the admin address. */
  name: string;
  default: Value;
}

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

type Table = typeof NUMBERS;

/** A value for each number. */
export type SeedSpec = { readonly [Key in keyof Table]: Table[Key] extends Row<infer Value> ? Value : never };

const ROWS = Object.entries(NUMBERS) as readonly [string, Row<unknown>][];

/** Reads values by name; what is absent, has its default. Numbers may be numbers or text. @throws ConfigError */
export function parseSeed(given: Readonly<Record<string, unknown>>): SeedSpec {
  const spec = Object.fromEntries(ROWS.map(([key, number]) => [key, number.default])) as unknown as Record<string, unknown> & SeedSpec;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const [key, parsed] = parseNumber(name, value);
    spec[key] = parsed;
  }
  if (spec.jobs + spec.historic === 0) throw new ConfigError("Cannot seed nothing: expected a number of jobs, of historic, or of both");
  if (spec.namespaces > spec.repositories) {
    throw new ConfigError(`Cannot seed ${spec.namespaces} namespaces: expected no more than the ${spec.repositories} repositories that are spread over them`);
  }
  return spec;
}

function parseNumber(name: string, value: unknown): [string, unknown] {
  const found = ROWS.find(([, number]) => number.name === name);
  if (found === undefined) {
    const names = ROWS.map(([, number]) => number.name);
    const guess = nearest(name, names);
    throw new ConfigError(`Cannot seed "${name}": ${guess === undefined ? `expected one of ${names.join(", ")}` : `did you mean "${guess}"?`}`);
  }
  const [key, { parse, expected }] = found;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const parsed = parse(text);
  if (parsed === undefined) throw new ConfigError(`Cannot seed ${name} "${text}": expected ${expected}`);
  return [key, parsed];
}

function row<Value>(name: string, kind: Kind<Value>, value: NoInfer<Value>): Row<Value> {
  return { ...kind, name, default: value };
}

function atLeastOne(max: number): Kind<number> {
  const { parse, format } = wholeUpTo(max);
  return { expected: `a whole number from 1 to ${max}`, parse: (text) => parse(text) || undefined, format };
}
