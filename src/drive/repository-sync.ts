// `status.sync` of the repository whose job we drive: working at the start, the outcome at the end. Nobody else repairs it:
// a repository that says `working` for a job that is gone is never pulled again (#113826, #129963 of grafana/grafana).
// A job does not fail for it, whatever becomes of these writes.

import { ApiError, messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { ObjectCalls } from "../kube/api-objects.ts";
import { isConflict, isGone } from "../kube/status.ts";
import type { KubeObject } from "../kube/types.ts";
import type { JobStatus } from "../provisioning.ts";
import type { JobView } from "./job-view.ts";
import { REPOSITORIES } from "./repositories.ts";

/** Actions that move a repository's content here: the others leave `sync` alone. */
const SYNCS: readonly string[] = ["pull", "migrate"];
const MAX_TRIES = 4;
/** Repositories that are held: one for each job, and so many jobs may be worked on at once. */
const HELD_MAX = 100;

interface Repository extends KubeObject {
  status?: { sync?: Sync; [field: string]: unknown };
}

interface Sync {
  state?: string;
  /** Name of the job that touched it last. */
  job?: string;
  /** ms since the epoch. */
  started?: number;
  [field: string]: unknown;
}

export interface SyncTarget extends Pick<JobView, "namespace" | "name" | "uid" | "repository" | "action"> {
  /** When work began, on the server's clock, ms since the epoch. */
  startedMs: number;
}

export class RepositorySync {
  readonly #api: Pick<ObjectCalls, "getObject" | "replaceStatus">;
  readonly #log: Logger;
  /** Namespaces where it was refused: said once each, and not tried again. */
  readonly #refused = new Set<string>();
  /** By the uid of the job: as its beginning has left them, so that its end needs no read. */
  readonly #held = new Map<string, Repository>();

  constructor(api: Pick<ObjectCalls, "getObject" | "replaceStatus">, log: Logger) {
    this.#api = api;
    this.#log = log;
  }

  /** Work begins. Resolves whatever happens, unless the signal ends it; `onSend` as in ObjectCalls. */
  async began(target: SyncTarget, signal: AbortSignal, onSend?: () => void): Promise<void> {
    const fields = { state: "working", started: target.startedMs, finished: undefined, message: undefined };
    const object = await this.#write(target, fields, signal, onSend);
    if (object !== undefined) this.#hold(target, object);
  }

  /** The job goes back to the queue, unfinished. */
  async released(target: SyncTarget, signal: AbortSignal, onSend?: () => void): Promise<void> {
    await this.#write(target, { state: "pending", started: 0, finished: undefined, message: undefined }, signal, onSend);
  }

  /** The job is finished with this status. */
  async ended(target: SyncTarget, { state, finished, message, errors = [], warnings = [] }: JobStatus, signal: AbortSignal, onSend?: () => void): Promise<void> {
    const texts = state === "success" ? [] : [message, ...errors, ...warnings].filter((text) => text !== undefined && text !== "");
    const text = texts.length === 0 ? undefined : texts;
    await this.#write(target, { state, started: target.startedMs, finished, message: text }, signal, onSend);
  }

  /** The repository as it is now; undefined if it was not written. */
  async #write(target: SyncTarget, fields: Record<string, unknown>, signal: AbortSignal, onSend?: () => void): Promise<Repository | undefined> {
    const { namespace, repository, name, action } = target;
    if (!SYNCS.includes(action) || repository === "" || this.#refused.has(namespace)) return undefined;
    try {
      for (let tries = 1; ; tries++) {
        const object = this.#take(target) ?? (await this.#api.getObject<Repository>(REPOSITORIES, { namespace, name: repository }, signal, onSend)).object;
        const before = object.status?.sync ?? {};
        if (ofLaterJob(before, target)) return undefined;
        const sync = { ...before, job: name, ...fields };
        const changed = { ...object, status: { ...object.status, sync } };
        const answer = await this.#api.replaceStatus(REPOSITORIES, changed, signal, onSend).catch(conflictOf);
        if (answer !== "conflict") return answer.object;
        if (tries === MAX_TRIES) throw new Error(`it was changed by somebody else ${MAX_TRIES} times in a row`);
      }
    } catch (error) {
      signal.throwIfAborted();
      this.#tell(target, error);
      return undefined;
    }
  }

  #take({ uid }: SyncTarget): Repository | undefined {
    const held = this.#held.get(uid);
    this.#held.delete(uid);
    return held;
  }

  #hold({ uid }: SyncTarget, object: Repository): void {
    this.#held.set(uid, object);
    const [oldest] = this.#held.keys();
    if (this.#held.size > HELD_MAX && oldest !== undefined) this.#held.delete(oldest);
  }

  #tell({ namespace, repository, name }: SyncTarget, error: unknown): void {
    if (isGone(error)) return;
    const forbidden = error instanceof ApiError && (error.status === 403 || error.status === 401);
    // Refused to another driver meanwhile, and told.
    if (forbidden && this.#refused.has(namespace)) return;
    if (forbidden) this.#refused.add(namespace);
    const next = forbidden
      ? "grant get on repositories and update on repositories/status; until then whoever may write it must repair status.sync of repositories whose jobs end here"
      : "repair status.sync of this repository if it stays as it is";
    this.#log.warn("cannot write sync status of repository", { namespace, repository, job: name, error: messageOf(error), next });
  }
}

/** Whether it tells of a job that began after ours: one of another name, or our successor of the same name. */
function ofLaterJob({ started = 0 }: Sync, { startedMs }: SyncTarget): boolean {
  return started > startedMs;
}

/** @throws what is no conflict */
function conflictOf(error: unknown): "conflict" {
  if (isConflict(error)) return "conflict";
  throw error;
}
