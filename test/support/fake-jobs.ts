// Objects in memory behind the calls of kube/api.ts, on a manual clock: compare-and-swap, a server clock of its own, latency,
// and for each call a hook that answers with an error, loses the answer or never answers. Records what was asked.

import { ApiError, NetworkError } from "../../src/base/errors.ts";
import type { Api, ListQuery } from "../../src/kube/api.ts";
import type { DeleteTarget, ObjectAnswer, ObjectName } from "../../src/kube/api-objects.ts";
import type { Collection, KubeObject, ListPage } from "../../src/kube/types.ts";
import type { HistoricJob, Job } from "../../src/provisioning.ts";
import type { ManualClock } from "./manual-clock.ts";

type Resource = Collection["resource"];
export type Verb = "GET" | "POST" | "PUT" | "DELETE" | "LIST";

/**
 * What becomes of a call: an error to answer with, carried out or not (`lose`, then the connection breaks), or no answer ever.
 * `late`: carried out only after the connection has broken and so many ms have passed.
 */
export type Fate = Error | "lose" | "drop" | "hang" | { late: number } | undefined;

export class FakeJobs implements Pick<Api, "listPage" | "getObject" | "createObject" | "replaceObject" | "replaceStatus" | "deleteObject"> {
  readonly clock: ManualClock;
  /** `VERB resource/name`, in the order of asking; lists as `LIST resource`. */
  readonly calls: string[] = [];
  /** Objects as they were put, in order, with the time of each. */
  readonly puts: { object: Job; atMs: number }[] = [];
  readonly created: HistoricJob[] = [];
  fate: (verb: Verb, resource: Resource, name: string, nth: number) => Fate = () => undefined;
  latencyMs = 0;
  /** Time until the credential is at hand, ahead of sending. */
  credentialMs = 0;
  /** Calls under way, and the most there ever were. */
  underWay = 0;
  peak = 0;
  sendsDate = true;
  /** Objects of a page. */
  pageSize = Number.POSITIVE_INFINITY;
  readonly #stored = new Map<string, KubeObject>();
  #serverOffset: number;
  #version = 100;
  readonly #nth = new Map<string, number>();

  constructor(clock: ManualClock, skewMs = 0) {
    this.clock = clock;
    this.#serverOffset = clock.now() + skewMs - clock.monotonic();
  }

  /** Server time, ms. */
  now(): number {
    return this.clock.monotonic() + this.#serverOffset;
  }

  /** Stores an object as somebody else would; a new version of it. */
  put(resource: Resource, object: KubeObject): KubeObject {
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    const stored = { ...object, metadata };
    this.#stored.set(keyOf(resource, metadata), stored);
    return stored;
  }

  /** Adds an unclaimed job `default/<name>`. */
  job(name: string, more: { uid?: string; labels?: Record<string, string>; annotations?: Record<string, string>; status?: Job["status"]; action?: string; repository?: string; createdMs?: number } = {}): Job {
    const { uid = `uid-${name}`, labels, annotations, status = {}, action = "push", repository = "repo", createdMs = this.now() } = more;
    const creationTimestamp = `${new Date(createdMs).toISOString().slice(0, 19)}Z`;
    const metadata = { namespace: "default", name, uid, creationTimestamp, ...(labels && { labels }), ...(annotations && { annotations }) };
    return this.put("jobs", { kind: "Job", apiVersion: "v1", metadata, spec: { action, repository, unknown: "kept" }, status } as Job);
  }

  /** Changes the job as somebody else would. */
  edit(name: string, change: (job: Job) => Job): void {
    const job = this.get("jobs", name);
    if (job === undefined) throw new Error(`no job ${name}`);
    this.put("jobs", change(job));
  }

  get<T extends KubeObject = Job>(resource: Resource, name: string): T | undefined {
    return this.#stored.get(`${resource}/default/${name}`) as T | undefined;
  }

  remove(resource: Resource, name: string): void {
    this.#stored.delete(`${resource}/default/${name}`);
  }

