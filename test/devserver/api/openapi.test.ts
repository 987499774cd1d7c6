import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Behaviour, behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import { openapi } from "../../../src/devserver/api/openapi.ts";

interface Operation {
  parameters: { name: string }[];
  "x-kubernetes-action": string;
  "x-kubernetes-group-version-kind": unknown;
}

interface Schema {
  type: string;
  properties: Record<string, Schema>;
  allOf: unknown;
  "x-kubernetes-group-version-kind": unknown;
}

interface Document {
  paths: Record<string, Record<string, Operation | undefined>>;
  components: { schemas: Record<string, Schema | undefined> };
}

const GROUP = "provisioning.grafana.app";
const PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

function get(path: string, accept?: string, behaviour: Partial<Behaviour> = {}) {
  return openapi(path, accept, { ...behaviourOf("2026-09"), ...behaviour });
}

function documentOf(version: string, behaviour: Partial<Behaviour> = {}): Document {
  return JSON.parse(get(`/openapi/v3/apis/${GROUP}/${version}`, undefined, behaviour)?.body ?? "") as Document;
}

describe("openapi()", () => {
  test("the index leads to a document for each version, by its hash", () => {
    const { paths } = JSON.parse(get("/openapi/v3")?.body ?? "") as { paths: Record<string, { serverRelativeURL: string }> };
    assert.deepEqual(Object.keys(paths), [`apis/${GROUP}/v0alpha1`, `apis/${GROUP}/v1beta1`]);
    const [path = "", hash] = paths[`apis/${GROUP}/v1beta1`]?.serverRelativeURL.split("?hash=") ?? [];
    assert.equal(get(path)?.headers?.["etag"], `"${hash}"`);
    assert.deepEqual(get("/openapi/v3/apis/other/v1"), undefined);
  });

  test("kubectl finds the kinds, and what their paths take", () => {
    const { components, paths } = documentOf("v1beta1");
    const job = components.schemas[`app.grafana.provisioning.v1beta1.Job`];
    assert.deepEqual(job?.["x-kubernetes-group-version-kind"], [{ group: GROUP, kind: "Job", version: "v1beta1" }]);
    assert.equal(job?.properties["spec"]?.properties["pull"]?.properties["incremental"]?.type, "boolean");
    const object = paths[`/apis/${GROUP}/v1beta1/namespaces/{namespace}/jobs/{name}`];
    assert.deepEqual(object?.["patch"]?.["x-kubernetes-group-version-kind"], { group: GROUP, version: "v1beta1", kind: "Job" });
    const names = object?.["patch"]?.parameters.map(({ name }) => name);
    for (const name of ["dryRun", "fieldManager", "fieldValidation"]) assert.ok(names?.includes(name), name);
    const actions = Object.values(paths).flatMap((path) =>
      ["get", "put", "post", "patch", "delete"].map((method) => path[method]?.["x-kubernetes-action"])
    );
    assert.deepEqual([...new Set(actions)].filter(Boolean).sort(), [
      "connect",
      "delete",
      "deletecollection",
      "get",
      "list",
      "patch",
      "post",
      "put",
    ]);
  });

  test("every reference leads somewhere", () => {
    for (const behaviour of [{}, { kinds: "custom" }, { history: "loki" }] as const) {
      const document = documentOf("v0alpha1", behaviour);
      const names = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) =>
        name ?? ""
      );
      assert.ok(names.length > 0);
      for (const name of names) assert.ok(Object.hasOwn(document.components.schemas, name), name);
    }
  });

  test("HistoricJobs stand in it only where they are a custom kind", () => {
    const kinds = (behaviour: Partial<Behaviour>) =>
      Object.keys(documentOf("v0alpha1", behaviour).components.schemas).some((name) => name.endsWith(".HistoricJob"));
    assert.deepEqual([kinds({}), kinds({ kinds: "custom" }), kinds({ kinds: "custom", history: "loki" })], [false, true, false]);
  });

  test("v2 is empty in protobuf and holds the schemas in JSON", () => {
    const empty = get("/openapi/v2", `${PROTOBUF}, application/json`);
    assert.deepEqual([empty?.status, empty?.body, empty?.headers?.["content-type"]], [200, "", PROTOBUF]);
    const old = get("/openapi/v2", PROTOBUF.replace("v2.v1.0", "v2@v1.0"));
    assert.deepEqual([old?.status, old?.headers?.["content-type"]], [200, PROTOBUF]);
    const json = JSON.parse(get("/openapi/v2", "application/json")?.body ?? "") as {
      swagger: string;
      definitions: Record<string, Schema>;
    };
    assert.equal(json.swagger, "2.0");
    assert.deepEqual(json.definitions["app.grafana.provisioning.v0alpha1.Job"]?.properties["metadata"]?.allOf, [
      { $ref: "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" },
    ]);
    assert.equal(get("/openapi/v2", "text/html")?.status, 406);
  });
});
