// The settings of `history`: texts in, checked values out. Opens nothing.

import { accessOf, scopeOf } from "./access-config.ts";
import type { AccessConfig, ScopeConfig } from "./access-config.ts";
import { COMMANDS, OUTCOMES, TRAIL_FORMATS } from "./flags.ts";
import { parseArguments } from "./parse.ts";
import { Settings } from "./settings.ts";
import type { Environment } from "./settings.ts";
import { countOf, durationOf, enumOf, objectNameOf } from "./values.ts";

export interface HistoryConfig extends AccessConfig, ScopeConfig {
  command: "history";
  /** Undefined = of every one. */
  repository: string | undefined;
  /** Undefined = however they ended. */
  outcome: (typeof OUTCOMES)[number] | undefined;
  /** Undefined = whenever they ended. */
  sinceMs: number | undefined;
  limit: number;
  output: (typeof TRAIL_FORMATS)[number];
}

/** What is shown is held in memory until all is read. */
const LIMIT_MAX = 10_000;

/** Reads the arguments of `history`. @throws UsageError */
export function historyConfig(argv: readonly string[], env: Environment): HistoryConfig {
  const settings = new Settings(COMMANDS.history, parseArguments(COMMANDS.history, argv).given, env);
  const [repository, outcome, since] = ["repository", "outcome", "since"].map((name) => settings.named(name));
  const values = {
    command: "history" as const,
    repository: repository && objectNameOf(repository),
    outcome: outcome && enumOf(outcome, OUTCOMES),
    sinceMs: since && durationOf(since, { atLeastMs: 1, least: "more than zero" }),
    limit: countOf(settings.required("limit"), 1, LIMIT_MAX),
    output: settings.enum("output", TRAIL_FORMATS),
    ...scopeOf(settings),
  };
  return { ...values, ...accessOf(settings, env) };
}
