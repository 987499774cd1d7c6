// What a worker does in a job: the resources it goes through and what becomes of each, drawn once; and what the job's
// status says of it halfway and at the end. Pure: knows no store, no claim and no time but what it is told.
// src: apps/provisioning/pkg/apis/provisioning/v0alpha1/jobs.go, pkg/registry/apis/provisioning/jobs/progress.go in grafana/grafana.

import type { Random } from "../../base/clock.ts";
import { chance, oneOf, wholeBetween } from "../../base/random.ts";
import type { Behaviour } from "../behaviour/eras.ts";

/** How a job ends. */
export type Ending = "success" | "warning" | "error";

type Verb = "create" | "update" | "delete" | "write" | "noop";
type Trouble = "none" | "warning" | "error";

interface Item {
  folder: boolean;
  path: string;
  verb: Verb;
  trouble: Trouble;
}

export interface Work {
  ending: Ending;
  items: readonly Item[];
  /** The worker's own error, which ends the job before its last item; undefined if it gets that far. */
  failure: string | undefined;
}

/** The rows that a status depends on. */
export type StatusRows = Pick<Behaviour, "summaryKind" | "failedResources" | "newStatusFields">;

export type JobStatus = Record<string, unknown>;

/** At most so many errors or warnings are kept. */
const MESSAGES_MAX = 20;

/** What the worker of an action does to a resource that it touches. */
const VERBS: Readonly<Record<string, readonly [Verb, ...Verb[]]>> = {
  pull: ["noop", "noop", "noop", "update", "create", "delete"],
  push: ["write"],
  migrate: ["write"],
  delete: ["delete"],
  move: ["update"],
  fixFolderMetadata: ["write", "noop"],
  releaseResources: ["update"],
  deleteResources: ["delete"],
};
const FOLDERS = ["platform", "payments", "search", "edge", "mobile"] as const;
const TITLES = ["latency", "errors", "saturation", "traffic", "overview"] as const;
const FAILURES = [
  "failed to clone repository: authentication required",
  "failed to read tree: connection reset by peer",
  "failed to resolve ref: reference not found",
] as const;
const ERROR = "failed to parse: unexpected end of JSON input";
const WARNING = "resource is managed by another repository, skipped";

/** Draws what a job of this action comes to. Pull requests and tests touch no resources. */
export function planWork(random: Random, action: string, ending: Ending, resources: number): Work {
  const verbs = VERBS[action];
  const items = verbs === undefined ? [] : Array.from({ length: resources }, (_, index): Item => {
    const folder = index % 8 === 0;
    const where = oneOf(random, FOLDERS);
    const path = folder ? `${where}/` : `${where}/${oneOf(random, TITLES)}-${index}.json`;
    return { folder, path, verb: oneOf(random, verbs), trouble: "none" };
  });
  const failure = ending === "error" && (items.length === 0 || chance(random, 0.5)) ? oneOf(random, FAILURES) : undefined;
  if (ending !== "success" && failure === undefined) {
    for (let count = wholeBetween(random, 1, 3); count > 0 && items.length > 0; count--) {
      const item = items[wholeBetween(random, 0, items.length - 1)];
      if (item !== undefined) item.trouble = ending;
    }
  }
  return { ending, items, failure };
}

/** The status while it works, when `share` (0 to 1) of the time is over. */
export function statusAt(work: Work, share: number, startedMs: number, updates: number, rows: StatusRows): JobStatus {
  const total = work.items.length;
  const done = work.items.slice(0, Math.floor(total * share));
  const message = share === 0 ? "start job" : total === 0 ? "working" : `processed ${done.length} of ${total} resources`;
  return {
    state: "working",
    started: startedMs,
    message,
    ...listed("errors", troubles(done, "error", rows)),
    ...progress(done.length, total),
    ...updateCount(updates, rows),
    ...summary(done, rows),
  };
}

/** The status at the end. */
export function finalStatus(work: Work, startedMs: number, finishedMs: number, updates: number, rows: StatusRows): JobStatus {
  // A worker that fails itself gets no further than halfway.
  const done = work.failure === undefined ? work.items : work.items.slice(0, Math.floor(work.items.length / 2));
  return {
    state: work.ending,
    started: startedMs,
    finished: finishedMs,
    message: work.failure ?? endMessage(work.ending, rows),
    ...listed("errors", troubles(done, "error", rows)),
    ...listed("warnings", rows.newStatusFields ? troubles(done, "warning", rows) : []),
    ...(work.failure === undefined ? { progress: 100 } : progress(done.length, work.items.length)),
    ...updateCount(updates, rows),
    ...summary(done, rows),
  };
}

/** Where failed resources make a warning, a job in error has too many of them, and there is no other kind of warning. */
function endMessage(ending: Ending, { failedResources }: StatusRows): string {
  if (ending === "success") return "completed successfully";
  if (failedResources === "error") return ending === "error" ? "completed with errors" : "completed with warnings";
  return ending === "error" ? "completed with too many errors" : "completed with errors";
}

/** What a resource's trouble counts as: servers without warnings of their own take it for an error. */
function countsAs(item: Item, { failedResources }: StatusRows): Trouble {
  return item.trouble === "warning" && failedResources === "warning" ? "error" : item.trouble;
}

function troubles(items: readonly Item[], trouble: Trouble, rows: StatusRows): string[] {
  return items
    .filter((item) => countsAs(item, rows) === trouble)
    .slice(0, MESSAGES_MAX)
    .map(({ path }) => `${path}: ${trouble === "error" ? ERROR : WARNING}`);
}

/** One element for each kind of resource that was worked on. */
function summary(done: readonly Item[], rows: StatusRows): JobStatus {
  const kinds = [
    { group: "folder.grafana.app", kind: "Folder", items: done.filter(({ folder }) => folder) },
    { group: "dashboard.grafana.app", kind: "Dashboard", items: done.filter(({ folder }) => !folder) },
  ].filter(({ items }) => items.length > 0);
  if (kinds.length === 0) return {};
  return {
    summary: kinds.map(({ group, kind, items }) => {
      const counts: Record<string, number> = {};
      for (const item of items) {
        const trouble = countsAs(item, rows);
        const key = trouble === "none" ? item.verb : trouble;
        counts[key] = (counts[key] ?? 0) + 1;
      }
      const changes = items.length - (counts["noop"] ?? 0) - (counts["error"] ?? 0) - (counts["warning"] ?? 0);
      return {
        group,
        [rows.summaryKind]: kind,
        total: items.length,
        ...(rows.newStatusFields && changes > 0 ? { totalChanges: changes } : {}),
        ...counts,
        ...listed("errors", troubles(items, "error", rows)),
        ...listed("warnings", rows.newStatusFields ? troubles(items, "warning", rows) : []),
      };
    }),
  };
}

/** Percent, to one digit. As all fields of a status, left out when it is zero. */
function progress(done: number, total: number): JobStatus {
  return done === 0 ? {} : { progress: Math.round((done / total) * 1_000) / 10 };
}

function updateCount(updates: number, { newStatusFields }: StatusRows): JobStatus {
  return newStatusFields && updates > 0 ? { progressUpdates: updates } : {};
}

function listed(key: string, texts: readonly string[]): JobStatus {
  return texts.length === 0 ? {} : { [key]: texts };
}
