// The controller: a configuration and what the process lends in, rooms wired, an exit code out.
// Opens nothing that it does not close; never exits by itself.

import { type Credential, accessToken, bearer, fixedSecret, type SecretSource } from "./auth/credential.ts";
import { authorize } from "./auth/authorize.ts";
import { createExchange } from "./auth/exchange.ts";
import { type KubeconfigAccess, loadKubeconfig, type PemSource } from "./auth/kubeconfig.ts";
import { refusePlaintext } from "./auth/plaintext.ts";
import { createSecretFile } from "./auth/secret-file.ts";
import { createTokenSource } from "./auth/token-source.ts";
import type { Clock, Random } from "./base/clock.ts";
import { formatDuration } from "./base/duration.ts";
import { ApiError, ConfigError, NetworkError, TimeoutError } from "./base/errors.ts";
import type { Logger } from "./base/log.ts";
import { Mailbox } from "./base/mailbox.ts";
import type { Redactor } from "./base/secret.ts";
import { runTasks } from "./base/tasks.ts";
import { buildInfo } from "./cli/build-info.ts";
import type { RunConfig } from "./cli/config.ts";
import { sweepInterval } from "./history/expired.ts";
import { pruneEvery } from "./history/prune.ts";
import { historyReader, scanHistory } from "./jobs/history-scan.ts";
import { Ledger } from "./jobs/ledger.ts";
import { notifyCreated, notifyReconstructed } from "./jobs/notify.ts";
import { Trouble } from "./jobs/trouble.ts";
import { type Api, createApi } from "./kube/api.ts";
import { frugalList } from "./kube/frugal-list.ts";
import { ListLane } from "./kube/list-lane.ts";
import { watchObjects } from "./kube/watch.ts";
import { beatEvery, createHealth, type Health } from "./observe/health.ts";
import { API_VERSIONS, GROUP } from "./provisioning.ts";
import { createRotatingTransport, type RotatingTransport, type RotationEvent } from "./runtime/rotating-transport.ts";
import type { Host } from "./runtime/runtime.ts";
import { type HttpServer, serveHttp } from "./runtime/serve.ts";
import type { TlsFiles } from "./runtime/tls-material.ts";

/** What the process lends. */
export interface RunEnv {
  host: Host;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Everything that is secret, so that no line can hold it. */
  redactor: Redactor;
  readText: (path: string) => Promise<string>;
  env: Readonly<Record<string, string | undefined>>;
  /** Resolves while the reader of our lines keeps up. */
  drained: (signal: AbortSignal) => Promise<void>;
  /** Aborted by the first signal, or when nobody reads our lines any more. */
  signal: AbortSignal;
}

/**
 * Runs until `signal` is aborted; the work in flight then has ended.
 * @throws what ends the program: ConfigError, a refused first attempt, TimeoutError of the start, a bug.
 */
