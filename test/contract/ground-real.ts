// The real API server as a ground for facts: kube-apiserver with the CRDs of scripts/apiserver-crds.ts.

import { readFile } from "node:fs/promises";
import { startApiserver } from "../../scripts/apiserver.ts";
import type { GroundKind } from "./fact.ts";
import { type Ground, type Identity, SetupError } from "./place.ts";
import { API, HttpServer } from "./server.ts";

/** Long enough for a busy machine. */
const PATIENCE_MS = 20_000;

/** kube-apiserver; the one for aged facts reads etcd without a cache, so that a compaction is felt at once. */
export async function startReal(kind: GroundKind = "plain"): Promise<Ground> {
  const api = await startApiserver({ watchCache: kind !== "aged", say: () => {} });
  const ca = await readFile(api.caFile, "utf8");
  const common = { url: api.url, ca, patienceMs: PATIENCE_MS };
  const servers: Record<Identity, HttpServer> = {
    admin: new HttpServer({ ...common, ...keyPair(api.admin) }),
    controller: new HttpServer({ ...common, ...keyPair(api.controller) }),
    team: new HttpServer({ ...common, ...keyPair(api.teamController) }),
    forged: new HttpServer({ ...common, headers: { authorization: "Bearer forged" } }),
  };
  await described(servers.admin);
  return {
    as: (identity) => servers[identity],
    async settle(namespace) {
      const reply = await servers.admin.request("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
      if (reply.status !== 201 && reply.status !== 409) throw new SetupError(`no namespace ${namespace}: ${reply.text}`);
    },
    age: () => api.compact(),
    builtin: (namespace) => ({
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      body: (name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { text: "x" } }),
    }),
    async close() {
      for (const server of Object.values(servers)) server.close();
      await api.stop();
    },
  };
}

/** The API server describes custom resources a moment after it serves them. */
async function described(server: HttpServer): Promise<void> {
  const givesUpAt = performance.now() + 30_000;
  for (;;) {
    const { status, text } = await server.request("GET", `/openapi/v3${API}`);
    if (status === 200 && ["Job", "HistoricJob", "Repository"].every((kind) => text.includes(`"kind":"${kind}"`))) return;
    if (performance.now() > givesUpAt) throw new SetupError(`the kinds are not described within 30 s: ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function keyPair({ cert, key }: { cert: string; key: string }): { cert: string; key: string } {
  return { cert, key };
}
