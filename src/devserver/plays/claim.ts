// A claim on one job, from its taking to the job's end: every write is of the whole object as it is now, and only while
// the claim still stands as this driver has left it.
// src: pkg/registry/apis/provisioning/jobs/persistentstore.go in grafana/grafana.

import { LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../../provisioning.ts";
import { isUnclaimed } from "../api/repository-jobs.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import type { Entry } from "../state/entry.ts";
import type { Stored } from "../state/object.ts";
import type { Store } from "../state/store.ts";
import { Refusal } from "../wire/status.ts";
import { archive } from "./history.ts";
import type { JobStatus } from "./work.ts";

/** The job is gone, was replaced by another of its name, or its claim is no longer ours. */
export class LeaseLost extends Error {}

interface ClaimContext {
  store: Store;
  behaviour: Pick<Behaviour, "claimOwner" | "history">;
}

export class Claim {
  readonly job: Stored;
  readonly #context: ClaimContext;
  readonly #owner: string;
  #claimedMs: number;

  private constructor(context: ClaimContext, owner: string, entry: Entry, nowMs: number) {
    this.#context = context;
    this.#owner = owner;
    this.#claimedMs = nowMs;
    this.job = this.#write(entry, () => {});
  }

  /** Claims the job of this name; undefined if there is none, or another has it. `nowMs` = the server's wall clock. */
  static take(context: ClaimContext, namespace: string, name: string, owner: string, nowMs: number): Claim | undefined {
    const entry = context.store.get("jobs", namespace, name);
    return entry === undefined || !isUnclaimed(entry) ? undefined : new Claim(context, owner, entry, Math.floor(nowMs));
  }

  /** @throws LeaseLost */
  renew(nowMs: number): void {
    const entry = this.#held();
    this.#claimedMs = Math.floor(nowMs);
    this.#write(entry, () => {});
  }

  /** @throws LeaseLost */
  report(status: JobStatus): void {
    this.#write(this.#held(), (job) => (job.status = status));
  }

  /** The driver's order: last status, history, deletion. @throws LeaseLost */
  complete(status: JobStatus): void {
    const { store, behaviour } = this.#context;
    const { namespace, name, uid } = this.job.metadata;
    const job = this.#write(this.#held(), (job) => (job.status = status));
    try {
      archive(store, job, behaviour.history);
    } catch (error) {
      // A record that cannot be written is lost, and the job is deleted all the same.
      if (!(error instanceof Refusal)) throw error;
    }
    store.delete("jobs", namespace, name, { uid });
  }

  #held(): Entry {
    const { namespace, name, uid } = this.job.metadata;
    const entry = this.#context.store.get("jobs", namespace, name);
    if (entry?.uid !== uid) throw new LeaseLost(`the job ${namespace}/${name} is gone`);
    const owner = entry.labels[LABEL_CLAIM_OWNER];
    if (entry.labels[LABEL_CLAIM] !== String(this.#claimedMs) || (owner !== undefined && owner !== this.#owner)) {
      throw new LeaseLost(`the claim on ${namespace}/${name} is another's`);
    }
    return entry;
  }

  #write(entry: Entry, edit: (job: Stored) => void): Stored {
    const { store, behaviour } = this.#context;
    const job = entry.object;
    const labels = { ...job.metadata.labels, [LABEL_CLAIM]: String(this.#claimedMs) };
    job.metadata.labels = behaviour.claimOwner ? { ...labels, [LABEL_CLAIM_OWNER]: this.#owner } : labels;
    edit(job);
    return store.update("jobs", job).object;
  }
}
