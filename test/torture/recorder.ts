// Everything that happens to jobs and records, without a gap: two watches on a dev server, which faults leave alone, or a
// watch of etcd behind a real API server, which outlives its restarts. A reader that breaks off makes the run void.

import { type IncomingMessage, request } from "node:http";
import type { HttpServer } from "../contract/server.ts";
import { API } from "../contract/server.ts";
import { type Change, type ChangeType, changeOf, type Thing } from "./changes.ts";
import { bootMs } from "./clock.ts";

export interface Recorder {
  readonly changes: readonly Change[];
  /** Jobs that are there now: uid to the last change. */
  readonly jobs: ReadonlyMap<string, Change & { kind: "job" }>;
  /** Why there may be gaps; undefined = there are none. */
  readonly broken: string | undefined;
  /** Calls with each change from now on; gives what ends the calls. */
  onChange(listener: (change: Change) => void): () => void;
  close(): void;
}

class Tape implements Recorder {
  readonly changes: Change[] = [];
  readonly jobs = new Map<string, Change & { kind: "job" }>();
  broken: string | undefined;
  readonly closing: (() => void)[] = [];
  readonly #listeners = new Set<(change: Change) => void>();
  #closed = false;

  add(change: Change): void {
    this.changes.push(change);
    if (change.kind === "job" && change.type === "DELETED") this.jobs.delete(change.uid);
    else if (change.kind === "job") this.jobs.set(change.uid, change);
    for (const listener of [...this.#listeners]) listener(change);
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads until the end, which must not come before close(). */
  follow(what: string, reading: Promise<void>): void {
    reading.then(() => "it ended", String).then((why) => {
      if (!this.#closed) this.broken ??= `${what}: ${why}`;
    });
  }

  close(): void {
    this.#closed = true;
    for (const close of this.closing) close();
  }
}

/** Resolves once both watches are open; nothing may have been created before. */
export async function recordWatches(server: HttpServer): Promise<Recorder> {
  const tape = new Tape();
  for (const resource of ["jobs", "historicjobs"]) {
    const watch = await server.watch(`${API}/${resource}?watch=1&timeoutSeconds=86400`);
    if (watch.status !== 200) throw new Error(`Cannot record ${resource}: status ${watch.status}`);
    tape.closing.push(() => watch.close());
    const read = async () => {
      for (let event = await watch.next(); event !== undefined; event = await watch.next()) {
        if (!["ADDED", "MODIFIED", "DELETED"].includes(event.type)) throw new Error(`an event ${event.type}`);
        tape.add(changeOf(event.type as ChangeType, resource, event.object as unknown as Thing, bootMs()));
      }
    };
    tape.follow(`the watch of ${resource}`, read());
  }
  return tape;
}

interface EtcdEvent {
  /** Absent = PUT. */
  type?: "DELETE";
  kv: { key: string; value?: string; create_revision: string; mod_revision: string };
  prev_kv?: { value: string };
}

/** src: etcd's gRPC gateway, /v3/watch. Objects of custom resources are stored as JSON. */
export async function recordEtcd(etcdUrl: string): Promise<Recorder> {
  const tape = new Tape();
  const prefix = "/registry/provisioning.grafana.app/";
  const range = { key: btoa(prefix), range_end: btoa(`${prefix.slice(0, -1)}0`), prev_kv: true };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asking = request(`${etcdUrl}/v3/watch`, { method: "POST", agent: false }, resolve).on("error", reject);
    asking.end(JSON.stringify({ create_request: range }));
  });
  tape.closing.push(() => response.destroy());
  const lines = linesOf(response);
  const first = await lines.next();
  const { result } = JSON.parse(first.done === true ? "{}" : first.value) as { result?: { created?: boolean } };
  if (result?.created !== true) throw new Error("Cannot record: etcd did not take the watch");
  const read = async () => {
    for await (const line of lines) {
      const { events = [], canceled } = (JSON.parse(line) as { result: { events?: EtcdEvent[]; canceled?: boolean } }).result;
      if (canceled) throw new Error("etcd took the watch back");
      for (const event of events) changesOf(event).forEach((change) => tape.add(change));
    }
  };
  tape.follow("the watch of etcd", read());
  return tape;
}

function changesOf({ type, kv, prev_kv: before }: EtcdEvent): Change[] {
  const [resource = ""] = atob(kv.key).slice("/registry/provisioning.grafana.app/".length).split("/");
  if (resource !== "jobs" && resource !== "historicjobs") return [];
  const what = type === "DELETE" ? "DELETED" : kv.create_revision === kv.mod_revision ? "ADDED" : "MODIFIED";
  const text = Buffer.from(kv.value ?? before?.value ?? "", "base64").toString();
  return [changeOf(what, resource, JSON.parse(text) as Thing, bootMs(), BigInt(kv.mod_revision))];
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void> {
  let rest = "";
  for await (const chunk of response.setEncoding("utf8")) {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    yield* parts.filter(Boolean);
  }
}
