// The compiled program for tests: run to its end, or as a controller against a dev server of its own. Whatever is still
// running when a site is disposed is killed.

import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";
import { Secret } from "../../src/base/secret.ts";
import type { DevserverOptions } from "../../src/devserver/serve.ts";
import type { Entry } from "../../src/devserver/state/entry.ts";
import { type Directory, temporaryDirectory } from "./certs.ts";
import { type Ended, ended } from "./children.ts";
import { BINARY, type ChildOptions, CLEAN_ENV, Controller, type Program } from "./controller.ts";
import { startDevserver, type TestDevserver } from "./devserver.ts";

/** What no run of these tests takes longer for, ms: a program that hangs must fail its test and not the suite. */
export const DEADLINE_MS = 60_000;

/** For dev servers that take a static bearer token. */
export const BEARER = new Secret("bearer-token-of-a-service-account");

/** Starts a program that dies at the deadline at the latest. */
export function start(command: string, args: readonly string[], { cwd, env, input }: ChildOptions & { input?: string } = {}): ChildProcess {
  const child = spawn(command, args, { cwd, env: { ...CLEAN_ENV, ...env }, stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"] });
  const late = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  child.once("close", () => clearTimeout(late));
  child.stdin?.end(input);
  return child;
}

/** The binary, or another program, with these arguments, once it has ended. */
export function runBinary(args: readonly string[], options: ChildOptions & { input?: string; program?: Program } = {}): Promise<Ended> {
  const { program: [command, ...before] = [BINARY], ...rest } = options;
  return ended(start(command, [...before, ...args], rest));
}

/** Standard output of a child from now on, as it comes. */
export class Output {
  text = "";
  readonly #grew = new EventEmitter();
  #over: Error | undefined;

  constructor(child: ChildProcess) {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.text += text;
      this.#grew.emit("grew");
    });
    child.once("close", () => {
      this.#over = new Error(`ended with ${child.exitCode ?? child.signalCode}: ${this.text}`);
      this.#grew.emit("grew");
    });
  }

  /** The match, once it is there; rejects when the child ends without it. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text);
      if (match !== null) return match;
      if (this.#over !== undefined) throw this.#over;
      await once(this.#grew, "grew");
    }
  }
}

/** Records of lines of JSON; throws on anything else. */
export function records(text: string): Record<string, unknown>[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Record<string, unknown>);
}

const SPEC = { action: "pull", repository: "test6", pull: { incremental: false } };

/** A dev server with a private CA, the controllers that follow it, and a directory. */
export class Site implements AsyncDisposable {
  readonly devserver: TestDevserver;
  readonly directory: Directory;
  readonly #controllers: Controller[] = [];
  readonly #program: Program;

  private constructor(devserver: TestDevserver, directory: Directory, program: Program) {
    this.devserver = devserver;
    this.directory = directory;
    this.#program = program;
  }

  /** Its controllers are started as `program` says. */
  static async open(options: Partial<DevserverOptions> = {}, program: Program = [BINARY]): Promise<Site> {
    const directory = await temporaryDirectory();
    return new Site(await startDevserver({ stateDir: directory.path, ...options }), directory, program);
  }

  /** What the exchange of every site accepts. */
  readonly token = "ProvisioningAdminToken";

  /** Where to go. */
  get address(): string {
    return `--provisioning-server-url=${this.devserver.apiUrl}`;
  }

  /** Where to go and how to trust it. */
  get server(): string[] {
    return [this.address, `--tls-ca-file=${this.files.ca}`];
  }

  /** The token and where to take it. */
  get credential(): string[] {
    return [`--token=${this.token}`, `--token-exchange-url=${this.devserver.exchangeUrl}`];
  }

  get clientCertificate(): string[] {
    return [`--tls-cert-file=${this.files.cert}`, `--tls-key-file=${this.files.key}`];
  }

  get files(): { ca: string; cert: string; key: string } {
    const { files } = this.devserver;
    if (files === undefined) throw new Error("this site writes no certificates");
    return files;
  }

  /** A controller with exchange and CA; no health pages unless they are asked for. */
  start(flags: readonly string[] = [], options: ChildOptions = {}): Controller {
    return this.launch([...this.credential, ...this.server, "--health-probe-bind-address=0", ...flags], options);
  }

  /** A controller with these flags alone. */
  launch(flags: readonly string[], options: ChildOptions & { program?: Program } = {}): Controller {
    const controller = new Controller(flags, { program: this.#program, ...options });
    this.#controllers.push(controller);
    return controller;
  }

  createJob(name: string, namespace = "default"): Entry {
    return this.devserver.store.create("jobs", { metadata: { name, namespace }, spec: SPEC });
  }

  /** A HistoricJob of this age. */
  createRecord(name: string, ageMs: number, namespace = "default"): Entry {
    const creationTimestamp = `${new Date(Date.now() - ageMs).toISOString().slice(0, 19)}Z`;
    return this.devserver.store.create("historicjobs", { metadata: { name, namespace, creationTimestamp }, spec: SPEC });
  }

  /** Names of the HistoricJobs that are left. */
  get history(): string[] {
    return [...this.devserver.store.entries("historicjobs")].map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const controller of this.#controllers) controller.signal("SIGKILL");
    await Promise.all(this.#controllers.map(({ exited }) => exited.catch(() => 0)));
    await this.devserver[Symbol.asyncDispose]();
    await this.directory[Symbol.asyncDispose]();
  }
}

/** An answer of the API that refuses. */
export function refusal(code: number, reason: string, message: string): { status: number; body: string } {
  return { status: code, body: JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code }) };
}

/** Tests whose bodies run side by side, `limit` at once: most of their time they wait. Each keeps to what is its own. */
export function sideBySide(limit: number, bodies: Record<string, () => Promise<void>>): void {
  const outcomes = new Map(Object.keys(bodies).map((name) => [name, Promise.withResolvers<void>()]));
  const waiting = Object.entries(bodies);
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, body] = next;
      const outcome = outcomes.get(name);
      await body().then(outcome?.resolve, outcome?.reject);
    }
  }
  let begun = false;
  for (const [name, { promise }] of outcomes) {
    // Its test may be far from its turn.
    promise.catch(() => {});
    test(name, () => {
      if (!begun) for (let lane = 0; lane < limit; lane++) void work();
      begun = true;
      return promise;
    });
  }
}
