// A job that is ours: keeps the latest object, writes one thing at a time, renews the lease behind the work, and tells once
// that the lease is lost. Every write carries the claim, so every write is a renewal. After the loss nothing is written.
// What may be written and when is decided in lease-state.ts; knows neither workers nor history.

import { Backoff } from "../base/backoff.ts";
import type { Clock, Random } from "../base/clock.ts";
import { ProtocolError } from "../base/errors.ts";
import type { ObjectCalls } from "../kube/api-objects.ts";
import type { Job } from "../provisioning.ts";
import { isGone } from "../kube/status.ts";
import { writeFailure } from "./answers.ts";
import { type JobView, viewOf, withClaim } from "./job-view.ts";
import { holds, isOldRead, type Lease, type LeaseInput, leaseOf, type LeaseRules, leaseStep, type Loss, mayWrite } from "./lease-state.ts";
import type { ServerTime } from "./server-time.ts";
import { within } from "./within.ts";

export interface OwnedJobOptions {
  api: Pick<ObjectCalls, "getObject" | "replaceObject">;
  clock: Clock;
  random: Random;
  serverTime: ServerTime;
  rules: LeaseRules;
  /** Told once, when the lease is lost. */
  onLost?: (loss: Loss) => void;
}

/** A claim that counts: the object as the server has it, and when the PUT was sent, monotonic. */
export interface Claimed {
  job: Job;
  view: JobView;
  owner: string;
  sentMs: number;
}

/** The reason of `lost`. */
export class LeaseLost extends Error {
  readonly loss: Loss;
  constructor(loss: Loss) {
    super(`lease lost: ${LOSSES[loss]}`);
    this.loss = loss;
  }
}

const LOSSES: Readonly<Record<Loss, string>> = {
  expired: "it was not renewed in time",
  gone: "the job is gone",
  replaced: "another job has its name",
  taken: "another owner has taken the job",
  released: "the claim was taken away",
  failing: "three renewals in a row have failed",
};

/** `dropped`: a progress write that was not carried out, or may not have been. `refused`: the server says that it never will be. */
export type WriteEnd = { kind: "written" | "lost" } | { kind: "dropped" | "refused"; error: unknown };
type Attempt = { kind: "written" | "lost" } | { kind: "refused" | "conflict" | "failed"; error: unknown };
/** `progress` is given up after a few conflicts, `final` not before the lease ends. */
export type WriteKind = "progress" | "final";

export const JOBS = { resource: "jobs" } as const;
const PROGRESS_TRIES = 3;
const CONFLICT_BACKOFF = { firstMs: 50, capMs: 1_000 };

export class OwnedJob {
  readonly #options: OwnedJobOptions;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();
  readonly #renewing = new AbortController();
  /** Nothing is written any more. */
  readonly #stop = AbortSignal.any([this.#lost.signal, this.#ended.signal]);
  readonly #listeners = new Set<() => void>();
  #job: Job;
  #view: JobView;
  #lease: Lease;
  /** Monotonic; after a renewal that failed. */
  #retryMs = Number.NEGATIVE_INFINITY;
  #turn: Promise<unknown> = Promise.resolve();

  /** The lease runs, and is renewed, from here on until `end()`. */
  constructor(options: OwnedJobOptions, { job, view, owner, sentMs }: Claimed) {
    this.#options = options;
    this.#job = job;
    this.#view = view;
    this.#lease = leaseOf(view.uid, owner, sentMs, options.rules);
    void this.#watchTime();
    void this.#renew();
  }

  /** Aborted once, with LeaseLost as its reason. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** As the server was last seen to have it. */
  get job(): Job {
    return this.#job;
  }

  get view(): JobView {
    return this.#view;
  }

  get owner(): string {
    return this.#lease.owner;
  }

  /** When work must be over, monotonic ms; in the past once the lease is lost. */
  get deadlineMs(): number {
    return this.#lease.lost === undefined ? this.#lease.validUntilMs : Number.NEGATIVE_INFINITY;
  }

