// A real API server with an exchange beside it, controllers that are started against both, and the objects of tests.

import assert from "node:assert/strict";
import { API, type Apiserver, type ApiserverOptions, type ClientCertificate, startApiserver } from "../../scripts/apiserver.ts";
import { Controller } from "./controller.ts";
import { startExchange, type TestExchange } from "./exchange.ts";

const GROUP = "provisioning.grafana.app";

/** What of a created object tests refer to. */
export interface Created {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  createdMs: number;
}

/** Resolves once the condition holds; a condition that throws does not hold. */
export async function eventually<T>(what: string, condition: () => Promise<T | false | undefined>, withinMs = 60_000): Promise<T> {
  const givesUpAt = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    const held = await condition().catch((error: unknown) => ((last = error), undefined));
    if (held !== undefined && held !== false) return held;
    if (performance.now() > givesUpAt) throw new Error(`not so within ${withinMs} ms: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export class RealServer {
  readonly api: Apiserver;
  readonly #exchange: TestExchange;
  readonly #controllers = new Set<Controller>();

  private constructor(api: Apiserver, exchange: TestExchange) {
    this.api = api;
    this.#exchange = exchange;
  }

  static async start(options: ApiserverOptions = {}): Promise<RealServer> {
    return new RealServer(await startApiserver(options), await startExchange());
  }

  /** The compiled controller with mutual TLS; `port` leads through another port of this machine. */
  controller(flags: readonly string[] = [], access: { certificate?: Pick<ClientCertificate, "certFile" | "keyFile">; port?: number } = {}): Controller {
    const { certificate = this.api.controller, port = this.port } = access;
    const controller = new Controller([
      `--token=${this.#exchange.token}`,
      `--token-exchange-url=${this.#exchange.url}`,
      `--provisioning-server-url=https://127.0.0.1:${port}`,
      `--tls-ca-file=${this.api.caFile}`,
      `--tls-cert-file=${certificate.certFile}`,
      `--tls-key-file=${certificate.keyFile}`,
      "--health-probe-bind-address=0",
      ...flags,
    ]);
    this.#controllers.add(controller);
    void controller.exited.then(() => this.#controllers.delete(controller));
    return controller;
  }

  get port(): number {
    return Number(new URL(this.api.url).port);
  }

  /** A Job as the repository's sub-resource makes it. */
  createJob(name: string, namespace = "default"): Promise<Created> {
    return this.#create("jobs", namespace, {
      apiVersion: `${GROUP}/v0alpha1`,
      kind: "Job",
      metadata: { name, labels: { [`${GROUP}/repository`]: "demo" } },
      spec: { action: "pull", repository: "demo", pull: { incremental: false } },
      status: {},
    });
  }

  createJobs(prefix: string, count: number): Promise<Created[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => this.createJob(`${prefix}-${index}`)));
  }

  /** What Grafana's driver leaves of a job: a HistoricJob, with the job's uid as a label. */
  createRecord(name: string, namespace = "default", originalUid = "00000000-0000-4000-8000-000000000000"): Promise<Created> {
    return this.#create("historicjobs", namespace, {
      apiVersion: `${GROUP}/v0alpha1`,
      kind: "HistoricJob",
      metadata: { name, labels: { [`${GROUP}/repository`]: "demo", [`${GROUP}/original-uid`]: originalUid } },
      spec: { action: "pull", repository: "demo", pull: { incremental: false } },
      status: { state: "success" },
    });
  }

  /** Archives and deletes a job, as its driver does at the end. */
  async finish(job: Created): Promise<void> {
    await this.createRecord(`${job.name}-${job.uid.slice(0, 5)}`, job.namespace, job.uid);
    await this.delete("jobs", job);
  }

  async delete(resource: "jobs" | "historicjobs", { namespace, name }: Created): Promise<void> {
    const { status, body } = await this.api.request("DELETE", `${API}/namespaces/${namespace}/${resource}/${name}`);
    assert.equal(status, 200, JSON.stringify(body));
  }

  /** Names that are left, sorted. */
  async names(resource: "jobs" | "historicjobs"): Promise<string[]> {
    const { body } = await this.api.request("GET", `${API}/${resource}`);
    return (body.items ?? []).map(({ metadata }) => metadata?.name ?? "").sort();
  }

  /** Ends what a test started and removes what it made; every controller must end in order and have written JSON alone. */
  async reset(): Promise<void> {
    for (const controller of [...this.#controllers]) {
      controller.signal("SIGCONT");
      assert.equal(await controller.stop(), 0, controller.tail());
      assert.deepEqual(controller.garbage, []);
    }
    for (const namespace of ["default", "team-a"]) {
      for (const resource of ["jobs", "historicjobs"]) await this.api.request("DELETE", `${API}/namespaces/${namespace}/${resource}`);
    }
  }

  async stop(): Promise<void> {
    for (const controller of this.#controllers) controller.signal("SIGKILL");
    await this.#exchange.close();
    await this.api.stop();
  }

  async #create(resource: string, namespace: string, object: unknown): Promise<Created> {
    const { status, body } = await this.api.request("POST", `${API}/namespaces/${namespace}/${resource}`, object);
    assert.equal(status, 201, JSON.stringify(body));
    const { name = "", uid = "", resourceVersion = "", creationTimestamp = "" } = body.metadata ?? {};
    return { name, namespace, uid, resourceVersion, createdMs: Date.parse(creationTimestamp) };
  }
}

/** Each of these uids was announced, and none twice. */
export function assertOnce(controller: Controller, jobs: readonly Created[]): void {
  const counts = controller.counts();
  assert.deepEqual(jobs.map(({ name, uid }) => [name, counts.get(uid) ?? 0]), jobs.map(({ name }) => [name, 1]));
  assert.deepEqual([...counts].filter(([, count]) => count > 1), []);
}
