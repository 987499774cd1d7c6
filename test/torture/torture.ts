// One server under torture: controllers and workers are started, jobs made, the plan carried out; then all is quiet until
// no job is left, and what the workers wrote and the recorder saw is judged.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatDuration } from "../../src/base/duration.ts";
import { carryOut, createJobs, drained } from "./acts.ts";
import { startDev } from "./dev-server.ts";
import { Fleet } from "./fleet.ts";
import { type Breach, judge, type Verdict } from "./judge.ts";
import { type Kind, planOf } from "./plan.ts";
import { startReal } from "./real-server.ts";
import type { ServerName } from "./server.ts";
import { readRuns } from "./side-files.ts";

export interface TortureOptions {
  server: ServerName;
  seed: number;
  lengthMs: number;
  /** Workers of each controller. */
  drivers: readonly number[];
  repositories: number;
  /** Requests for a job per second; half of them or so meet a job of that name. */
  jobsPerSecond: number;
  /** Mean time between disturbances, ms. */
  everyMs: number;
  /** Emptied first; logs, side files, plan and changes are left in it. */
  folder: string;
  say: (line: string) => void;
}

export interface Outcome extends Verdict {
  server: ServerName;
  seed: number;
  seconds: number;
  /** How often each kind of disturbance met somebody. */
  suffered: Map<Kind, number>;
  /** What else went wrong: ends of controllers that nobody had ordered, a recorder with gaps. */
  accidents: string[];
}

const VALIDITY_MS = 5_000;
const RENEWAL_MS = 1_500;
const EXPIRY_MS = 12_000;
/** What a request may take beyond its own limit, and the recorder to be told, on a busy machine. */
const GRACE_MS = 1_000;
const CALM_MS = 4_000;

const WORKER = fileURLToPath(new URL("./worker.sh", import.meta.url));

export async function torture(options: TortureOptions): Promise<Outcome> {
  const { server: name, seed, folder, lengthMs, drivers, everyMs, say } = options;
  const startedMs = performance.now();
  const side = join(folder, "side");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(side, { recursive: true });
  const repositories = Array.from({ length: options.repositories }, (_, index) => `repo-${index + 1}`);
  const server = name === "real" ? await startReal(repositories) : await startDev(name, repositories, folder);
  const ends: (() => Promise<unknown>)[] = [() => server.close()];
  try {
    const recorder = await server.record();
    ends.unshift(async () => recorder.close());
    const plan = planOf({ seed, kinds: server.kinds, controllers: drivers.length, lengthMs, everyMs, calmMs: CALM_MS });
    writeFileSync(join(folder, "plan.jsonl"), plan.map((one) => `${JSON.stringify(one)}\n`).join(""));
    const flags = (index: number, way: number) => [...server.flags(way), ...driveFlags(drivers[index] ?? 1)];
    const fleet = await Fleet.start({ count: drivers.length, port: server.port, flags, env: { TORTURE_SIDE: side }, folder });
    let codes: number[] | undefined;
    const endFleet = async () => (codes ??= await fleet.end());
    ends.unshift(endFleet);

    const stop = new AbortController();
    ends.unshift(async () => stop.abort());
    const creating = createJobs(server, repositories, options, stop.signal);
    const suffered = await carryOut(plan, { server, fleet, recorder, lengthMs, say });
    stop.abort();
    const created = await creating;
    await server.calm();
    fleet.calm();
    const quietMs = await drained(recorder);
    say(`${name}: ${created.size} jobs made, ${recorder.jobs.size} left after ${formatDuration(Math.round(quietMs))} of quiet`);
    const changes = [...recorder.changes];
    await endFleet();
    writeFileSync(join(folder, "changes.jsonl"), changes.map((change) => `${JSON.stringify({ ...change, version: String(change.version) })}\n`).join(""));
    const verdict = judge({
      created,
      runs: readRuns(side),
      changes,
      validityMs: VALIDITY_MS,
      silenceMs: VALIDITY_MS + RENEWAL_MS + GRACE_MS,
      atomic: server.atomic,
    });
    const accidents = [
      ...fleet.accidents,
      ...(codes ?? []).flatMap((code, index) => (code === 0 ? [] : [`controller ${index} ended with ${code} when it was asked to`])),
      ...(recorder.broken === undefined ? [] : [`the recorder has gaps: ${recorder.broken}`]),
    ];
    accidents.push(...[...suffered].filter(([, count]) => count === 0).map(([kind]) => `"${kind}" never came: nothing is said about it`));
    return { ...verdict, server: name, seed, seconds: (performance.now() - startedMs) / 1_000, suffered, accidents };
  } finally {
    for (const end of ends) await end();
  }
}

/** What makes an outcome a failure: on each server, since the settle time is far longer than a write takes to land here. */
export function failures({ breaches, accidents }: Outcome): (Breach | string)[] {
  return [...accidents, ...breaches];
}

function driveFlags(drivers: number): string[] {
  return [
    `--worker=*=exec:${WORKER}`,
    "--worker-env=TORTURE_SIDE",
    `--drivers=${drivers}`,
    `--lease-validity=${VALIDITY_MS}ms`,
    `--lease-renewal=${RENEWAL_MS}ms`,
    `--lease-expiry=${EXPIRY_MS}ms`,
    "--job-interval=2s",
    "--resync-interval=2s",
    "--shutdown-timeout=6s",
    "--health-probe-bind-address=0",
    "--log-level=debug",
  ];
}
