// The dev server as a ground for facts, in this process, with what a flip makes of it.

import { startDevserver } from "../support/devserver.ts";
import type { Flip, GroundKind } from "./fact.ts";
import { type Ground, type Identity, job } from "./place.ts";
import { API, GROUP, HttpServer, TEAM_NAMESPACE } from "./server.ts";

/**
 * Longer than any fact has to wait, flipped or not: what is late is lost. No longer than needed, as flipped facts wait in
 * vain.
 */
const PATIENCE_MS = 5_000;

/** `dev --era=kubernetes` in this process, and what a flip makes of it. */
export async function startDev(kind: GroundKind = "plain", flip?: Flip): Promise<Ground> {
  const settings = kind === "built-in" ? ["kinds=built-in"] : [];
  const devserver = await startDevserver({
    era: "kubernetes",
    repositories: [],
    settings: flip !== undefined && "set" in flip ? [...settings, flip.set] : settings,
    faults: flip !== undefined && "fault" in flip ? [flip.fault] : [],
  });
  const common = { url: devserver.apiUrl, ca: devserver.certificates.ca, patienceMs: PATIENCE_MS };
  const permissions = [`${GROUP}/jobs:list`, `${GROUP}/jobs:watch`, `${GROUP}/historicjobs:list`, `${GROUP}/historicjobs:delete`];
  const [admin, controller, team] = await Promise.all([
    devserver.mintToken(),
    devserver.mintToken({ permissions }),
    devserver.mintToken({ permissions, namespace: TEAM_NAMESPACE }),
  ]);
  const tokens = { admin, controller, team, forged: "forged" };
  const serverOf = (token: string) => new HttpServer({ ...common, headers: { "x-access-token": `Bearer ${token}` } });
  const servers = Object.fromEntries(Object.entries(tokens).map(([identity, token]) => [identity, serverOf(token)])) as Record<
    Identity,
    HttpServer
  >;
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
