import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { discovery } from "../../../src/devserver/api/discovery.ts";
import { type Behaviour, behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import { Refusal } from "../../../src/devserver/wire/status.ts";

const GROUP = "provisioning.grafana.app";
const V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const V2BETA1 = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";

/** What documents of discovery hold, each some of it. */
interface Json {
  kind: string;
  apiVersion: string;
  name: string;
  version: string;
  gitVersion: string;
  metadata: { name?: string };
  groups: Json[];
  versions: Json[];
  preferredVersion: Json;
  items: Json[];
  resources: Json[];
  resource: string;
  responseKind: unknown;
  scope: string;
  singularName: string;
  singularResource: string;
  namespaced: boolean;
  storageVersionHash: string;
  subresources: Json[];
  subresource: string;
  verbs: string[];
  paths: string[];
}

function get(path: string, options: { accept?: string; method?: string; behaviour?: Partial<Behaviour> } = {}) {
  const { accept, method = "GET", behaviour = {} } = options;
  const header = (name: string) => (name === "accept" ? accept : undefined);
  const answer = discovery({ method, path, header }, { ...behaviourOf("2026-09"), ...behaviour });
  return { type: answer?.headers?.["content-type"], answer, json: JSON.parse(answer?.body ?? "{}") as Json };
}

function resources(path: string, behaviour: Partial<Behaviour> = {}): Map<string, Json> {
  return new Map(get(path, { behaviour }).json.resources.map((resource) => [resource.name, resource]));
}

describe("discovery()", () => {
  test("lists groups and versions, the preferred version first", () => {
    assert.deepEqual(get("/api").json, { kind: "APIVersions", versions: ["v1"] });
    const group = get("/apis").json.groups.find(({ name }) => name === GROUP);
    assert.deepEqual(group?.versions.map(({ version }) => version), ["v0alpha1", "v1beta1"]);
    assert.equal(group?.preferredVersion.version, "v0alpha1");
    assert.deepEqual(get(`/apis/${GROUP}/`).json, { ...group, kind: "APIGroup", apiVersion: "v1" });
  });

  test("names of resources, kinds and verbs", () => {
    const found = resources(`/apis/${GROUP}/v0alpha1`);
    assert.deepEqual([...found.values()].map(({ name, kind, singularName, namespaced }) => [name, kind, singularName, namespaced]), [
      ["jobs", "Job", "job", true],
      ["historicjobs", "HistoricJob", "historicjob", true],
      ["repositories", "Repository", "repository", true],
      ["repositories/jobs", "Job", "", true],
      ["repositories/status", "Repository", "", true],
    ]);
    const jobs = found.get("jobs");
    assert.deepEqual(jobs?.verbs, ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]);
    const custom = resources(`/apis/${GROUP}/v0alpha1`, { kinds: "custom" }).get("jobs");
    assert.deepEqual(custom?.verbs, ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]);
    // As the API server has it for a custom kind of this name.
    assert.equal(jobs?.storageVersionHash, "iJX8rXkQO48=");
    assert.deepEqual(resources("/api/v1").get("namespaces")?.verbs, ["get", "list"]);
  });

  test("v1beta1 and historicjobs come and go with their rows", () => {
    assert.equal(get(`/apis/${GROUP}/v1beta1`, { behaviour: { beta: false } }).answer, undefined);
    assert.equal(get("/apis", { behaviour: { beta: false } }).json.groups.at(-1)?.versions.length, 1);
    assert.equal(resources(`/apis/${GROUP}/v0alpha1`, { history: "loki" }).has("historicjobs"), false);
  });

  test("the aggregated form is given in the version asked for", () => {
    for (const [accept, version] of [[V2, "v2"], [V2BETA1, "v2beta1"], [`${V2},${V2BETA1},application/json`, "v2"]] as const) {
      const { json, type } = get("/apis", { accept });
      assert.deepEqual([json.kind, json.apiVersion], ["APIGroupDiscoveryList", `apidiscovery.k8s.io/${version}`]);
      assert.equal(type, `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`);
      const group = json.items.find(({ metadata }) => metadata.name === GROUP);
      const repositories = group?.versions[0]?.resources.find(({ resource }) => resource === "repositories");
      assert.deepEqual(repositories?.responseKind, { group: GROUP, version: "v0alpha1", kind: "Repository" });
      assert.deepEqual([repositories?.scope, repositories?.singularResource], ["Namespaced", "repository"]);
      assert.deepEqual(repositories?.subresources.map(({ subresource, verbs }) => [subresource, verbs]), [
        ["jobs", ["create", "get"]],
        ["status", ["get", "patch", "update"]],
      ]);
    }
    const core = get("/api", { accept: V2 }).json.items;
    assert.deepEqual(core.map(({ metadata, versions }) => [metadata, versions[0]?.resources[0]?.resource]), [[{}, "namespaces"]]);
  });

  test("who accepts neither form is refused, who accepts both gets the classic one", () => {
    const unknown = V2.replace("v=v2", "v=v3");
    assert.throws(() => get("/apis", { accept: unknown }), (error) => error instanceof Refusal && error.code === 406);
    assert.throws(() => get("/version", { accept: "text/html" }), (error) => error instanceof Refusal && error.code === 406);
    assert.equal(get("/apis", { accept: `${unknown},application/json` }).json.kind, "APIGroupList");
  });

  test("/version is read alone, the others answer any method", () => {
    assert.match(get("/version").json.gitVersion, /^v1\.\d+\.\d+$/);
    assert.throws(() => get("/version", { method: "POST" }), (error) => error instanceof Refusal && error.code === 405);
    assert.equal(get("/apis", { method: "OPTIONS" }).json.kind, "APIGroupList");
  });

  test("the root lists what there is", () => {
    const { paths } = get("/").json;
    for (const path of paths) if (!/z$/.test(path)) assert.notEqual(get(path).answer, undefined, path);
    assert.ok(paths.includes(`/apis/${GROUP}/v1beta1`));
  });

  test("other paths are left to others", () => {
    for (const path of ["/apis/other", "/api/v2", `/apis/${GROUP}/v9`, `/apis/${GROUP}/v0alpha1/jobs`]) {
      assert.equal(get(path).answer, undefined, path);
    }
  });
});
