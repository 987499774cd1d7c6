// Facts in, verdicts out: each fact in a namespace of its own, several at a time.

import type { Fact } from "./fact.ts";
import { type Ground, Place } from "./place.ts";

export interface Verdict {
  /** What the fact threw; undefined = it holds. */
  error?: unknown;
}

let placed = 0;

/** Tries one fact on a server. */
export async function judge(fact: Fact, ground: Ground): Promise<Verdict> {
  const namespace = `${fact.id.toLowerCase()}-${++placed}`;
  const place = new Place(ground, namespace);
  return ground
    .settle(namespace)
    .then(() => fact.run(place))
    .then(() => ({}), (error: unknown) => ({ error }))
    .finally(() => place.leave());
}

/** Begins to try all of them, so many at a time; a promise for each fact, by id. */
export function judgeAll(facts: readonly Fact[], ground: Ground, atOnce: number): Map<string, Promise<Verdict>> {
  const turn = queue(atOnce);
  return new Map(facts.map((fact) => [fact.id, turn(() => judge(fact, ground))]));
}

/** At most `width` run at a time, in the order in which they are given. */
export function queue(width: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    return work().finally(() => {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    });
  };
}
