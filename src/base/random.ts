// Random numbers that can be had again: a seed in, the same sequence out on every host. Not for secrets.

import type { Random } from "./clock.ts";

const RANGE = 2 ** 32;

/** The sequence of a seed (a whole number; its lowest 32 bits count). src: mulberry32 by Tommy Ettinger, public domain. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / RANGE;
  };
}

/** A sequence of its own: what is drawn from it does not move the one that it came from, but by one draw. */
export function fork(random: Random): Random {
  return seeded(Math.floor(random() * RANGE));
}

/** True with the probability `share`, 0 to 1. */
export function chance(random: Random, share: number): boolean {
  return random() < share;
}

/** A number from `from` to `to`, both possible up to rounding. */
export function between(random: Random, from: number, to: number): number {
  return from + (to - from) * random();
}

/** A whole number from `from` to `to`, both included. */
export function wholeBetween(random: Random, from: number, to: number): number {
  return from + Math.floor((to - from + 1) * random());
}

/** One of the values. */
export function oneOf<Value>(random: Random, values: readonly [Value, ...Value[]]): Value {
  return values[Math.floor(random() * values.length)] ?? values[0];
}
