// What everybody who drives jobs is lent: one server, one clock, the rules. Types and the words for counters; decides nothing.

import type { Clock, Random } from "../base/clock.ts";
import { type Count, JOB_ACTIONS } from "../base/counts.ts";
import type { Logger } from "../base/log.ts";
import type { Api } from "../kube/api.ts";
import type { Workers } from "../work/worker.ts";
import type { ClaimOptions } from "./claim.ts";
import type { LeaseRules } from "./lease-state.ts";
import type { OthersLeases } from "./others-leases.ts";
import { type Claimed, OwnedJob } from "./owned-job.ts";
import type { ReapRules } from "./reap.ts";
import type { Repositories } from "./repositories.ts";
import type { RepositorySync } from "./repository-sync.ts";
import type { ServerTime } from "./server-time.ts";

export interface DriveRules extends LeaseRules, ReapRules {
  /** After which silence others have stopped, ms. */
  expiryMs: number;
  jobTimeoutMs: number;
  /** Records older than this are pruned, ms; 0 = never. */
  retentionMs: number;
}

export interface DriveContext {
  api: Pick<Api, "getObject" | "createObject" | "replaceObject" | "deleteObject" | "listPage">;
  clock: Clock;
  random: Random;
  log: Logger;
  count: Count;
  serverTime: ServerTime;
  workers: Pick<Workers, "actions" | "run">;
  others: OthersLeases;
  repositories: Repositories;
  sync: RepositorySync;
  /** Namespaces where the last claim was forbidden. */
  forbidden: Set<string>;
  rules: DriveRules;
  /** Resolves while the reader of our lines keeps up. */
  drained: (signal: AbortSignal) => Promise<void>;
}

/** A request takes no longer than a renewal may. */
export function claimOptions({ api, clock, random, serverTime, rules }: DriveContext): ClaimOptions {
  return { api, clock, random, serverTime, settleMs: rules.settleMs, validityMs: rules.validityMs, requestMs: rules.renewalMs };
}

/** The job, with its lease running. */
export function own({ api, clock, random, serverTime, rules, count }: DriveContext, claimed: Claimed): OwnedJob {
  const onLost = (reason: Parameters<NonNullable<ConstructorParameters<typeof OwnedJob>[0]["onLost"]>>[0]) => count("lease-lost", { reason });
  return new OwnedJob({ api, clock, random, serverTime, rules, onLost }, claimed);
}

/** The action as a counter's word. */
export function actionWord(action: string): (typeof JOB_ACTIONS)[number] {
  return JOB_ACTIONS.find((word) => word === action) ?? "other";
}
