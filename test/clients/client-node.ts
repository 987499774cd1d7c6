// What a program written with @kubernetes/client-node sees of a server: a line of text a fact. In: a kubeconfig and a namespace
// that is empty, as arguments. Run as a process of its own, under Deno or Bun.

import process from "node:process";
import {
  ApiException,
  CustomObjectsApi,
  type KubernetesListObject,
  type KubernetesObject,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from "@kubernetes/client-node";

interface Job extends KubernetesObject {
  spec?: { action?: string; message?: string };
  status?: Record<string, unknown>;
}

const [file = "", namespace = "default"] = process.argv.slice(2);
const jobs = { group: "provisioning.grafana.app", version: "v0alpha1", namespace, plural: "jobs" };
const path = `/apis/${jobs.group}/${jobs.version}/namespaces/${namespace}/jobs`;
const config = new KubeConfig();
config.loadFromFile(file);
const api = config.makeApiClient(CustomObjectsApi);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function job(name: string, more: { labels?: Record<string, string>; spec?: Record<string, unknown> } = {}): Job {
  return {
    apiVersion: `${jobs.group}/${jobs.version}`,
    kind: "Job",
    metadata: { name, ...(more.labels === undefined ? {} : { labels: more.labels }) },
    spec: { action: "pull", repository: "demo", pull: { incremental: false }, ...more.spec } as Job["spec"],
    status: {},
  };
}

/** Tells how a call ended; its result, if there is one. */
async function tell<T>(what: string, call: Promise<T>, facts: (result: T) => string = () => "ok"): Promise<T | undefined> {
  try {
    const result = await call;
    say(`${what}: ${facts(result)}`);
    return result;
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const { reason, message } = JSON.parse(String(error.body)) as { reason?: string; message?: string };
    say(`${what}: ${error.code} ${reason ?? ""}: ${message ?? ""}`);
    return undefined;
  }
}

/** Resolves once the condition holds. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 2_000) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const create = (body: Job) => api.createNamespacedCustomObject({ ...jobs, body }) as Promise<Job>;
const listing = (page: KubernetesListObject<Job>) =>
  `${page.items.length} items, ${page.metadata?.remainingItemCount ?? "unknown"} remain, more ${Boolean(page.metadata?._continue ?? moreOf(page))}`;
/** CustomObjectsApi gives the wire's own names, others client-node's. */
const moreOf = (page: KubernetesListObject<Job>) => (page.metadata as { continue?: string } | undefined)?.continue;

async function objects(): Promise<void> {
  await tell("create", create(job("one", { labels: { tier: "1" } })), ({ kind, metadata }) => `${kind} ${metadata?.name} generation ${metadata?.generation}`);
  await tell("create again", create(job("one")));
  await tell("create strictly", api.createNamespacedCustomObject({ ...jobs, body: job("two", { spec: { colour: "red" } }), fieldValidation: "Strict" }));
  await tell("create dry", api.createNamespacedCustomObject({ ...jobs, body: job("two"), dryRun: "All" }));
  const got = await tell("get", api.getNamespacedCustomObject({ ...jobs, name: "one" }) as Promise<Job>, ({ spec }) => `action ${spec?.action}`);
  await tell("get none", api.getNamespacedCustomObject({ ...jobs, name: "none" }));
  const changed = { ...got, spec: { ...got?.spec, message: "replaced" } };
  await tell("replace", api.replaceNamespacedCustomObject({ ...jobs, name: "one", body: changed }) as Promise<Job>, ({ spec }) => `message ${spec?.message}`);
  await tell("replace what is stale", api.replaceNamespacedCustomObject({ ...jobs, name: "one", body: changed }));
  const patch = (body: unknown, strategy: PatchStrategy) =>
    api.patchNamespacedCustomObject({ ...jobs, name: "one", body }, setHeaderOptions("Content-Type", strategy)) as Promise<Job>;
  const message = ({ spec }: Job) => `message ${spec?.message}`;
  await tell("merge patch", patch({ spec: { message: "merged" } }, PatchStrategy.MergePatch), message);
  await tell("JSON patch", patch([{ op: "replace", path: "/spec/message", value: "by JSON" }], PatchStrategy.JsonPatch), message);
  await tell("JSON patch that fails", patch([{ op: "test", path: "/spec/message", value: "other" }], PatchStrategy.JsonPatch));
  await tell("strategic patch", patch({}, PatchStrategy.StrategicMergePatch));
  const generic = KubernetesObjectApi.makeApiClient(config);
  await tell("read by kind", generic.read({ ...job("one"), metadata: { name: "one", namespace } } as Job & { metadata: { name: string; namespace: string } }), ({ kind }) => `${kind}`);
  await tell("delete with another uid", api.deleteNamespacedCustomObject({ ...jobs, name: "one", body: { preconditions: { uid: "00000000-0000-4000-8000-000000000000" } } }), () => "ok");
  await tell("delete", api.deleteNamespacedCustomObject({ ...jobs, name: "one" }) as Promise<{ status?: string }>, ({ status }) => `${status}`);
  await tell("delete again", api.deleteNamespacedCustomObject({ ...jobs, name: "one" }));
}

async function pages(): Promise<void> {
  for (const number of [1, 2, 3, 4, 5]) await create(job(`job-${number}`, { labels: { odd: String(number % 2) } }));
  let next: string | undefined;
  do {
    const options = { ...jobs, limit: 2, ...(next === undefined ? {} : { _continue: next }) };
    const page = await tell("page", api.listNamespacedCustomObject(options) as Promise<KubernetesListObject<Job>>, listing);
    next = page === undefined ? undefined : moreOf(page);
  } while (next !== undefined && next !== "");
  const odd = api.listNamespacedCustomObject({ ...jobs, labelSelector: "odd=1" }) as Promise<KubernetesListObject<Job>>;
  await tell("selected", odd, ({ items }) => items.map(({ metadata }) => metadata?.name).join(" "));
  await tell("a continue that is none", api.listNamespacedCustomObject({ ...jobs, _continue: "bm9uc2Vuc2U" }));
  await tell("delete all", api.deleteCollectionNamespacedCustomObject(jobs));
  await tell("list", api.listNamespacedCustomObject(jobs) as Promise<KubernetesListObject<Job>>, listing);
}

async function watches(): Promise<void> {
  const { metadata } = (await api.listNamespacedCustomObject(jobs)) as KubernetesListObject<Job>;
  const events: string[] = [];
  const options = { resourceVersion: metadata?.resourceVersion, allowWatchBookmarks: true };
  const watch = await new Watch(config).watch(path, options, (type, object: Job) => {
    if (type !== "BOOKMARK") events.push(`${type} ${object.metadata?.name} ${object.spec?.message ?? ""}`.trim());
  }, () => {});
  await create(job("watched"));
  await api.patchNamespacedCustomObject({ ...jobs, name: "watched", body: { spec: { message: "seen" } } }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
  await api.deleteNamespacedCustomObject({ ...jobs, name: "watched" });
  await until("three events", () => events.length === 3);
  for (const event of events) say(`watch: ${event}`);
  watch.abort();

  let polite: unknown = "not";
  await new Watch(config).watch(path, { ...options, timeoutSeconds: 1 }, () => {}, (error) => (polite = error));
  await until("the watch has run out", () => polite !== "not");
  say(`a watch of one second ends with: ${polite === null || polite === Watch.SERVER_SIDE_CLOSE ? "nothing" : polite}`);
  let refused: unknown = "not";
  await new Watch(config).watch(path, { resourceVersion: "none" }, () => {}, (error) => (refused = error));
  await until("the watch was refused", () => refused !== "not");
  say(`a watch from a version that is none: ${(refused as { statusCode?: number; code?: number }).statusCode ?? (refused as { code?: number }).code}`);
}

async function informer(): Promise<void> {
  await create(job("early"));
  const list = () => api.listNamespacedCustomObject(jobs) as Promise<KubernetesListObject<Job>>;
  const told: string[] = [];
  const following = makeInformer(config, path, list);
  for (const verb of ["add", "update", "delete"] as const) {
    following.on(verb, ({ metadata, spec }) => void told.push(`${verb} ${metadata?.name} ${spec?.message ?? ""}`.trim()));
  }
  following.on("error", (error) => void told.push(`error ${error}`));
  const expect = async (line: string) => {
    await until(line, () => told.includes(line));
    say(`informer: ${line}`);
  };
  await following.start();
  await expect("add early");
  await create(job("late"));
  await expect("add late");
  await api.patchNamespacedCustomObject({ ...jobs, name: "late", body: { spec: { message: "changed" } } }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
  await expect("update late changed");
  await api.deleteNamespacedCustomObject({ ...jobs, name: "early" });
  await expect("delete early");
  say(`informer: holds ${following.list(namespace).map(({ metadata }) => metadata?.name).join(" ")}`);
  await following.stop();
  await tell("delete all", api.deleteCollectionNamespacedCustomObject(jobs));
}

for (const play of [objects, pages, watches, informer]) {
  say(`## ${play.name}`);
  await play();
}
process.exit(0);
