// The servers that the torture is done to: the compiled dev server in an era, or a real API server. Each says where it is,
// how controllers get in, makes jobs, and suffers what a plan orders.

import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { CONTROLLERS, startApiserver } from "../../scripts/apiserver.ts";
import { EXIT } from "../../src/cli/exit.ts";
import type { Ready } from "../../src/devserver/command/ready-file.ts";
import { eventually } from "../support/apiserver.ts";
import { BINARY, CLEAN_ENV } from "../support/controller.ts";
import { startExchange } from "../support/exchange.ts";
import { API, HttpServer } from "../contract/server.ts";
import { TOUCH } from "./changes.ts";
import { DEV_FAULT_NAMES, DEV_FAULTS, type DevFault, type Kind, TO_CONTROLLERS, TO_JOBS, TO_REAL } from "./plan.ts";
import { type Recorder, recordEtcd, recordWatches } from "./recorder.ts";

export const SERVER_NAMES = ["dev:2025-08", "dev:2026-09", "dev:kubernetes", "real"] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

export interface TortureServer {
  name: ServerName;
  port: number;
  /** How a controller gets in, `port` and settings of the server's kind included. */
  flags(port: number): string[];
  /** Whether compare-and-swap is. */
  atomic: boolean;
  kinds: readonly Kind[];
  /** Exit codes of a controller that it is to blame for. */
  excused: readonly number[];
  record(): Promise<Recorder>;
  /** The new job's uid and name; undefined if there is one of that name, or the server refuses. */
  createJob(repository: string, action: Action): Promise<{ uid: string; name: string } | undefined>;
  /** Writes something to a job that is nobody's business, so that its version moves. */
  touchJob(name: string): Promise<void>;
  /** Suffers for `ms`; resolves when it has begun. */
  suffer(kind: Kind, ms: number): Promise<void>;
  /** Ends whatever it suffers. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

/** Each with the options that admission asks for. */
export const ACTIONS = { pull: { incremental: false }, push: { branch: "" }, delete: { paths: ["a.json"] } } as const;
export type Action = keyof typeof ACTIONS;

const NAMESPACE = `${API}/namespaces/default`;
const BEARER = "bearer-of-the-torture";
const TOKEN = "ProvisioningAdminToken";
/** A claim is read again after this long where two can both succeed; at most a third of the validity. */
const SETTLE = "1500ms";
/** No line of a watch is too late. */
const PATIENCE_MS = 2 ** 31 - 1;

export function startServer(name: ServerName, repositories: readonly string[], folder: string): Promise<TortureServer> {
  return name === "real" ? startReal(repositories) : startDev(name, repositories, folder);
}

async function startDev(name: Exclude<ServerName, "real">, repositories: readonly string[], folder: string): Promise<TortureServer> {
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
    // A touch reads and writes: where that is no compare-and-swap, it undoes what others have written.
    kinds: [...TO_CONTROLLERS, ...(atomic ? TO_JOBS : []), ...DEV_FAULT_NAMES],
    excused: [],
    record: () => recordWatches(http),
    createJob: async (repository, action) => {
      const { status, json } = await http.request("POST", `${NAMESPACE}/repositories/${repository}/jobs`, { action, [action]: ACTIONS[action] });
      return status === 202 ? json.metadata : undefined;
    },
    touchJob: (job) => touch(http, job),
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

async function startReal(repositories: readonly string[]): Promise<TortureServer> {
  const api = await startApiserver({ args: ["--request-timeout=5s"], say: () => {} });
  const exchange = await startExchange();
  await allowDriving((path, body) => api.request("POST", path, body));
  for (const name of repositories) await api.request("POST", `${NAMESPACE}/repositories`, repositoryOf(name));
  const { cert, key } = api.admin;
  const http = new HttpServer({ url: api.url, ca: await readFile(api.caFile, "utf8"), cert, key, patienceMs: PATIENCE_MS });
  let restarting: Promise<void> = Promise.resolve();
  return {
    name: "real",
    port: Number(new URL(api.url).port),
    flags: (port) => [
      `--token=${exchange.token}`,
      `--token-exchange-url=${exchange.url}`,
      `--provisioning-server-url=https://127.0.0.1:${port}`,
      `--tls-ca-file=${api.caFile}`,
      `--tls-cert-file=${api.controller.certFile}`,
      `--tls-key-file=${api.controller.keyFile}`,
    ],
    atomic: true,
    kinds: [...TO_CONTROLLERS, ...TO_JOBS, ...TO_REAL],
    // Just after its start it knows nobody's rights and answers 403, which ends a controller that starts at that moment.
    excused: [EXIT.refused],
    record: () => recordEtcd(api.etcdUrl),
    createJob: async (repository, action) => {
      const name = `${repository}-${action === "pull" ? "sync" : action}`;
      const job = {
        apiVersion: "provisioning.grafana.app/v0alpha1",
        kind: "Job",
        metadata: { name, labels: { "provisioning.grafana.app/repository": repository } },
        spec: { action, repository, [action]: ACTIONS[action] },
        status: {},
      };
      const { status, json } = await http.request("POST", `${NAMESPACE}/jobs`, job);
      return status === 201 ? json.metadata : undefined;
    },
    touchJob: (job) => touch(http, job),
    async suffer(_kind, ms) {
      await restarting;
      await api.halt("SIGKILL");
      restarting = new Promise((resolve) => setTimeout(resolve, ms)).then(() => api.start());
    },
    calm: () => restarting,
    async close() {
      http.close();
      await exchange.close();
      await api.stop();
    },
  };
}

let touches = 0;

async function touch(http: HttpServer, name: string): Promise<void> {
  const patch = { metadata: { annotations: { [TOUCH]: String(++touches) } } };
  await http.request("PATCH", `${NAMESPACE}/jobs/${name}`, JSON.stringify(patch), { "content-type": "application/merge-patch+json" });
}

/** What driving jobs takes beyond notices and pruning. */
export async function allowDriving(post: (path: string, body: unknown) => Promise<unknown>): Promise<void> {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const apiGroup = "rbac.authorization.k8s.io";
  const apiGroups = ["provisioning.grafana.app"];
  const metadata = { name: "job-driver" };
  const rules = [
    { apiGroups, resources: ["jobs"], verbs: ["get", "update", "delete"] },
    { apiGroups, resources: ["historicjobs"], verbs: ["get", "create"] },
    { apiGroups, resources: ["repositories", "repositories/status"], verbs: ["get", "list", "update"] },
  ];
  await post(`${rbac}/clusterroles`, { metadata, rules });
  const subjects = [{ apiGroup, kind: "Group", name: CONTROLLERS }];
  await post(`${rbac}/clusterrolebindings`, { metadata, roleRef: { apiGroup, kind: "ClusterRole", name: metadata.name }, subjects });
}

function repositoryOf(name: string): object {
  return {
    apiVersion: "provisioning.grafana.app/v0alpha1",
    kind: "Repository",
    metadata: { name },
    spec: { title: name, type: "local", local: { path: "/a" }, workflows: ["write"], sync: { enabled: true, target: "folder", intervalSeconds: 60 } },
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
