// Healthy servers that make it hard to see that they are: slow, jittery, throttled, driven, with other people's traffic beside.
// Whatever a check finds wrong there is a false alarm.

import type { Random } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { between, chance, wholeBetween } from "../base/random.ts";
import type { Devserver } from "../devserver/serve.ts";
import { GROUP } from "../provisioning.ts";
import { type Check, ERAS } from "../verify/check.ts";
import { RUN_PREFIX } from "../verify/session.ts";
import { type Lent, tryChecks, type TrialOptions } from "./trial.ts";

/** Words of one healthy run, and the false alarms in it. */
export interface Run {
  era: string;
  hardship: string;
  alarms: string[];
}

type Hardship = (lent: Lent) => Partial<TrialOptions>;

/** By name, in turn. */
export const HARDSHIPS: Readonly<Record<string, Hardship>> = {
  none: () => ({}),
  slow: () => ({ faults: ["slow:200000"] }),
  jittery: (lent) => ({ onRequest: jitter(lent) }),
  throttled: () => ({ faults: ["status:429,retry-after=1,share=3%"] }),
  busy: (lent) => ({ beside: traffic(lent) }),
  driven: (lent) => ({ simulate: "drivers:2,duration:1s-2s", beside: traffic(lent) }),
  all: (lent) => ({ faults: ["slow:200000", "status:429,retry-after=1,share=2%"], onRequest: jitter(lent), simulate: "drivers:2,duration:1s-2s", beside: traffic(lent) }),
};

/** The run of this number: eras and hardships in turn. */
export async function healthyRun(checks: readonly Check[], lent: Lent, number: number): Promise<Run> {
  const era = ERAS[number % ERAS.length] ?? "2026-09";
  const names = Object.keys(HARDSHIPS);
  const hardship = names[Math.floor(number / ERAS.length) % names.length] ?? "none";
  const fitting = checks.filter(({ eras }) => eras.includes(era)).map((check) => ({ ...check, limitMs: LIMIT_MS }));
  return { era, hardship, alarms: await alarmsOf(fitting, lent, { era, timeoutMs: TIMEOUT_MS, ...HARDSHIPS[hardship]?.(lent) }) };
}

async function alarmsOf(checks: readonly Check[], lent: Lent, options: TrialOptions): Promise<string[]> {
  let store: Devserver["store"] | undefined;
  const beside: TrialOptions["beside"] = (devserver, signal) => {
    ({ store } = devserver);
    options.beside?.(devserver, signal);
  };
  try {
    const { results } = await tryChecks(checks, lent, { ...options, beside });
    const wrong = results.filter(({ verdict }) => verdict !== "pass").map(({ check, verdict, seen }) => `${check.id} ${verdict}: ${seen}`);
    const left = (["jobs", "historicjobs"] as const).flatMap((resource) => [...(store?.entries(resource) ?? [])].filter(({ name }) => name.startsWith(RUN_PREFIX)));
    return [...wrong, ...left.map(({ name }) => `left behind: ${name}`)];
  } catch (error) {
    return [`nothing was checked: ${messageOf(error)}`];
  }
}

/** Longest time of a check, whatever it says itself, and of all of them, ms: hardships cost time. */
const LIMIT_MS = 120_000;
const TIMEOUT_MS = 600_000;

/** Most requests wait a little, some long. */
function jitter({ clock, random }: Lent): NonNullable<TrialOptions["onRequest"]> {
  return async () => {
    await clock.sleep(chance(random, 0.02) ? between(random, 200, 600) : between(random, 0, 30));
    return undefined;
  };
}

const NAMESPACES = ["trials", "elsewhere"];
const PAUSE_MS = 60;
const ALIVE = 40;

/** Others make, change and delete jobs and records in the same namespace and in another one. */
function traffic({ clock, random }: Lent): (devserver: Devserver, signal: AbortSignal) => void {
  return ({ store }, signal) => {
    const run = async () => {
      for (let number = 0; !signal.aborted; number++) {
        const resource = chance(random, 0.7) ? "jobs" : "historicjobs";
        const namespace = NAMESPACES[number % NAMESPACES.length] ?? "";
        const name = `other-${number % ALIVE}`;
        const there = store.get(resource, namespace, name);
        if (there === undefined) store.create(resource, draftOf(resource, name, namespace, random));
        else if (chance(random, 0.5)) store.update(resource, { ...there.object, metadata: { ...there.object.metadata, annotations: { number: String(number) } } });
        else store.delete(resource, namespace, name);
        await clock.sleep(PAUSE_MS, signal);
      }
    };
    run().catch(() => undefined);
  };
}

function draftOf(resource: string, name: string, namespace: string, random: Random) {
  const labels = { [`${GROUP}/repository`]: "others", [`${GROUP}/original-uid`]: `00000000-0000-4000-8000-${String(wholeBetween(random, 0, 1e9)).padStart(12, "0")}` };
  return {
    apiVersion: `${GROUP}/v0alpha1`,
    kind: resource === "jobs" ? "Job" : "HistoricJob",
    metadata: { name, namespace, labels },
    spec: { action: "pull", repository: "others", pull: { incremental: false } },
    status: resource === "jobs" ? {} : { state: "success" },
  };
}
