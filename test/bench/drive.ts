// Getting jobs done, on the real API server: how long a job waits from the sending of its create to the first instruction of
// its worker; how many jobs of no length at all are done a second by 1, 3 and 10 drivers; and what requests that takes, as
// the server's audit counts them. The least: a PUT to claim, a PUT of the result, a POST of the record, a DELETE.

import { readFile } from "node:fs/promises";
import { type Apiserver, API, startApiserver } from "../../scripts/apiserver.ts";
import { HttpServer } from "../contract/server.ts";
import { startExchange } from "../support/exchange.ts";
import { BINARY } from "../support/controller.ts";
import { bootMs } from "../torture/clock.ts";
import { recordEtcd, type Recorder } from "../torture/recorder.ts";
import { allowDriving } from "../torture/real-server.ts";
import { median, options, pause, printTable, quantile, type Row, Running, type Subject } from "./support.ts";

const { rate, seconds, jobs, rounds } = options({ rate: 10, seconds: 15, jobs: 500, rounds: 3 });
const DRIVERS = [1, 3, 10];
const LEAST = 4;
const PARALLEL = 16;

const api = await startApiserver({ say: () => {} });
const exchange = await startExchange();
try {
  await allowDriving((path, body) => api.request("POST", path, body));
  const { cert, key } = api.admin;
  const http = new HttpServer({ url: api.url, ca: await readFile(api.caFile, "utf8"), cert, key });
  const recorder = await recordEtcd(api.etcdUrl);
  const done = new Map<number, Sum>(DRIVERS.map((drivers) => [drivers, { perSecond: [], requests: new Map(), jobs: 0 }]));
  for (let round = 0; round < rounds; round++) {
    for (const [drivers, sum] of done) {
      const { perSecond, requests } = await throughput(http, recorder, drivers, `r${round}-d${drivers}`);
      sum.perSecond.push(perSecond);
      sum.jobs += jobs;
      for (const [what, count] of requests) sum.requests.set(what, (sum.requests.get(what) ?? 0) + count);
    }
  }
  // Last: an API server lets the first objects of a new kind wait.
  const waits = await latency(http, recorder);
  recorder.close();
  http.close();
  printTable(`create to the worker's first instruction at ${rate}/s for ${seconds} s, ms`, waits, "to the worker");
  const rows = [...done].map(([drivers, { perSecond, requests, jobs: total }]): Row => {
    const all = [...requests.values()].reduce((sum, count) => sum + count, 0) / total;
    return { name: `${drivers} drivers`, values: { "jobs/s": median(perSecond), "requests/job": all, "beyond the least": all - LEAST } };
  });
  printTable(`${rounds} x ${jobs} jobs of no length`, rows, "1 drivers");
  for (const [drivers, { requests, jobs: total }] of done) {
    const parts = [...requests].sort(([, a], [, b]) => b - a).map(([what, count]) => `${what} ${(count / total).toFixed(3)}`);
    process.stdout.write(`requests per job, ${drivers} drivers: ${parts.join(", ")}\n`);
  }
} finally {
  await exchange.close();
  await api.stop();
}

function subject(flags: string[]): Subject {
  return {
    name: "job-controller",
    binary: BINARY,
    args: [
      `--token=${exchange.token}`,
      `--token-exchange-url=${exchange.url}`,
      `--provisioning-server-url=${api.url}`,
      `--tls-ca-file=${api.caFile}`,
      `--tls-cert-file=${api.controller.certFile}`,
      `--tls-key-file=${api.controller.keyFile}`,
      "--health-probe-bind-address=0",
      ...flags,
    ],
  };
}

