// What is followed, made once for each namespace and lent to the tasks of run.ts; and what metrics read of it.

import type { Clock } from "./base/clock.ts";
import type { Count } from "./base/counts.ts";
import { Mailbox } from "./base/mailbox.ts";
import { buildInfo } from "./cli/build-info.ts";
import type { Connection } from "./connect.ts";
import { type HistoryReader, historyReader } from "./jobs/history-scan.ts";
import { Ledger } from "./jobs/ledger.ts";
import type { Api } from "./kube/api.ts";
import type { MeteredApi } from "./kube/api-meter.ts";
import { ObjectIndex } from "./kube/object-index.ts";
import { WatchMeter } from "./kube/watch-meter.ts";
import type { Health } from "./observe/health.ts";
import type { Metrics } from "./observe/metrics.ts";
import { cpuSeconds, residentBytes, STARTED_AT_SECONDS } from "./runtime/process-usage.ts";
import type { Host } from "./runtime/runtime.ts";

/** A collection of Jobs that is followed, and what is known of it. */
export interface Scope {
  /** Undefined: all of them. */
  namespace: string | undefined;
  index: ObjectIndex;
  ledger: Ledger;
  reader: HistoryReader;
  meter: WatchMeter;
  /** Offered when something may wait in the ledger. */
  due: Mailbox;
  /** Offered when the history should be read. */
  wanted: Mailbox;
}

/** One per namespace; none named = one for all of them. */
export function scopesOf(namespaces: readonly string[], api: Api, clock: Clock, count: Count): Scope[] {
  return (namespaces.length === 0 ? [undefined] : namespaces).map((namespace) => {
    const ledger = new Ledger();
    const due = new Mailbox();
    const reader = historyReader(ledger, api, clock, due, count);
    return { namespace, index: new ObjectIndex(), ledger, reader, meter: new WatchMeter(count, clock), due, wanted: new Mailbox() };
  });
}

/** What metrics look at when they are asked. */
export interface Sights {
  connection: Connection;
  api: MeteredApi;
  health: Health;
  scopes: readonly Scope[];
  host: Host;
}

/** Has metrics read what these know, at each scrape. */
export function takeReadings({ reading }: Metrics, { connection, api, health, scopes, host }: Sights): void {
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);
  const sum = (of: (scope: Scope) => number) => scopes.reduce((total, scope) => total + of(scope), 0);
  const times = (of: (scope: Scope) => number | undefined) => scopes.map(of).filter((ms) => ms !== undefined);
  reading("build", () => 1, { version: buildInfo.version, commit: buildInfo.commit, runtime: `${host.name} ${host.version}` });
  reading("ready", () => Number(health.ready));
  reading("watch-connected", () => Number(scopes.every(({ meter }) => meter.open)));
  reading("last-event", () => seconds(times(({ meter }) => meter.eventMs).sort((a, b) => b - a)[0]));
  reading("last-list", () => {
    const all = times(({ meter }) => meter.listedMs);
    return all.length < scopes.length ? undefined : seconds(Math.min(...all));
  });
  reading("list-objects", () => sum(({ meter }) => meter.objects));
  reading("objects", () => sum(({ index }) => index.size));
  reading("uids", () => sum(({ ledger }) => ledger.size));
  reading("token-expiry", () => seconds(connection.tokenExpiresAtMs));
  reading("certificate-expiry", () => seconds(connection.certificateExpiresAtMs));
  reading("clock-skew", () => seconds(api.clockSkewMs));
  reading("cpu", cpuSeconds);
  reading("memory", residentBytes);
  reading("start", () => STARTED_AT_SECONDS);
  reading("files", () => host.openFiles?.());
}
