// What flows of driven jobs share: jobs of every kind, and what became of them as server and controllers tell it.

import assert from "node:assert/strict";
import type { Entry } from "../../src/devserver/state/entry.ts";
import { LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../src/provisioning.ts";
import type { Flow, Running } from "./flow.ts";

/** Short times that a loaded machine still keeps, on a clock four times as quick as the system's. */
export const SHORT_LEASE = ["--lease-validity=12s", "--lease-renewal=4s", "--lease-expiry=14s"];

export interface JobOptions {
  repository?: string;
  action?: string;
  /** How long `builtin:test` takes. */
  duration?: string;
  labels?: Record<string, string>;
  status?: Record<string, unknown>;
}

/** Adds a job `default/<name>`, whatever admission says of it. */
export function addJob(flow: Flow, name: string, { repository = "test6", action = "test", duration = "1ms", labels = {}, status = {} }: JobOptions = {}): Entry {
  const options = action === "test" ? { test: { duration } } : { pull: { incremental: false } };
  return flow.dev.store.create("jobs", {
    metadata: { name, namespace: "default", labels: { [LABEL_REPOSITORY]: repository, ...labels } },
    spec: { action, repository, ...options },
    status,
  });
}

/** Records in history by the uid of their job. */
export function records(flow: Flow): Map<string, Entry[]> {
  const found = new Map<string, Entry[]>();
  for (const entry of flow.dev.store.entries("historicjobs")) {
    const uid = entry.object.metadata?.labels?.[LABEL_ORIGINAL_UID] ?? "";
    found.set(uid, [...(found.get(uid) ?? []), entry]);
  }
  return found;
}

/** Every one of these jobs has gone and left exactly one record. */
export function assertDone(flow: Flow, jobs: readonly Entry[], state = "success"): void {
  assert.equal(flow.dev.store.count("jobs"), 0);
  const found = records(flow);
  const odd = jobs.map(({ name, uid }) => [name, (found.get(uid) ?? []).length] as const).filter(([, count]) => count !== 1);
  assert.deepEqual(odd, []);
  const states = new Set(jobs.map(({ uid }) => (found.get(uid)?.[0]?.object.status as { state?: string }).state));
  assert.deepEqual([...states], [state]);
}

/** Resolves once no job is left. */
export async function allGone(flow: Flow): Promise<void> {
  while (flow.dev.store.count("jobs") > 0) await flow.clock.sleep(100);
}

/** How often work on each uid was begun, by all of these controllers. */
export function begun(...controllers: Running[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { log } of controllers) {
    for (const { fields } of log.of("job claimed")) counts.set(String(fields.uid), (counts.get(String(fields.uid)) ?? 0) + 1);
  }
  return counts;
}
