// What came of a run of checks: data that reports are made of. Knows neither how it came about nor how it is shown.

import type { Check } from "./check.ts";
import type { Exchange } from "./wire.ts";

/** `error`: it could not be told. */
export type Verdict = "pass" | "fail" | "skip" | "error";

export interface Result {
  check: Check;
  verdict: Verdict;
  /** What was seen, or why it was skipped or could not be told; "" of a pass. */
  seen: string;
  /** The last exchanges, oldest first; none of a pass. */
  evidence: readonly Exchange[];
  /** What the check has noted of the server's ways, by name. */
  observed: Readonly<Record<string, string>>;
  /** Of a failure that does not count, as it was expected. */
  accepted?: Acceptance;
  ms: number;
}

export interface Acceptance {
  reason: string;
  /** Last day of it, in UTC. */
  expires?: string;
}

/** A whole run. */
export interface Report {
  /** Base URL of the server. */
  server: string;
  /** What the server calls itself; "" if it does not say. */
  serverVersion: string;
  /** Version of the API that was used. */
  apiVersion: string;
  flavour: Flavour;
  namespace: string;
  profile: string;
  /** Name of the run, prefix of all that it made. */
  run: string;
  /** ms since the epoch. */
  startedMs: number;
  ms: number;
  /** In the order of the table. */
  results: readonly Result[];
  /** What could not be deleted, and why. */
  left: readonly string[];
  /** Why the run ended before all checks had; undefined if it did not. */
  cut: string | undefined;
  /** Checks of the profile standard that were not chosen. */
  omitted?: readonly Check[];
  /** What differs from the lock; absent without one. */
  changes?: readonly string[];
  /** What else a reader should know. */
  notes?: readonly string[];
}

/** `grafana` = provisioning is the server's own; `kubernetes` = these kinds are custom resources of a plain API server, `unknown` = it was not asked. */
export type Flavour = "grafana" | "kubernetes" | "unknown";

export function count({ results }: Pick<Report, "results">, verdict: Verdict): number {
  return results.filter((result) => result.verdict === verdict).length;
}
