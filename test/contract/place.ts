// A fact's own place on a server: a namespace that exists and short ways to call it. What a fact only prepares throws a
// SetupError, so that nothing but its own assertion counts as its failure.

import type { Body } from "../../src/verify/body.ts";
import { API, type ContractServer, GROUP, type Headers, type Lines, type Reply } from "./server.ts";

/** Who calls: everything is allowed to `admin`; `controller` may list and watch jobs and list and delete historicjobs. */
export type Identity = "admin" | "controller" | "team" | "forged";

/** A server as it is given to facts. */
export interface Ground {
  as(identity: Identity): ContractServer;
  /** Sees to it that the namespace exists. */
  settle(namespace: string): Promise<void>;
  /** Makes every version before now too old. */
  age(): Promise<void>;
  /** Path of the kind that shows what the generic layer does with kinds that are built in, and a body for it. */
  builtin(namespace: string): { path: string; body: (name: string) => Record<string, unknown> };
  close(): Promise<void>;
}

export class SetupError extends Error {
  override readonly name = "SetupError";
}

export const MERGE: Headers = { "content-type": "application/merge-patch+json" };
export const JSON_PATCH: Headers = { "content-type": "application/json-patch+json" };

interface Parts {
  metadata?: Record<string, unknown>;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** A whole Job as its creator sends it. */
export function job(name: string | undefined, { metadata, spec, status }: Parts = {}): Record<string, unknown> & { spec: object } {
  return {
    apiVersion: `${GROUP}/v0alpha1`,
    kind: "Job",
    metadata: { name, ...metadata },
    spec: { action: "pull", repository: "demo", pull: { incremental: false }, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

/** A whole Repository. */
export function repository(name: string, { metadata, spec, status }: Parts = {}): Record<string, unknown> {
  return {
    apiVersion: `${GROUP}/v0alpha1`,
    kind: "Repository",
    metadata: { name, ...metadata },
    spec: { title: name, type: "local", workflows: ["write"], ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

export class Place {
  readonly namespace: string;
  readonly #ground: Ground;
  readonly #server: ContractServer;
  readonly #watches: Lines[];

  constructor(ground: Ground, namespace: string, server = ground.as("admin"), watches: Lines[] = []) {
    this.#ground = ground;
    this.namespace = namespace;
    this.#server = server;
    this.#watches = watches;
  }

  /** The same place for someone else. */
  as(identity: Identity): Place {
    return new Place(this.#ground, this.namespace, this.#ground.as(identity), this.#watches);
  }

  age(): Promise<void> {
    return this.#ground.age();
  }

  /** Where the rules of the generic layer show that a custom resource's handler has otherwise: a built-in kind. */
  get builtin(): { path: string; body: (name: string) => Record<string, unknown> } {
    return this.#ground.builtin(this.namespace);
  }

  /** `path` begins at the namespace, as in `jobs/a?dryRun=All`; with `/` it is the whole one. */
  path(path: string): string {
    return path.startsWith("/") ? path : `${API}/namespaces/${this.namespace}/${path}`;
  }

  call(method: string, path: string, body?: unknown, headers?: Headers): Promise<Reply> {
    return this.#server.request(method, this.path(path), body, headers);
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
  patch(path: string, body?: unknown, headers: Headers = MERGE): Promise<Reply> {
    return this.call("PATCH", path, body, headers);
  }

  del(path: string, body?: unknown, headers?: Headers): Promise<Reply> {
    return this.call("DELETE", path, body, headers);
  }

  /** Opens a watch; it is closed when the fact is done. */
  async watch(path: string, headers?: Headers): Promise<Lines> {
    const lines = await this.#server.watch(this.path(path), headers);
    this.#watches.push(lines);
    return lines;
  }

  /** A Job that is there. @throws SetupError */
  async job(name: string, parts: Parts = {}): Promise<Body> {
    return this.made("jobs", job(name, parts));
  }

  /** One Job for each name, one after the other. */
  async jobs(...names: string[]): Promise<Body[]> {
    const made: Body[] = [];
    for (const name of names) made.push(await this.job(name));
    return made;
  }

  /** An object that is there. @throws SetupError */
  async made(resource: string, body: unknown): Promise<Body> {
    return this.#prepared("POST", resource, 201, body);
  }

  /** A change that is only a preparation. @throws SetupError */
  async changed(path: string, patch: unknown): Promise<Body> {
    return this.#prepared("PATCH", path, 200, patch, MERGE);
  }

  /** A deletion that is only a preparation. @throws SetupError */
  async deleted(path: string): Promise<Body> {
    return this.#prepared("DELETE", path, 200);
  }

  /** Reads that may be old see every write so far from now on: the real server's cache has answered a consistent list. */
  async fresh(): Promise<void> {
    await this.#prepared("GET", "jobs?limit=1", 200);
  }

  async #prepared(method: string, path: string, status: number, body?: unknown, headers?: Headers): Promise<Body> {
    const reply = await this.call(method, path, body, headers);
    if (reply.status !== status) throw new SetupError(`${method} ${path} answered ${reply.status}: ${reply.text.slice(0, 300)}`);
    return reply.json;
  }

  leave(): void {
    for (const lines of this.#watches) lines.close();
  }
}
