// Which counter of the controller each fault of the dev server moves: the rows, and a run of one of them.

import { closedPort } from "../../scripts/ports.ts";
import { aligned } from "../../src/devserver/behaviour/rows.ts";
import { METRICS } from "../../src/observe/metric-table.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { send } from "../support/devserver.ts";
import { parseExposition } from "../support/exposition.ts";
import { fastClock } from "../support/fast-clock.ts";
import { Flow, type FlowOptions, type Running } from "../support/flow.ts";

export interface CounterRow {
  /** As `--fault` takes it; added once the controller has started, or with `from: "start"` before. */
  fault: string;
  from?: "start";
  /** The series that it moves. */
  counter: string;
  /** What makes the fault an opportunity; done with the fault and without. */
  act?: (flow: Flow, running: Running) => Promise<unknown> | void;
  /** Jobs that are there from the start. */
  jobs?: readonly string[];
  server?: FlowOptions;
  flags?: readonly string[];
  /** Why it cannot be seen there. */
  notInDeno?: string;
  /** What of trouble the act brings by itself. */
  without?: string;
  /** How much quicker than the system's the clocks run. Default 4. */
  factor?: number;
}

const WATCH = "grafana_provisioning_informer_watch_errors_total";
const LIST = "grafana_provisioning_informer_relist_errors_total";
const EVENTS = "grafana_provisioning_informer_events_total";
const watch = (reason: string) => `${WATCH}{reason=${reason}}`;
const list = (reason: string) => `${LIST}{resource=jobs,reason=${reason}}`;
const noAnswer = (server: string, reason: string) => `job_controller_connection_errors_total{server=${server},reason=${reason}}`;
const noToken = (reason: string) => `job_controller_token_exchange_errors_total{reason=${reason}}`;
const dropped = (reason: string) => `grafana_provisioning_informer_dropped_events_total{reason=${reason}}`;
const back = (where: string) => `job_controller_versions_backwards_total{seen_in=${where}}`;

/** One job after another until the run is over, so that there are events. */
async function busy(flow: Flow, running: Running): Promise<void> {
  for (let index = 0; index < 5; index++) {
    flow.job(`busy-${index}`);
    await running.listed();
  }
}

const listed = (_: Flow, running: Running) => running.listed(2);
/** A page holds one job. */
const onePage = { settings: ["page-bytes=1"] };
/** Renewed again and again: the exchange is asked for a token every few seconds. */
const shortTokens = { tokenLifetimeMs: 20_000 };

/** A fresh client of Deno's sees the certificate; that is a test of test/devserver/faults. */
const RESUMES = "Deno's servers let clients resume TLS sessions that they had before the certificate was another";

