// The worlds that are explored. One tick is the pause between renewals and, where a claim has to settle, the settle time.

import { type Law, LAWS, type Role, type Setting } from "./world.ts";

const DRIVER: Role = { name: "driver", drives: true, reaps: false };
const REAPER: Role = { name: "reaper", drives: false, reaps: true };
const REPLICA: Role = { name: "replica", drives: true, reaps: true };

const ATOMIC = { validity: 2, renewal: 1, expiry: 3, settle: 0, maxAttempts: 2, uids: 2, server: "atomic", races: 0 } as const;
const PROMPT = { ...ATOMIC, expiry: 4, settle: 1, server: "prompt", races: 1 } as const;

function without(...left: Law[]): Law[] {
  return (Object.keys(LAWS) as Law[]).filter((law) => !left.includes(law));
}

export const SETTINGS = {
  atomic: { ...ATOMIC, name: "two drivers and a reaper, atomic server", roles: [DRIVER, DRIVER, REAPER], faults: 2 },
  replicas: { ...ATOMIC, name: "two replicas that drive and reap, atomic server", roles: [REPLICA, REPLICA], faults: 2 },
  single: { ...ATOMIC, name: "the same as the first, one fault", roles: [DRIVER, DRIVER, REAPER], faults: 1 },
  small: { ...ATOMIC, name: "a driver and a reaper, one job, no faults", roles: [DRIVER, REAPER], uids: 1, faults: 0 },
  prompt: {
    ...PROMPT,
    name: "two drivers and a reaper, server not atomic, one PUT lands later within the settle time",
    roles: [DRIVER, DRIVER, REAPER],
    faults: 2,
  },
  fine: {
    ...PROMPT,
    name: "two drivers, server not atomic, one job, no crash, half the ticks",
    roles: [DRIVER, DRIVER],
    validity: 5,
    renewal: 5,
    expiry: 8,
    settle: 2,
    lands: 1,
    uids: 1,
    faults: 1,
    races: 2,
    crashes: 0,
    laws: ["overlap"],
  },
  races: {
    ...PROMPT,
    name: "two drivers and a reaper, server not atomic, one job, every PUT may land later within the settle time",
    roles: [DRIVER, DRIVER, REAPER],
    uids: 1,
    faults: 0,
    races: Number.POSITIVE_INFINITY,
  },
  // Two may work then, and be told of the same end: what is left to hold is that it does not stay so.
  slow: {
    ...PROMPT,
    name: "two drivers and a reaper, server not atomic, one job, a PUT lands at any time",
    roles: [DRIVER, DRIVER, REAPER],
    uids: 1,
    faults: 0,
    server: "slow",
    laws: ["records", "late write", "goes on", "steals", "unrecorded"],
  },
  doubtful: {
    ...ATOMIC,
    name: "a driver, atomic server, one job, somebody meddles, one fault",
    roles: [DRIVER],
    uids: 1,
    faults: 1,
    meddling: 1,
    laws: ["goes on"],
  },
  meddled: {
    ...ATOMIC,
    name: "two drivers and a reaper, atomic server, somebody deletes the job or takes the claim away",
    roles: [DRIVER, DRIVER, REAPER],
    faults: 0,
    meddling: 1,
    laws: without("overlap", "intrusion", "token", "rerun"),
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** Beyond the settle time the explorer must come to this. */
export const OVERLAPPING: Setting = { ...SETTINGS.slow, laws: ["overlap"] };