  all<T extends KubeObject = Job>(resource: Resource): T[] {
    return [...this.#stored].filter(([key]) => key.startsWith(`${resource}/`)).map(([, object]) => object as T);
  }

  /** Calls that change something, since the last look. */
  takeCalls(): string[] {
    return this.calls.splice(0);
  }

  listPage<T extends KubeObject>(collection: Collection, query: ListQuery, signal: AbortSignal, onSend?: () => void): Promise<ListPage<T>> {
    return this.#call("LIST", collection.resource, "", signal, onSend, () => {
      const inside = this.all<T>(collection.resource).filter(({ metadata }) => collection.namespace === undefined || metadata?.namespace === collection.namespace);
      const from = Number(query.continue ?? 0);
      const to = from + Math.min(query.limit, this.pageSize);
      const token = to < inside.length ? String(to) : undefined;
      return { items: structuredClone(inside.slice(from, to)), version: String(this.#version), continue: token, bytes: 1_000, serverTimeMs: this.#date() };
    });
  }

  getObject<T extends KubeObject>({ resource }: { resource: Resource }, { namespace, name }: ObjectName, signal: AbortSignal, onSend?: () => void): Promise<ObjectAnswer<T>> {
    return this.#call("GET", resource, name, signal, onSend, (sentAtMs) => {
      const object = this.#stored.get(`${resource}/${namespace}/${name}`);
      if (object === undefined) throw refused(404, "NotFound", name);
      return this.#answer(object as T, 200, sentAtMs);
    });
  }

  createObject<T extends KubeObject>({ resource }: { resource: Resource }, object: T, signal: AbortSignal, onSend?: () => void): Promise<ObjectAnswer<T>> {
    const { namespace = "", name = "" } = object.metadata ?? {};
    return this.#call("POST", resource, name, signal, onSend, (sentAtMs) => {
      if (this.#stored.has(`${resource}/${namespace}/${name}`)) throw refused(409, "AlreadyExists", name);
      const uid = `uid-of-${resource}-${name}`;
      const stored = this.put(resource, { ...structuredClone(object), metadata: { ...object.metadata, uid } }) as T;
      if (resource === "historicjobs") this.created.push(stored as HistoricJob);
      return this.#answer(stored, 201, sentAtMs);
    });
  }

  replaceObject<T extends KubeObject>({ resource }: { resource: Resource }, object: T, signal: AbortSignal, onSend?: () => void): Promise<ObjectAnswer<T>> {
    const { namespace, name = "", uid, resourceVersion } = object.metadata ?? {};
    if (!resourceVersion) throw new TypeError("PUT without resourceVersion");
    return this.#call("PUT", resource, name, signal, onSend, (sentAtMs) => {
      const before = this.#stored.get(`${resource}/${namespace}/${name}`);
      if (before === undefined) throw refused(404, "NotFound", name);
      if (before.metadata?.resourceVersion !== resourceVersion || before.metadata.uid !== uid) throw refused(409, "Conflict", name);
      const stored = this.put(resource, structuredClone(object)) as T;
      this.puts.push({ object: stored as Job, atMs: this.clock.monotonic() });
      return this.#answer(stored, 200, sentAtMs);
    });
  }

  replaceStatus<T extends KubeObject>(...args: [{ resource: Resource }, T, AbortSignal, (() => void)?]): Promise<ObjectAnswer<T>> {
    return this.replaceObject(...args);
  }

  deleteObject({ resource }: { resource: Resource }, { namespace, name, uid, version }: DeleteTarget, signal: AbortSignal, onSend?: () => void): Promise<void> {
    return this.#call("DELETE", resource, name, signal, onSend, () => {
      const { metadata } = this.#stored.get(`${resource}/${namespace}/${name}`) ?? {};
      if (metadata === undefined) throw refused(404, "NotFound", name);
      if (metadata.uid !== uid || (version !== undefined && metadata.resourceVersion !== version)) throw refused(409, "Conflict", name);
      this.#stored.delete(`${resource}/${namespace}/${name}`);
    });
  }

  async #call<R>(verb: Verb, resource: Resource, name: string, signal: AbortSignal, onSend: (() => void) | undefined, carryOut: (sentAtMs: number) => R): Promise<R> {
    signal.throwIfAborted();
    this.peak = Math.max(this.peak, ++this.underWay);
    try {
      await this.clock.sleep(this.credentialMs, signal);
      return await this.#send(verb, resource, name, signal, onSend, carryOut);
    } finally {
      this.underWay--;
    }
  }

  async #send<R>(verb: Verb, resource: Resource, name: string, signal: AbortSignal, onSend: (() => void) | undefined, carryOut: (sentAtMs: number) => R): Promise<R> {
    const what = `${verb} ${resource}${name === "" ? "" : `/${name}`}`;
    onSend?.();
    signal.throwIfAborted();
    this.calls.push(what);
    const nth = (this.#nth.get(what) ?? 0) + 1;
    this.#nth.set(what, nth);
    const sentAtMs = this.clock.monotonic();
    const fate = this.fate(verb, resource, name, nth);
    if (fate === "hang") await this.clock.sleep(Number.MAX_SAFE_INTEGER, signal);
    await this.clock.sleep(this.latencyMs, signal);
    if (fate instanceof Error) throw fate;
    if (fate === "drop") throw new NetworkError("connection reset", "closed");
    if (typeof fate === "object") {
      void this.clock.sleep(fate.late).then(() => quietly(() => carryOut(sentAtMs)));
      throw new NetworkError("connection reset", "closed");
    }
    const result = carryOut(sentAtMs);
    if (fate === "lose") throw new NetworkError("connection reset after the request", "closed");
    return result;
  }

  #answer<T extends KubeObject>(object: T, status: number, sentAtMs: number): ObjectAnswer<T> {
    return { object: structuredClone(object), status, serverTimeMs: this.#date(), sentAtMs };
  }

  #date(): number | undefined {
    return this.sendsDate ? Math.floor(this.now() / 1000) * 1000 : undefined;
  }
}

function quietly(use: () => unknown): void {
  try {
    use();
  } catch {
    // Nobody waits for the answer.
  }
}

function keyOf(resource: Resource, { namespace, name }: { namespace?: string; name?: string }): string {
  return `${resource}/${namespace}/${name}`;
}

/** An answer that is not success, about an object unless `name` is empty. */
export function refused(status: number, reason = "", name = "x", message = `Cannot do it: server answered ${status} ${reason}`): ApiError {
  return new ApiError(message, { status, reason, object: name });
}