export const ROWS: readonly CounterRow[] = [
  // Connections
  { fault: "cut:fin,verb=watch,lines=1,count=1", counter: watch("cut"), act: busy },
  { fault: "cut:rst,verb=watch,count=1", counter: watch("cut"), act: busy },
  { fault: "cut:mid-line,verb=watch,count=1", counter: watch("mid-line"), act: busy },
  { fault: "cut:end,verb=list,resource=jobs,bytes=20,count=1", counter: list("malformed"), act: listed },
  { fault: "cut:fin,verb=list,resource=jobs,bytes=20,count=1", counter: list("cut"), act: listed },
  // Hosts ask once more by themselves where a connection that was used before is closed before the answer.
  { fault: "cut:fin,headers=off,verb=list,resource=jobs", counter: noAnswer("api", "closed"), act: listed },
  { fault: "stall:verb=watch,count=1", counter: watch("stall"), act: busy },
  { fault: "stall:verb=list,resource=jobs,count=1", counter: list("stall"), act: listed, factor: 8 },
  { fault: "half-open:verb=watch,count=1", counter: watch("stall"), act: busy },
  { fault: "slow:100,verb=list,resource=jobs,count=1", counter: "job_controller_list_pages_slow_total{resource=jobs}", act: listed, jobs: ["a", "b"] },

  // Answers
  { fault: "status:503,verb=watch,count=1", from: "start", counter: watch("server-error") },
  { fault: "status:500,verb=list,resource=jobs,count=1", counter: list("server-error"), act: listed },
  { fault: "status:429,retry-after=1,verb=list,resource=jobs,count=1", counter: "job_controller_retry_after_total{operation=list}", act: listed },
  { fault: "status:429,verb=list,resource=jobs,count=1", counter: list("throttled"), act: listed },
  { fault: "status:403,verb=list,resource=historicjobs,count=1", counter: `${LIST}{resource=historicjobs,reason=forbidden}`, act: listed },
  { fault: "proxy-html:200,verb=list,resource=jobs,count=1", counter: list("not-json"), act: listed },
  { fault: "proxy-html:502,verb=list,resource=jobs,count=1", counter: list("server-error"), act: listed },
  { fault: "proxy-html:200,verb=watch,count=1", from: "start", counter: watch("not-json") },
  { fault: "gone:list,resource=jobs,count=1", counter: list("expired"), act: listed, jobs: ["a", "b"], server: onePage },
  { fault: "gone:watch,count=1", from: "start", counter: watch("expired") },
  { fault: "gone:event,count=1", counter: watch("expired-event"), act: busy },
  { fault: "wrong-continue:repeat,resource=jobs", counter: list("repeated-token"), act: listed, jobs: ["a", "b", "c"], server: onePage },
  { fault: "wrong-continue:foreign,resource=jobs,count=1", counter: list("client-error"), act: listed, jobs: ["a", "b"], server: onePage },
  { fault: "wrong-continue:dropped,resource=jobs", counter: `${EVENTS}{verb=delete,delivery=relist}`, act: listed, jobs: ["a", "b"], server: onePage },

  // Events
  { fault: "garbage-line:count=1", counter: watch("malformed"), act: busy },
  { fault: "garbage-line:<html>,count=1", counter: watch("not-json"), act: busy },
  { fault: "huge-line:count=1", counter: watch("oversized"), act: busy },
  { fault: "lose:count=1", counter: "job_controller_events_lost_total{found_by=list}", act: busy },
  {
    fault: "lose:resource=jobs,count=2",
    counter: "job_controller_events_lost_total{found_by=history}",
    async act(flow, running) {
      flow.finish(flow.job("short"));
      await busy(flow, running);
    },
  },
  { fault: "double:count=1", counter: "job_controller_events_doubled_total{}", act: busy },
  {
    fault: "reorder:count=1",
    counter: back("stream"),
    async act(flow, running) {
      flow.job("first");
      flow.job("second");
      await running.listed();
    },
  },
  { fault: "version-back:list,resource=jobs,after=2,count=1", counter: back("list"), act: busy },
  {
    fault: "version-back:watch,type=MODIFIED,count=1",
    counter: back("object"),
    async act(flow, running) {
      const { object } = flow.job("changed");
      flow.dev.store.update("jobs", { ...object, status: { message: "changed" } });
      await running.listed();
    },
  },

  // Access
  { fault: "token-refused:count=1", counter: "job_controller_unauthorized_total{credential=renewed}", act: listed },
  { fault: "exchange-down:refused", counter: noAnswer("exchange", "refused"), act: listed, server: shortTokens, factor: 6 },
  { fault: "exchange-down:500", counter: noToken("server-error"), act: listed, server: shortTokens, factor: 6 },
  { fault: "exchange-down:slow,delay=1h", counter: noAnswer("exchange", "timeout"), act: listed, server: shortTokens, factor: 6 },
  { fault: "exchange-down:not-json", counter: noToken("unexpected"), act: listed, server: shortTokens, factor: 6 },

  // What is kept
  {
    fault: "history-lost:count=1",
    counter: "job_controller_jobs_unrecorded_total{}",
    async act(flow, running) {
      flow.finish(flow.job("done"));
      // A record may be late by a minute.
      const lateMs = flow.clock.monotonic() + 75_000;
      while (flow.clock.monotonic() < lateMs) await running.listed();
    },
    factor: 8,
  },
  {
    fault: "precondition-ignored",
    counter: "job_controller_history_delete_errors_total{reason=other-object}",
    flags: ["--history-expiration=1m", "--history-sweep-interval=1s"],
    async act(flow, running) {
      // The name belongs to another record by the time the DELETE arrives.
      const { name, namespace, uid } = flow.record("old", 120_000);
      flow.intercept = ({ method, path }) => {
        const held = flow.dev.store.get("historicjobs", namespace, name);
        if (method === "DELETE" && path.endsWith(`/${name}`) && held?.uid === uid) {
          flow.dev.store.delete("historicjobs", namespace, name);
          flow.record("old", 0);
        }
        return undefined;
      };
      while (flow.requests(({ method }) => method === "DELETE").length === 0) await running.listed();
      await running.listed();
    },
    // Without the fault the server keeps to the precondition.
    without: "job_controller_history_delete_errors_total{reason=conflict} 1",
  },

  // The host
  { fault: "clock-jump:1h", counter: "job_controller_server_clock_jumps_total{}", act: listed },
  { fault: "certificate-rotated:leaf", counter: watch("cut"), act: listed },
  { fault: "certificate-rotated:ca,files=off", counter: noAnswer("api", "tls-untrusted"), act: listed, notInDeno: RESUMES },
  { fault: "certificate-rotated:ca", counter: "job_controller_tls_reloads_total{}", act: listed, factor: 8 },
  { fault: "certificate-rotated:expired", counter: noAnswer("api", "tls-expired"), act: listed, notInDeno: RESUMES },
  { fault: "certificate-rotated:other-host", counter: noAnswer("api", "tls-name"), act: listed, notInDeno: RESUMES },

  // Made for tests
  { fault: "answer:items.0.metadata.uid=,resource=jobs,count=1", counter: dropped("no_identity"), act: listed, jobs: ["a"] },
  { fault: "line:type=CHANGED,count=1", counter: dropped("unknown_type"), act: busy },
  { fault: "answer:kind=Secret,resource=jobs,verb=list,count=1", counter: list("unexpected"), act: listed },
];

