// The compiled dev server in an era, as a child with faults by order.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import type { Ready } from "../../src/devserver/command/ready-file.ts";
import { HttpServer } from "../contract/server.ts";
import { eventually } from "../support/apiserver.ts";
import { BINARY, CLEAN_ENV } from "../support/controller.ts";
import { DEV_FAULT_NAMES, DEV_FAULTS, type DevFault, TO_CONTROLLERS, TO_JOBS } from "./plan.ts";
import { recordWatches } from "./recorder.ts";
import { ACTIONS, NAMESPACE, PATIENCE_MS, release, type ServerName, touch, type TortureServer } from "./server.ts";

const BEARER = "bearer-of-the-torture";
const TOKEN = "ProvisioningAdminToken";
/** A claim is read again after this long where two can both succeed; at most a third of the validity. */
const SETTLE = "1500ms";

export async function startDev(name: Exclude<ServerName, "real">, repositories: readonly string[], folder: string): Promise<TortureServer> {
  const readyFile = join(folder, "ready.json");
  const log = openSync(join(folder, "server.log"), "a");
  const args = [
    "dev",
    "--port=0",
    `--era=${name.slice("dev:".length)}`,
    `--ready-file=${readyFile}`,
    `--state-dir=${join(folder, "state")}`,
    `--token=${TOKEN}`,
    `--bearer-token=${BEARER}`,
    ...repositories.map((repository) => `--repository=${repository}`),
  ];
  const child = spawn(BINARY, args, { env: CLEAN_ENV, stdio: ["ignore", log, log] });
  closeSync(log);
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const ready = await eventually("the dev server is ready", async () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}; see ${folder}/server.log`);
    return JSON.parse(await readFile(readyFile, "utf8")) as Ready;
  });
  const { apiUrl, exchangeUrl, files, adminUrl = "" } = ready;
  const http = new HttpServer({
    url: apiUrl,
    ca: await readFile(files.ca, "utf8"),
    headers: { authorization: `Bearer ${BEARER}` },
    patienceMs: PATIENCE_MS,
  });
  const atomic = name !== "dev:2025-08";
  return {
    name,
    port: Number(new URL(apiUrl).port),
    flags: (port) => [
      `--token=${TOKEN}`,
      `--token-exchange-url=${exchangeUrl}`,
      `--provisioning-server-url=https://127.0.0.1:${port}`,
      `--tls-ca-file=${files.ca}`,
      ...(atomic ? [] : [`--claim-settle=${SETTLE}`]),
    ],
    atomic,
    // Either reads and writes: where that is no compare-and-swap, it undoes what others have written.
    kinds: [...TO_CONTROLLERS, ...(atomic ? TO_JOBS : []), ...DEV_FAULT_NAMES],
    record: () => recordWatches(http),
    createJob: async (repository, action) => {
      const { status, json } = await http.request("POST", `${NAMESPACE}/repositories/${repository}/jobs`, { action, [action]: ACTIONS[action] });
      return status === 202 ? json.metadata : undefined;
    },
    touchJob: (job) => touch(http, job),
    releaseJob: (job, version) => release(http, job, version),
    async suffer(kind, ms) {
      for (const fault of DEV_FAULTS[kind as DevFault]) await order(adminUrl, "POST", { fault: `${fault},for=${ms}ms` });
    },
    calm: () => order(adminUrl, "DELETE"),
    async close() {
      http.close();
      process.off("exit", kill);
      await ended(child);
    },
  };
}

/** An order at the dev server's admin address. */
function order(adminUrl: string, method: string, body?: object): Promise<void> {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const asking = request(`${adminUrl}/faults`, { method, agent: false, headers }, (answer) => {
      answer.resume();
      if ((answer.statusCode ?? 0) < 300) resolve();
      else reject(new Error(`Cannot order ${method} ${JSON.stringify(body)}: status ${answer.statusCode}`));
    });
    asking.on("error", reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await end;
  clearTimeout(late);
}
