// A real API server, which can be killed and started again over the same storage.

import { readFile } from "node:fs/promises";
import { CONTROLLERS, startApiserver } from "../../scripts/apiserver.ts";
import { HttpServer } from "../contract/server.ts";
import { startExchange } from "../support/exchange.ts";
import { TO_CONTROLLERS, TO_JOBS, TO_REAL } from "./plan.ts";
import { recordEtcd } from "./recorder.ts";
import { ACTIONS, NAMESPACE, PATIENCE_MS, release, touch, type TortureServer } from "./server.ts";

export async function startReal(repositories: readonly string[]): Promise<TortureServer> {
  const api = await startApiserver({ args: ["--request-timeout=5s"], say: () => {} });
  const exchange = await startExchange();
  await allowDriving((path, body) => api.request("POST", path, body));
  for (const name of repositories) await api.request("POST", `${NAMESPACE}/repositories`, repositoryOf(name));
  const { cert, key } = api.admin;
  const http = new HttpServer({ url: api.url, ca: await readFile(api.caFile, "utf8"), cert, key, patienceMs: PATIENCE_MS });
  let restarting: Promise<void> = Promise.resolve();
  return {
    name: "real",
    port: Number(new URL(api.url).port),
    flags: (port) => [
      `--token=${exchange.token}`,
      `--token-exchange-url=${exchange.url}`,
      `--provisioning-server-url=https://127.0.0.1:${port}`,
      `--tls-ca-file=${api.caFile}`,
      `--tls-cert-file=${api.controller.certFile}`,
      `--tls-key-file=${api.controller.keyFile}`,
    ],
    atomic: true,
    kinds: [...TO_CONTROLLERS, ...TO_JOBS, ...TO_REAL],
    record: () => recordEtcd(api.etcdUrl),
    createJob: async (repository, action) => {
      const name = `${repository}-${action === "pull" ? "sync" : action}`;
      const job = {
        apiVersion: "provisioning.grafana.app/v0alpha1",
        kind: "Job",
        metadata: { name, labels: { "provisioning.grafana.app/repository": repository } },
        spec: { action, repository, [action]: ACTIONS[action] },
        status: {},
      };
      const { status, json } = await http.request("POST", `${NAMESPACE}/jobs`, job);
      return status === 201 ? json.metadata : undefined;
    },
    touchJob: (job) => touch(http, job),
    releaseJob: (job, version) => release(http, job, version),
    async suffer(_kind, ms) {
      await restarting;
      await api.halt("SIGKILL");
      restarting = new Promise((resolve) => setTimeout(resolve, ms)).then(() => api.start());
    },
    calm: () => restarting,
    async close() {
      http.close();
      await exchange.close();
      await api.stop();
    },
  };
}

/** What driving jobs takes beyond notices and pruning. */
export async function allowDriving(post: (path: string, body: unknown) => Promise<unknown>): Promise<void> {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const apiGroup = "rbac.authorization.k8s.io";
  const apiGroups = ["provisioning.grafana.app"];
  const metadata = { name: "job-driver" };
  const rules = [
    { apiGroups, resources: ["jobs"], verbs: ["get", "update", "delete"] },
    { apiGroups, resources: ["historicjobs"], verbs: ["get", "create"] },
    { apiGroups, resources: ["repositories", "repositories/status"], verbs: ["get", "list", "update"] },
  ];
  await post(`${rbac}/clusterroles`, { metadata, rules });
  const subjects = [{ apiGroup, kind: "Group", name: CONTROLLERS }];
  await post(`${rbac}/clusterrolebindings`, { metadata, roleRef: { apiGroup, kind: "ClusterRole", name: metadata.name }, subjects });
}

function repositoryOf(name: string): object {
  return {
    apiVersion: "provisioning.grafana.app/v0alpha1",
    kind: "Repository",
    metadata: { name },
    spec: { title: name, type: "local", local: { path: "/a" }, workflows: ["write"], sync: { enabled: true, target: "folder", intervalSeconds: 60 } },
  };
}