/** Faults that move no counter of this controller, and why. */
export const UNSEEN: Readonly<Record<string, string>> = {
  "cas-lies": "the controller writes nothing but deletes, so that no compare-and-swap of its own can be lied about",
  "ignore": "made for tests: it shows as whatever is ignored",
  "request": "made for tests: it shows as whatever is changed",
  "answer-header": "made for tests: it shows as whatever the header means",
  "answer-text": "made for tests: it shows as whatever is changed",
  "status-as": "made for tests: the status rows show what each status is",
  "drop-line": "made for tests: the rows of lose show what a lost line is",
  "set": "a behaviour of some era is no trouble",
};

/** Values by series, `name{label=value}`; labels that a metric always has are left out. */
export type Counters = Map<string, number>;

export interface Outcome {
  /** Of the row's series. */
  value: number;
  /** Series of trouble that moved. */
  troubles: string[];
}

export interface Judged {
  row: CounterRow;
  withFault: Outcome;
  without: Outcome;
}

/** A row is given up after this. */
const ROW_MS = 30_000;
const AT_ONCE = 3;

/** Runs every row twice, with its fault and without, a few rows at a time; by row. */
export function runRows(rows: readonly CounterRow[]): Map<CounterRow, Promise<Judged>> {
  const lanes = Array.from({ length: AT_ONCE }, (): Promise<unknown> => Promise.resolve());
  return new Map(rows.map((row, index) => {
    const lane = index % AT_ONCE;
    const judged = (lanes[lane] ?? Promise.resolve()).then(() => judge(row));
    lanes[lane] = judged.catch(() => {});
    return [row, judged];
  }));
}

async function judge(row: CounterRow): Promise<Judged> {
  const over = new AbortController();
  const done = new AbortController();
  systemClock.sleep(ROW_MS, done.signal).then(() => over.abort(), () => {});
  try {
    const [withFault, without] = await Promise.all([runRow(row, true, over.signal), runRow(row, false, over.signal)]);
    return { row, withFault, without };
  } finally {
    done.abort();
  }
}

/** The table for people: fault, counter, its value with the fault and without. */
export function renderJudged(all: readonly Judged[]): string[] {
  const rows = all.map(({ row, withFault, without }) => [row.fault, row.counter, String(withFault.value), String(without.value)]);
  const unseen = Object.entries(UNSEEN).map(([fault, why]) => `${fault}: ${why}`);
  return [...aligned([["FAULT", "COUNTER", "WITH", "WITHOUT"], ...rows]), "", ...unseen];
}

/** Runs the controller through the row, with the fault or without. Waits for the series to move where the fault is. */
export async function runRow(row: CounterRow, withFault: boolean, over: AbortSignal): Promise<Outcome> {
  const { fault, from, counter, act, jobs = [], server, flags = [], factor = 4 } = row;
  const atStart = withFault && from === "start" ? [fault] : [];
  await using flow = await Flow.open({ ...server, clock: fastClock(factor), faults: atStart, faultSeed: 7 });
  for (const name of jobs) flow.job(name);
  const port = await closedPort();
  const running = flow.run(`--health-probe-bind-address=127.0.0.1:${port}`, ...flags);
  await running.started();
  await running.listed();
  if (withFault && from === undefined) await flow.dev.faults.add(fault);
  // The fault may keep what is waited for from happening: then the counter alone is waited for.
  const acted = Promise.resolve(act?.(flow, running));
  if (!withFault) await Promise.race([acted, aborted(over)]);
  acted.catch(() => {});
  let counters = await scrape(port);
  while (withFault && !over.aborted && (counters.get(counter) ?? 0) === 0) {
    await systemClock.sleep(20);
    counters = await scrape(port);
  }
  if (!counters.has(counter)) throw new Error(`there is no series ${counter}`);
  return { value: counters.get(counter) ?? 0, troubles: troublesOf(counters) };
}

function troublesOf(counters: Counters): string[] {
  // The clocks are quicker than the machine: a page may look slow that was not.
  const troubles = Object.values(METRICS).filter((metric) => "trouble" in metric && metric !== METRICS["page-slow"]).map(({ name }) => name);
  const moved = [...counters].filter(([series, value]) => value > 0 && troubles.some((name) => series.startsWith(`${name}{`)));
  return moved.map(([series, value]) => `${series} ${value}`);
}

async function scrape(port: number): Promise<Counters> {
  const { text } = await send("GET", `http://127.0.0.1:${port}/metrics`);
  const counters: Counters = new Map();
  for (const { type, samples } of parseExposition(text).values()) {
    if (type !== "counter") continue;
    for (const { name, labels, value } of samples) {
      const { fixed = {} } = Object.values(METRICS).find((metric) => metric.name === name) ?? {};
      const own = Object.entries(labels).filter(([label]) => !Object.hasOwn(fixed, label));
      counters.set(`${name}{${own.map(([label, word]) => `${label}=${word}`).join()}}`, value);
    }
  }
  return counters;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
