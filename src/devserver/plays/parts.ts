// What the simulation plays, as one table of parts, and the text of --simulate read into their values.

import { ConfigError } from "../../base/errors.ts";
import { formatDuration, parseDuration } from "../../base/duration.ts";
import { type Kind, SHARE } from "../behaviour/rows.ts";
import { defaultsOf, type Named, rowNamed, spanOf, type ValuesOf, wholeUpTo } from "./kinds.ts";

interface Part<Value> extends Named<Value> {
  /** One sentence. */
  meaning: string;
}

/** Milliseconds between two acts; 0 = never. */
const PAUSE = orOff({
  expected: "a duration of at least 1s, such as 30s",
  parse: pauseOf,
  format: (ms) => (ms === 0 ? "off" : formatDuration(ms)),
});

/** As PAUSE, or `spec` = what each repository asks for. */
const PULLS: Kind<number | "spec"> = {
  expected: `spec, ${PAUSE.expected}`,
  parse: (text) => (text === "spec" || text === "on" ? "spec" : PAUSE.parse(text)),
  format: (value) => (value === "spec" ? value : PAUSE.format(value)),
};

const DRIVERS = orOff(wholeUpTo(1_000));
const RESOURCES = wholeUpTo(10_000);
const SEED = wholeUpTo(2 ** 32 - 1);
const DURATIONS = spanOf({ expected: "a duration such as 5s", parse: parseDuration, format: formatDuration }, "2s-20s");
const COUNTS = spanOf(RESOURCES, "5-40");

const PARTS = {
  drivers: part("drivers", DRIVERS, 3, "Jobs that are worked on at the same time; off leaves them to a controller of one's own"),
  durationMs: part("duration", DURATIONS, [2_000, 2_000], "How long a job takes"),
  resources: part("resources", COUNTS, [5, 40], "Resources that a job works through"),
  errors: part("errors", SHARE, 0, "Jobs that end in error"),
  warnings: part("warnings", SHARE, 0, "Jobs that end in warning"),
  crashes: part("crash", SHARE, 0, "Jobs whose driver vanishes halfway and leaves its claim behind"),
  pulls: part("pulls", PULLS, "spec",
    "Pause between the pulls of every healthy repository; spec = spec.sync.intervalSeconds of those whose spec.sync is enabled"),
  checksMs: part("checks", PAUSE, 60_000, "Pause between checks of a repository's health; new and changed ones are checked at once"),
  unhealthy: part("unhealthy", SHARE, 0, "Checks that find the repository unhealthy"),
  reapsMs: part("reaps", PAUSE, 30_000, "Pause between searches for jobs whose claim has expired"),
  seed: part("seed", { ...SEED, format: (seed: number | undefined) => (seed === undefined ? "any" : String(seed)) }, undefined,
    "Number from which all chances follow; the same number, the same chances"),
} as const;

/** A value for each part. */
export type Parts = ValuesOf<typeof PARTS>;

/** Parts as they are when nothing is said of them. */
export const DEFAULT_PARTS: Parts = defaultsOf(PARTS);

/** Reads `errors:10%,duration:2s-20s`; `on` and nothing leave every part at its default, a later one wins. @throws ConfigError */
export function parseParts(text: string): Parts {
  if (text === "on" || text === "") return DEFAULT_PARTS;
  const parts: Parts = { ...DEFAULT_PARTS, ...Object.fromEntries(text.split(",").map(parsePart)) };
  if (parts.errors + parts.warnings + parts.crashes > 1 + 1e-9) {
    throw new ConfigError(`Cannot simulate "${text}": expected errors, warnings and crash to be 100% together at most`);
  }
  return parts;
}

/** The table for people: name, default, meaning. */
export function describeParts(): { name: string; default: string; meaning: string }[] {
  const rows = Object.values(PARTS) as Part<unknown>[];
  return rows.map(({ name, default: value, format, meaning }) => ({ name, default: format(value), meaning }));
}

function parsePart(text: string): [string, unknown] {
  const [, name = "", value] = /^\s*([^:=]*)(?:[:=](.*?))?\s*$/s.exec(text) ?? [];
  const found = rowNamed(PARTS, name);
  if (typeof found === "string") throw new ConfigError(`Cannot simulate "${text}": there is no part "${name}"; ${found}`);
  const [key, { parse, expected }] = found;
  if (value === undefined) throw new ConfigError(`Cannot simulate "${text}": expected ${name}:<value>, where the value is ${expected}`);
  const parsed = parse(value);
  if (parsed === undefined) throw new ConfigError(`Cannot simulate "${text}": expected ${name} to be ${expected}`);
  return [key, parsed];
}

function part<Value>(name: string, kind: Kind<Value>, value: NoInfer<Value>, meaning: string): Part<Value> {
  return { ...kind, name, default: value, meaning };
}

/** The same, with a word for 0. */
function orOff({ expected, parse, format }: Kind<number>): Kind<number> {
  return { expected: `${expected}, or off`, parse: (text) => (text === "off" ? 0 : parse(text)), format };
}

function pauseOf(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms === undefined || ms < 1_000 ? undefined : ms;
}