/** The worker is `date`: what it says is when it ran, and stands in the controller's log. */
async function latency(http: HttpServer, recorder: Recorder): Promise<Row[]> {
  const running = new Running(subject(["--drivers=10", "--worker=*=exec:date +%s%N"]), [], { lines: true });
  const sent = new Map<string, { wallMs: number; bootMs: number }>();
  const since = recorder.changes.length;
  try {
    await running.until(() => running.startedMs !== undefined, 30_000);
    for (let count = 0; count < rate * seconds; count++) {
      const at = { wallMs: performance.timeOrigin + performance.now(), bootMs: bootMs() };
      void create(http, `latency-${count}`).then((uid) => sent.set(uid, at));
      await pause(1_000 / rate);
    }
    await settled(recorder);
  } finally {
    await running.stop();
  }
  const begun = new Map<string, number>();
  for (const line of running.lines) {
    const [, uid, text] = /"worker says".*"uid":"([^"]+)".*"text":"(\d{16,})"/.exec(line) ?? [];
    if (uid !== undefined) begun.set(uid, Number(text) / 1e6);
  }
  const claims = new Map<string, number>();
  for (const change of recorder.changes.slice(since)) {
    if (change.kind === "job" && change.claim !== "" && !claims.has(change.uid)) claims.set(change.uid, change.atMs);
  }
  const waits = [...sent].map(([uid, at]) => ({
    toClaim: (claims.get(uid) ?? Number.NaN) - at.bootMs,
    toWorker: (begun.get(uid) ?? Number.NaN) - at.wallMs,
  }));
  return [row("to the claim", waits.map(({ toClaim }) => toClaim)), row("to the worker", waits.map(({ toWorker }) => toWorker))];
}

function row(name: string, values: number[]): Row {
  return { name, values: { p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: quantile(values, 1), jobs: values.length } };
}

/** Of all rounds. */
interface Sum {
  perSecond: number[];
  requests: Map<string, number>;
  jobs: number;
}

interface Done {
  perSecond: number;
  /** By verb and resource. */
  requests: Map<string, number>;
}

/** From the first claim to the last deletion; the jobs are there before the controller is. */
async function throughput(http: HttpServer, recorder: Recorder, drivers: number, prefix: string): Promise<Done> {
  const since = recorder.changes.length;
  const names = Array.from({ length: jobs }, (_, index) => `${prefix}-${index}`);
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) await create(http, name);
  }));
  const before = (await audited(api)).length;
  const running = new Running(subject([`--drivers=${drivers}`, "--worker=*=builtin:test"]));
  try {
    await running.until(() => running.startedMs !== undefined, 30_000);
    await settled(recorder);
  } finally {
    await running.stop();
  }
  const changes = recorder.changes.slice(since).filter(({ kind }) => kind === "job");
  const first = changes.find((change) => change.kind === "job" && change.claim !== "")?.atMs ?? Number.NaN;
  const last = changes.findLast(({ type }) => type === "DELETED")?.atMs ?? Number.NaN;
  const requests = new Map<string, number>();
  for (const what of (await audited(api)).slice(before)) requests.set(what, (requests.get(what) ?? 0) + 1);
  return { perSecond: jobs / ((last - first) / 1_000), requests };
}

/** What the controller has asked so far, by verb and resource. */
async function audited(server: Apiserver): Promise<string[]> {
  const events = await server.audit();
  return events.filter(({ stage }) => stage === "ResponseComplete").map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`);
}

async function create(http: HttpServer, name: string): Promise<string> {
  const { status, json } = await http.request("POST", `${API}/namespaces/default/jobs`, {
    apiVersion: "provisioning.grafana.app/v0alpha1",
    kind: "Job",
    metadata: { name, labels: { "provisioning.grafana.app/repository": "demo" } },
    spec: { action: "test", repository: "demo", test: { duration: "0s" } },
    status: {},
  });
  if (status !== 201) throw new Error(`Cannot create job ${name}: status ${status}`);
  return json.metadata.uid;
}

/** Resolves once no job is left. */
async function settled({ jobs: left }: Recorder): Promise<void> {
  const givesUpAt = performance.now() + 180_000;
  await pause(200);
  while (left.size > 0) {
    if (performance.now() > givesUpAt) throw new Error(`${left.size} jobs are left`);
    await pause(20);
  }
}
