// Checks on servers that are broken in one way each: who notices, who notes something else than on a healthy one, who cannot tell.

import { messageOf } from "../base/errors.ts";
import { DEFAULT_ERA, ROWS } from "../devserver/behaviour/eras.ts";
import type { Row } from "../devserver/behaviour/rows.ts";
import { alike } from "../verify/bands.ts";
import type { Check, Era } from "../verify/check.ts";
import type { Result } from "../verify/result.ts";
import { CHECK_LIMIT_MS } from "../verify/run-checks.ts";
import { fastClock } from "./fast-clock.ts";
import type { Flip, Row as FlipRow } from "./flip.ts";
import { expectedOf, type Mutant, type Outcome } from "./kill-table.ts";
import { FLIPPED_PATIENCE_MS, type Lent, SPEED, takesLong, tryChecks } from "./trial.ts";

/** Longest time of a check beside others, and of all of them together, ms. */
const BESIDE_LIMIT_MS = 6_000;
const TIMEOUT_MS = 90_000;
/** What rows whose values are no words are set to. */
const NUMBERS = ["page-size=20", "page-bytes=20000", "ring-events=3", "bookmark-interval=1s"];

/** Every other value of rows that have few, and some of the rest. */
export const ROW_MUTANTS: readonly Mutant[] = [...Object.values(ROWS as Readonly<Record<string, Row<unknown>>>).flatMap(otherValues), ...NUMBERS].map((set) => ({ era: DEFAULT_ERA, flip: { set } }));

function otherValues({ name, short = "", values, format }: Row<unknown>): string[] {
  const words = short.split("|");
  return words.length === 1 ? [] : words.filter((word) => word !== format(values[DEFAULT_ERA])).map((word) => `${name}=${word}`);
}

/** Tries a mutant on these checks; `rows`: who has to notice what. */
export function breaker(checks: readonly Check[], rows: readonly FlipRow[], lent: Lent): (mutant: Mutant) => Promise<Outcome> {
  const [slow, quick] = [checks.filter(takesLong), checks.filter((check) => !takesLong(check))];
  const healthy = new Map<Era, Promise<Result[]>>();
  const notesOf = (era: Era) => {
    const notes = healthy.get(era) ?? Promise.all([tried(quick, { era }, lent), tried(slow, { era }, lent, SPEED)]).then((both) => both.flat());
    healthy.set(era, notes);
    return notes;
  };
  return async (mutant) => {
    try {
      const results = await tried(quick, mutant, lent, 1, BESIDE_LIMIT_MS);
      // Others may have come first.
      const failed = new Set(idsOf(results, "fail"));
      for (const check of expectedOf(rows, mutant)) if (!failed.has(check.id)) results.push(...(await tried([check], mutant, lent, takesLong(check) ? SPEED : 1)));
      const unseen = "set" in mutant.flip && idsOf(results, "fail").length === 0;
      if (unseen) results.push(...(await tried(slow, mutant, lent, SPEED)));
      const noted = unseen ? differing(results, await notesOf(mutant.era)) : [];
      return { mutant, noticed: idsOf(results, "fail"), noted, undecided: idsOf(results, "error"), ended: undefined };
    } catch (error) {
      return { mutant, noticed: [], noted: [], undecided: [], ended: messageOf(error) };
    }
  };
}

/** `speed`: so many seconds of all clocks pass in one; the limit is one of ours. */
async function tried(checks: readonly Check[], { era, flip }: { era: Era; flip?: Flip }, lent: Lent, speed = 1, limitMs = CHECK_LIMIT_MS): Promise<Result[]> {
  const fitting = checks.filter(({ eras }) => eras.includes(era)).map((check) => ({ ...check, limitMs: limitMs * speed }));
  if (fitting.length === 0) return [];
  const patience = { patienceMs: FLIPPED_PATIENCE_MS * speed, timeoutMs: TIMEOUT_MS * speed };
  const clock = fastClock(lent.clock, speed);
  return [...(await tryChecks(fitting, { ...lent, clock }, { era, ...(flip && { flip }), ...patience })).results];
}

function idsOf(results: readonly Result[], wanted: Result["verdict"]): string[] {
  return [...new Set(results.filter(({ verdict }) => verdict === wanted).map(({ check }) => check.id))];
}

/** Ids of the checks that noted something else than on the healthy server. */
function differing(results: readonly Result[], healthy: readonly Result[]): string[] {
  const notes = new Map(healthy.map(({ check, observed }) => [check.id as string, observed]));
  const differs = ({ check, observed }: Result) => {
    const before = notes.get(check.id) ?? {};
    return Object.entries(observed).some(([what, value]) => !alike(value, before[what] ?? ""));
  };
  return results.filter((result) => result.verdict === "pass" && differs(result)).map(({ check }) => check.id);
}
