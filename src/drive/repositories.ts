// Whether the repository of a job is being deleted: then its jobs are left alone. A look is believed for some seconds, so
// that a queue full of one repository's jobs costs a read now and then.

import type { Clock } from "../base/clock.ts";
import { AppError, messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { ObjectCalls } from "../kube/api-objects.ts";
import { isForbidden } from "./answers.ts";
import type { JobView } from "./job-view.ts";
import { within } from "./within.ts";

/** Jobs that are there for a repository that goes or is gone. src: pkg/registry/apis/provisioning/jobs.go in grafana/grafana */
const FOR_DELETED: readonly string[] = ["releaseResources", "deleteResources"];
export const REPOSITORIES = { resource: "repositories" } as const;
const FRESH_MS = 5_000;
/** After a refusal nothing is asked for so long: rights come rarely. */
const FORBIDDEN_MS = 600_000;
const LOOKS_MAX = 1_000;

export class Repositories {
  readonly #api: Pick<ObjectCalls, "getObject">;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #requestMs: number;
  /** Namespaces where no repository may be read: said once each. */
  readonly #forbidden = new Set<string>();
  readonly #looks = new Map<string, { deleting: boolean; untilMs: number }>();

  constructor(api: Pick<ObjectCalls, "getObject">, clock: Clock, log: Logger, requestMs: number) {
    this.#api = api;
    this.#clock = clock;
    this.#log = log;
    this.#requestMs = requestMs;
  }

  /** False also of what cannot be told: the worker will find out. @throws the signal's reason */
  async deleting({ namespace, repository, action }: JobView, signal: AbortSignal): Promise<boolean> {
    if (repository === "" || FOR_DELETED.includes(action)) return false;
    const key = `${namespace}/${repository}`;
    const nowMs = this.#clock.monotonic();
    const known = this.#looks.get(key);
    if (known !== undefined && nowMs < known.untilMs) return known.deleting;
    const look = await this.#look({ namespace, name: repository }, signal);
    this.#looks.delete(key);
    this.#looks.set(key, { ...look, untilMs: nowMs + (look.forbidden ? FORBIDDEN_MS : FRESH_MS) });
    const [oldest] = this.#looks.keys();
    if (this.#looks.size > LOOKS_MAX && oldest !== undefined) this.#looks.delete(oldest);
    return look.deleting;
  }

  async #look(at: { namespace: string; name: string }, signal: AbortSignal): Promise<{ deleting: boolean; forbidden: boolean }> {
    try {
      const { object } = await within(this.#requestMs, this.#clock, signal, (limited) => this.#api.getObject(REPOSITORIES, at, limited));
      return { deleting: (object.metadata as { deletionTimestamp?: unknown }).deletionTimestamp !== undefined, forbidden: false };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const forbidden = isForbidden(error);
      if (forbidden) this.#tell(at.namespace, error);
      return { deleting: false, forbidden };
    }
  }
  #tell(namespace: string, error: AppError): void {
    if (this.#forbidden.has(namespace)) return;
    this.#forbidden.add(namespace);
    const next = "grant get on repositories; until then jobs of a repository that is being deleted are begun all the same";
    this.#log.warn("cannot read repositories", { namespace, error: messageOf(error), next });
  }
}
