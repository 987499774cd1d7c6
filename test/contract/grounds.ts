// The two servers as grounds for facts: the real API server, and the dev server with what a flip makes of it.

import { startApiserver, TEAM_NAMESPACE } from "../../scripts/apiserver.ts";
import { readFile } from "node:fs/promises";
import { createDevserver } from "../../src/devserver/serve.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { Flip } from "./fact.ts";
import { type Ground, type Identity, job, SetupError } from "./place.ts";
import { API, GROUP, HttpServer } from "./server.ts";

/** Long enough for a busy machine. */
const REAL_PATIENCE_MS = 20_000;
/** Flipped facts wait in vain for lines that never come; the dev server is in this process. */
const FLIPPED_PATIENCE_MS = 1_500;

/** kube-apiserver; `aging` reads etcd without a cache, so that a compaction is felt at once. */
export async function startReal({ aging = false } = {}): Promise<Ground> {
  const api = await startApiserver({ watchCache: !aging, say: () => {} });
  const ca = await readFile(api.caFile, "utf8");
  const common = { url: api.url, ca, patienceMs: REAL_PATIENCE_MS };
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

/** `dev --era=kubernetes` in this process. */
export async function startDev(flip?: Flip): Promise<Ground> {
  const devserver = await createDevserver({
    clock: systemClock,
    random: Math.random,
    apiAddress: "127.0.0.1:0",
    exchangeAddress: "127.0.0.1:0",
    era: "kubernetes",
    repositories: [],
    ...(flip === undefined ? {} : "set" in flip ? { settings: [flip.set] } : { faults: [flip.fault] }),
  });
  const common = {
    url: devserver.apiUrl,
    ca: devserver.certificates.ca,
    patienceMs: flip === undefined ? REAL_PATIENCE_MS : FLIPPED_PATIENCE_MS,
  };
  const permissions = [`${GROUP}/jobs:list`, `${GROUP}/jobs:watch`, `${GROUP}/historicjobs:list`, `${GROUP}/historicjobs:delete`];
  const [admin, controller, team] = await Promise.all([
    devserver.mintToken(),
    devserver.mintToken({ permissions }),
    devserver.mintToken({ permissions, namespace: TEAM_NAMESPACE }),
  ]);
  const tokens = { admin, controller, team, forged: "forged" };
  const servers = Object.fromEntries(
    Object.entries(tokens).map(([identity, token]) => [identity, new HttpServer({ ...common, headers: { "x-access-token": `Bearer ${token}` } })]),
  ) as Record<Identity, HttpServer>;
  return {
    as: (identity) => servers[identity],
    settle: () => Promise.resolve(),
    age: () => Promise.resolve(devserver.forgetEvents()),
    builtin: (namespace) => ({ path: `${API}/namespaces/${namespace}/jobs`, body: (name) => job(name) }),
    async close() {
      for (const server of Object.values(servers)) server.close();
      await devserver.close();
    },
  };
}

function keyPair({ cert, key }: { cert: string; key: string }): { cert: string; key: string } {
  return { cert, key };
}