  /** Calls after every change of `deadlineMs`; gives what ends the calls. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asked before every request that changes something for this job: timers may be late. */
  holds(): boolean {
    if (holds(this.#lease, this.#options.clock.monotonic())) return true;
    this.#feed({ kind: "time" });
    return false;
  }

  /** Writes what `edit` makes of the latest object, with our claim. `edit` is called again after a conflict. */
  write(edit: (job: Job) => Job, kind: WriteKind): Promise<WriteEnd> {
    return this.#inTurn(() => this.#write(edit, kind));
  }

  /** While `use` runs nothing else is written, and what was before has landed. It is given the latest object. */
  exclusive<T>(use: (job: Job, view: JobView) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#mayWrite();
      return use(this.#job, this.#view);
    });
  }

  /** Requests about this job: they end with the lease, and none is sent once that is over, however long its credential took. */
  ask<T>(send: (signal: AbortSignal, onSend: () => void) => Promise<T>, limitMs = this.#options.rules.renewalMs): Promise<T> {
    return within(limitMs, this.#options.clock, this.#stop, (signal) => send(signal, () => void this.holds()));
  }

  /** Takes an object that a read has shown to be ours still. */
  adopt(job: Job, view: JobView): void {
    this.#job = job;
    this.#view = view;
  }

  /** From here on the lease only runs down. */
  stopRenewing(): void {
    this.#renewing.abort();
  }

  /** The job is dealt with, or given back: nothing is written any more, and nobody is told of a loss. */
  end(): void {
    this.#ended.abort();
    this.#renewing.abort();
    this.#listeners.clear();
  }

  async #watchTime(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stop.aborted) {
      await clock.sleep(this.#lease.validUntilMs - clock.monotonic(), this.#stop).catch(() => undefined);
      if (!this.#stop.aborted) this.#feed({ kind: "time" });
    }
  }

  async #renew(): Promise<void> {
    const { clock, rules } = this.#options;
    const stop = AbortSignal.any([this.#renewing.signal, this.#lost.signal]);
    const dueMs = () => Math.max(this.#lease.renewAtMs, this.#retryMs);
    while (!stop.aborted) {
      await clock.sleep(dueMs() - clock.monotonic(), stop).catch(() => undefined);
      await this.#inTurn(async () => {
        // Something else was written meanwhile: it was a renewal.
        if (stop.aborted || clock.monotonic() < dueMs()) return;
        this.#retryMs = clock.monotonic() + rules.renewalMs;
        await this.#write((job) => job, "renewal");
      });
    }
  }

  async #write(edit: (job: Job) => Job, kind: WriteKind | "renewal"): Promise<WriteEnd> {
    const { clock, random } = this.#options;
    const backoff = new Backoff(random, CONFLICT_BACKOFF);
    for (let tries = 1; ; tries++) {
      const end = await this.#attempt(edit, kind);
      if (!("error" in end)) return end;
      if (end.kind === "refused") return { kind: "refused", error: end.error };
      const enough = (end.kind === "failed" && kind !== "final") || (kind === "progress" && tries >= PROGRESS_TRIES);
      if (enough) return { kind: "dropped", error: end.error };
      // Somebody has written in between, once: a read tells what, at once.
      const pauseMs = end.kind === "conflict" && tries === 1 ? 0 : backoff.next(clock.monotonic());
      await clock.sleep(pauseMs, this.#stop).catch(() => undefined);
    }
  }

  /** One PUT, and a read ahead of it if the version may be outdated. */
  async #attempt(edit: (job: Job) => Job, kind: WriteKind | "renewal"): Promise<Attempt> {
    const { api, serverTime, clock } = this.#options;
    if (!(await this.#mayWrite())) return { kind: "lost" };
    if (this.#lease.stale) {
      const error = await this.#read(kind);
      if (!this.#writable()) return { kind: "lost" };
      if (error !== undefined) return { kind: "failed", error };
    }
    const object = withClaim(edit(this.#job), { owner: this.#lease.owner, nowMs: serverTime.now() });
    let sentMs = clock.monotonic();
    try {
      const answer = await this.ask((signal, onSend) =>
        api.replaceObject<Job>(JOBS, object, signal, () => {
          sentMs = clock.monotonic();
          onSend();
        })
      );
      const view = viewOf(answer.object);
      if (view !== undefined) this.adopt(answer.object, view);
      this.#feed({ kind: "written", sentMs: answer.sentAtMs });
      return { kind: "written" };
    } catch (error) {
      if (!this.#writable()) return { kind: "lost" };
      return this.#failed(error, kind, sentMs);
    }
  }

  #failed(error: unknown, kind: WriteKind | "renewal", sentMs: number): Attempt {
    const failure = writeFailure(error);
    switch (failure) {
      case "conflict":
        this.#feed({ kind: "conflict" });
        return { kind: "conflict", error };
      case "gone":
        this.#feed({ kind: "read", view: undefined });
        return { kind: "lost" };
      case "refused":
      case "denied":
      case "unknown":
        this.#feed({ kind: "unanswered", sentMs, renewal: kind === "renewal" });
        return { kind: failure === "refused" && kind !== "renewal" ? "refused" : "failed", error };
      case "unsent":
        if (kind === "renewal") this.#feed({ kind: "failed" });
        return { kind: "failed", error };
    }
  }

  /** Reads the job. The error, if it could not be had; whether the job is still ours is known to the lease then. */
  async #read(kind: WriteKind | "renewal"): Promise<unknown> {
    try {
      const { namespace, name } = this.#view;
      const { object } = await this.ask((signal, onSend) => this.#options.api.getObject<Job>(JOBS, { namespace, name }, signal, onSend));
      const view = viewOf(object);
      if (view === undefined) return new ProtocolError(`Cannot read job ${namespace}/${name}: expected namespace, name, uid and resourceVersion`);
      if (isOldRead(view, this.#view)) return new ProtocolError(`Cannot read job ${namespace}/${name}: the answer is older than our last write`);
      this.#feed({ kind: "read", view });
      if (this.#lease.lost === undefined) this.adopt(object, view);
      return undefined;
    } catch (error) {
      if (this.#stop.aborted) return error;
      if (isGone(error)) {
        this.#feed({ kind: "read", view: undefined });
        return undefined;
      }
      writeFailure(error);
      if (kind === "renewal") this.#feed({ kind: "failed" });
      return error;
    }
  }

  /** True once a write may be sent; false if that time will not come. */
  async #mayWrite(): Promise<boolean> {
    const { clock } = this.#options;
    while (this.#writable()) {
      if (mayWrite(this.#lease, clock.monotonic())) return true;
      await clock.sleep(this.#lease.quietUntilMs - clock.monotonic(), this.#stop).catch(() => undefined);
    }
    return false;
  }

  #writable(): boolean {
    return !this.#ended.signal.aborted && this.holds();
  }

  #feed(input: LeaseInput): void {
    const { clock, rules, onLost } = this.#options;
    if (this.#ended.signal.aborted) return;
    const before = this.#lease;
    this.#lease = leaseStep(before, input, clock.monotonic(), rules);
    const { lost, validUntilMs } = this.#lease;
    if (lost !== undefined && before.lost === undefined) {
      onLost?.(lost);
      this.#lost.abort(new LeaseLost(lost));
    }
    if (lost !== before.lost || validUntilMs !== before.validUntilMs) for (const listener of [...this.#listeners]) listener();
  }

  #inTurn<T>(use: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(use);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
