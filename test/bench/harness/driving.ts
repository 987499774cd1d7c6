// Jobs that are got done on the real API server by a subject: how long each waits for its worker, how many a second, and what
// requests that takes, as the server's audit counts them. Series in, numbers out; no subject is told from another.

import { readFile } from "node:fs/promises";
import { API } from "../../../scripts/apiserver.ts";
import { HttpServer } from "../../contract/server.ts";
import { bootMs } from "../../torture/clock.ts";
import { recordEtcd, type Recorder } from "../../torture/recorder.ts";
import { pause, Running, type Subject, wallMs } from "./running.ts";
import type { Stage } from "./stage.ts";

const CREATES = 16;
const SETTLES_WITHIN_MS = 180_000;

export interface Waits {
  /** From the sending of a create to the claim, as etcd tells it, ms. */
  toClaim: number[];
  /** From there to the first instruction of the worker. */
  toWorker: number[];
}

export interface Done {
  perSecond: number;
  cpuSeconds: number;
  /** By verb and resource. */
  requests: Map<string, number>;
}

export class Driving implements Disposable {
  readonly #stage: Stage;
  readonly #http: HttpServer;
  readonly #recorder: Recorder;

  private constructor(stage: Stage, http: HttpServer, recorder: Recorder) {
    this.#stage = stage;
    this.#http = http;
    this.#recorder = recorder;
  }

  /** No Job may be there. */
  static async open(stage: Stage): Promise<Driving> {
    const { cert, key } = stage.api.admin;
    const http = new HttpServer({ url: stage.api.url, ca: await readFile(stage.api.caFile, "utf8"), cert, key });
    return new Driving(stage, http, await recordEtcd(stage.api.etcdUrl));
  }

  /** `flags` make the worker say the time: nanoseconds since the epoch. */
  async waits(subject: Subject, flags: readonly string[], rate: number, count: number, prefix: string): Promise<Waits> {
    const since = this.#recorder.changes.length;
    const sent = new Map<string, { wallMs: number; bootMs: number }>();
    await using running = new Running(subject, flags, { lines: true });
    await running.started();
    const begun = performance.now();
    const creates: Promise<unknown>[] = [];
    for (let index = 0; index < count; index++) {
      await pause(begun + (index * 1_000) / rate - performance.now());
      const at = { wallMs: wallMs(), bootMs: bootMs() };
      creates.push(this.#create(`${prefix}-${index}`).then((uid) => sent.set(uid, at)));
    }
    await Promise.all(creates);
    await this.#settled(running);
    const workers = new Map(running.lines.flatMap((line) => {
      const [, uid, text] = /"worker says".*"uid":"([^"]+)".*"text":"(\d{16,})"/.exec(line) ?? [];
      return uid === undefined ? [] : [[uid, Number(text) / 1e6] as const];
    }));
    const claims = new Map<string, number>();
    for (const change of this.#recorder.changes.slice(since)) {
      if (change.kind === "job" && change.claim !== "" && !claims.has(change.uid)) claims.set(change.uid, change.atMs);
    }
    return {
      toClaim: [...sent].map(([uid, at]) => (claims.get(uid) ?? Number.NaN) - at.bootMs),
      toWorker: [...sent].map(([uid, at]) => (workers.get(uid) ?? Number.NaN) - at.wallMs),
    };
  }

  /** From the first claim to the last deletion; the jobs are there before the subject is. */
  async throughput(subject: Subject, flags: readonly string[], jobs: number, prefix: string): Promise<Done> {
    const since = this.#recorder.changes.length;
    const names = Array.from({ length: jobs }, (_, index) => `${prefix}-${index}`);
    await Promise.all(Array.from({ length: CREATES }, async () => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) await this.#create(name);
    }));
    const before = await this.#audited();
    await using running = new Running(subject, flags);
    await running.started();
    await this.#settled(running);
    const { cpuSeconds } = running.facts();
    const changes = this.#recorder.changes.slice(since).filter(({ kind }) => kind === "job");
    const first = changes.find((change) => change.kind === "job" && change.claim !== "")?.atMs ?? Number.NaN;
    const last = changes.findLast(({ type }) => type === "DELETED")?.atMs ?? Number.NaN;
    const requests = new Map<string, number>();
    for (const what of (await this.#audited()).slice(before.length)) requests.set(what, (requests.get(what) ?? 0) + 1);
    return { perSecond: jobs / ((last - first) / 1_000), cpuSeconds, requests };
  }

  [Symbol.dispose](): void {
    this.#recorder.close();
    this.#http.close();
  }

  /** What subjects have asked so far, by verb and resource. */
  async #audited(): Promise<string[]> {
    const events = await this.#stage.api.audit();
    return events.filter(({ stage }) => stage === "ResponseComplete").map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`);
  }

  async #create(name: string): Promise<string> {
    const { status, json } = await this.#http.request("POST", `${API}/namespaces/default/jobs`, {
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
  async #settled(running: Running): Promise<void> {
    const givesUpAt = performance.now() + SETTLES_WITHIN_MS;
    await pause(200);
    while (this.#recorder.jobs.size > 0) {
      running.assertRunning();
      if (performance.now() > givesUpAt) throw new Error(`${this.#recorder.jobs.size} jobs are left`);
      await pause(20);
    }
  }
}
