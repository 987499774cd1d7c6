// Stands in for Grafana's drivers: every job that nobody claimed is claimed, worked on, archived and deleted.
// Writes to the store directly, in the driver's order: history first, then the deletion.

import type { Clock } from "../../base/clock.ts";
import { LABEL_CLAIM, LABEL_CLAIM_OWNER, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../provisioning.ts";
import { generateName } from "../api/names.ts";
import { setSync } from "../api/repository-jobs.ts";
import { Refusal } from "../wire/status.ts";
import type { Entry, Store, Stored } from "../state/store.ts";

export interface SimulateOptions {
  store: Store;
  clock: Clock;
  /** How long each job works, ms. */
  durationMs: number;
  signal: AbortSignal;
}

const OWNER = "simulated";

/** Drives all jobs, present and future, until the signal. */
export function simulateDriver(options: SimulateOptions): void {
  const { store, signal } = options;
  const start = (entry: Entry) => {
    if ((entry.labels[LABEL_CLAIM] ?? "") === "") drive(options, entry).catch(ignoreLost(signal));
  };
  const stop = store.onChange(({ resource, type, entry }) => {
    if (resource === "jobs" && type === "ADDED") start(entry);
  });
  signal.addEventListener("abort", stop, { once: true });
  for (const entry of [...store.entries("jobs")]) start(entry);
}

async function drive({ store, clock, durationMs, signal }: SimulateOptions, { namespace, name, uid }: Entry): Promise<void> {
  // Not from within the store's telling: every listener sees the creation before the claim.
  await Promise.resolve();
  const change = (edit: (job: Stored) => void): Stored => {
    const job = store.get("jobs", namespace, name)?.object;
    if (job === undefined || job.metadata.uid !== uid) throw new Refusal(404, "NotFound", "the job is gone");
    edit(job);
    return store.update("jobs", job).object;
  };
  const claimed = change((job) => {
    job.metadata.labels = { ...job.metadata.labels, [LABEL_CLAIM]: String(Math.floor(clock.now())), [LABEL_CLAIM_OWNER]: OWNER };
  });
  const started = Math.floor(clock.now());
  const repository = String(claimed.spec?.["repository"] ?? "");
  const sync = (fields: Record<string, unknown>) => {
    if (claimed.spec?.["action"] === "pull") setSync(store, { namespace, repository }, { job: name, started, ...fields });
  };
  change((job) => {
    job.status = { ...job.status, state: "working", started, message: "start job" };
  });
  sync({ state: "working" });

  await clock.sleep(durationMs, signal);
  const finished = Math.floor(clock.now());
  const done = change((job) => {
    job.status = { ...job.status, state: "success", finished, message: "completed successfully", progress: 100 };
  });
  archive(store, done);
  sync({ state: "success", finished });
  store.delete("jobs", namespace, name, { uid });
}

/** Writes the HistoricJob of a finished job, as the API writer does: the claim labels stay. */
export function archive(store: Store, job: Stored): Entry {
  const { name, namespace, uid, labels, annotations } = job.metadata;
  const metadata = {
    name: generateName(`${name}-`),
    namespace,
    labels: { ...labels, [LABEL_REPOSITORY]: String(job.spec?.["repository"] ?? ""), [LABEL_ORIGINAL_UID]: uid },
    annotations,
  };
  return store.create("historicjobs", { metadata, spec: job.spec, status: job.status });
}

/** A job that someone else took or deleted is no fault, nor is the end of the server. */
function ignoreLost(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Refusal) && !signal.aborted) throw error;
  };
}