export async function runController(config: RunConfig, env: RunEnv): Promise<void> {
  const { log, clock, random } = env;
  const connection = await connect(config, env);
  const health = createHealth(clock);
  const pages = await servePages(config, health, env);
  env.signal.addEventListener("abort", () => health.draining(), { once: true });
  try {
    const api = createApi({
      server: connection.server,
      group: GROUP,
      versions: config.apiVersionNamed ? [config.apiVersion] : [config.apiVersion, ...API_VERSIONS.filter((version) => version !== config.apiVersion)],
      fetch: connection.credential === undefined ? connection.transport.fetch : authorize(connection.transport.fetch, connection.credential),
      clock,
      userAgent: `job-controller/${buildInfo.version}`,
      onVersion: (version) => log.info("API version chosen", { version }),
    });
    log.info("Starting provisioning job controller", { version: buildInfo.version, server: connection.server });
    await runTasks(env.signal, tasksOf(config, env, api, health, random));
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

function tasksOf(config: RunConfig, env: RunEnv, api: Api, health: Health, random: Random): Task[] {
  const { log, clock } = env;
  const lane = new ListLane(clock);
  const trouble = new Trouble(log, clock);
  const namespaces = config.namespaces.length === 0 ? [undefined] : config.namespaces;
  const checks = new ScopedChecks(health, namespaces.length);
  const { collectGarbage } = env.host;
  const history = { listPage: frugalList(api, collectGarbage, HISTORY_COLLECT_BYTES), deleteObject: api.deleteObject };
  const jobs = { listPage: frugalList(api, collectGarbage, JOBS_COLLECT_BYTES), openWatch: api.openWatch };
  let starting = namespaces.length;
  let started = false;

  const scopes = namespaces.map((namespace) => {
    const ledger = new Ledger();
    const due = new Mailbox();
    return { namespace, ledger, due, wanted: new Mailbox(), reader: historyReader(ledger, api, clock, due) };
  });

  const tasks = scopes.flatMap(({ namespace, ledger, due, wanted, reader }): Task[] => [
    (signal) =>
      notifyCreated(
        {
          scope: namespace === undefined ? "jobs" : `jobs in ${namespace}`,
          facts: watchObjects({ api: jobs, collection: { resource: "jobs", namespace }, lane, clock, random, resyncMs: config.resyncIntervalMs }, signal),
          ledger,
          log,
          clock,
          trouble,
          drained: env.drained,
          report: (check, ok, detail) => checks.set(check, namespace ?? "", ok, detail),
          started: () => {
            if (--starting > 0) return;
            started = true;
            collectGarbage();
            log.info("jobs controller started");
          },
          reconnected: () => wanted.offer(),
        },
        signal,
      ).catch((error: unknown) => {
        throw namespace === undefined ? advised(error) : error;
      }),
    (signal) => notifyReconstructed(ledger, due, log, clock, signal),
    (signal) => scanHistory({ api: history, namespace, ledger, reader, lane, clock, log, resyncMs: config.resyncIntervalMs, wanted }, signal),
  ]);

  if (config.historyExpirationMs > 0) {
    const readers = new Map(scopes.map(({ namespace, reader }) => [namespace, reader]));
    tasks.push((signal) =>
      pruneEvery(
        {
          api: history,
          namespaces,
          retentionMs: config.historyExpirationMs,
          sweepIntervalMs: config.historySweepIntervalMs ?? sweepInterval(config.historyExpirationMs),
          deleteRate: config.historyDeleteRate,
          dryRun: config.dryRun,
          clock,
          random,
          log,
          observer: {
            scanBegan: (namespace) => readers.get(namespace)?.scanBegan(),
            page: (namespace, page) => readers.get(namespace)?.page(page),
            scanEnded: (namespace, complete) => readers.get(namespace)?.scanEnded(complete),
          },
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
  tasks.push((signal) => beatEvery(health, clock, signal));
  return tasks;
}

/** The cause of a start that is late though nothing has failed. */
function stillWaiting({ firstAnswerMs }: Api): Error {
  if (firstAnswerMs !== undefined) return new Error("the first list is not complete yet");
  return new NetworkError("no answer has come yet; check the addresses and that no firewall is in between", "timeout");
}

/** Who may not list everywhere may still be allowed to list somewhere. */
function advised(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.status !== 403) return error;
  const { message, status, reason } = error;
  return new ApiError(`${message}; if only some namespaces are granted, name them with --namespace`, { status, reason, cause: error });
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

async function servePages(config: RunConfig, health: Health, { log, redactor }: RunEnv): Promise<HttpServer | undefined> {
  const address = config.healthAddress;
  if (address === undefined) return undefined;
  const handle = (path: string, query: URLSearchParams) => {
    const page = health.page(path, query);
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

interface Connection {
  server: string;
  transport: RotatingTransport;
  /** Undefined where the client certificate is all. */
  credential: Credential | undefined;
  close(): void;
}

/** Everything that a file can spoil is found here, before the first request. */
async function connect(config: RunConfig, env: RunEnv): Promise<Connection> {
  const kubeconfig = config.credential.kind === "kubeconfig" ? await loadKubeconfig({ ...config.credential, readText: env.readText }) : undefined;
  const server = config.server ?? kubeconfig?.server;
  if (server === undefined) throw new ConfigError("Missing --provisioning-server-url");
  const tls = kubeconfig === undefined ? { files: config.tls, readText: env.readText } : kubeconfigTls(kubeconfig, config, env.readText);
  const transport = await open(tls.files, tls.readText, env);
  if (tls.files.insecure && server.startsWith("https:")) {
    env.log.warn("TLS certificate of the provisioning server is not verified", { next: "give --tls-ca-file, or --tls-insecure=false for public roots" });
  }
  const { credential, close } = await credentialOf(config, kubeconfig, server, env);
  return {
    server,
    transport,
    credential,
    close() {
      close?.();
      transport.close();
    },
  };
}

function open(files: TlsFiles, readText: RunEnv["readText"], env: RunEnv): Promise<RotatingTransport> {
  const { host, clock, log } = env;
  return createRotatingTransport({ host, files, readText, clock, env: env.env, onEvent: (event) => tellRotation(event, log) });
}

function tellRotation(event: RotationEvent, log: Logger): void {
  switch (event.kind) {
    case "rotated":
      log.info("certificates changed, in use from the next request on", { serial: event.serial });
      break;
    case "kept":
      log.warn("changed certificates cannot be used, keeping those before", { error: event.reason });
      break;
    case "warning":
      log.warn(event.text);
      break;
    default:
      event satisfies never;
  }
}

async function credentialOf(
  config: RunConfig,
  kubeconfig: KubeconfigAccess | undefined,
  server: string,
  env: RunEnv,
): Promise<{ credential: Credential | undefined; close?: () => void }> {
  const { clock, random, log } = env;
  const file = (path: string, name: string) =>
    createSecretFile({ path, readText: env.readText, clock, name, onStale: (error) => log.warn("keeping the last good secret", { error: error.message }) });
  const given = config.credential;
  switch (given.kind) {
    case "exchange": {
      const subject = redacted(given.token.kind === "value" ? fixedSecret(given.token.value) : file(given.token.path, "--token-file"), env.redactor);
      await subject.current();
      const files = { caFile: given.exchangeCaFile, insecure: false, names: { ca: "--token-exchange-ca-file" } };
      const transport = await open(files, env.readText, env);
      const exchange = createExchange({ fetch: transport.fetch, url: given.exchangeUrl, subject, clock, random, allowPlaintext: config.allowPlaintextToken });
      const tokens = createTokenSource({ exchange, clock, random });
      const credential = accessToken(tokens);
      const close = () => {
        tokens.close();
        transport.close();
      };
      return { credential: { ...credential, ...redacted(credential, env.redactor) }, close };
    }
    case "bearer": {
      const source = redacted(file(given.path, "--bearer-token-file"), env.redactor);
      await source.current();
      return { credential: bearer(source) };
    }
    case "kubeconfig": {
      const found = kubeconfig?.bearer;
      if (found === undefined) return { credential: undefined };
      refusePlaintext(new URL(server), config.allowPlaintextToken);
      const source = redacted("file" in found ? file(found.file, "tokenFile of --kubeconfig") : fixedSecret(found.secret), env.redactor);
      await source.current();
      return { credential: bearer(source) };
    }
  }
}

/** Tells the redactor of every secret that passes. */
function redacted(source: SecretSource, redactor: Redactor): SecretSource {
  return {
    async current(signal) {
      const secret = await source.current(signal);
      redactor.add(secret);
      return secret;
    },
    async renewed(rejected, signal) {
      const secret = await source.renewed(rejected, signal);
      if (secret !== undefined) redactor.add(secret);
      return secret;
    },
  };
}

/** TLS settings of a kubeconfig. What it holds as text gets a name that readText knows. */
function kubeconfigTls(access: KubeconfigAccess, config: RunConfig, readText: RunEnv["readText"]): { files: TlsFiles; readText: RunEnv["readText"] } {
  const texts = new Map<string, string>();
  const pathOf = (source: PemSource | undefined, field: string) => {
    if (source === undefined || "file" in source) return source?.file;
    const name = `${field} of context ${access.context}`;
    texts.set(name, source.text);
    return name;
  };
  const files: TlsFiles = {
    caFile: pathOf(access.ca, "certificate-authority-data"),
    certFile: pathOf(access.cert, "client-certificate-data"),
    keyFile: pathOf(access.key, "client-key-data"),
    serverName: access.serverName,
    insecure: config.tls.insecureNamed ? config.tls.insecure : access.insecure,
    names: { ca: "--kubeconfig", cert: "--kubeconfig", key: "--kubeconfig", serverName: "tls-server-name of the kubeconfig" },
  };
  return { files, readText: (path) => (texts.has(path) ? Promise.resolve(texts.get(path) ?? "") : readText(path)) };
}
