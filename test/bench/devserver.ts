// Claim: with 100,000 objects the development server stays within 250 MB, lists 500 of them in less than 10 ms, takes 2,000 writes
// a second under one watch, and tells 200 watches of 50 writes a second in less than 100 ms (p99).

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { awaitReadyFile } from "../../src/devserver/command/ready-file.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { Claim } from "./harness/claim.ts";
import type { Figure } from "./harness/figure.ts";
import { facts } from "./harness/proc.ts";
import { goBuild } from "./harness/programs.ts";
import { pause } from "./harness/running.ts";
import { grouped } from "./harness/scale.ts";
import type { Stage } from "./harness/stage.ts";

interface Target {
  url: string;
  caFile: string;
  token: string;
}

type Result = Record<string, number>;
type Series = Record<"list" | "write" | "fanout", Result[]> & { loadedMB: number };

const BARE = "node:http2";
const SECONDS = 3;
const LIST = "/apis/provisioning.grafana.app/v0alpha1/historicjobs?limit=500";

export const devserver: Claim = {
  name: "devserver",
  title: "The development server",
  how:
    "Asked from outside by a Go client on HTTP/1.1 with keep-alive, which has its share of the same processors, in rounds of " +
    `${SECONDS} s; 200 watches, 50 writes/s. The limit is node:http2 alone, which answers the same bytes and does nothing for them.`,
  async measure(stage) {
    const load = goBuild("load", "go.mod", join(stage.directory, "load"));
    const ours = await measureOurs(stage, load);
    const bare = await measureBare(stage, load);
    const figure = (what: string, command: "list" | "write" | "fanout", value: string): Figure => {
      const runs = (series: Series) => series[command].map((result) => result[value] ?? Number.NaN);
      return { what, ours: runs(ours), limit: { name: BARE, runs: runs(bare) } };
    };
    return [
      {
        what: `resident, ${grouped(stage.scale.many)} objects, MB`,
        ours: [ours.seededMB],
        target: { measure: "figure", atMost: 250 },
      },
      { what: `the same, ${stage.scale.restSeconds} s after the load, MB`, ours: [ours.loadedMB], limit: { name: BARE, runs: [bare.loadedMB] } },
      { ...figure("a list of 500, p50, ms", "list", "p50"), target: { measure: "figure", atMost: 10 } },
      figure("a list of 500, p99, ms", "list", "p99"),
      { ...figure("writes/s", "write", "per_second"), target: { measure: "figure", atLeast: 2_000 }, more: true },
      figure("write to 200 watches, p50, ms", "fanout", "p50"),
      { ...figure("write to 200 watches, p99, ms", "fanout", "p99"), target: { measure: "figure", atMost: 100 } },
    ];
  },
};

async function measureOurs({ ours, directory, scale }: Stage, load: string): Promise<Series & { seededMB: number }> {
  const readyFile = join(directory, "ready.json");
  const args = ["dev", "--port=0", `--state-dir=${join(directory, "state")}`, `--ready-file=${readyFile}`, "--repository=demo"];
  const server = spawn(ours.binary, args, { stdio: "ignore" });
  try {
    const ready = await awaitReadyFile(readyFile, 20_000, systemClock, new AbortController().signal);
    const jobs = Math.floor(scale.many / 10);
    const address = `--admin-address=${new URL(ready.adminUrl ?? "").host}`;
    execFileSync(ours.binary, ["dev", "seed", `--jobs=${jobs}`, `--historic=${scale.many - jobs}`, address], { stdio: "ignore" });
    await pause(scale.restSeconds * 1_000);
    const seededMB = facts(server.pid ?? 0).residentMB;
    const header = readFileSync(ready.files.header, "utf8");
    const target = { url: ready.apiUrl, caFile: ready.files.ca, token: /Bearer (\S+)/.exec(header)?.[1] ?? "" };
    // The limit answers with what is answered here.
    writeFileSync(listFile(directory), await body(target, LIST));
    const series = rounds(load, target, Math.min(scale.rounds, 2));
    await pause(scale.restSeconds * 1_000);
    return { ...series, seededMB, loadedMB: facts(server.pid ?? 0).residentMB };
  } finally {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
}

async function measureBare({ directory, scale }: Stage, load: string): Promise<Series> {
  const caFile = join(directory, "bare-ca.pem");
  const script = fileURLToPath(new URL("bare-server.ts", import.meta.url));
  const server = spawn(process.execPath, [script, caFile, listFile(directory)], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = (await once(server.stdout.setEncoding("utf8"), "data")) as [string];
    const series = rounds(load, { url: line.trim(), caFile, token: "none" }, Math.min(scale.rounds, 2));
    return { ...series, loadedMB: facts(server.pid ?? 0).residentMB };
  } finally {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
}

/** Without a first round, in which both sides warm up. */
function rounds(load: string, { url, caFile, token }: Target, count: number): Omit<Series, "loadedMB"> {
  const series = { list: [] as Result[], write: [] as Result[], fanout: [] as Result[] };
  const flags = { list: `-path=${LIST}`, write: `-seconds=${SECONDS}`, fanout: `-seconds=${SECONDS}` };
  for (let round = 0; round <= count; round++) {
    for (const command of ["list", "write", "fanout"] as const) {
      const args = [command, `-server=${url}`, `-ca=${caFile}`, `-token=${token}`, flags[command]];
      const result = JSON.parse(execFileSync(load, args, { encoding: "utf8" })) as Result;
      if (round > 0) series[command].push(result);
    }
  }
  return series;
}

function listFile(directory: string): string {
  return join(directory, "list.json");
}

async function body({ url, caFile, token }: Target, path: string): Promise<string> {
  const asking = request(url + path, { ca: readFileSync(caFile), headers: { "x-access-token": token } }).end();
  const [response] = (await once(asking, "response")) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
