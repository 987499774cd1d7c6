// The controllers under torture: processes with a way to the server that can be cut, killed, stopped and started again by
// order. Everything they write goes to files.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { BINARY, CLEAN_ENV } from "../support/controller.ts";
import { openLink, type TcpLink } from "../support/tcp-link.ts";

export interface FleetOptions {
  count: number;
  /** Where the API listens on 127.0.0.1. */
  port: number;
  /** Flags of controller `index`, whose way leads through `port`. */
  flags: (index: number, port: number) => string[];
  env: Record<string, string>;
  /** For `controller-<index>.log`. */
  folder: string;
}

interface Place {
  link: TcpLink;
  child: ChildProcess | undefined;
  /** Ends that were ordered are none of its own. */
  ordered: boolean;
  stopped: boolean;
  /** Starts another one. */
  again: ReturnType<typeof setTimeout> | undefined;
}

/** For an orderly end, ms. */
const PATIENCE_MS = 20_000;

export class Fleet {
  /** Ends that nobody has ordered, and starts that did not come about. */
  readonly accidents: string[] = [];
  readonly #options: FleetOptions;
  readonly #places: Place[];
  #closing = false;

  private constructor(options: FleetOptions, links: TcpLink[]) {
    this.#options = options;
    this.#places = links.map((link) => ({ link, child: undefined, ordered: false, stopped: false, again: undefined }));
    process.on("exit", this.#killAll);
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const links = await Promise.all(Array.from({ length: options.count }, () => openLink(options.port)));
    const fleet = new Fleet(options, links);
    for (let index = 0; index < options.count; index++) fleet.#start(index);
    return fleet;
  }

  /** Each place's index. */
  get all(): number[] {
    return [...this.#places.keys()];
  }

  /** The first place, from `index` on and round, of which the process runs; undefined = none does. */
  running(index: number): number | undefined {
    const runs = ({ child, ordered, stopped }: Place) => lives(child) && !ordered && !stopped;
    return [...this.all.slice(index), ...this.all.slice(0, index)].find((one) => this.#places.slice(one, one + 1).some(runs));
  }

  /** SIGKILL; another process takes its place after `ms`. */
  kill(index: number, ms: number): void {
    this.#end(index, "SIGKILL");
    this.#startAfter(index, ms);
  }

  /** SIGSTOP, and SIGCONT after `ms`. */
  stop(index: number, ms: number): void {
    const place = this.#places[index];
    const child = place?.child;
    if (place === undefined || place.stopped) return;
    place.stopped = true;
    child?.kill("SIGSTOP");
    setTimeout(() => {
      child?.kill("SIGCONT");
      if (place.child === child) place.stopped = false;
    }, ms);
  }

  /** SIGTERM; another process takes its place `ms` after its end. */
  roll(index: number, ms: number): void {
    const child = this.#end(index, "SIGTERM");
    child?.kill("SIGCONT");
    void gone(child).then(() => this.#startAfter(index, ms));
  }

  /** Breaks its connections, and those to come for `ms`. */
  cut(index: number, ms: number): void {
    const link = this.#places[index]?.link;
    link?.cut();
    setTimeout(() => link?.mend(), ms);
  }

  /** All run and reach the server. */
  calm(): void {
    for (const [index, { child, link, again }] of this.#places.entries()) {
      link.mend();
      child?.kill("SIGCONT");
      if (again !== undefined) this.#startAfter(index, 0);
    }
  }

  /** Asks all to end and waits; the exit codes. */
  async end(): Promise<number[]> {
    this.#closing = true;
    const codes = await Promise.all(this.#places.map(async (place, index) => {
      clearTimeout(place.again);
      const child = this.#end(index, "SIGTERM");
      if (child === undefined) return 0;
      const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      await gone(child);
      clearTimeout(late);
      return child.exitCode ?? 128;
    }));
    await Promise.all(this.#places.map(({ link }) => link.close()));
    process.off("exit", this.#killAll);
    return codes;
  }

  #start(index: number): void {
    const place = this.#places[index];
    if (place === undefined || this.#closing) return;
    place.again = undefined;
    if (lives(place.child) && !place.ordered) return;
    place.ordered = false;
    const { flags, env, folder } = this.#options;
    const log = openSync(join(folder, `controller-${index}.log`), "a");
    const child = spawn(BINARY, flags(index, place.link.port), { env: { ...CLEAN_ENV, ...env }, stdio: ["ignore", log, log] });
    closeSync(log);
    place.child = child;
    place.stopped = false;
    const startedMs = performance.now();
    child.once("error", (error) => this.accidents.push(`controller ${index} did not start: ${error.message}`));
    child.once("close", (code, signal) => {
      if (place.child !== child || place.ordered) return;
      this.accidents.push(`controller ${index} ended with ${code ?? signal} ${Math.round(performance.now() - startedMs)} ms after its start`);
      this.#startAfter(index, 1_000);
    });
  }

  #startAfter(index: number, ms: number): void {
    const place = this.#places[index];
    if (place === undefined || this.#closing) return;
    clearTimeout(place.again);
    place.again = setTimeout(() => this.#start(index), ms);
  }

  /** The process that was asked to end, if there was one. */
  #end(index: number, signal: NodeJS.Signals): ChildProcess | undefined {
    const place = this.#places[index];
    const child = place?.child;
    if (place === undefined || child === undefined) return undefined;
    place.ordered = true;
    child.kill(signal);
    return child;
  }

  readonly #killAll = () => {
    for (const { child } of this.#places) child?.kill("SIGKILL");
  };
}

function lives(child: ChildProcess | undefined): child is ChildProcess {
  return child !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Resolves once the process has ended. */
async function gone(child: ChildProcess | undefined): Promise<void> {
  if (lives(child)) await new Promise<void>((resolve) => child.once("close", () => resolve()));
}
