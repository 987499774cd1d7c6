// A dev server behind mutual TLS and controllers in this process that follow it: src/run.ts whole, over real sockets,
// with their lines as records. Whatever still runs when a flow is disposed is stopped.

import { readFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { closedPort } from "../../scripts/ports.ts";
import type { Clock } from "../../src/base/clock.ts";
import { Redactor } from "../../src/base/secret.ts";
import type { Intercepted, RequestFacts } from "../../src/devserver/front.ts";
import type { DevserverOptions } from "../../src/devserver/serve.ts";
import { archive } from "../../src/devserver/plays/history.ts";
import type { Entry } from "../../src/devserver/state/entry.ts";
import type { Metadata } from "../../src/devserver/state/object.ts";
import { LABEL_REPOSITORY } from "../../src/provisioning.ts";
import { runController } from "../../src/run.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { selfCommand, startGuardProcess } from "../../src/runtime/guard-process.ts";
import { GUARD_WORD } from "../../src/work/guard-wire.ts";
import { type Directory, temporaryDirectory } from "./certs.ts";
import { runOf } from "./command-line.ts";
import { NOTIFICATION, STARTED } from "./controller.ts";
import { fastClock } from "./fast-clock.ts";
import { startDevserver, type TestDevserver } from "./devserver.ts";
import { type LogRecord, MemoryLog } from "./memory-log.ts";

const TOKEN = "ProvisioningAdminToken";
const host = await detectHost();
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const GUARD = selfCommand({ execPath: process.execPath, entry: MAIN, platform: process.platform, host: host.name }, GUARD_WORD);

/** runController() with a log that remembers. */
export class Running {
  readonly log = new MemoryLog();
  /** How it ended: undefined after a stop, else what it threw. */
  readonly ended: Promise<unknown>;
  readonly #stop = new AbortController();

  constructor(flags: readonly string[], clock: Clock) {
    const running = runController(runOf(flags), {
      host,
      clock,
      random: Math.random,
      log: this.log,
      redactor: new Redactor(),
      readText: (path) => readFile(path, "utf8"),
      env: {},
      drained: () => Promise.resolve(),
      signal: this.#stop.signal,
      startGuard: () => startGuardProcess(GUARD, { PATH: process.env["PATH"] ?? "" }, (line) => this.log.warn("guard", { line })),
    });
    this.ended = running.then(() => undefined, (error: unknown) => {
      this.log.end(new Error("the controller has ended", { cause: error }));
      return error;
    });
  }

  /** As the first signal does; resolves to how it ended. */
  stop(): Promise<unknown> {
    this.#stop.abort(new Error("stopped by the test"));
    return this.ended;
  }

  started(): Promise<LogRecord> {
    return this.said(STARTED);
  }

  said(msg: string): Promise<LogRecord> {
    return this.log.until((record) => record.msg === msg);
  }

  /** The first notification of this uid. */
  notified(uid: string): Promise<LogRecord> {
    return this.log.until((record) => record.msg === NOTIFICATION && record.fields.uid === uid);
  }

  /** `<name> <trigger>` of every notification so far, in order. */
  get notifications(): string[] {
    return this.log.of(NOTIFICATION).map(({ fields }) => `${fields.job} ${fields.trigger}`);
  }

  /** Complete lists so far. */
  get lists(): number {
    return this.log.of("list complete").length;
  }

  /** Resolves after `count` more lists have begun and ended. */
  async listed(count = 1): Promise<void> {
    // One may have begun already.
    const enough = this.lists + count + 1;
    await this.log.until(() => this.lists >= enough);
  }
}

export interface FlowOptions extends Partial<DevserverOptions> {
  /** Of the server, and of the controllers unless they have their own. Default: four times as quick as the system's. */
  clock?: Clock;
  controllerClock?: Clock;
}

export class Flow implements AsyncDisposable {
  dev: TestDevserver;
  readonly clock: Clock;
  readonly directory: Directory;
  /** Sees every request first. */
  intercept: (facts: RequestFacts) => Intercepted | Promise<Intercepted> = () => undefined;
  readonly #options: FlowOptions;
  readonly #running: Running[] = [];

  private constructor(options: FlowOptions & { clock: Clock }, dev: TestDevserver, directory: Directory) {
    this.#options = options;
    this.clock = options.clock;
    this.dev = dev;
    this.directory = directory;
  }

  static async open(options: FlowOptions = {}): Promise<Flow> {
    const directory = await temporaryDirectory();
    // A server that begins again at its old address must find it free.
    const [apiAddress, exchangeAddress] = [`127.0.0.1:${await closedPort()}`, `127.0.0.1:${await closedPort()}`];
    const all = { mtls: "required" as const, stateDir: directory.path, clock: fastClock(4), apiAddress, exchangeAddress, ...options };
    let flow: Flow | undefined;
    const dev = await startDevserver({ ...all, onRequest: (facts) => flow?.intercept(facts) });
    flow = new Flow({ ...all, onRequest: (facts) => flow?.intercept(facts) }, dev, directory);
    return flow;
  }

  /** A controller with the exchange's token; another listing every second, no health pages. */
  run(...flags: string[]): Running {
    return this.launch(`--token=${TOKEN}`, `--token-exchange-url=${this.dev.exchangeUrl}`, ...flags);
  }

  /** A controller without a credential of its own. */
  launch(...flags: string[]): Running {
    const { files, apiUrl } = this.dev;
    const running = new Running(
      [
        `--provisioning-server-url=${apiUrl}`,
        `--tls-ca-file=${files?.ca}`,
        `--tls-cert-file=${files?.cert}`,
        `--tls-key-file=${files?.key}`,
        "--health-probe-bind-address=0",
        "--resync-interval=1s",
        ...flags,
      ],
      this.#options.controllerClock ?? this.clock,
    );
    this.#running.push(running);
    return running;
  }

  /** Adds a job. */
  job(name: string, metadata: Metadata = {}): Entry {
    const { namespace = "default", ...rest } = metadata;
    return this.dev.store.create("jobs", {
      metadata: { ...rest, name, namespace, labels: { [LABEL_REPOSITORY]: "test6" } },
      spec: { action: "pull", repository: "test6", pull: { incremental: false } },
      status: {},
    });
  }

  /** Archives and deletes a job, as its driver does at the end; the record. */
  finish({ namespace, name, uid }: Entry): Entry {
    const job = this.dev.store.get("jobs", namespace, name);
    if (job === undefined) throw new Error(`no job ${namespace}/${name}`);
    const record = archive(this.dev.store, job.object);
    this.dev.store.delete("jobs", namespace, name, { uid });
    return record;
  }

  /** A finished job's record without the job. `ageMs` by the server's clock. */
  record(name: string, ageMs: number, metadata: Metadata = {}): Entry {
    const creationTimestamp = `${new Date(this.clock.now() - ageMs).toISOString().slice(0, 19)}Z`;
    return this.dev.store.create("historicjobs", {
      metadata: { namespace: "default", ...metadata, name, creationTimestamp },
      spec: { action: "pull", repository: "test6" },
      status: { state: "success" },
    });
  }

  /** Requests that match so far. */
  requests(match: (facts: RequestFacts) => boolean): RequestFacts[] {
    return this.dev.requests.filter(match);
  }

  /** Another server at the same addresses: other CA, other keys, objects as they were. */
  async restart(): Promise<void> {
    const { dev } = this;
    const kept = (["jobs", "historicjobs"] as const).map((resource) => [resource, [...dev.store.entries(resource)]] as const);
    await dev.close();
    this.dev = await startDevserver(this.#options);
    for (const [resource, entries] of kept) for (const { object } of entries) this.dev.store.create(resource, object);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((running) => running.stop()));
    await this.dev.close();
    await this.directory[Symbol.asyncDispose]();
  }
}

/** Whether a request is for a whole collection, a page of a list or a watch. */
export function isWatch({ query }: RequestFacts): boolean {
  return query.has("watch");
}

export function isList(facts: RequestFacts, resource: "jobs" | "historicjobs"): boolean {
  return facts.server === "api" && facts.method === "GET" && facts.path.endsWith(`/${resource}`) && !isWatch(facts);
}
