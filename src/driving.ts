// Getting jobs done, joined to the rest: workers from their texts, the drive between watch and lists, its readings and its
// end. Exists only where there is a worker.

import { formatDuration } from "./base/duration.ts";
import type { Logger } from "./base/log.ts";
import type { RunConfig } from "./cli/config.ts";
import { Drive, type DriveOptions } from "./drive/drive.ts";
import { type Api, takingThrough } from "./kube/api.ts";
import type { KubeObject } from "./kube/types.ts";
import type { Fact } from "./kube/watch-state.ts";
import type { Metrics } from "./observe/metrics.ts";
import { groups } from "./runtime/children.ts";
import type { ClientPorts } from "./work/guard-client.ts";
import { KNOWN_ACTIONS, unknownActions, type WorkerTable } from "./work/worker-spec.ts";
import { createWorkers } from "./work/workers.ts";

/** What run.ts lends. */
export interface DrivingEnv extends Omit<DriveOptions, "workers" | "namespaces" | "rules" | "drivers" | "jobIntervalMs" | "shutdownMs"> {
  namespaces: readonly (string | undefined)[];
  env: Readonly<Record<string, string | undefined>>;
  startGuard: ClientPorts["startGuard"];
  reading: Metrics["reading"];
}

export interface Driving {
  /** The same facts; they are looked at on their way. */
  facts(namespace: string | undefined, facts: AsyncIterable<Fact[]>): AsyncIterable<Fact[]>;
  /** The same lists of jobs; so are their pages. */
  listPage(listPage: Api["listPage"]): Api["listPage"];
  /** Ends with its signal, once work in flight has ended or was given back. */
  run(signal: AbortSignal): Promise<void>;
}

/** Expiry of Grafana's own drivers, and of those of 2025-08. src: provisioning-api 4.4 */
const EXPIRY_ELSEWHERE_MS = 60_000;
const EXPIRY_2025_MS = 30_000;
/** What the end takes beside work that ends in time: the workers' own, and giving their jobs back. */
export const LAST_STEPS_MS = 20_000;

/** Undefined without a worker. */
export function createDriving(config: RunConfig, table: WorkerTable, lent: DrivingEnv): Driving | undefined {
  const { drive: given, shutdownTimeoutMs, historyExpirationMs, dryRun } = config;
  if (table.size === 0) return undefined;
  const { log, clock, env, startGuard, namespaces, reading } = lent;
  warn(config, table, log);
  const workers = createWorkers({ table, env, envNames: given.workerEnv, startGuard, groups, clock, log });
  const drive = new Drive({
    ...lent,
    workers,
    namespaces,
    drivers: given.drivers,
    jobIntervalMs: given.jobIntervalMs,
    shutdownMs: shutdownTimeoutMs,
    rules: {
      validityMs: given.leaseValidityMs,
      renewalMs: given.leaseRenewalMs,
      expiryMs: given.leaseExpiryMs,
      settleMs: given.claimSettleMs,
      jobTimeoutMs: given.jobTimeoutMs,
      onExpired: given.onExpired,
      maxAttempts: given.maxAttempts,
      // A dry run prunes nothing.
      retentionMs: dryRun ? 0 : historyExpirationMs,
    },
  });
  reading("drivers", () => given.drivers);
  reading("in-flight", () => drive.busy);
  reading("queue-depth", () => drive.waiting);
  return {
    async *facts(namespace, facts) {
      for await (const some of facts) {
        drive.facts(namespace, some);
        yield some;
      }
    },
    listPage: (listPage) => async <T extends KubeObject>(...[collection, query, ...rest]: Parameters<Api["listPage"]>) => {
      const shown = takingThrough(query, (take) => (items, size) => {
        drive.page({ items });
        return take(items, size);
      });
      const page = await listPage<T>(collection, shown, ...rest);
      drive.page(page);
      return page;
    },
    async run(signal) {
      try {
        await drive.run(signal);
      } finally {
        await workers.close();
      }
    },
  };
}

function warn({ drive: { leaseExpiryMs, leaseValidityMs } }: RunConfig, table: WorkerTable, log: Logger): void {
  for (const { action, meant } of unknownActions(table)) {
    log.warn("--worker names an action that is not known, its worker gets jobs of just that action", { action, meant, known: KNOWN_ACTIONS.join(",") });
  }
  if (leaseExpiryMs < EXPIRY_ELSEWHERE_MS) {
    log.warn("--lease-expiry is shorter than the silence that other controllers may keep, whose jobs would be begun a second time", {
      lease_expiry: formatDuration(leaseExpiryMs),
      others: formatDuration(EXPIRY_ELSEWHERE_MS),
    });
  }
  if (leaseValidityMs >= EXPIRY_2025_MS) {
    log.warn("--lease-validity is longer than Grafana of 2025-08 lets an owner be silent", {
      lease_validity: formatDuration(leaseValidityMs),
      others: formatDuration(EXPIRY_2025_MS),
    });
  }
}
