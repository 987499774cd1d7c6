// The controller: a configuration and what the process lends in, rooms wired to one whole that runs until it is stopped.
// Opens nothing that it does not close; never exits by itself.

import type { Count } from "./base/counts.ts";
import { formatDuration } from "./base/duration.ts";
import { ConfigError, NetworkError, TimeoutError } from "./base/errors.ts";
import { runTasks } from "./base/tasks.ts";
import { buildInfo } from "./cli/build-info.ts";
import type { RunConfig } from "./cli/config.ts";
import { advised, apiOf, connect, type ConnectEnv } from "./connect.ts";
import { createDriving, type Driving, type DrivingEnv } from "./driving.ts";
import { sweepInterval } from "./history/expired.ts";
import { pruneEvery } from "./history/prune.ts";
import { scanHistory } from "./jobs/history-scan.ts";
import { notifyCreated, notifyReconstructed } from "./jobs/notify.ts";
import { Trouble } from "./jobs/trouble.ts";
import type { Api } from "./kube/api.ts";
import { meteredApi } from "./kube/api-meter.ts";
import { frugalList } from "./kube/frugal-list.ts";
import { ListLane } from "./kube/list-lane.ts";
import { isStarting } from "./kube/starting.ts";
import { watchObjects } from "./kube/watch.ts";
import { CONTENT_TYPE } from "./observe/exposition.ts";
import { beatEvery, createHealth, type Health } from "./observe/health.ts";
import { createMetrics, type Metrics } from "./observe/metrics.ts";
import { isRunnable } from "./runtime/children.ts";
import { type HttpServer, type Page, serveHttp } from "./runtime/serve.ts";
import { type Scope, scopesOf, takeReadings } from "./scopes.ts";
import { baseEnv } from "./work/worker-env.ts";
import { assertRunnable, parseWorkers } from "./work/worker-spec.ts";

/** What the process lends. */
export interface RunEnv extends Omit<ConnectEnv, "count"> {
  /** Resolves while the reader of our lines keeps up. */
  drained: (signal: AbortSignal) => Promise<void>;
  /** Aborted by the first signal, or when nobody reads our lines any more. */
  signal: AbortSignal;
  /** Starts the process that workers run under. */
  startGuard: DrivingEnv["startGuard"];
}

/**
 * Runs until `signal` is aborted; the work in flight then has ended.
 * @throws what ends the program: ConfigError, a refused first attempt, TimeoutError of the start, a bug.
 */
export async function runController(config: RunConfig, env: RunEnv): Promise<void> {
  const { log, clock } = env;
  const metrics = createMetrics();
  const { count } = metrics;
  const workers = parseWorkers(config.drive.workers);
  assertRunnable(workers, (file) => isRunnable(file, baseEnv(env.env)["PATH"] ?? ""));
  const connection = await connect(config, { ...env, count });
  const health = createHealth(clock);
  const pages = await servePages(config, health, metrics, env);
  env.signal.addEventListener("abort", () => health.draining(), { once: true });
  try {
    const bareApi = apiOf(config, connection, clock, (version) => log.info("API version chosen", { version }));
    const api = meteredApi(bareApi, count, clock);
    log.info("Starting provisioning job controller", { version: buildInfo.version, server: connection.server });
    const scopes = scopesOf(config.namespaces, api, clock, count);
    takeReadings(metrics, { connection, api, health, scopes, host: env.host });
    const lane = new ListLane(clock);
    const namespaces = config.namespaces.length === 0 ? [undefined] : config.namespaces;
    const driving = createDriving(config, workers, { ...env, api, lane, namespaces, count, reading: metrics.reading });
    const serverStarting = (signal: AbortSignal) => isStarting({ server: connection.server, fetch: connection.fetch, clock }, signal);
    await runTasks(env.signal, tasksOf(config, env, { api, health, scopes, count, lane, driving, serverStarting }));
  } finally {
    connection.close();
    await pages?.close();
  }
}

/** Nobody waits for a sweep: its heap is kept to about a page. */
const HISTORY_COLLECT_BYTES = 512 * 1024;
/** The first list is waited for: it is interrupted rarely. */
const JOBS_COLLECT_BYTES = 16 * 1024 * 1024;

type Task = (signal: AbortSignal) => Promise<void>;

interface Parts {
  api: Api;
  health: Health;
  scopes: readonly Scope[];
  count: Count;
  lane: ListLane;
  /** Undefined: no job is claimed. */
  driving: Driving | undefined;
  serverStarting: (signal: AbortSignal) => Promise<boolean>;
}

