// How many Jobs and HistoricJobs the real API server holds. The first one is made through the API; the others are copies of how
// that is stored, with a name and a uid of their own, and go straight into etcd: thousands a second, and as old as they shall be.

import { randomUUID } from "node:crypto";
import { API, type Apiserver } from "../../../scripts/apiserver.ts";
import { eventually } from "../../support/apiserver.ts";

export type Resource = "jobs" | "historicjobs";

/** Requests to etcd at a time. Each object has a revision of its own: the API server's cache takes two of one revision for an error. */
const PARALLEL = 32;
/** So many later the API server must have caught up. */
const STRIDE = 5_000;
const NAMESPACE = "default";

interface Stored {
  metadata: { name: string; uid: string; creationTimestamp: string };
}

export class Population {
  readonly #api: Apiserver;
  readonly #held = new Map<Resource, number>([["jobs", 0], ["historicjobs", 0]]);
  readonly #templates = new Map<Resource, Stored>();

  constructor(api: Apiserver) {
    this.#api = api;
  }

  /** Leaves that many of the resource, objects of others being gone; `ageMs` = age of those that are new. */
  async set(resource: Resource, count: number, ageMs = 0): Promise<void> {
    for (let held = this.#held.get(resource) ?? 0; held !== count; ) {
      const next = held < count ? Math.min(count, held + STRIDE) : Math.max(count, held - STRIDE);
      if (next > held) await this.put(resource, held, next, ageMs);
      else await inParallel(indices(next, held), (index) => this.#etcd("deleterange", { key: keyOf(resource, nameOf(index)) }));
      await eventually(`${next} ${resource} are there`, async () => (await this.count(resource)) === next);
      held = next;
      this.#held.set(resource, held);
    }
  }

  /** Makes those from the one place to before the other, new ones where there are some. */
  async put(resource: Resource, from: number, to: number, ageMs: number): Promise<void> {
    const template = await this.#template(resource);
    const created = new Date(Date.now() - ageMs).toISOString().replace(/\.\d+Z/, "Z");
    await inParallel(indices(from, to), (index) => {
      const metadata = { ...template.metadata, name: nameOf(index), uid: randomUUID(), creationTimestamp: created };
      const value = Buffer.from(JSON.stringify({ ...template, metadata })).toString("base64");
      return this.#etcd("put", { key: keyOf(resource, nameOf(index)), value });
    });
  }

  /** Takes everything of the resource away, whoever has made it. */
  async clear(resource: Resource): Promise<void> {
    const prefix = prefixOf(resource);
    const all = { key: btoa(prefix), range_end: btoa(`${prefix.slice(0, -1)}0`), keys_only: true };
    const { kvs = [] } = await this.#etcd<{ kvs?: { key: string }[] }>("range", all);
    await inParallel(kvs, ({ key }) => this.#etcd("deleterange", { key }));
    await eventually(`no ${resource} are there`, async () => (await this.count(resource)) === 0);
    this.#held.set(resource, 0);
  }

  /** As the API server says it. */
  async count(resource: Resource): Promise<number> {
    const { body } = await this.#api.request("GET", `${API}/${resource}?limit=1`);
    return (body.items?.length ?? 0) + (body.metadata?.remainingItemCount ?? 0);
  }

  async #template(resource: Resource): Promise<Stored> {
    const known = this.#templates.get(resource);
    if (known !== undefined) return known;
    const name = "template";
    const path = `${API}/namespaces/${NAMESPACE}/${resource}`;
    const { status, body } = await this.#api.request("POST", path, { ...OBJECTS[resource], metadata: { name, labels: LABELS[resource] } });
    if (status !== 201) throw new Error(`Cannot create a template of ${resource}: ${JSON.stringify(body)}`);
    const { kvs } = await this.#etcd<{ kvs?: { value: string }[] }>("range", { key: keyOf(resource, name) });
    const stored = JSON.parse(Buffer.from(kvs?.[0]?.value ?? "", "base64").toString()) as Stored;
    await this.#api.request("DELETE", `${path}/${name}`);
    this.#templates.set(resource, stored);
    return stored;
  }

  async #etcd<Body>(what: "range" | "put" | "deleterange", body: object): Promise<Body> {
    const answer = await fetch(`${this.#api.etcdUrl}/v3/kv/${what}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd: ${what}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Body;
  }
}

function indices(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, offset) => from + offset);
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (const item of queue) await work(item);
  }));
}

function nameOf(index: number): string {
  return `repository-sync-${String(index).padStart(7, "0")}`;
}

function prefixOf(resource: Resource): string {
  return `/registry/provisioning.grafana.app/${resource}/`;
}

function keyOf(resource: Resource, name: string): string {
  return btoa(`${prefixOf(resource)}${NAMESPACE}/${name}`);
}

const LABELS: Record<Resource, Record<string, string>> = {
  jobs: { "provisioning.grafana.app/repository": "demo" },
  historicjobs: {
    "provisioning.grafana.app/repository": "demo",
    "provisioning.grafana.app/original-uid": "00000000-0000-4000-8000-000000000000",
  },
};

const WHAT = {
  apiVersion: "provisioning.grafana.app/v0alpha1",
  spec: { action: "pull", repository: "demo", pull: { incremental: false } },
};

const OBJECTS: Record<Resource, object> = {
  jobs: { ...WHAT, kind: "Job", status: {} },
  historicjobs: {
    ...WHAT,
    kind: "HistoricJob",
    status: {
      state: "success",
      started: 1_756_111_201_060,
      finished: 1_756_111_240_000,
      message: "completed successfully",
      progress: 100,
      summary: [{ group: "dashboard.grafana.app", kind: "Dashboard", total: 10, create: 9, noop: 1 }],
    },
  },
};
