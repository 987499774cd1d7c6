// What the measurements share: the subjects as child processes, their lines with the time of arrival, what the kernel
// says of them, and the table at the end.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Apiserver, CONTROLLERS, startApiserver } from "../../scripts/apiserver.ts";
import { BINARY, NOTIFICATION, STARTED } from "../support/controller.ts";
import { startExchange, type TestExchange } from "../support/exchange.ts";

export interface Subject {
  name: string;
  binary: string;
  args: string[];
}

export interface Bench {
  api: Apiserver;
  exchange: TestExchange;
  /** Runs `raw <command>` to its end; the JSON lines that it wrote. */
  raw(command: "create" | "delete", flags: Record<string, string | number | boolean>): Promise<Record<string, unknown>[]>;
  subjects: { ours: Subject | undefined; rivals: Subject[]; reader: Subject };
  close(): Promise<void>;
}

const RIVALS = [
  { name: "client-go v0.34", modfile: "go.mod" },
  { name: "client-go v0.37", modfile: "v037.mod" },
];

/** Builds the Go programs, starts the API server, and says so. Leaves our binary out, loudly, where it is not built. */
export async function openBench(): Promise<Bench> {
  const api = await startApiserver();
  const exchange = await startExchange();
  await allowHistoryWatch(api);
  const rawBinary = goBuild("raw", "go.mod", join(api.directory, "raw"));
  const access = {
    ca: api.caFile,
    cert: api.admin.certFile,
    key: api.admin.keyFile,
  };
  const flags = [
    `--token=${exchange.token}`,
    `--token-exchange-url=${exchange.url}`,
    `--provisioning-server-url=${api.url}`,
    `--tls-ca-file=${api.caFile}`,
    `--tls-cert-file=${api.controller.certFile}`,
    `--tls-key-file=${api.controller.keyFile}`,
  ];
  const rawFlags = (values: Record<string, string | number | boolean>) =>
    Object.entries({ server: api.url, ...access, ...values }).map(([name, value]) => `-${name}=${value}`);
  if (!existsSync(BINARY)) process.stderr.write(`${BINARY} is missing (npm run build): measuring the others alone\n`);
  return {
    api,
    exchange,
    raw: (command, values) => toEnd(rawBinary, [command, ...rawFlags(values)]),
    subjects: {
      ours: existsSync(BINARY) ? { name: "job-controller", binary: BINARY, args: [...flags, "--health-probe-bind-address=0"] } : undefined,
      rivals: RIVALS.map(({ name, modfile }) => ({ name, binary: goBuild("rival", modfile, join(api.directory, name.replace(" ", "-"))), args: flags })),
      reader: { name: "raw reader", binary: rawBinary, args: ["watch", ...rawFlags({})] },
    },
    async close() {
      await exchange.close();
      await api.stop();
    },
  };
}

/** client-go's informer watches what it prunes; the controller's own rights do not cover that. */
async function allowHistoryWatch(api: Apiserver): Promise<void> {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const apiGroup = "rbac.authorization.k8s.io";
  const metadata = { name: "history-watcher" };
  await api.request("POST", `${rbac}/clusterroles`, {
    metadata,
    rules: [{ apiGroups: ["provisioning.grafana.app"], resources: ["historicjobs"], verbs: ["watch"] }],
  });
  await api.request("POST", `${rbac}/clusterrolebindings`, {
    metadata,
    roleRef: { apiGroup, kind: "ClusterRole", name: metadata.name },
    subjects: [{ apiGroup, kind: "Group", name: CONTROLLERS }],
  });
}

