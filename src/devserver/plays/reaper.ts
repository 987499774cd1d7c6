// Clears up after drivers that are gone: jobs whose claim has expired end in error and are deleted. Nothing is queued again.
// src: apps/provisioning/pkg/jobs/expired_job_cleaner.go in grafana/grafana.

import { LABEL_CLAIM } from "../../provisioning.ts";
import type { Entry } from "../state/entry.ts";
import type { PlayContext } from "./driver.ts";
import { archive } from "./history.ts";

const MESSAGE = "Job failed due to lease expiry - worker may have crashed or lost connection";
/** Jobs that are looked at before anything else may run. */
const BATCH = 100;

/** Reaps in every pause until the signal. */
export async function reapJobs(context: PlayContext): Promise<void> {
  const { clock, parts, signal } = context;
  for (;;) {
    await clock.sleep(parts.reapsMs, signal);
    const expired = [...context.store.entries("jobs")].filter((entry) => isExpired(context, entry));
    for (let first = 0; first < expired.length; first += BATCH) {
      for (const { namespace, name, uid } of expired.slice(first, first + BATCH)) reap(context, namespace, name, uid);
      await clock.sleep(1, signal);
    }
  }
}

/** As the label selector `claim < now - expiry` sees it: a text that is no number never matches. */
function isExpired({ clock, behaviour }: PlayContext, { labels }: Entry): boolean {
  const claim = labels[LABEL_CLAIM] ?? "";
  return /^-?\d+$/.test(claim) && Number(claim) < Math.floor(clock.now() - behaviour.leaseExpiryMs);
}

/** The reaper's order is the reverse of the driver's: deletion first, then history, if there is any. */
function reap(context: PlayContext, namespace: string, name: string, uid: string): void {
  const { store, clock, behaviour } = context;
  const entry = store.get("jobs", namespace, name);
  // Its owner may have come back since it was listed, or another job may have its name.
  if (entry === undefined || entry.uid !== uid || !isExpired(context, entry)) return;
  const job = entry.object;
  store.delete("jobs", namespace, name, { uid });
  if (behaviour.expiredJobs === "vanish") return;
  job.status = { ...job.status, state: "error", message: MESSAGE, finished: Math.floor(clock.now()) };
  archive(store, job, behaviour.history);
}
