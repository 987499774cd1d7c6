// What the server says of itself: versions, groups, resources, namespaces, and what is not there.

import assert from "node:assert/strict";
import { type Fact, ok, refused } from "../fact.ts";
import type { Body } from "../../../src/verify/body.ts";
import { API, GROUP, type Reply } from "../server.ts";

const AGGREGATED = { accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json" };
const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const DISCOVERY_GO = "k8s: apiserver/pkg/endpoints/discovery";
const HANDLER_GO = "k8s: apiextensions-apiserver/pkg/apiserver/customresource_handler.go";

interface Resource {
  name: string;
  singularName: string;
  namespaced: boolean;
  kind: string;
  verbs: string[];
}

interface Discovered {
  resource: string;
  scope: string;
  singularResource: string;
  responseKind: { kind: string };
  verbs: string[];
  subresources?: { subresource: string; verbs: string[] }[];
}

interface OpenApi {
  components: { schemas: Record<string, { "x-kubernetes-group-version-kind"?: { kind: string; group: string }[] }> };
  paths: Record<string, { post?: { parameters: { name: string }[] } }>;
}

const resource = (list: Body, name: string): Resource | undefined => (list["resources"] as Resource[]).find((one) => one.name === name);

function discovered(list: Body, name: string): Discovered | undefined {
  const versions = list.items.find(({ metadata }) => metadata.name === GROUP)?.["versions"] as { resources: Discovered[] }[] | undefined;
  return versions?.[0]?.resources.find((one) => one.resource === name);
}

/** Not a Status: the text of Go's HTTP server. */
function textNotFound(reply: Reply): void {
  assert.equal(reply.status, 404);
  assert.match(reply.headers["content-type"] ?? "", /^text\/plain/);
  assert.equal(reply.text.trim(), "404 page not found");
}

export const DISCOVERY: readonly Fact[] = [
  {
    id: "DISC-001",
    claim: "/version names major, minor and the whole version as texts",
    source: "k8s: apimachinery/pkg/version/types.go",
    flip: { fault: "answer:gitVersion=" },
    async run(at) {
      const { major, minor, gitVersion } = ok(await at.get("/version"));
      assert.match(`${major}.${minor}`, /^\d+\.\d+$/);
      assert.match(String(gitVersion), new RegExp(`^v${major}\\.${minor}\\.`));
    },
  },
  {
    id: "DISC-002",
    claim: "/livez, /readyz and /healthz answer the text ok",
    source: "k8s: apiserver/pkg/server/healthz/healthz.go",
    flip: { fault: "status:500,path=/readyz" },
    async run(at) {
      for (const path of ["/livez", "/readyz", "/healthz"]) {
        const { status, text, headers } = await at.get(path);
        assert.deepEqual({ path, status, text }, { path, status: 200, text: "ok" });
        assert.match(headers["content-type"] ?? "", /^text\/plain/);
      }
    },
  },
  {
    id: "DISC-003",
    claim: "/api lists the versions of the core group",
    source: `${DISCOVERY_GO}/legacy.go`,
    flip: { fault: "answer:versions=[]" },
    async run(at) {
      const { kind, versions } = ok(await at.get("/api"));
      assert.deepEqual({ kind, versions }, { kind: "APIVersions", versions: ["v1"] });
    },
  },
  {
    id: "DISC-004",
    claim: "/apis lists the group with its versions and the preferred one",
    source: `${DISCOVERY_GO}/root.go`,
    flip: { fault: "answer:groups.*.preferredVersion=" },
    async run(at) {
      const list = ok(await at.get("/apis"));
      assert.equal(list.kind, "APIGroupList");
      const group = (list["groups"] as Record<string, unknown>[]).find(({ name }) => name === GROUP);
      const version = { groupVersion: `${GROUP}/v0alpha1`, version: "v0alpha1" };
      assert.deepEqual(group?.["preferredVersion"], version);
      assert.deepEqual(group?.["versions"], [version]);
    },
  },
  {
    id: "DISC-005",
    claim: "the path of the group is an APIGroup",
    source: `${DISCOVERY_GO}/group.go`,
    flip: { set: "v1beta1=on" },
    async run(at) {
      const { kind, apiVersion, name, versions } = ok(await at.get(`/apis/${GROUP}`));
      assert.deepEqual({ kind, apiVersion, name, count: (versions as unknown[]).length }, { kind: "APIGroup", apiVersion: "v1", name: GROUP, count: 1 });
    },
  },
  {
    id: "DISC-006",
    claim: "the path of the version lists jobs, historicjobs and repositories as namespaced",
    source: `${DISCOVERY_GO}/version.go`,
    flip: { set: "history=loki" },
    async run(at) {
      const list = ok(await at.get(API));
      assert.deepEqual([list.kind, list["groupVersion"]], ["APIResourceList", `${GROUP}/v0alpha1`]);
      const kinds = ["jobs", "historicjobs", "repositories"].map((name) => resource(list, name)).map((one) => [one?.kind, one?.namespaced]);
      assert.deepEqual(kinds, [["Job", true], ["HistoricJob", true], ["Repository", true]]);
    },
  },
  {
    id: "DISC-007",
    claim: "each resource names the verbs that it serves, deletecollection and patch among them",
    source: `${DISCOVERY_GO}/version.go`,
    flip: { fault: 'answer:resources.*.verbs=["get","list","watch"]' },
    async run(at) {
      const list = ok(await at.get(API));
      for (const name of ["jobs", "historicjobs", "repositories"]) assert.deepEqual(resource(list, name)?.verbs.toSorted(), VERBS, name);
    },
  },
  {
    id: "DISC-008",
    claim: "resources name their singular form",
    source: `${DISCOVERY_GO}/version.go`,
    flip: { fault: 'answer:resources.*.singularName=""' },
    async run(at) {
      const list = ok(await at.get(API));
      const singular = ["jobs", "historicjobs", "repositories"].map((name) => resource(list, name)?.singularName);
      assert.deepEqual(singular, ["job", "historicjob", "repository"]);
    },
  },
  {
    id: "DISC-009",
    claim: "repositories/status is listed as a resource with get, patch and update",
    source: HANDLER_GO,
    flip: { fault: 'answer:resources.*.verbs=["get"]' },
    async run(at) {
      const status = resource(ok(await at.get(API)), "repositories/status");
      assert.deepEqual([status?.kind, status?.verbs.toSorted()], ["Repository", ["get", "patch", "update"]]);
    },
  },
  {
    id: "DISC-010",
    claim: "a discovery path with a slash at its end answers the same",
    source: `${DISCOVERY_GO}/version.go`,
    flip: { fault: "status:404,path=/v0alpha1\\/$/" },
    async run(at) {
      const [plain, slashed] = [await at.get(API), await at.get(`${API}/`)];
      assert.equal(slashed.status, 200);
      assert.deepEqual(slashed.json["groupVersion"], plain.json["groupVersion"]);
    },
  },
  {
    id: "DISC-011",
    claim: "/apis answers the aggregated form when it is accepted first, and says so in its Content-Type",
    source: `${DISCOVERY_GO}/aggregated/handler.go`,
    flip: { fault: "ignore:header.accept" },
    async run(at) {
      const reply = await at.get("/apis", AGGREGATED);
      assert.equal(reply.headers["content-type"], "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
      const { kind, apiVersion } = ok(reply);
      assert.deepEqual([kind, apiVersion], ["APIGroupDiscoveryList", "apidiscovery.k8s.io/v2"]);
    },
  },
  {
    id: "DISC-012",
    claim: "aggregated discovery names kind, scope, singular and verbs of a resource",
    source: "k8s: api/apidiscovery/v2/types.go",
    flip: { fault: "answer:items.*.versions.*.resources.*.scope=" },
    async run(at) {
      const jobs = discovered(ok(await at.get("/apis", AGGREGATED)), "jobs");
      assert.deepEqual([jobs?.responseKind.kind, jobs?.scope, jobs?.singularResource], ["Job", "Namespaced", "job"]);
      assert.deepEqual(jobs?.verbs.toSorted(), VERBS);
    },
  },
  {
    id: "DISC-013",
    claim: "aggregated discovery lists the status of repositories as a sub-resource",
    source: "k8s: api/apidiscovery/v2/types.go",
    flip: { fault: "answer:items.*.versions.*.resources.*.subresources=" },
    async run(at) {
      const repositories = discovered(ok(await at.get("/apis", AGGREGATED)), "repositories");
      const status = repositories?.subresources?.find(({ subresource }) => subresource === "status");
      assert.deepEqual(status?.verbs.toSorted(), ["get", "patch", "update"]);
    },
  },
  {
    id: "DISC-014",
    claim: "/api has an aggregated form, too, with the core group as a group without a name",
    source: `${DISCOVERY_GO}/aggregated/handler.go`,
    flip: { fault: "ignore:header.accept" },
    async run(at) {
      const { kind, items } = ok(await at.get("/api", AGGREGATED));
      assert.equal(kind, "APIGroupDiscoveryList");
      assert.equal(items[0]?.metadata.name ?? "", "");
      assert.equal((items[0]?.["versions"] as { version: string }[])[0]?.version, "v1");
    },
  },
  {
    id: "DISC-015",
    claim: "/openapi/v3 names the document of the group by its path, with a hash in its URL",
    source: "k8s: kube-openapi/pkg/handler3/handler.go",
    flip: { fault: 'answer:paths["apis/provisioning.grafana.app/v0alpha1"]=' },
    async run(at) {
      const paths = ok(await at.get("/openapi/v3"))["paths"] as Record<string, { serverRelativeURL: string }>;
      assert.match(paths[`apis/${GROUP}/v0alpha1`]?.serverRelativeURL ?? "", new RegExp(`^/openapi/v3/apis/${GROUP}/v0alpha1\\?hash=[0-9A-F]+$`));
    },
  },
  {
    id: "DISC-016",
    claim: "the OpenAPI document has one schema that says it is the Job",
    source: "k8s: apiextensions-apiserver/pkg/controller/openapi/builder/builder.go",
    flip: { fault: 'answer:components.schemas.*["x-kubernetes-group-version-kind"]=' },
    async run(at) {
      const { components } = ok(await at.get(`/openapi/v3${API}`)) as unknown as OpenApi;
      const kinds = Object.values(components.schemas).flatMap((schema) => schema["x-kubernetes-group-version-kind"] ?? []);
      const jobs = kinds.filter(({ kind, group }) => kind === "Job" && group === GROUP);
      assert.equal(jobs.length, 1);
    },
  },
  {
    id: "DISC-017",
    claim: "the OpenAPI document offers dryRun and fieldValidation for the creation of a Job",
    source: "k8s: apiextensions-apiserver/pkg/controller/openapi/builder/builder.go",
    flip: { fault: "answer:paths.*.post.parameters=[]" },
    async run(at) {
      const { paths } = ok(await at.get(`/openapi/v3${API}`)) as unknown as OpenApi;
      const offered = paths[`${API}/namespaces/{namespace}/jobs`]?.post?.parameters.map(({ name }) => name) ?? [];
      for (const name of ["dryRun", "fieldManager", "fieldValidation"]) assert.ok(offered.includes(name), name);
    },
  },
  {
    id: "DISC-018",
    claim: "a namespace can be read and is Active",
    source: "k8s: api/core/v1/types.go",
    flip: { fault: "answer:status.phase=Terminating,path=/api/v1" },
    async run(at) {
      await at.job("a");
      const { kind, apiVersion, metadata, status } = ok(await at.get(`/api/v1/namespaces/${at.namespace}`));
      assert.deepEqual([kind, apiVersion, metadata.name, status["phase"]], ["Namespace", "v1", at.namespace, "Active"]);
      assert.deepEqual([typeof metadata.uid, typeof metadata.creationTimestamp], ["string", "string"]);
    },
  },
  {
    id: "DISC-019",
    claim: "a namespace that is not there is answered with 404 whose details have no group",
    source: "k8s: apimachinery/pkg/api/errors/errors.go",
    flip: { fault: "answer:details.kind=,code=404" },
    async run(at) {
      const missing = `${at.namespace}-missing`;
      const reply = await at.get(`/api/v1/namespaces/${missing}`);
      refused(reply, 404, "NotFound", `namespaces "${missing}" not found`, { name: missing, kind: "namespaces" });
    },
  },
  {
    id: "DISC-020",
    claim: "the list of namespaces holds default",
    source: "k8s: api/core/v1/types.go",
    flip: { fault: "answer:items=[],path=/api/v1" },
    async run(at) {
      const { kind, items } = ok(await at.get("/api/v1/namespaces"));
      assert.equal(kind, "NamespaceList");
      assert.ok(items.some(({ metadata }) => metadata.name === "default"));
    },
  },
  {
    id: "DISC-021",
    claim: "a group that is not served is answered with 404 as text, not as a Status",
    source: "k8s: kube-aggregator/pkg/apiserver/apiserver.go",
    flip: { fault: "status-as:404->200" },
    async run(at) {
      textNotFound(await at.get("/apis/nowhere.example.com/v1/things"));
    },
  },
  {
    id: "DISC-022",
    claim: "a version that is not served is answered with 404 as text",
    source: HANDLER_GO,
    flip: { fault: "status-as:404->410" },
    async run(at) {
      textNotFound(await at.get(`/apis/${GROUP}/v9/jobs`));
    },
  },
  {
    id: "DISC-023",
    claim: "a resource that a built-in group does not have is answered with 404 as a Status without details",
    source: "k8s: apiserver/pkg/endpoints/installer.go; the handler of custom resources answers text",
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const { path } = at.builtin;
      const reply = await at.get(path.replace(/[^/]+$/, "nothings"));
      refused(reply, 404, "NotFound", "the server could not find the requested resource", {});
    },
  },
  {
    id: "DISC-024",
    claim: "a sub-resource that a built-in kind does not have is answered with 404 as a Status",
    source: "k8s: apiserver/pkg/endpoints/installer.go",
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const { path, body } = at.builtin;
      await at.made(path, body("a"));
      refused(await at.get(`${path}/a/nothing`), 404, "NotFound", "the server could not find the requested resource");
    },
  },
  {
    id: "DISC-025",
    claim: "an object of a namespaced kind has no path without its namespace",
    source: "k8s: apiserver/pkg/endpoints/installer.go",
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const { path, body } = at.builtin;
      await at.made(path, body("a"));
      const reply = await at.get(`${path.replace(/\/namespaces\/[^/]+/, "")}/a`);
      refused(reply, 404, "NotFound", "the server could not find the requested resource");
    },
  },
];