/** Builds the Go program of a folder here to `output`. */
export function goBuild(folder: string, modfile: string, output: string): string {
  const cwd = fileURLToPath(new URL(folder, import.meta.url));
  const { GOFLAGS: _flags, ...env } = process.env;
  const flags = [`-modfile=${modfile}`, "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
  execFileSync("go", ["build", ...flags, "-o", output, "."], { cwd, env: { ...env, CGO_ENABLED: "0", GOWORK: "off" }, stdio: ["ignore", "ignore", "inherit"] });
  // Pages of a file that is not on the disk yet would count as private dirty memory of who runs it.
  const file = openSync(output, "r");
  fsyncSync(file);
  closeSync(file);
  return output;
}

/** A subject that runs; its lines are counted as they arrive, and kept, or their uids stamped with wall time in ms, where asked for. */
export class Running {
  readonly spawnedAt = performance.now();
  /** ms from spawn to `jobs controller started`. */
  startedMs: number | undefined;
  notifications = 0;
  readonly arrivals = new Map<string, number>();
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #changed: (() => void)[] = [];

  constructor(subject: Subject, extra: string[] = [], options: { stamps?: boolean; lines?: boolean } = {}) {
    this.#child = spawn(subject.binary, [...subject.args, ...extra], { env: {}, stdio: ["ignore", "pipe", "inherit"] });
    this.#exited = new Promise((resolve) => this.#child.once("exit", () => resolve()));
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      const at = performance.timeOrigin + performance.now();
      if (options.lines) this.lines.push(...lines);
      for (const line of lines) {
        if (line.includes(NOTIFICATION)) {
          this.notifications++;
          if (options.stamps) this.arrivals.set(/"uid":"([^"]*)"/.exec(line)?.[1] ?? "", at);
        } else if (line.includes(STARTED)) this.startedMs = performance.now() - this.spawnedAt;
      }
      for (const changed of this.#changed.splice(0)) changed();
    });
    void this.#exited.then(() => this.#changed.splice(0).forEach((changed) => changed()));
  }

  async until(holds: () => boolean, withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#changed.splice(0).forEach((changed) => changed()), withinMs);
    const givesUpAt = performance.now() + withinMs;
    while (!holds()) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`${this.#child.spawnfile} ended early`);
      if (performance.now() >= givesUpAt) throw new Error(`${this.#child.spawnfile}: not so within ${withinMs} ms: ${holds}`);
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
    clearTimeout(timer);
  }

  /** Linux: resident, private dirty and peak memory in MB, CPU so far in seconds. */
  kernelFacts(): { residentMB: number; dirtyMB: number; peakMB: number; cpuSeconds: number } {
    const proc = `/proc/${this.#child.pid}`;
    const kB = (file: string, key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(readFileSync(`${proc}/${file}`, "utf8"))?.[1]);
    const stat = readFileSync(`${proc}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return {
      residentMB: kB("smaps_rollup", "Rss") / 1024,
      dirtyMB: kB("smaps_rollup", "Private_Dirty") / 1024,
      peakMB: kB("status", "VmHWM") / 1024,
      // utime and stime, in ticks of 10 ms.
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / 100,
    };
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }
}

function toEnd(binary: string, args: string[]): Promise<Record<string, unknown>[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code !== 0) reject(new Error(`${binary} ${args[0]} ended with ${code}`));
      else resolve(text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>));
    });
  });
}

/** Numbers given as `--name=value`; the defaults name what there is. */
export function options<T extends Record<string, number>>(defaults: T): T {
  const known = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ options: known });
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, values[name] === undefined ? value : Number(values[name])])) as T;
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank. */
export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export interface Row {
  name: string;
  values: Record<string, number>;
}

/** One line per subject, each value followed by its ratio to `reference`'s. */
export function printTable(title: string, rows: Row[], reference: string): void {
  const base = rows.find((row) => row.name === reference)?.values ?? {};
  const columns = Object.keys(rows[0]?.values ?? {});
  const cells = rows.map((row) => [
    row.name,
    ...columns.map((column) => {
      const value = row.values[column] ?? Number.NaN;
      const ratio = value / (base[column] ?? Number.NaN);
      return `${short(value)}${row.name === reference || Number.isNaN(ratio) ? "" : ` (${short(ratio)}×)`}`;
    }),
  ]);
  const table = [["", ...columns], ...cells];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  process.stdout.write(`\n${title}; (…×) = ratio to ${reference}\n`);
  for (const line of table) process.stdout.write(`${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2))).join("")}\n`);
  process.stdout.write(`command: bun ${process.argv.slice(1).map((arg) => arg.replace(`${process.cwd()}/`, "")).join(" ")}\n`);
}

function short(value: number): string {
  if (Number.isNaN(value)) return "-";
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
