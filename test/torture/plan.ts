// What is done to controllers and servers, and when: a seed in, a plan out. The seed fixes the plan; what meets it is
// up to the machine. Every kind comes as often as every other, in shuffled rounds.

import type { Random } from "../../src/base/clock.ts";
import { oneOf, seeded, wholeBetween } from "../../src/base/random.ts";

/** Done to one controller's process, or to its way to the server. `pause` ends before others may take its jobs, `stop` later. */
export const TO_ONE = ["kill", "pause", "stop", "roll", "cut"] as const;
/** Done to all of them at once: when a job has just got its result, or its record, or at any time. */
export const TO_ALL = ["kill at a result", "pause at a result", "kill at a record", "away"] as const;
export const TO_CONTROLLERS = [...TO_ONE, ...TO_ALL] as const;
/** Done to jobs, on servers where that is safe: `touch` moves versions, `release` takes claims off jobs that have their result. */
export const TO_JOBS = ["touch", "release"] as const;
/** Done to servers that can restart without forgetting. */
export const TO_REAL = ["restart"] as const;

/** Faults of the dev server, each with the texts that are added together. None strikes a watch or the making of jobs. */
export const DEV_FAULTS = {
  "409 storm": ["status:409,verb=update,share=60%"],
  "503 storm": [
    "status:503,verb=update,share=40%",
    "status:503,verb=get,share=40%",
    "status:503,verb=create,resource=historicjobs,share=40%",
    "status:503,verb=delete,share=40%",
  ],
  "429 storm": ["status:429,retry-after=1,verb=update,share=50%", "status:429,retry-after=1,verb=create,resource=historicjobs,share=50%"],
  "500 to lists": ["status:500,verb=list,share=70%"],
  "answers lost": [
    "cut:rst,verb=update,share=25%",
    "cut:fin,verb=create,resource=historicjobs,share=40%",
    "cut:rst,verb=delete,share=40%",
  ],
  "requests lost": [
    "cut:rst,headers=off,verb=update,share=25%",
    "cut:fin,headers=off,verb=create,resource=historicjobs,share=40%",
    "cut:fin,headers=off,verb=delete,share=40%",
  ],
  "half-open": ["half-open:verb=update,share=10%", "half-open:verb=create,resource=historicjobs,share=20%"],
  "clock +1h": ["set:clock-skew=1h"],
  "clock -1h": ["set:clock-skew=-1h"],
  "exchange down": ["exchange-down:refused"],
} as const satisfies Record<string, readonly string[]>;

export type DevFault = keyof typeof DEV_FAULTS;
export const DEV_FAULT_NAMES = Object.keys(DEV_FAULTS) as DevFault[];

export type Kind = (typeof TO_CONTROLLERS)[number] | (typeof TO_JOBS)[number] | (typeof TO_REAL)[number] | DevFault;

export interface Disturbance {
  /** Since the start, ms. */
  atMs: number;
  kind: Kind;
  /** Index; heeded by what is done to controllers. */
  controller: number;
  /** How long it lasts, ms. */
  forMs: number;
}

export interface PlanOptions {
  seed: number;
  kinds: readonly Kind[];
  controllers: number;
  lengthMs: number;
  /** Mean time between two, ms; less where the time would not do for each kind. */
  everyMs: number;
  /** Time without disturbance at the start, ms. */
  calmMs: number;
}

/** Shortest and longest, ms. A paused controller outlasts its lease (5 s), a stopped one its expiry (12 s) and more. */
const LENGTHS: Partial<Record<Kind, readonly [number, number]>> = {
  kill: [300, 3_000],
  "kill at a result": [300, 3_000],
  "kill at a record": [300, 3_000],
  pause: [8_000, 11_000],
  "pause at a result": [8_000, 11_000],
  stop: [14_000, 24_000],
  roll: [300, 1_000],
  release: [4_000, 8_000],
  restart: [200, 4_000],
};
const LENGTH = [1_500, 6_000] as const;

/** Pure. Each kind comes at least once. */
export function planOf({ seed, kinds, controllers, lengthMs, everyMs, calmMs }: PlanOptions): Disturbance[] {
  const random = seeded(seed);
  const plan: Disturbance[] = [];
  const slots = Math.max(kinds.length, Math.floor((lengthMs - calmMs) / everyMs));
  const slotMs = (lengthMs - calmMs) / slots;
  let round: Kind[] = [];
  for (let slot = 0; slot < slots; slot++) {
    if (round.length === 0) round = shuffled(random, kinds);
    const kind = round.pop();
    if (kind === undefined) return [];
    const [from, to] = LENGTHS[kind] ?? LENGTH;
    const atMs = calmMs + Math.round((slot + random() * 0.9) * slotMs);
    plan.push({ atMs, kind, controller: wholeBetween(random, 0, controllers - 1), forMs: wholeBetween(random, from, to) });
  }
  return plan;
}

function shuffled<T>(random: Random, values: readonly T[]): T[] {
  const left = [...values];
  const result: T[] = [];
  while (left.length > 0) {
    const one = oneOf(random, left as [T, ...T[]]);
    left.splice(left.indexOf(one), 1);
    result.push(one);
  }
  return result;
}