function tasksOf(config: RunConfig, env: RunEnv, { api, health, scopes, count, lane, driving, serverStarting }: Parts): Task[] {
  const { log, clock, random } = env;
  const trouble = new Trouble(log, clock);
  const checks = new ScopedChecks(health, scopes.length);
  const { collectGarbage, shrink } = env.host;
  const history = { listPage: frugalList(api, collectGarbage, HISTORY_COLLECT_BYTES), deleteObject: api.deleteObject };
  const listJobs = frugalList(api, collectGarbage, JOBS_COLLECT_BYTES);
  const jobs = { listPage: driving?.listPage(listJobs) ?? listJobs, openWatch: api.openWatch };
  let starting = scopes.length;
  let started = false;

  const tasks = scopes.flatMap(({ namespace, index, ledger, due, wanted, reader, meter }): Task[] => [
    (signal) => {
      const watching = { api: jobs, collection: { resource: "jobs" as const, namespace }, lane, clock, random, resyncMs: config.resyncIntervalMs, index, meter };
      const facts = watchObjects(watching, signal);
      return notifyCreated(
        {
          scope: namespace === undefined ? "jobs" : `jobs in ${namespace}`,
          facts: driving?.facts(namespace, facts) ?? facts,
          count,
          ledger,
          log,
          clock,
          trouble,
          drained: env.drained,
          report: (check, ok, detail) => checks.set(check, namespace ?? "", ok, detail),
          started: () => {
            if (--starting > 0) return;
            started = true;
            shrink();
            log.info("jobs controller started");
          },
          reconnected: () => wanted.offer(),
          serverStarting,
        },
        signal,
      ).catch((error: unknown) => {
        throw namespace === undefined ? advised(error) : error;
      });
    },
    (signal) => notifyReconstructed(ledger, due, log, clock, signal, count),
    (signal) => scanHistory({ api: history, namespace, ledger, reader, lane, clock, log, resyncMs: config.resyncIntervalMs, wanted, count }, signal),
  ]);

  if (config.historyExpirationMs > 0) {
    const readers = new Map(scopes.map(({ namespace, reader }) => [namespace, reader]));
    tasks.push((signal) =>
      pruneEvery(
        {
          api: history,
          namespaces: scopes.map(({ namespace }) => namespace),
          retentionMs: config.historyExpirationMs,
          sweepIntervalMs: config.historySweepIntervalMs ?? sweepInterval(config.historyExpirationMs),
          deleteRate: config.historyDeleteRate,
          dryRun: config.dryRun,
          clock,
          random,
          log,
          count,
          observer: {
            scanBegan: (namespace) => readers.get(namespace)?.scanBegan(),
            page: (namespace, page) => readers.get(namespace)?.page(page),
            scanEnded: (namespace, complete) => readers.get(namespace)?.scanEnded(complete),
          },
          rested: shrink,
        },
        signal,
      )
    );
  }
  if (config.startupTimeoutMs > 0) {
    tasks.push(async (signal) => {
      await clock.sleep(config.startupTimeoutMs, signal);
      if (started) return;
      const within = formatDuration(config.startupTimeoutMs);
      throw new TimeoutError(`Jobs were not listed and watched within --startup-timeout ${within}`, { cause: trouble.cause ?? stillWaiting(api) });
    });
  }
  if (driving !== undefined) tasks.push((signal) => driving.run(signal));
  tasks.push((signal) => beatEvery(health, clock, signal));
  return tasks;
}

/** The cause of a start that is late though nothing has failed. */
function stillWaiting({ firstAnswerMs }: Api): Error {
  if (firstAnswerMs !== undefined) return new Error("the first list is not complete yet");
  return new NetworkError("no answer has come yet; check the addresses and that no firewall is in between", "timeout");
}

/** A check of the health page holds when it holds in every namespace that is followed. */
class ScopedChecks {
  readonly #health: Health;
  readonly #scopes: number;
  readonly #facts = new Map<string, Map<string, string | undefined>>();

  constructor(health: Health, scopes: number) {
    this.#health = health;
    this.#scopes = scopes;
  }

  set(check: "token" | "jobs-list" | "jobs-watch", scope: string, ok: boolean, detail: string): void {
    const facts = this.#facts.get(check) ?? new Map<string, string | undefined>();
    this.#facts.set(check, facts);
    facts.set(scope, ok ? undefined : scope === "" ? detail : `${scope}: ${detail}`);
    const bad = [...facts.values()].find((fact) => fact !== undefined);
    const missing = check === "token" ? 0 : this.#scopes - facts.size;
    this.#health.set(check, bad === undefined && missing === 0, bad ?? (missing > 0 ? `not yet in ${missing} namespaces` : detail));
  }
}

async function servePages(config: RunConfig, health: Health, metrics: Metrics, { log, redactor }: RunEnv): Promise<HttpServer | undefined> {
  const address = config.healthAddress;
  if (address === undefined) return undefined;
  const handle = (path: string, query: URLSearchParams): Page => {
    const page = path === "/metrics" ? { status: 200, body: metrics.page(), contentType: CONTENT_TYPE } : health.page(path, query);
    // Details are words of servers, and anybody may ask.
    return { ...page, body: redactor.apply(page.body) };
  };
  try {
    return await serveHttp({ ...address, name: "--health-probe-bind-address", handle });
  } catch (error) {
    if (config.healthAddressNamed || !(error instanceof ConfigError)) throw error;
    log.warn("health pages are off", { error: error.message, next: "name a free address with --health-probe-bind-address, or 0 for none" });
    return undefined;
  }
}
