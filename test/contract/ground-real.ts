// The real API server as a ground for facts: kube-apiserver with the CRDs of scripts/apiserver-crds.ts.

import { readFile } from "node:fs/promises";
import { startApiserver } from "../../scripts/apiserver.ts";
import type { GroundKind } from "./fact.ts";
import { type Ground, type Identity, SetupError } from "./place.ts";
import { HttpServer } from "./server.ts";

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

function keyPair({ cert, key }: { cert: string; key: string }): { cert: string; key: string } {
  return { cert, key };
}
