// All that drivers and reapers are lent, on a manual clock, over objects in memory, with a worker that the test plays.

import type { DriveContext, DriveRules } from "../../src/drive/context.ts";
import { OthersLeases } from "../../src/drive/others-leases.ts";
import { Repositories } from "../../src/drive/repositories.ts";
import { RepositorySync } from "../../src/drive/repository-sync.ts";
import { ServerTime } from "../../src/drive/server-time.ts";
import type { WorkIo, WorkOrder, WorkResult } from "../../src/work/worker.ts";
import { FakeJobs } from "./fake-jobs.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryCount } from "./memory-count.ts";
import { MemoryLog } from "./memory-log.ts";

export const RULES: DriveRules = {
  validityMs: 25_000,
  renewalMs: 8_000,
  settleMs: 0,
  expiryMs: 60_000,
  jobTimeoutMs: 1_200_000,
  onExpired: "requeue",
  maxAttempts: 5,
  retentionMs: 0,
};

/** A worker that runs: the test ends it. */
export interface PlayedWork {
  order: WorkOrder;
  io: WorkIo;
  end(result: WorkResult): void;
}

export const SUCCESS: WorkResult = { kind: "done", state: "success", errors: [], warnings: [] };

export class FakeDrive {
  readonly clock = new ManualClock();
  readonly log = new MemoryLog();
  readonly counted = new MemoryCount();
  readonly api: FakeJobs;
  readonly context: DriveContext;
  readonly works: PlayedWork[] = [];
  /** Ends each work at once if it is set; aborted work ends by itself if it is not. */
  result: WorkResult | undefined;
  #draws = 0;

  constructor(rules: Partial<DriveRules> = {}, actions: ReadonlySet<string> | "*" = "*") {
    const { clock, log } = this;
    const api = new FakeJobs(clock);
    this.api = api;
    const serverTime = new ServerTime(clock);
    serverTime.told(Math.floor(api.now() / 1000) * 1000);
    const all = { ...RULES, ...rules };
    this.context = {
      api,
      clock,
      log,
      serverTime,
      rules: all,
      random: () => ((this.#draws++ * 7 + 1) % 1000) / 1000,
      count: this.counted.count,
      workers: { actions, run: (order, io) => this.#run(order, io) },
      others: new OthersLeases(),
      repositories: new Repositories(api, clock, log, all.renewalMs),
      sync: new RepositorySync(api, log),
      forbidden: new Set(),
      drained: () => Promise.resolve(),
    };
  }

  /** Calls that concern jobs and history, since the last look. */
  takeCalls(): string[] {
    return this.api.takeCalls().filter((call) => !call.includes("repositories"));
  }

  #run(order: WorkOrder, io: WorkIo): Promise<WorkResult> {
    return new Promise((resolve) => {
      this.works.push({ order, io, end: resolve });
      if (this.result !== undefined) return resolve(this.result);
      const stop = () => resolve({ kind: "aborted", reason: (io.signal.reason as Error).message });
      if (io.signal.aborted) stop();
      else io.signal.addEventListener("abort", stop, { once: true });
    });
  }
}
