// The room's entry: facts of the watch, pages of lists and ticks in, jobs claimed, worked on and ended. Holds a key for each
// job that waits, the objects of some of them, and a few numbers for each that somebody else has claimed.

import { formatDuration } from "../base/duration.ts";
import { AppError, messageOf } from "../base/errors.ts";
import { runTasks } from "../base/tasks.ts";
import type { Api } from "../kube/api.ts";
import type { ListLane } from "../kube/list-lane.ts";
import { pages } from "../kube/pager.ts";
import type { ListPage } from "../kube/types.ts";
import type { Fact } from "../kube/watch-state.ts";
import type { Job } from "../provisioning.ts";
import { hasWorker } from "../work/worker.ts";
import { claimable } from "./claim-state.ts";
import type { DriveContext, DriveRules } from "./context.ts";
import { Driver, type Stops } from "./driver.ts";
import { type JobView, viewOf } from "./job-view.ts";
import { OthersLeases } from "./others-leases.ts";
import { JobQueue } from "./queue.ts";
import { Reaper } from "./reaper.ts";
import { Repositories } from "./repositories.ts";
import { RepositorySync } from "./repository-sync.ts";
import { ServerTime, toldTime } from "./server-time.ts";
import { ToldJobs } from "./told-jobs.ts";
import { Unclaimed } from "./unclaimed.ts";

export interface DriveOptions extends Pick<DriveContext, "clock" | "random" | "log" | "count" | "workers" | "drained"> {
  api: Pick<Api, "listPage" | "getObject" | "createObject" | "replaceObject" | "replaceStatus" | "deleteObject">;
  /** Shared with all who read whole collections. */
  lane: ListLane;
  /** `[undefined]` = all namespaces in one list. */
  namespaces: readonly (string | undefined)[];
  rules: DriveRules;
  /** Jobs that are worked on at once. */
  drivers: number;
  /** A search for jobs that nothing has told of starts at least this often, ms. */
  jobIntervalMs: number;
  /** What work in flight is left of time when the program ends, ms. */
  shutdownMs: number;
}

export class Drive {
  readonly #options: DriveOptions;
  readonly #context: DriveContext;
  readonly #queue: JobQueue;
  readonly #told = new ToldJobs();
  readonly #drivers: readonly Driver[];
  readonly #reaper: Reaper;
  readonly #unclaimed: Unclaimed;
  /** When the last complete list of each namespace ended, monotonic. */
  readonly #listedMs = new Map<string | undefined, number>();

  constructor(options: DriveOptions) {
    const { clock, random, log, rules, drivers } = options;
    let dateless = false;
    const serverTime = new ServerTime(clock, () => {
      if (!dateless) log.warn("server sends no Date, claims are dated by the local clock");
      dateless = true;
    });
    const api = toldTime(options.api, serverTime);
    const repositories = new Repositories(api, clock, log, rules.renewalMs);
    this.#options = options;
    this.#context = { ...options, api, serverTime, others: new OthersLeases(), repositories, sync: new RepositorySync(api, log), forbidden: new Set() };
    this.#queue = new JobQueue(clock, random);
    this.#drivers = Array.from({ length: drivers }, (_, index) => new Driver(this.#context, index + 1));
    this.#reaper = new Reaper(this.#context, ({ view }) => this.#add(view));
    this.#unclaimed = new Unclaimed(log, (action) => this.#serves(action));
  }

