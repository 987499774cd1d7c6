// How many Jobs and HistoricJobs the real API server holds. The first one is made through the API; the others are copies of how
// that is stored, with a name and a uid of their own, and go straight into etcd: thousands a second, and as old as they shall be.

import { randomUUID } from "node:crypto";
import { API, type Apiserver } from "../../../scripts/apiserver.ts";
import { eventually } from "../../support/apiserver.ts";

export type Resource = "jobs" | "historicjobs";

/** Operations that one transaction of etcd may have at most. */
const BATCH = 100;
const PARALLEL = 4;
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
    const held = this.#held.get(resource) ?? 0;
    await this.put(resource, held, count, ageMs);
    await this.#batches(count, held, (index) => ({ request_delete_range: { key: keyOf(resource, nameOf(index)) } }));
    this.#held.set(resource, count);
    await this.#counted(resource, count);
  }

  /** Makes those from the one place to before the other, new ones where there are some. */
  async put(resource: Resource, from: number, to: number, ageMs: number): Promise<void> {
    const template = await this.#template(resource);
    const created = new Date(Date.now() - ageMs).toISOString().replace(/\.\d+Z/, "Z");
    await this.#batches(from, to, (index) => {
      const metadata = { ...template.metadata, name: nameOf(index), uid: randomUUID(), creationTimestamp: created };
      const value = Buffer.from(JSON.stringify({ ...template, metadata })).toString("base64");
      return { request_put: { key: keyOf(resource, nameOf(index)), value } };
    });
  }

  /** Takes everything of the resource away, whoever has made it. */
  async clear(resource: Resource): Promise<void> {
    const prefix = prefixOf(resource);
    await this.#etcd("deleterange", { key: btoa(prefix), range_end: btoa(`${prefix.slice(0, -1)}0`) });
    this.#held.set(resource, 0);
    await this.#counted(resource, 0);
  }

  /** As the API server says it. */
  async count(resource: Resource): Promise<number> {
    const { body } = await this.#api.request("GET", `${API}/${resource}?limit=1`);
    return (body.items?.length ?? 0) + (body.metadata?.remainingItemCount ?? 0);
  }

  async #counted(resource: Resource, count: number): Promise<void> {
    await eventually(`${count} ${resource} are there`, async () => (await this.count(resource)) === count);
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

  async #batches(from: number, to: number, operation: (index: number) => object): Promise<void> {
    let next = from;
    const work = async () => {
      while (next < to) {
        const first = next;
        next = Math.min(to, first + BATCH);
        await this.#etcd("txn", { success: Array.from({ length: next - first }, (_, offset) => operation(first + offset)) });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  }

  async #etcd<Body>(what: "range" | "txn" | "deleterange", body: object): Promise<Body> {
    const answer = await fetch(`${this.#api.etcdUrl}/v3/kv/${what}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd: ${what}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Body;
  }
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
