// What all claims of a run share: the real API server, the exchange, the subjects, the population, the scale, and what was
// measured before and is of use to a second claim. Knows no claim.

import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type Apiserver, CONTROLLERS, startApiserver } from "../../../scripts/apiserver.ts";
import { BINARY } from "../../support/controller.ts";
import { startExchange, type TestExchange } from "../../support/exchange.ts";
import { allowDriving } from "../../torture/real-server.ts";
import type { Figure } from "./figure.ts";
import { Population } from "./population.ts";
import { emptyProgram, goBuild, RIVALS } from "./programs.ts";
import { type Subject, toEnd } from "./running.ts";
import type { Scale } from "./scale.ts";

export const OURS = "job-controller";
export const READER = "raw reader";
export const CLAIMER = "minimal Go claimer";

type RawFlags = Readonly<Record<string, string | number | boolean>>;

export interface Stage extends AsyncDisposable {
  readonly scale: Scale;
  readonly api: Apiserver;
  readonly exchange: TestExchange;
  readonly population: Population;
  /** For files of the run's own. */
  readonly directory: string;
  readonly ours: Subject;
  readonly rivals: readonly Subject[];
  /** Lists, then watches, and keeps nothing. */
  readonly reader: Subject;
  /** Does jobs, as we do. */
  readonly claimer: Subject;
  /** Nothing but the runtime. */
  readonly empty: Subject;
  /** The load and the bare deleter, to their end; the JSON lines that were written. */
  raw(command: "create" | "delete", flags: RawFlags): Promise<Record<string, unknown>[]>;
  /** What `measure` gave when it was called first with this key. */
  once<T>(key: string, measure: () => Promise<T>): Promise<T>;
}

/** Builds the programs and starts the server; `say` is told, a line at a time. */
export async function openStage(scale: Scale, say: (line: string) => void): Promise<Stage> {
  say("building the programs of the rival and of the limits");
  const directory = await mkdtemp(join(tmpdir(), "job-controller-bench-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", remove);
  const raw = goBuild("raw", "go.mod", join(directory, "raw"));
  const empty = emptyProgram(join(directory, "empty"));
  const rivals = Object.entries(RIVALS).map(([name, modfile]) => ({ name, binary: goBuild("rival", modfile, join(directory, modfile.replace(".", "-"))) }));
  const api = await startApiserver({ say });
  const exchange = await startExchange();
  await allowRivals(api);
  const known = new Map<string, unknown>();
  const flags = [
    `--token=${exchange.token}`,
    `--token-exchange-url=${exchange.url}`,
    `--provisioning-server-url=${api.url}`,
    `--tls-ca-file=${api.caFile}`,
    `--tls-cert-file=${api.controller.certFile}`,
    `--tls-key-file=${api.controller.keyFile}`,
  ];
  // What is measured has our user: the server writes more of it into its audit than of the admin's requests.
  const rawFlags = ({ certFile, keyFile }: Apiserver["admin"], more: RawFlags = {}) =>
    Object.entries({ server: api.url, ca: api.caFile, cert: certFile, key: keyFile, ...more }).map(([name, value]) => `-${name}=${value}`);
  return {
    scale,
    api,
    exchange,
    directory,
    population: new Population(api),
    ours: { name: OURS, binary: BINARY, args: [...flags, "--health-probe-bind-address=0"] },
    rivals: rivals.map((rival) => ({ ...rival, args: flags })),
    reader: { name: READER, binary: raw, args: ["watch", ...rawFlags(api.controller)] },
    claimer: { name: CLAIMER, binary: raw, args: ["claim", ...rawFlags(api.controller)] },
    empty: { name: "empty program", binary: empty, args: [] },
    raw: (command, more) => toEnd({ name: "raw", binary: raw, args: [command, ...rawFlags(command === "create" ? api.admin : api.controller, more)] }),
    async once(key, measure) {
      if (!known.has(key)) known.set(key, await measure());
      return known.get(key) as Awaited<ReturnType<typeof measure>>;
    },
    async [Symbol.asyncDispose]() {
      await exchange.close();
      await api.stop();
      remove();
    },
  };
}

/** client-go's informer watches what it prunes, and drivers write; the rights of a controller that only follows cover neither. */
async function allowRivals(api: Apiserver): Promise<void> {
  const post = (path: string, body: unknown) => api.request("POST", path, body);
  await allowDriving(post);
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const apiGroup = "rbac.authorization.k8s.io";
  const metadata = { name: "history-watcher" };
  const rules = [{ apiGroups: ["provisioning.grafana.app"], resources: ["historicjobs"], verbs: ["watch"] }];
  await post(`${rbac}/clusterroles`, { metadata, rules });
  const subjects = [{ apiGroup, kind: "Group", name: CONTROLLERS }];
  await post(`${rbac}/clusterrolebindings`, { metadata, roleRef: { apiGroup, kind: "ClusterRole", name: metadata.name }, subjects });
}

/** One figure of every subject of a series: whoever is neither ours nor the reader is a rival. */
export function compared<M>(series: ReadonlyMap<string, readonly M[]>, value: (measured: M) => number): Pick<Figure, "ours" | "rivals" | "limit"> {
  const runs = (name: string) => (series.get(name) ?? []).map(value);
  const rivals = [...series.keys()].filter((name) => name !== OURS && name !== READER);
  const limit = series.has(READER) ? { name: READER, runs: runs(READER) } : undefined;
  return { ours: runs(OURS), rivals: Object.fromEntries(rivals.map((name) => [name, runs(name)])), limit };
}