  /** Jobs that are worked on, and keys that wait. */
  get busy(): number {
    return this.#drivers.filter(({ busy }) => busy).length;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Takes what the watch of a namespace has found out. Events are no reads: they tell nothing of leases. */
  facts(namespace: string | undefined, facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind === "listed") this.#listedMs.set(namespace, this.#options.clock.monotonic());
      if (fact.kind === "applied") this.#heard(fact.object as Job);
    }
  }

  /** Takes a page of a list of jobs that has just been answered. */
  page(page: Pick<ListPage, "items"> & { serverTimeMs?: number | undefined }): void {
    const nowMs = this.#options.clock.monotonic();
    this.#context.serverTime.told(page.serverTimeMs);
    for (const object of page.items) {
      const view = this.#heard(object as Job);
      if (view === undefined) continue;
      this.#context.others.see(view, nowMs);
      this.#unclaimed.see(view, nowMs);
    }
  }

  /**
   * Drives jobs until `signal`. Then no further one is claimed; work in flight has `shutdownMs` to end, and what has not
   * goes back to the queue before this rejects with the signal's reason.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { log, drivers, workers, namespaces } = this.#options;
    const actions = workers.actions === "*" ? "*" : [...workers.actions].join(",");
    log.info("Starting provisioning job queue controller", { drivers, actions });
    const working = new AbortController();
    const idle = new AbortController();
    const drive = (driver: Driver) => async (claiming: AbortSignal) => {
      // A driver that ends while others work is nothing to wait for.
      await this.#driveAll(driver, { claiming, working: working.signal }).finally(() => this.busy === 0 && idle.abort());
    };
    await runTasks(signal, [
      ...this.#drivers.map(drive),
      (stop) => this.#endWork(stop, working, idle.signal),
      (stop) => this.#reaper.run(stop),
      ...namespaces.map((namespace) => (stop: AbortSignal) => this.#search(namespace, stop)),
    ]);
  }

  /** After `claiming` is aborted, leaves work in flight its time. `idle`: nothing is in flight. */
  async #endWork(claiming: AbortSignal, working: AbortController, idle: AbortSignal): Promise<void> {
    const { clock, log, shutdownMs } = this.#options;
    await new Promise<void>((resolve) => (claiming.aborted ? resolve() : claiming.addEventListener("abort", () => resolve(), { once: true })));
    if (this.busy > 0) log.info("waiting for work in flight", { jobs: this.busy, timeout: formatDuration(shutdownMs) });
    await clock.sleep(shutdownMs, idle).catch(() => undefined);
    working.abort(new Error("the program is ending"));
  }

  async #driveAll(driver: Driver, stops: Stops): Promise<void> {
    while (!stops.claiming.aborted) {
      try {
        const key = await this.#queue.take(stops.claiming);
        const driven = await driver.drive(nameOf(key), stops, this.#told.take(key));
        if (driven.kind === "done") this.#queue.done(key);
        else this.#queue.retry(key, driven.atLeastMs);
      } catch (error) {
        if (!stops.claiming.aborted || error !== stops.claiming.reason) throw error;
      }
    }
  }

  /** Lists what no list has shown for a while, page by page to the end. */
  async #search(namespace: string | undefined, signal: AbortSignal): Promise<void> {
    const { clock, lane, jobIntervalMs, api, log } = this.#options;
    const dueMs = () => (this.#listedMs.get(namespace) ?? Number.NEGATIVE_INFINITY) + jobIntervalMs;
    for (;;) {
      const waitMs = dueMs() - clock.monotonic();
      await clock.sleep(waitMs > 0 ? waitMs : jobIntervalMs, signal);
      if (clock.monotonic() < dueMs()) continue;
      const turn = await lane.enter(false, signal);
      try {
        const listPage: Api["listPage"] = (collection, query, stop) => turn.request((sent) => api.listPage(collection, query, stop, sent));
        for await (const page of pages({ listPage }, { resource: "jobs", namespace }, {}, signal)) this.page(page);
        this.#listedMs.set(namespace, clock.monotonic());
      } catch (error) {
        signal.throwIfAborted();
        // The watch lists the same, and tells of what fails for long.
        if (!(error instanceof AppError)) throw error;
        log.debug("search for jobs failed", { namespace, error: messageOf(error) });
      } finally {
        turn.leave();
      }
    }
  }

  #serves(action: string): boolean {
    return hasWorker(this.#options.workers, action);
  }

  #claimable(view: JobView): boolean {
    return claimable(view, (action) => this.#serves(action));
  }

  /** A job as it is, or was not long ago. */
  #heard(job: Job): JobView | undefined {
    const view = viewOf(job);
    if (view === undefined) return undefined;
    if (this.#claimable(view)) {
      this.#add(view);
      this.#told.tell(keyOf(view), job, view);
    } else {
      this.#told.forget(keyOf(view));
    }
    return view;
  }

  #add(view: JobView): void {
    this.#queue.add(keyOf(view), `${view.namespace}/${view.repository}`, view.uid);
  }
}

function keyOf({ namespace, name }: JobView): string {
  return `${namespace}/${name}`;
}

function nameOf(key: string): { namespace: string; name: string } {
  const [namespace = "", name = ""] = key.split("/");
  return { namespace, name };
}
