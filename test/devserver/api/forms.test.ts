import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type CallOptions, type Reply, startDevserver, type TestDevserver } from "../../support/devserver.ts";

interface Row {
  cells: unknown[];
  object: Record<string, unknown> | null;
}

interface Table {
  kind: string;
  apiVersion: string;
  metadata: Record<string, unknown>;
  columnDefinitions: { name: string; type: string; format: string; description: string; priority: number }[] | null;
  rows: Row[];
}

const JOB = { spec: { action: "pull", repository: "r", pull: { incremental: true } } };

function as(kind: string, version = "v1"): CallOptions {
  return { headers: { accept: `application/json;as=${kind};v=${version};g=meta.k8s.io` } };
}

function tableOf(reply: Reply): Table {
  assert.equal(reply.status, 200, reply.text);
  return JSON.parse(reply.text) as Table;
}

for (const era of ["2026-09", "kubernetes"] as const) {
  describe(`forms of answers, era ${era}`, () => {
    let server: TestDevserver;
    const absent = era === "kubernetes" ? null : "";
    before(async () => {
      server = await startDevserver({ era });
      const make = (name: string, status: Record<string, unknown>) =>
        server.store.create("jobs", { metadata: { name, namespace: "a" }, ...JOB, status });
      make("one", { state: "working", message: "halfway" });
      make("two", {});
    });
    after(() => server.close());

    test("a form for lists alone is refused only where there is an object to show", async () => {
      const list = as("PartialObjectMetadataList");
      const refused = era === "kubernetes" ? 500 : 406;
      const calls = [["GET", "missing", 404], ["GET", "one", refused], ["DELETE", "brief", 200]] as const;
      server.store.create("jobs", { metadata: { name: "brief", namespace: "a" }, ...JOB });
      for (const [method, name, status] of calls) {
        assert.equal((await server.call(method, `namespaces/a/jobs/${name}`, undefined, list)).status, status, name);
      }
    });

    test("a table has the columns of its kind and a row for each object", async () => {
      const { kind, apiVersion, metadata, columnDefinitions, rows } = tableOf(
        await server.call("GET", "namespaces/a/jobs", undefined, as("Table")),
      );
      assert.deepEqual([kind, apiVersion], ["Table", "meta.k8s.io/v1"]);
      assert.equal(metadata["resourceVersion"], server.store.versionText());
      assert.deepEqual(columnDefinitions?.map(({ name }) => name), ["Name", "Created At", "Action", "State", "Message"]);
      assert.deepEqual(columnDefinitions?.map(({ type }) => type), [
        "string",
        era === "kubernetes" ? "string" : "date",
        "string",
        "string",
        "string",
      ]);
      const created = server.store.get("jobs", "a", "one")?.object.metadata.creationTimestamp;
      assert.deepEqual(rows.map(({ cells }) => cells), [
        ["one", created, "pull", "working", "halfway"],
        ["two", created, "pull", absent, absent],
      ]);
    });

    test("repositories show title, type and target", async () => {
      const { columnDefinitions, rows } = tableOf(await server.call("GET", "repositories", undefined, as("Table", "v1beta1")));
      assert.deepEqual(columnDefinitions?.map(({ name }) => name), ["Name", "Created At", "Title", "Type", "Target"]);
      assert.deepEqual(rows[0]?.cells.slice(2), ["test6", "local", "/repositories/test6"]);
    });

    test("a row carries metadata, the whole object, or nothing", async () => {
      const object = server.store.get("jobs", "a", "one")?.object;
      const row = async (query: string) =>
        tableOf(await server.call("GET", `namespaces/a/jobs/one${query}`, undefined, as("Table"))).rows[0]?.object;
      const metadata = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object?.metadata };
      assert.deepEqual(await row(""), metadata);
      assert.deepEqual(await row("?includeObject=Metadata"), metadata);
      assert.deepEqual(await row("?includeObject=Object"), {
        kind: "Job",
        apiVersion: "provisioning.grafana.app/v0alpha1",
        ...object,
      });
      assert.equal(await row("?includeObject=None"), null);
      const refused = await server.call("GET", "namespaces/a/jobs?includeObject=All", undefined, as("Table"));
      assert.deepEqual([refused.status, refused.json.reason], [400, "BadRequest"]);
      assert.match(
        refused.json.message ?? "",
        /includeObject: Invalid value: "All": must be 'Metadata', 'Object', 'None', or empty$/,
      );
    });

    test("a table of one object bears its version, a page's that of the list and the next token", async () => {
      const one = tableOf(await server.call("GET", "namespaces/a/jobs/one", undefined, as("Table")));
      assert.equal(one.metadata["resourceVersion"], server.store.get("jobs", "a", "one")?.object.metadata.resourceVersion);
      const page = tableOf(await server.call("GET", "namespaces/a/jobs?limit=1", undefined, as("Table")));
      assert.equal(page.rows.length, 1);
      const next = encodeURIComponent(String(page.metadata["continue"]));
      const last = tableOf(await server.call("GET", `namespaces/a/jobs?limit=1&continue=${next}`, undefined, as("Table")));
      assert.deepEqual(last.rows.map(({ cells }) => cells[0]), ["two"]);
      assert.equal(last.metadata["continue"], undefined);
    });

    for (const version of ["v1", "v1beta1"]) {
      test(`metadata alone, in ${version}`, async () => {
        const apiVersion = `meta.k8s.io/${version}`;
        const one = await server.call("GET", "namespaces/a/jobs/one", undefined, as("PartialObjectMetadata", version));
        const metadata = server.store.get("jobs", "a", "one")?.object.metadata;
        assert.deepEqual(one.json, { kind: "PartialObjectMetadata", apiVersion, metadata });
        const list = await server.call("GET", "namespaces/a/jobs", undefined, as("PartialObjectMetadataList", version));
        assert.deepEqual([list.json.kind, list.json.apiVersion], ["PartialObjectMetadataList", apiVersion]);
        assert.deepEqual(list.json.items?.map((item) => Object.keys(item)), [["kind", "apiVersion", "metadata"], [
          "kind",
          "apiVersion",
          "metadata",
        ]]);
      });
    }

    test("a list is no object and an object no list", async () => {
      const list = await server.call("GET", "jobs", undefined, as("PartialObjectMetadata"));
      assert.deepEqual([list.status, list.json.reason], [406, "NotAcceptable"]);
      assert.match(list.json.message ?? "", /^you requested PartialObjectMetadata, but the requested object is a list \(\*/);
      const object = await server.call("GET", "namespaces/a/jobs/one", undefined, as("PartialObjectMetadataList"));
      assert.equal(object.status, era === "kubernetes" ? 500 : 406);
    });

    test("events are tables too, of which the first alone defines the columns", async () => {
      const lines = await server.watch("namespaces/a/jobs", `resourceVersion=${server.store.versionText()}`, as("Table"));
      const made = server.store.create("jobs", {
        metadata: { name: "three", namespace: "a" },
        ...JOB,
        status: { state: "pending" },
      });
      server.store.delete("jobs", "a", "three");
      const [added, deleted] = [await lines.next(), await lines.next()];
      lines.close();
      const tables = [added, deleted].map((event) => event?.object as unknown as Table);
      assert.deepEqual([added?.type, deleted?.type], ["ADDED", "DELETED"]);
      assert.deepEqual(tables.map(({ columnDefinitions }) => columnDefinitions?.length), [5, undefined]);
      assert.equal(tables[0]?.metadata["resourceVersion"], made.object.metadata.resourceVersion);
      assert.deepEqual(tables.map(({ rows }) => rows.map(({ cells }) => [cells[0], cells[3]])), [[["three", "pending"]], [[
        "three",
        "pending",
      ]]]);
    });

    test("bookmarks are rows without a name", async () => {
      const query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
      const bookmarkOf = async (kind: string) => {
        const lines = await server.watch("namespaces/a/historicjobs", query, as(kind));
        const event = await lines.next();
        lines.close();
        assert.equal(event?.type, "BOOKMARK");
        return event?.object;
      };
      const annotations = { "k8s.io/initial-events-end": "true" };
      const metadata = { resourceVersion: server.store.versionText(), annotations };
      const partial = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
      assert.deepEqual(await bookmarkOf("PartialObjectMetadata"), partial);
      const table = (await bookmarkOf("Table")) as unknown as Table;
      assert.deepEqual(table.rows, [{ cells: ["", absent, absent, absent, absent], object: partial }]);
      assert.equal(table.columnDefinitions?.length, 5);
    });

    test("what is written answers in the form that is asked for, a Status stays one", async () => {
      const body = { kind: "Job", apiVersion: "provisioning.grafana.app/v0alpha1", metadata: { name: "four" }, ...JOB };
      const created = await server.call("POST", "namespaces/a/jobs", body, as("Table"));
      assert.deepEqual([created.status, created.json.kind], [201, "Table"]);
      const gone = await server.call("DELETE", "namespaces/a/jobs/four", undefined, as("Table"));
      assert.deepEqual([gone.status, gone.json.kind], [200, "Status"]);
    });

    test("the first type that can be had is given, and named", async () => {
      const accepting = (accept: string, path = "namespaces/a/jobs/one") =>
        server.call("GET", path, undefined, { headers: { accept } });
      const types = async (accept: string) => {
        const { status, headers, json } = await accepting(accept);
        return [status, headers["content-type"], json.kind];
      };
      assert.deepEqual(await types("application/json;as=Table;v=v2;g=meta.k8s.io,application/json"), [
        200,
        "application/json",
        "Job",
      ]);
      assert.deepEqual(await types("application/vnd.kubernetes.protobuf, */*"), [200, "application/json", "Job"]);
      // JSON is YAML.
      assert.deepEqual(await types("application/yaml"), [200, "application/yaml", "Job"]);
      assert.deepEqual(await types("text/html"), [406, "application/json", "Status"]);
      const message =
        "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf";
      assert.equal((await accepting("text/html")).json.message, message);
      assert.equal((await accepting("application/yaml", "jobs?watch=1")).status, 406);
    });
  });
}
