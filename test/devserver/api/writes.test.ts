import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Body, type CallOptions, type Reply, startDevserver, type TestDevserver } from "../../support/devserver.ts";

const GROUP = "provisioning.grafana.app";
const JOBS = "namespaces/a/jobs";
const SPEC = { action: "delete", repository: "r", delete: { paths: ["a", "b"] } };
const MERGE: CallOptions = { headers: { "content-type": "application/merge-patch+json" } };
const JSON_PATCH: CallOptions = { headers: { "content-type": "application/json-patch+json" } };

for (const era of ["2026-09", "kubernetes"]) {
  describe(`writes to ${era}`, () => {
    let server: TestDevserver;
    before(async () => {
      server = await startDevserver({ era });
    });
    after(() => server.close());
    let made = 0;
    const bodyOf = (metadata: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
      apiVersion: `${GROUP}/v0alpha1`,
      kind: "Job",
      metadata,
      spec: SPEC,
      ...more,
    });
    const create = async (metadata: Record<string, unknown> = {}): Promise<{ path: string; object: Body }> => {
      const name = `job-${made++}`;
      const reply = await server.call("POST", JOBS, bodyOf({ name, ...metadata }));
      assert.equal(reply.status, 201, reply.text);
      return { path: `${JOBS}/${name}`, object: reply.json };
    };
    const patch = (path: string, body: unknown, query = "") => server.call("PATCH", path + query, body, Array.isArray(body) ? JSON_PATCH : MERGE);
    const read = async (path: string): Promise<Body> => (await server.call("GET", path)).json;
    const facts = (reply: Reply): [number, string | undefined] => [reply.status, reply.json.reason];

    describe("PATCH", () => {
      test("merge: sets, removes and replaces lists whole", async () => {
        const { path } = await create({ labels: { a: "1", b: "2" } });
        const reply = await patch(path, { metadata: { labels: { a: null, c: "3" } }, spec: { delete: { paths: ["c"] } } });
        assert.deepEqual([reply.json.metadata.labels, reply.json.spec?.["delete"]], [{ b: "2", c: "3" }, { paths: ["c"] }]);
        assert.deepEqual(await read(path), reply.json);
      });

      test("JSON: operations in their order, all or none", async () => {
        const { path, object } = await create();
        const done = await patch(path, [{ op: "test", path: "/spec/action", value: "delete" }, { op: "add", path: "/spec/delete/paths/-", value: "c" }]);
        assert.deepEqual(done.json.spec?.["delete"], { paths: ["a", "b", "c"] });
        const failed = await patch(path, [{ op: "remove", path: "/spec/delete/paths/0" }, { op: "test", path: "/metadata/uid", value: "other" }]);
        assert.deepEqual([...facts(failed), failed.json.message], [422, "Invalid", "the server rejected our request due to an error in our request"]);
        assert.deepEqual((await read(path)).spec?.["delete"], { paths: ["a", "b", "c"] });
        assert.equal(done.json.metadata.uid, object.metadata.uid);
      });

      test("a resourceVersion or uid in it is a precondition", async () => {
        const { path, object } = await create();
        assert.deepEqual(facts(await patch(path, { metadata: { resourceVersion: "1" } })), [409, "Conflict"]);
        assert.deepEqual(facts(await patch(path, { metadata: { uid: "11111111-1111-1111-1111-111111111111" } })), [422, "Invalid"]);
        assert.equal((await patch(path, { metadata: { resourceVersion: object.metadata.resourceVersion, labels: { a: "b" } } })).status, 200);
      });

      test("what is not there is not made", async () => assert.deepEqual(facts(await patch(`${JOBS}/none`, {})), [404, "NotFound"]));

      test("admission runs", async () => {
        const { path } = await create();
        assert.deepEqual(facts(await patch(path, { spec: { delete: null } })), [422, "Invalid"]);
      });

      for (const type of ["application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/json", undefined]) {
        test(`${type ?? "no type"} is refused with 415 that names what is taken`, async () => {
          const { path } = await create();
          const reply = await server.call("PATCH", path, {}, { headers: { "content-type": type ?? "" } });
          assert.deepEqual(facts(reply), [415, "UnsupportedMediaType"]);
          assert.match(reply.json.message ?? "", /: application\/json-patch\+json, application\/merge-patch\+json$/);
        });
      }

      test("of a repository's status touches the status alone", async () => {
        await server.call("POST", "namespaces/a/repositories", { ...bodyOf({ name: "r" }), kind: "Repository", spec: { title: "R" } });
        const status = { health: { healthy: true, checked: 1 } };
        const reply = await patch("namespaces/a/repositories/r/status", { status, spec: { title: "S" }, metadata: { labels: { a: "b" } } });
        assert.deepEqual([reply.json.status, reply.json.spec, reply.json.metadata.labels], [status, { title: "R" }, undefined]);
        const replaced = await patch("namespaces/a/repositories/r/status", [{ op: "replace", path: "/status/health/healthy", value: false }]);
        assert.deepEqual(replaced.json.status, { health: { healthy: false, checked: 1 } });
      });
    });

    describe("dryRun=All", () => {
      test("answers as if, and changes nothing: no object, no version, no event", async () => {
        const { path, object } = await create({ finalizers: ["example.com/x"] });
        const watch = await server.watch(JOBS, `resourceVersion=${object.metadata.resourceVersion}`);
        const dry = "?dryRun=All";
        const created = await server.call("POST", JOBS + dry, bodyOf({ name: "dry" }));
        assert.deepEqual([created.status, created.json.metadata.resourceVersion], [201, undefined]);
        assert.match(created.json.metadata.uid ?? "", /^[0-9a-f-]{36}$/);
        const labelled = { ...object, metadata: { ...object.metadata, labels: { a: "b" } } };
        for (const reply of [await server.call("PUT", path + dry, labelled), await patch(path, { metadata: { labels: { a: "b" } } }, dry)]) {
          assert.deepEqual([reply.json.metadata.labels, reply.json.metadata.resourceVersion], [{ a: "b" }, object.metadata.resourceVersion]);
        }
        assert.notEqual((await server.call("DELETE", path + dry)).json.metadata.deletionTimestamp, undefined);
        assert.equal((await server.call("DELETE", JOBS + dry)).status, 200);
        assert.deepEqual(await read(path), object);
        assert.equal((await server.call("GET", `${JOBS}/dry`)).status, 404);
        const real = await create();
        assert.equal((await watch.next())?.object.metadata.name, real.object.metadata.name);
        watch.close();
      });

      test("refuses what the write itself would be refused for", async () => {
        const { path, object } = await create();
        const { name } = object.metadata;
        assert.deepEqual(facts(await server.call("POST", `${JOBS}?dryRun=All`, bodyOf({ name }))), [409, "AlreadyExists"]);
        assert.deepEqual(facts(await patch(path, { metadata: { resourceVersion: "1" } }, "?dryRun=All")), [409, "Conflict"]);
        assert.deepEqual(facts(await server.call("DELETE", `${JOBS}/none?dryRun=All`)), [404, "NotFound"]);
        assert.deepEqual(facts(await server.call("DELETE", `${path}?dryRun=Some`)), [422, "Invalid"]);
      });
    });

    describe("fieldValidation", () => {
      const text = (name: string) =>
        `{"apiVersion":"${GROUP}/v0alpha1","kind":"Job","metadata":{"name":"${name}"},"spec":{"action":"push","repository":"r","newer":1,"action":"delete","delete":{"paths":["a"]}}}`;
      const WARNINGS = '299 - "duplicate field \\"spec.action\\"", 299 - "unknown field \\"spec.newer\\""';

      for (const [query, warning] of [["", WARNINGS], ["?fieldValidation=Warn", WARNINGS], ["?fieldValidation=Ignore", undefined]] as const) {
        test(`${query || "by default"} takes the object${warning === undefined ? "" : " and warns"}`, async () => {
          const reply = await server.call("POST", JOBS + query, text(`field-${made++}`));
          assert.deepEqual([reply.status, reply.headers["warning"]], [201, warning]);
          assert.deepEqual(reply.json.spec, { action: "delete", repository: "r", delete: { paths: ["a"] } });
        });
      }

      test("Strict refuses it and says all", async () => {
        const reply = await server.call("POST", `${JOBS}?fieldValidation=Strict`, text("strict"));
        assert.deepEqual([...facts(reply), reply.json.message], [
          400,
          "BadRequest",
          'Job in version "v0alpha1" cannot be handled as a Job: strict decoding error: duplicate field "spec.action", unknown field "spec.newer"',
        ]);
      });

      test("warnings are bounded, and ASCII whatever the fields are called", async () => {
        const newer = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`ключ-${index}`, index]));
        const reply = await server.call("POST", JOBS, bodyOf({ name: `field-${made++}` }, { spec: { ...SPEC, ...newer } }));
        assert.equal(reply.status, 201);
        const warning = reply.headers["warning"] as string | undefined;
        assert.match(warning ?? "", /^299 - "unknown field \\"spec\.\\u043a\\u043b[\x20-\x7e]+"$/);
        assert.ok((warning ?? "").length < 5_000, String(warning?.length));
      });

      test("warnings come with a refusal too", async () => {
        const { object } = await create();
        const reply = await server.call("POST", JOBS, text(object.metadata.name ?? ""));
        assert.deepEqual([reply.status, reply.headers["warning"]], [409, WARNINGS]);
      });
    });

    describe("DELETE", () => {
      test("an object with finalizers is marked, counts up, takes no new ones, and goes with the last", async () => {
        const { path, object } = await create({ finalizers: ["example.com/a", "example.com/b"] });
        const marked = (await server.call("DELETE", path)).json.metadata;
        assert.deepEqual([marked.generation, marked["deletionGracePeriodSeconds"]], [2, 0]);
        assert.match(marked.deletionTimestamp ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        assert.equal((await server.call("DELETE", path)).json.metadata.resourceVersion, marked.resourceVersion);
        assert.deepEqual(facts(await patch(path, { metadata: { finalizers: ["example.com/c"] } })), [422, "Invalid"]);
        const again = await server.call("POST", JOBS, bodyOf({ name: object.metadata.name }));
        assert.match(again.json.message ?? "", /^object is being deleted: /);
        assert.equal((await patch(path, { metadata: { finalizers: ["example.com/b"] } })).json.metadata.deletionTimestamp, marked.deletionTimestamp);
        assert.equal((await patch(path, { metadata: { finalizers: [] } })).status, 200);
        assert.equal((await server.call("GET", path)).status, 404);
      });

      test("preconditions name both values", async () => {
        const { path, object } = await create();
        const reply = await server.call("DELETE", path, { preconditions: { uid: "other" } });
        assert.deepEqual(facts(reply), [409, "Conflict"]);
        assert.equal(
          reply.json.message,
          `Operation cannot be fulfilled on Job.${GROUP} "${object.metadata.name}": the UID in the precondition (other) does not match the UID in record (${object.metadata.uid}). The object might have been deleted and then recreated`,
        );
        assert.equal((await server.call("DELETE", path, { preconditions: { resourceVersion: "1" } })).status, 409);
        assert.equal((await server.call("DELETE", path, { preconditions: { uid: object.metadata.uid } })).status, 200);
      });

      for (
        const [what, options, code] of [
          ["another kind", { kind: "Job" }, 400],
          ["a policy that is none", { propagationPolicy: "Sideways" }, 422],
          ["a policy and orphanDependents", { propagationPolicy: "Background", orphanDependents: true }, 422],
          ["a grace period that is no number", { gracePeriodSeconds: "1" }, 400],
          ["a dry run that is none", { dryRun: ["Some"] }, 422],
        ] as const
      ) {
        test(`refuses ${what} with ${code}`, async () => {
          const { path } = await create();
          assert.equal((await server.call("DELETE", path, options)).status, code);
          assert.equal((await server.call("GET", path)).status, 200);
        });
      }

      test("of the collection takes what a list of the same query shows, and answers with it", async () => {
        const path = `namespaces/many-${era}/jobs`;
        for (const [name, group] of [["a", "x"], ["b", "x"], ["c", "y"]]) {
          await server.call("POST", path, bodyOf({ name, labels: { group } }));
        }
        const names = ({ json }: Reply) => json.items?.map(({ metadata }) => metadata.name);
        assert.deepEqual(names(await server.call("DELETE", `${path}?labelSelector=group%3Dx`)), ["a", "b"]);
        assert.deepEqual(names(await server.call("GET", path)), ["c"]);
        assert.equal((await server.call("DELETE", `${path}?labelSelector=a%20b`)).status, 400);
        assert.deepEqual(names(await server.call("DELETE", `${path}?fieldSelector=metadata.name%3Dnone`)), []);
        assert.deepEqual(names(await server.call("DELETE", path)), ["c"]);
        assert.deepEqual(names(await server.call("GET", path)), []);
      });
    });

    test("patch and deletecollection are rights of their own", async () => {
      const { path } = await create();
      const as = async (verb: string): Promise<CallOptions> => ({
        headers: { ...MERGE.headers, "x-access-token": await server.mintToken({ permissions: [`${GROUP}/jobs:${verb}`] }) },
      });
      assert.equal((await server.call("PATCH", path, {}, await as("patch"))).status, 200);
      assert.equal((await server.call("PATCH", path, {}, await as("update"))).status, 403);
      assert.equal((await server.call("DELETE", "namespaces/none/jobs", undefined, await as("deletecollection"))).status, 200);
      assert.equal((await server.call("DELETE", "namespaces/none/jobs", undefined, await as("delete"))).status, 403);
    });
  });
}
