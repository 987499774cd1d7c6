// What a check is: data that names a behaviour of a provisioning server, why it matters, where it comes from, and what is
// tried. Checks know nothing of each other, nor of how they are chosen, run and reported.

import type { Place } from "./place.ts";

export const AREAS = [
  "EXCHANGE",
  "TLS",
  "DISCOVERY",
  "LIST",
  "WATCH",
  "WRITE",
  "NAME",
  "ADMIT",
  "LEASE",
  "HISTORY",
  "RIGHTS",
  "LIMITS",
  "CLOCK",
] as const;
export type Area = (typeof AREAS)[number];

/** Each holds the ones before it. `smoke` reads only, and is over within seconds. */
export const PROFILES = ["smoke", "standard", "full"] as const;
export type Profile = (typeof PROFILES)[number];

/** Behaviours of servers by which they are told apart; `kubernetes` = the plain API server with custom resources. */
export const ERAS = ["2025-08", "2026-09", "kubernetes"] as const;
export type Era = (typeof ERAS)[number];

/**
 * What a check takes: `write` creates jobs of its own, `history` is about historicjobs (absent where Loki keeps them),
 * `exchange` a token exchange, `lesser` a second token with fewer rights, `tls` a server behind TLS.
 */
export const NEEDS = ["write", "history", "exchange", "lesser", "tls"] as const;
export type Need = (typeof NEEDS)[number];

/** How bad it is when a claim does not hold, worst first: work done twice or lost; events lost; late or refused; odd. */
export const SEVERITIES = ["danger", "loss", "trouble", "oddity"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Parts of this program that rest on what servers do. */
export const FEATURES = ["run", "prune", "drive", "history"] as const;
export type Feature = (typeof FEATURES)[number];

/** What a feature is worth where a claim does not hold, and why, or what helps. */
export interface Loss {
  then: "limited" | "no";
  /** Follows `run: no, `: such as `jobs are missing from lists`. */
  words: string;
}

export interface Check {
  /** Area and number, such as `WATCH-004`; never given a second meaning. */
  id: `${Area}-${string}`;
  /** One sentence, in the present, without a full stop. */
  claim: string;
  /** What breaks, and for whom, where it does not hold. */
  matters: string;
  /** What to do then. */
  advice: string;
  severity: Severity;
  /** A section of the wire reference, an upstream change (`#111866`), Kubernetes (`k8s: …`) or an RFC. */
  source: string;
  /** Where the claim is expected to hold; on a plain Kubernetes server the others are skipped. */
  eras: readonly Era[];
  /** The least profile that holds it. */
  profile: Profile;
  needs: readonly Need[];
  /** The features that rest on it. */
  breaks: Readonly<Partial<Record<Feature, Loss>>>;
  /** What it makes beyond objects that are named after the run, such as `a pull of a repository that is there`. */
  makes?: string;
  /** It loads the server, or measures: nothing else runs beside it. */
  alone?: true;
  /** Longest run, ms. Default 20,000. */
  limitMs?: number;
  /** Throws Refuted where the claim does not hold and Unfit where it cannot be tried; anything else = could not tell. */
  run(at: Place): Promise<void>;
}

/** The claim does not hold. The message says what was seen. */
export class Refuted extends Error {
  override readonly name = "Refuted";
}

/** The claim cannot be tried here. The message says why. */
export class Unfit extends Error {
  override readonly name = "Unfit";
}

/** The area of a check's id. */
export function areaOf({ id }: Pick<Check, "id">): Area {
  return id.slice(0, id.lastIndexOf("-")) as Area;
}
