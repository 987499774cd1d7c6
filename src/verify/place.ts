// A check's own place on a server: short ways to call it, and objects of its own, which are gone when it leaves. Jobs are
// made as claimed, so that no driver of the server's takes them. Knows neither the check nor its verdict.

import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { someAtOnce } from "../base/tasks.ts";
import { GROUP, LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../provisioning.ts";
import { bandOf } from "./bands.ts";
import type { Body } from "./body.ts";
import { Unfit } from "./check.ts";
import type { ExchangeGround, Grounds, Identity, TlsGround } from "./grounds.ts";
import type { Lines } from "./lines.ts";
import type { Headers, Reply, Wire } from "./wire.ts";

export interface Parts {
  metadata?: Record<string, unknown>;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** Where objects of a kind are, also those that were made through a sub-resource. */
const RESOURCE_OF: Readonly<Record<string, string>> = { Job: "jobs", HistoricJob: "historicjobs" };

/** Characters of what is noted. */
const OBSERVED_MAX = 200;

interface Own {
  resource: string;
  name: string;
  uid: string;
}

/** Deletions at a time. */
const LANES = 8;

/** What a method does, in a person's words. */
const VERBS: Readonly<Record<string, string>> = { GET: "read", POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };

export class Place {
  readonly clock: Clock;
  readonly namespace: string;
  /** What the check has noted of the server's ways, for the lock. */
  readonly observed: Record<string, string>;
  readonly #grounds: Grounds;
  readonly #wire: Wire;
  readonly #prefix: string;
  readonly #own: Own[];

  /** `check`: the id of the check, of which its objects' names are made. */
  constructor(grounds: Grounds, check: string, wire = grounds.wires.self, own: Own[] = [], observed: Record<string, string> = {}) {
    if (wire === undefined) throw new Unfit("there is no such credential");
    this.clock = grounds.clock;
    this.namespace = grounds.namespace;
    this.#grounds = grounds;
    this.#wire = wire;
    this.#prefix = check;
    this.#own = own;
    this.observed = observed;
  }

  /** The same place for someone else. @throws Unfit without such a credential */
  as(identity: Identity): Place {
    const wire = this.#grounds.wires[identity];
    // A default would make it one's own.
    if (wire === undefined) throw new Unfit("there is no such credential");
    return new Place(this.#grounds, this.#prefix, wire, this.#own, this.observed);
  }

  /** Notes what this server does where another one may do otherwise, under a name of a few words. It must be the same each time. */
  observe(what: string, value: string | number | boolean): void {
    this.observed[what] = String(value).slice(0, OBSERVED_MAX);
  }

  /** Notes how long something took, as a band of a factor of ten. */
  observeMs(what: string, ms: number): void {
    this.observed[what] = bandOf(ms);
  }

  /** @throws Unfit without a token exchange */
  get exchange(): ExchangeGround {
    if (this.#grounds.exchange === undefined) throw new Unfit("there is no token exchange here");
    return this.#grounds.exchange;
  }

  /** @throws Unfit where nothing is known of the server's TLS */
  get tls(): TlsGround {
    if (this.#grounds.tls === undefined) throw new Unfit("the server is reached over plain http");
    return this.#grounds.tls;
  }

  /** Version under which the API is served. */
  get version(): string {
    return this.#grounds.version;
  }

  /** Base of the group's paths. */
  get api(): string {
    return `/apis/${GROUP}/${this.#grounds.version}`;
  }

  /** A name that no one else has: of the run, the check and this word. */
  name(word: string): string {
    return `${this.#grounds.run}-${this.#prefix}-${word}`.toLowerCase();
  }

  /** `path` begins at the namespace, as in `jobs/a?dryRun=All`; with `/` it is the whole one. */
  path(path: string): string {
    return path.startsWith("/") ? path : `${this.api}/namespaces/${this.namespace}/${path}`;
  }

  /** @throws Unfit where our own credential may not */
  async call(method: string, path: string, body?: unknown, headers?: Headers): Promise<Reply> {
    const reply = await this.#wire.request(method, this.path(path), body, headers);
    this.#refuseWithoutRight(VERBS[method] ?? method, path, reply.status);
    if (method !== "GET" && method !== "DELETE" && reply.status < 300) this.#keep(path, reply);
    return reply;
  }

  get(path: string, headers?: Headers): Promise<Reply> {
    return this.call("GET", path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: Headers): Promise<Reply> {
    return this.call("POST", path, body, headers);
  }

  put(path: string, body?: unknown, headers?: Headers): Promise<Reply> {
    return this.call("PUT", path, body, headers);
  }

  /** A merge patch unless the headers say otherwise. */
  patch(path: string, body?: unknown, headers: Headers = { "content-type": "application/merge-patch+json" }): Promise<Reply> {
    return this.call("PATCH", path, body, headers);
  }

  del(path: string, body?: unknown, headers?: Headers): Promise<Reply> {
    return this.call("DELETE", path, body, headers);
  }

  async watch(path: string, headers?: Headers): Promise<Lines> {
    const lines = await this.#wire.watch(this.path(path), headers);
    this.#refuseWithoutRight("watch", path, lines.status);
    return lines;
  }

  /** A whole Job of this run that nobody takes: it is claimed, by us, from now on. */
  draft(word: string, { metadata, spec, status }: Parts = {}): Body {
    const { labels, ...rest } = metadata ?? {};
    const held = { [LABEL_CLAIM]: String(Math.round(this.clock.now())), [LABEL_CLAIM_OWNER]: this.#grounds.run };
    return {
      apiVersion: `${GROUP}/${this.#grounds.version}`,
      kind: "Job",
      metadata: { name: this.name(word), namespace: this.namespace, labels: { ...held, ...(labels as object | undefined) }, ...rest },
      spec: { action: "pull", repository: this.#grounds.run, pull: { incremental: false }, ...spec },
      ...(status === undefined ? {} : { status }),
    } as unknown as Body;
  }

  /** A whole HistoricJob of this run. */
  recordDraft(word: string, { metadata, spec, status }: Parts = {}): Body {
    return {
      apiVersion: `${GROUP}/${this.#grounds.version}`,
      kind: "HistoricJob",
      metadata: { name: this.name(word), namespace: this.namespace, ...metadata },
      spec: { action: "pull", repository: this.#grounds.run, ...spec },
      status: { state: "success", ...status },
    } as unknown as Body;
  }

  /** A Job that is there. @throws an Error, since without it nothing can be told */
  async job(word: string, parts: Parts = {}): Promise<Body> {
    return this.made("jobs", this.draft(word, parts));
  }

  /** One Job for each word, one after the other. */
  async jobs(...words: string[]): Promise<Body[]> {
    const made: Body[] = [];
    for (const word of words) made.push(await this.job(word));
    return made;
  }

  /** An object that is there. @throws an Error */
  async made(resource: string, body: unknown): Promise<Body> {
    const reply = await this.post(resource, body);
    if (reply.status !== 201) throw new Error(`cannot prepare it: POST ${resource} was answered with ${reply.status}: ${reply.text.slice(0, 200)}`);
    return reply.json;
  }

  /** How many were made. */
  get objects(): number {
    return this.#own.length;
  }

  /** Ends watches and deletes what was made, each by its uid, over a wire that still works. What could not be deleted, and why. */
  async leave(cleaner: Wire): Promise<string[]> {
    for (const wire of Object.values(this.#grounds.wires)) wire?.close();
    const left: string[] = [];
    await someAtOnce(this.#own.toReversed(), LANES, async ({ resource, name, uid }) => {
      const reason = await removed(cleaner, this.path(`${resource}/${name}`), uid);
      if (reason !== undefined) left.push(`${resource}/${name} in ${this.namespace} (${reason})`);
    });
    return left;
  }

  /** What our own credential may not do says nothing of the server. @throws Unfit */
  #refuseWithoutRight(verb: string, path: string, status: number): void {
    if (status !== 403 || this.#wire !== this.#grounds.wires.self) return;
    const below = path.replace(`${this.api}/`, "").replace(/\?.*$/s, "");
    throw new Unfit(`the credential may not ${verb} ${below.startsWith("/") ? below : below.split("/")[0]}`);
  }

  #keep(path: string, reply: Reply): void {
    let body: Partial<Body>;
    try {
      body = reply.json;
    } catch {
      return;
    }
    const resource = RESOURCE_OF[body.kind ?? ""];
    const { name, uid } = body.metadata ?? {};
    if (resource === undefined || name === undefined || uid === undefined || path.includes("dryRun=") || this.#own.some((own) => own.uid === uid)) return;
    this.#own.push({ resource, name, uid });
  }
}

/** Deletes one object of ours. Why it could not be. */
export async function removed(cleaner: Wire, path: string, uid: string): Promise<string | undefined> {
  try {
    const { status } = await cleaner.request("DELETE", path, { preconditions: { uid } });
    return status < 300 || status === 404 || status === 409 ? undefined : `answered with ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}
