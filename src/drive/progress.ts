// What a worker reports, gathered to the fields of `status` that are ours: throttled while it works, whole at the end.
// src: provisioning-api 2.4 (fields, states, messages), 4.6 (throttle); pkg/registry/apis/provisioning/jobs/progress.go

import type { JobStatus } from "../provisioning.ts";
import type { ResourceAction, ResourceResult, WorkNote, WorkResult, WorkState, WorkUpdate } from "../work/worker.ts";

/** A message or a total is written at most this often, a resource's result that often, ms. */
const MESSAGE_MS = 500;
const RESOURCE_MS = 5_000;
/** Errors and warnings that a status holds. */
const MAX_NOTES = 20;

type Done = WorkResult & { kind: "done" };
type Row = { group?: string; kind?: string; errors?: string[]; warnings?: string[] } & Partial<Record<Counter, number>>;
type Counter = "total" | "create" | "update" | "delete" | "write" | "error" | "warning" | "noop";

/** The counter of each action; a rename is a change of a resource that stays. */
const COUNTED_AS: Readonly<Record<ResourceAction, Counter>> = { create: "create", update: "update", delete: "delete", rename: "update", noop: "noop" };

const SEVERITY: Readonly<Record<WorkState, number>> = { success: 0, warning: 1, error: 2 };
const MESSAGES: Readonly<Record<WorkState, string>> = {
  success: "completed successfully",
  warning: "completed with warnings",
  error: "completed with errors",
};

export class Progress {
  readonly #startedMs: number;
  #message = "start job";
  #percent: number | undefined;
  #total: number | undefined;
  #done = 0;
  readonly #errors: string[] = [];
  readonly #warnings: string[] = [];
  readonly #rows = new Map<string, Row>();
  #writes = 0;
  #writtenMs = Number.NEGATIVE_INFINITY;
  /** What is not written yet; the job's beginning is. */
  #news: "none" | "resource" | "message" = "message";

  /** `startedMs`: when work began, on the server's clock, ms since the epoch. */
  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  note(update: WorkUpdate): void {
    if (update.kind === "resource") {
      this.#count(update.resource);
      if (this.#news === "none") this.#news = "resource";
      return;
    }
    this.#message = update.message ?? this.#message;
    this.#percent = update.percent ?? this.#percent;
    this.#total = update.total ?? this.#total;
    this.#news = "message";
  }

  /** When the next write is due, monotonic ms; undefined while there is nothing new. */
  get dueMs(): number | undefined {
    if (this.#news === "none") return undefined;
    return this.#writtenMs + (this.#news === "message" ? MESSAGE_MS : RESOURCE_MS);
  }

  /** The fields to write now; counts as written, at `nowMs` monotonic. */
  take(nowMs: number): JobStatus {
    this.#news = "none";
    this.#writtenMs = nowMs;
    this.#writes++;
    return {
      state: "working",
      started: this.#startedMs,
      message: this.#message,
      ...(this.#errors.length === 0 ? {} : { errors: [...this.#errors] }),
      progress: this.#progress,
      progressUpdates: this.#writes,
      ...this.#summary(),
    };
  }

  /** The status that ends the job, at `finishedMs` on the server's clock. The worse of what was reported and of the result counts. */
  final(result: Done, finishedMs: number): JobStatus {
    const errors = notes([...result.errors.map(textOf), ...this.#errors]);
    const warnings = notes([...result.warnings.map(textOf), ...this.#warnings]);
    const seen: WorkState = errors.length > 0 ? "error" : warnings.length > 0 ? "warning" : "success";
    const state = SEVERITY[result.state] >= SEVERITY[seen] ? result.state : seen;
    // A worker's own words stand, unless they say something better than what came to pass.
    const message = state === result.state && result.message !== undefined ? result.message : MESSAGES[state];
    return {
      state,
      started: this.#startedMs,
      finished: finishedMs,
      message,
      ...(errors.length === 0 ? {} : { errors }),
      ...(warnings.length === 0 ? {} : { warnings }),
      progress: 100,
      progressUpdates: this.#writes + 1,
      ...(result.summary === undefined ? this.#summary() : { summary: result.summary }),
      ...(result.urls === undefined ? {} : { url: result.urls }),
    };
  }

  get #progress(): number {
    if (this.#percent !== undefined) return this.#percent;
    if (this.#total === undefined || this.#total === 0) return 0;
    return Math.min(100, (100 * this.#done) / this.#total);
  }

  #count({ action, group, kind, error, warning, ...named }: ResourceResult): void {
    this.#done++;
    const key = JSON.stringify([group, kind]);
    const row = this.#rows.get(key) ?? { ...(group === undefined ? {} : { group }), ...(kind === undefined ? {} : { kind }) };
    this.#rows.set(key, row);
    const add = (counter: Counter) => (row[counter] = (row[counter] ?? 0) + 1);
    add("total");
    add(error === undefined ? COUNTED_AS[action] : "error");
    if (error !== undefined) keep((row.errors ??= []), this.#errors, about(named, error));
    if (warning === undefined) return;
    add("warning");
    keep((row.warnings ??= []), this.#warnings, about(named, warning));
  }

  #summary(): Pick<JobStatus, "summary"> {
    return this.#rows.size === 0 ? {} : { summary: [...this.#rows.values()].map((row) => structuredClone(row)) };
  }
}

/** Adds the text to both lists, as far as they have room. */
function keep(row: string[], all: string[], text: string): void {
  for (const list of [row, all]) if (list.length < MAX_NOTES) list.push(text);
}

function notes(texts: readonly string[]): string[] {
  return [...new Set(texts)].slice(0, MAX_NOTES);
}

function textOf({ message, path }: WorkNote): string {
  return about({ ...(path === undefined ? {} : { path }) }, message);
}

/** `what: text`, by the path if there is one. */
function about({ name, path }: { name?: string; path?: string }, text: string): string {
  const what = path ?? name;
  return what === undefined ? text : `${what}: ${text}`;
}
