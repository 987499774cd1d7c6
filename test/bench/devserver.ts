// Claims: with 100,000 objects the dev server stays within 250 MB, lists 500 of them in less than 10 ms, takes 2,000 writes a
// second under one watch, and tells 200 watches of 50 writes a second in less than 100 ms (p99). Measured from outside, by a Go
// client on HTTP/1.1 with keep-alive, which has its share of the same processors. Limit: node:http2 alone, answering the same bytes.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { awaitReadyFile } from "../../src/devserver/command/ready-file.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { BINARY } from "../support/controller.ts";
import { goBuild, median, options, pause, printTable, type Row } from "./support.ts";

interface Target {
  url: string;
  caFile: string;
  token: string;
}

type Result = Record<string, number>;

const { objects, rounds, seconds, rest } = options({ objects: 100_000, rounds: 3, seconds: 5, rest: 10 });
const API = "/apis/provisioning.grafana.app/v0alpha1";
const LIST = `${API}/historicjobs?limit=500`;
const directory = mkdtempSync(join(tmpdir(), "job-controller-bench-"));
const load = goBuild("load", "go.mod", join(directory, "load"));

try {
  const rows = [await measureOurs(), await measureBare()];
  printTable(`dev server with ${objects} objects, median of ${rounds} rounds of ${seconds} s; 200 watches, 50 writes/s`, rows, "bare node:http2");
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function measureOurs(): Promise<Row> {
  const state = join(directory, "state");
  const readyFile = join(directory, "ready.json");
  const server = spawn(BINARY, ["dev", "--port=0", `--state-dir=${state}`, `--ready-file=${readyFile}`, "--repository=demo"], { stdio: "ignore" });
  try {
    const ready = await awaitReadyFile(readyFile, 20_000, systemClock, new AbortController().signal);
    const { pid = 0 } = server;
    const emptyMB = memory(pid).residentMB;
    const jobs = Math.floor(objects / 10);
    const seed = ["dev", "seed", `--jobs=${jobs}`, `--historic=${objects - jobs}`, `--admin-address=${new URL(ready.adminUrl ?? "").host}`];
    process.stdout.write(execFileSync(BINARY, seed, { encoding: "utf8" }));
    await pause(rest * 1_000);
    const seededMB = memory(pid).residentMB;
    const header = readFileSync(ready.files.header, "utf8");
    const target = { url: ready.apiUrl, caFile: ready.files.ca, token: /Bearer (\S+)/.exec(header)?.[1] ?? "" };
    // The limit answers with what is answered here.
    writeFileSync(join(directory, "list.json"), await body(target, LIST));
    const values = await measure(target);
    await pause(rest * 1_000);
    const after = memory(pid);
    process.stdout.write(`resident: ${mb(emptyMB)} empty, ${mb(seededMB)} with the objects, ${mb(after.residentMB)} ${rest} s after the load, ${mb(after.peakMB)} at the peak\n`);
    return { name: "job-controller dev", values: { ...values, "resident MB": Math.max(seededMB, after.residentMB) } };
  } finally {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
}

async function measureBare(): Promise<Row> {
  const caFile = join(directory, "bare-ca.pem");
  const script = fileURLToPath(new URL("bare-server.ts", import.meta.url));
  const server = spawn(process.execPath, [script, caFile, join(directory, "list.json")], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = (await once(server.stdout.setEncoding("utf8"), "data")) as [string];
    const values = await measure({ url: line.trim(), caFile, token: "none" });
    return { name: "bare node:http2", values: { ...values, "resident MB": memory(server.pid ?? 0).residentMB } };
  } finally {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
}

/** The medians of all rounds but a first one, in which both sides warm up. */
async function measure(target: Target): Promise<Row["values"]> {
  const lists: Result[] = [];
  const writes: Result[] = [];
  const fans: Result[] = [];
  for (let round = 0; round <= rounds; round++) {
    lists.push(run("list", target, `-path=${LIST}`));
    writes.push(run("write", target, `-seconds=${seconds}`));
    fans.push(run("fanout", target, `-seconds=${seconds}`));
  }
  const middle = (results: Result[], name: string) => median(results.slice(1).map((result) => result[name] ?? Number.NaN));
  for (const { writes: made, events } of writes) if (made !== events) process.stdout.write(`${made} writes, but ${events} events\n`);
  return {
    "list of 500 p50 ms": middle(lists, "p50"),
    "p99 ms": middle(lists, "p99"),
    "list kB": middle(lists, "bytes") / 1_000,
    "writes/s": middle(writes, "per_second"),
    "to 200 watches p50 ms": middle(fans, "p50"),
    "their p99 ms": middle(fans, "p99"),
  };
}

function run(command: string, { url, caFile, token }: Target, ...flags: string[]): Result {
  return JSON.parse(execFileSync(load, [command, `-server=${url}`, `-ca=${caFile}`, `-token=${token}`, ...flags], { encoding: "utf8" })) as Result;
}

async function body({ url, caFile, token }: Target, path: string): Promise<string> {
  const asking = request(url + path, { ca: readFileSync(caFile), headers: { "x-access-token": token } }).end();
  const [response] = (await once(asking, "response")) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Linux: in units of a million bytes. */
function memory(pid: number): { residentMB: number; peakMB: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (key: string) => (Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1]) * 1_024) / 1e6;
  return { residentMB: of("VmRSS"), peakMB: of("VmHWM") };
}

function mb(value: number): string {
  return `${value.toFixed(0)} MB`;
}
