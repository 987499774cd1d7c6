// The settings of getting jobs done: texts in, checked numbers out, with the rules that hold between them.
// What a worker's text means is not known here.

import { formatDuration } from "../base/duration.ts";
import { UsageError } from "../base/errors.ts";
import { ON_EXPIRED } from "./flags.ts";
import type { Settings } from "./settings.ts";
import { countOf, quoted, variableOf } from "./values.ts";

export interface DriveConfig {
  /** `actions=worker`, as given; none = no job is claimed. */
  workers: string[];
  /** Names of variables that commands get. */
  workerEnv: string[];
  drivers: number;
  jobTimeoutMs: number;
  jobIntervalMs: number;
  maxAttempts: number;
  onExpired: (typeof ON_EXPIRED)[number];
  /** How long we may work after the sending of the last successful renewal. */
  leaseValidityMs: number;
  leaseRenewalMs: number;
  /** After which silence others have stopped. */
  leaseExpiryMs: number;
  /** 0 = a claim that was answered with success is one. */
  claimSettleMs: number;
}

const SECOND = { atLeastMs: 1000, least: "at least 1s" };
const SOME = { atLeastMs: 10, least: "at least 10ms" };

/** @throws UsageError */
export function driveOf(settings: Settings): DriveConfig {
  const drive: DriveConfig = {
    workers: settings.list("worker").map(({ text }) => text),
    workerEnv: [...new Set(settings.list("worker-env").map(variableOf))],
    drivers: countOf(settings.required("drivers"), 1, 100),
    jobTimeoutMs: settings.durationMs("job-timeout", SECOND),
    jobIntervalMs: settings.durationMs("job-interval", SECOND),
    maxAttempts: countOf(settings.required("max-attempts"), 1, 1000),
    onExpired: settings.enum("on-expired", ON_EXPIRED),
    leaseValidityMs: settings.durationMs("lease-validity", SECOND),
    leaseRenewalMs: settings.durationMs("lease-renewal", SOME),
    leaseExpiryMs: settings.durationMs("lease-expiry", SECOND),
    claimSettleMs: settings.durationMs("claim-settle", { atLeastMs: 0, least: "zero or more" }),
  };
  const third = `at most a third of --lease-validity ${formatDuration(drive.leaseValidityMs)}`;
  // Two renewals in a row may fail.
  if (drive.leaseRenewalMs > drive.leaseValidityMs / 3) throw refused(settings, "lease-renewal", third);
  if (drive.claimSettleMs > drive.leaseValidityMs / 3) throw refused(settings, "claim-settle", third);
  // Else a job would be taken from an owner that may still work on it.
  if (drive.leaseExpiryMs <= drive.leaseValidityMs + drive.claimSettleMs) {
    const settle = drive.claimSettleMs === 0 ? "" : ` and --claim-settle ${formatDuration(drive.claimSettleMs)} together`;
    throw refused(settings, "lease-expiry", `more than --lease-validity ${formatDuration(drive.leaseValidityMs)}${settle}`);
  }
  return drive;
}

function refused(settings: Settings, name: string, rule: string): UsageError {
  const { label, text } = settings.required(name);
  return new UsageError(`Cannot use ${label} ${quoted(text)}: expected ${rule}`);
}
