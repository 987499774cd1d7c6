// PUT, and reads of one object: compare-and-swap, what a write may change, generations, the status sub-resource.

import assert from "node:assert/strict";
import { type Fact, invalid, ok, refused } from "../fact.ts";
import { job, repository } from "../place.ts";
import type { Body } from "../../../src/verify/body.ts";
import { GROUP } from "../server.ts";

const UPDATE_GO = "k8s: apiserver/pkg/registry/rest/update.go";
const STORE_GO = "k8s: apiserver/pkg/registry/generic/registry/store.go";
const HANDLER_GO = "k8s: apiserver/pkg/endpoints/handlers/update.go";
const META_GO = "k8s: apimachinery/pkg/api/validation/objectmeta.go";
const STRATEGY_GO = "k8s: apiextensions-apiserver/pkg/registry/customresource/status_strategy.go";
const CONCEPTS = "k8s docs: reference/using-api/api-concepts";

const OTHER_UID = "11111111-1111-4111-8111-111111111111";
const AGAIN = "the object has been modified; please apply your changes to the latest version and try again";
const MODIFIED = `Operation cannot be fulfilled on jobs.${GROUP} "a": ${AGAIN}`;

/** The object with other metadata. */
const meta = (object: Body, metadata: Record<string, unknown>): Record<string, unknown> => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
});

export const UPDATE: readonly Fact[] = [
  {
    id: "GET-001",
    claim: "a GET answers the object as it was made",
    source: STORE_GO,
    flip: { fault: 'answer:spec.action="push",method=GET' },
    async run(at) {
      const { metadata } = await at.job("a");
      const read = ok(await at.get("jobs/a"));
      assert.deepEqual([read.kind, read.metadata.uid, read.spec], ["Job", metadata.uid, job("a").spec]);
    },
  },
  {
    id: "GET-002",
    claim: "an object that is not there is answered with 404 that names it, its group and its resource",
    source: "k8s: apimachinery/pkg/api/errors/errors.go",
    flip: { fault: "answer:details.name=,code=404" },
    async run(at) {
      refused(await at.get("jobs/a"), 404, "NotFound", `jobs.${GROUP} "a" not found`, { name: "a", group: GROUP, kind: "jobs" });
    },
  },
  {
    id: "GET-003",
    claim: "a GET sees a write that was answered before",
    source: `${CONCEPTS}#semantics-for-get-and-list`,
    flip: { fault: "answer:spec.message=,method=GET" },
    async run(at) {
      await at.job("a");
      await at.changed("jobs/a", { spec: { message: "new" } });
      assert.equal(ok(await at.get("jobs/a")).spec["message"], "new");
    },
  },
  {
    id: "GET-004",
    claim: "a GET at resourceVersion=0 or an older one answers the object",
    source: `${CONCEPTS}#semantics-for-get-and-list`,
    flip: { fault: "status:410,verb=get" },
    async run(at) {
      const { metadata } = await at.job("a");
      await at.fresh();
      for (const version of ["0", "1", metadata.resourceVersion]) {
        assert.equal(ok(await at.get(`jobs/a?resourceVersion=${version}`)).metadata.resourceVersion, metadata.resourceVersion);
      }
    },
  },
  {
    id: "GET-005",
    claim: "a GET at a resourceVersion that the server has not reached is answered with 504 and Retry-After",
    source: "k8s: apiserver/pkg/storage/errors.go",
    flip: { set: "version-too-large=400" },
    async run(at) {
      await at.job("a");
      const reply = await at.get("jobs/a?resourceVersion=999999999");
      refused(reply, 504, "Timeout", /^Timeout: Too large resource version: 999999999, current: \d+$/, {
        causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
        retryAfterSeconds: 1,
      });
      assert.equal(reply.headers["retry-after"], "1");
    },
  },
  {
    id: "GET-006",
    claim: "a GET at a resourceVersion that is no number is answered with 500 and no reason",
    source: "k8s: apiserver/pkg/storage/api_object_versioner.go",
    flip: { fault: "ignore:query.resourceVersion" },
    async run(at) {
      await at.job("a");
      refused(await at.get("jobs/a?resourceVersion=abc"), 500, "", /^resourceVersion: Invalid value: "abc"/);
    },
  },
  {
    id: "GET-007",
    claim: "a GET of one object does not watch, whatever its query says",
    source: "k8s: apiserver/pkg/endpoints/handlers/get.go",
    flip: { fault: "status:405,path=jobs/a?watch" },
    async run(at) {
      await at.job("a");
      assert.equal(ok(await at.get("jobs/a?watch=1&timeoutSeconds=1")).kind, "Job");
    },
  },
  {
    id: "PUT-001",
    claim: "a PUT with the current resourceVersion is answered with 200 and a greater one",
    source: UPDATE_GO,
    flip: { fault: 'answer:metadata.resourceVersion="1",method=PUT' },
    async run(at) {
      const made = await at.job("a");
      const { metadata, spec } = ok(await at.put("jobs/a", { ...made, spec: { ...made.spec, message: "new" } }));
      assert.ok(BigInt(metadata.resourceVersion) > BigInt(made.metadata.resourceVersion));
      assert.equal(spec["message"], "new");
    },
  },
  {
    id: "PUT-002",
    claim: "a PUT replaces the object: what it leaves out is gone",
    source: `${CONCEPTS}#update-mechanism-update`,
    flip: { fault: 'request:body.metadata.labels={"k":"v"},method=PUT' },
    async run(at) {
      const made = await at.job("a", { metadata: { labels: { k: "v" } }, spec: { message: "m" }, status: { state: "working" } });
      ok(await at.put("jobs/a", { ...job("a"), metadata: { name: "a", resourceVersion: made.metadata.resourceVersion } }));
      const { metadata, spec, status } = ok(await at.get("jobs/a"));
      assert.deepEqual([metadata.labels, spec, status ?? {}], [undefined, job("a").spec, {}]);
    },
  },
  {
    id: "PUT-003",
    claim: "a PUT with an older resourceVersion is refused with 409 Conflict",
    source: `${CONCEPTS}#resource-versions`,
    flip: { fault: "cas-lies" },
    async run(at) {
      const stale = await at.job("a");
      await at.changed("jobs/a", { spec: { message: "new" } });
      const reply = await at.put("jobs/a", { ...stale, spec: { ...stale.spec, message: "late" } });
      refused(reply, 409, "Conflict", MODIFIED, { name: "a", group: GROUP, kind: "jobs" });
      assert.equal(ok(await at.get("jobs/a")).spec["message"], "new");
    },
  },
  {
    id: "PUT-004",
    claim: "a PUT with a resourceVersion of the future is refused with 409 Conflict",
    source: STORE_GO,
    flip: { fault: "cas-lies" },
    async run(at) {
      const made = await at.job("a");
      refused(await at.put("jobs/a", meta(made, { resourceVersion: "999999999" })), 409, "Conflict", MODIFIED);
    },
  },
  {
    id: "PUT-005",
    claim: "a PUT without resourceVersion is refused with 422 for metadata.resourceVersion",
    source: UPDATE_GO,
    flip: { set: "put-without-version=overwrites" },
    async run(at) {
      await at.job("a");
      const reply = await at.put("jobs/a", job("a"));
      invalid(reply, ["FieldValueInvalid metadata.resourceVersion"], { name: "a", group: GROUP, kind: "jobs" });
      assert.match(reply.json.message ?? "", /metadata\.resourceVersion: Invalid value: 0: must be specified for an update$/);
    },
  },
  {
    id: "PUT-006",
    claim: "a PUT with resourceVersion 0 has none, and is refused with 422",
    source: UPDATE_GO,
    flip: { set: "put-without-version=overwrites" },
    async run(at) {
      const made = await at.job("a");
      invalid(await at.put("jobs/a", meta(made, { resourceVersion: "0" })), ["FieldValueInvalid metadata.resourceVersion"]);
    },
  },
  {
    id: "PUT-007",
    claim: "a PUT with a resourceVersion that is no number is refused with 500",
    source: "k8s: apiserver/pkg/storage/api_object_versioner.go",
    flip: { fault: 'request:body.metadata.resourceVersion="1",method=PUT' },
    async run(at) {
      const made = await at.job("a");
      refused(await at.put("jobs/a", meta(made, { resourceVersion: "abc" })), 500, "");
    },
  },
  {
    id: "PUT-008",
    claim: "a PUT to an object that is not there is refused with 404 and creates nothing",
    source: STORE_GO,
    flip: { set: "put-missing=creates" },
    async run(at) {
      const reply = await at.put("jobs/a", job("a"));
      refused(reply, 404, "NotFound", `jobs.${GROUP} "a" not found`, { name: "a", group: GROUP, kind: "jobs" });
      assert.equal((await at.get("jobs/a")).status, 404);
    },
  },
  {
    id: "PUT-009",
    claim: "a PUT with resourceVersion to an object that is gone is refused with 404",
    source: STORE_GO,
    flip: { set: "put-deleted=409" },
    async run(at) {
      const made = await at.job("a");
      await at.deleted("jobs/a");
      refused(await at.put("jobs/a", made), 404, "NotFound");
    },
  },
  {
    id: "PUT-010",
    claim: "a PUT with another uid is refused with 409 that names both",
    source: "k8s: apiserver/pkg/storage/etcd3/store.go",
    flip: { fault: "ignore:body.metadata.uid" },
    async run(at) {
      const made = await at.job("a");
      const reply = await at.put("jobs/a", meta(made, { uid: OTHER_UID }));
      const message = new RegExp(`Precondition failed: UID in precondition: ${OTHER_UID}, UID in object meta: ${made.metadata.uid}$`);
      refused(reply, 409, "Conflict", message, { name: "a", group: GROUP, kind: "jobs" });
    },
  },
  {
    id: "PUT-011",
    claim: "a PUT to the successor of an object is refused by the predecessor's uid",
    source: "k8s: apiserver/pkg/storage/etcd3/store.go",
    flip: { fault: "ignore:body.metadata.uid" },
    async run(at) {
      const first = await at.job("a");
      await at.deleted("jobs/a");
      const second = await at.job("a");
      refused(await at.put("jobs/a", meta(first, { resourceVersion: second.metadata.resourceVersion })), 409, "Conflict");
    },
  },
  {
    id: "PUT-012",
    claim: "a PUT may leave uid, creationTimestamp and namespace out; they stay",
    source: UPDATE_GO,
    flip: { fault: "answer:metadata.creationTimestamp=,method=PUT" },
    async run(at) {
      const { metadata } = await at.job("a");
      const written = ok(await at.put("jobs/a", job("a", { metadata: { resourceVersion: metadata.resourceVersion }, spec: { message: "new" } })));
      for (const field of ["uid", "creationTimestamp", "namespace"]) assert.equal(written.metadata[field], metadata[field], field);
    },
  },
  {
    id: "PUT-013",
    claim: "a PUT cannot change creationTimestamp and generation: they are passed over",
    source: UPDATE_GO,
    flip: { fault: "answer:metadata.generation=99,method=PUT" },
    async run(at) {
      const made = await at.job("a");
      const { metadata } = ok(await at.put("jobs/a", meta(made, { creationTimestamp: "2001-01-01T00:00:00Z", generation: 99, labels: { k: "v" } })));
      assert.deepEqual([metadata.creationTimestamp, metadata.generation, metadata.labels], [made.metadata.creationTimestamp, 1, { k: "v" }]);
    },
  },
  {
    id: "PUT-014",
    claim: "a PUT that sets deletionTimestamp is refused with 422: immutable",
    source: META_GO,
    flip: { fault: "ignore:body.metadata.deletionTimestamp" },
    async run(at) {
      const made = await at.job("a");
      const reply = await at.put("jobs/a", meta(made, { deletionTimestamp: "2001-01-01T00:00:00Z" }));
      refused(reply, 422, "Invalid", /metadata\.deletionTimestamp: Invalid value: "2001-01-01T00:00:00Z": field is immutable/);
    },
  },
  {
    id: "PUT-015",
    claim: "a PUT that changes nothing keeps the resourceVersion",
    source: "k8s: apiserver/pkg/storage/etcd3/store.go",
    flip: { set: "same-object=written" },
    async run(at) {
      const made = await at.job("a");
      assert.equal(ok(await at.put("jobs/a", made)).metadata.resourceVersion, made.metadata.resourceVersion);
    },
  },
  {
    id: "PUT-016",
    claim: "a PUT that changes nothing reaches no watch",
    source: "k8s: apiserver/pkg/storage/etcd3/store.go",
    flip: { set: "same-object=written" },
    async run(at) {
      const made = await at.job("a");
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${made.metadata.resourceVersion}`);
      ok(await at.put("jobs/a", made));
      await at.job("marker");
      assert.equal((await watch.event()).object.metadata.name, "marker");
    },
  },
  {
    id: "PUT-017",
    claim: "the name in the body must be that of the path: 400",
    source: HANDLER_GO,
    flip: { fault: 'request:body.metadata.name="a",method=PUT' },
    async run(at) {
      const made = await at.job("a");
      const reply = await at.put("jobs/a", meta(made, { name: "b" }));
      refused(reply, 400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)");
    },
  },
  {
    id: "PUT-018",
    claim: "a body without name is refused with 400",
    source: HANDLER_GO,
    flip: { fault: 'request:body.metadata.name="a",method=PUT' },
    async run(at) {
      const made = await at.job("a");
      const reply = await at.put("jobs/a", meta(made, { name: undefined }));
      refused(reply, 400, "BadRequest", "the name of the object (a based on URL) was undeterminable: name must be provided");
    },
  },
  {
    id: "PUT-019",
    claim: "the namespace in the body must be that of the path: 400",
    source: UPDATE_GO,
    flip: { fault: "ignore:body.metadata.namespace" },
    async run(at) {
      const made = await at.job("a");
      const reply = await at.put("jobs/a", meta(made, { namespace: "elsewhere" }));
      refused(reply, 400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request");
    },
  },
  {
    id: "PUT-020",
    claim: "a PUT with a body of another kind is refused with 400 where kinds are built in",
    source: `${HANDLER_GO}; the handler of custom resources answers 422`,
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const { path, body } = at.builtin;
      const made = await at.made(path, body("a"));
      const reply = await at.put(`${path}/a`, { ...made, kind: "Nothing" });
      refused(reply, 400, "BadRequest", /no kind "Nothing" is registered for version "/);
    },
  },
  {
    id: "PUT-021",
    claim: "a PUT is validated as a creation is",
    source: "grafana: apps/provisioning/pkg/jobs/validator.go; as required fields of the CRD's schema",
    flip: { fault: 'request:body.spec.repository="demo",method=PUT' },
    async run(at) {
      const made = await at.job("a");
      const reply = await at.put("jobs/a", { ...made, spec: { ...made.spec, repository: undefined } });
      invalid(reply, ["FieldValueRequired spec.repository"], { name: "a", kind: "Job" });
    },
  },
  {
    id: "PUT-022",
    claim: "a PUT with a bad label is refused with 422",
    source: META_GO,
    flip: { fault: "ignore:body.metadata.labels" },
    async run(at) {
      const made = await at.job("a");
      invalid(await at.put("jobs/a", meta(made, { labels: { k: "bad value" } })), ["FieldValueInvalid metadata.labels"]);
    },
  },
  {
    id: "PUT-023",
    claim: "of ten PUTs of one resourceVersion at the same time exactly one succeeds",
    source: `${CONCEPTS}#resource-versions`,
    flip: { set: "compare-and-swap=racy" },
    async run(at) {
      let current = await at.job("a");
      for (let round = 0; round < 5; round++) {
        // Connections that are open already, so that the writes do meet.
        await Promise.all(Array.from({ length: 10 }, () => at.get("jobs/a")));
        const write = (index: number) => at.put("jobs/a", { ...current, spec: { ...current.spec, message: `writer ${index} of round ${round}` } });
        const replies = await Promise.all(Array.from({ length: 10 }, (_, index) => write(index)));
        assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array.from({ length: 9 }, () => 409)]);
        current = ok(await at.get("jobs/a"));
      }
    },
  },
  {
    id: "PUT-024",
    claim: "an update with too long a fieldManager is refused with 422 of UpdateOptions",
    source: "k8s: apimachinery/pkg/apis/meta/v1/validation/validation.go",
    flip: { fault: "ignore:query.fieldManager" },
    async run(at) {
      const made = await at.job("a");
      const reply = await at.put(`jobs/a?fieldManager=${"x".repeat(129)}`, made);
      invalid(reply, ["FieldValueTooLong fieldManager"], { kind: "UpdateOptions" });
    },
  },
  {
    id: "PUT-025",
    claim: "the status of a Job is written through the object",
    source: "grafana: apps/provisioning/pkg/apis/provisioning/v0alpha1/jobs.go",
    flip: { fault: "ignore:body.status" },
    async run(at) {
      const made = await at.job("a");
      ok(await at.put("jobs/a", { ...made, status: { state: "working", started: 1_700_000_000_000 } }));
      assert.deepEqual(ok(await at.get("jobs/a")).status, { state: "working", started: 1_700_000_000_000 });
    },
  },
  {
    id: "PUT-026",
    claim: "PUT to a collection is refused with 405 where kinds are built in",
    source: "k8s: apiserver/pkg/endpoints/installer.go; the handler of custom resources answers 400",
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const { path, body } = at.builtin;
      const reply = await at.put(path, body("a"));
      refused(reply, 405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
    },
  },
  {
    id: "PUT-027",
    claim: "POST to an object's own path is refused with 405 where kinds are built in",
    source: "k8s: apiserver/pkg/endpoints/installer.go; the handler of custom resources creates it",
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const { path, body } = at.builtin;
      const reply = await at.post(`${path}/a`, body("a"));
      refused(reply, 405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
    },
  },
  {
    id: "PUT-028",
    claim: "POST to the collection of all namespaces is refused with 405 where kinds are built in",
    source: "k8s: apiserver/pkg/endpoints/installer.go; the handler of custom resources answers 404",
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const { path, body } = at.builtin;
      refused(await at.post(path.replace(/\/namespaces\/[^/]+/, ""), body("a")), 405, "MethodNotAllowed");
    },
  },
  {
    id: "GEN-001",
    claim: "a change of the spec raises the generation by one",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/strategy.go",
    flip: { fault: "answer:metadata.generation=1,method=PUT" },
    async run(at) {
      const made = await at.job("a");
      assert.equal(ok(await at.put("jobs/a", { ...made, spec: { ...made.spec, message: "new" } })).metadata.generation, 2);
    },
  },
  {
    id: "GEN-002",
    claim: "a change of labels and annotations leaves the generation and changes the resourceVersion",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/strategy.go",
    flip: { fault: "answer:metadata.generation=2,method=PUT" },
    async run(at) {
      const made = await at.job("a");
      const { metadata } = ok(await at.put("jobs/a", meta(made, { labels: { k: "v" }, annotations: { k: "v" } })));
      assert.equal(metadata.generation, 1);
      assert.notEqual(metadata.resourceVersion, made.metadata.resourceVersion);
    },
  },
  {
    id: "GEN-003",
    claim: "the same spec with its keys in another order leaves the generation",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/strategy.go",
    flip: { fault: "answer:metadata.generation=2,method=PUT" },
    async run(at) {
      const made = await at.job("a", { metadata: { labels: { k: "v" } } });
      const spec = Object.fromEntries(Object.entries(made.spec).reverse());
      assert.equal(ok(await at.put("jobs/a", { ...meta(made, { labels: { k: "w" } }), spec })).metadata.generation, 1);
    },
  },
  {
    id: "GEN-004",
    claim: "a change of the status counts where it has no sub-resource, as the server cannot tell it from the spec",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/strategy.go",
    flip: { set: "generation=spec" },
    async run(at) {
      const made = await at.job("a");
      assert.equal(ok(await at.put("jobs/a", { ...made, status: { state: "working" } })).metadata.generation, 2);
    },
  },
  {
    id: "STAT-001",
    claim: "a PUT to /status writes the status",
    source: STRATEGY_GO,
    flip: { fault: "ignore:body.status" },
    async run(at) {
      const made = await at.made("repositories", repository("a"));
      const { status } = ok(await at.put("repositories/a/status", { ...made, status: { health: { healthy: true } } }));
      assert.deepEqual(status, { health: { healthy: true } });
      assert.deepEqual(ok(await at.get("repositories/a")).status, { health: { healthy: true } });
    },
  },
  {
    id: "STAT-002",
    claim: "a PUT to /status leaves spec and labels alone, and the generation",
    source: STRATEGY_GO,
    flip: { fault: 'answer:spec.title="changed",method=PUT' },
    async run(at) {
      const made = await at.made("repositories", repository("a"));
      const body = { ...meta(made, { labels: { k: "v" } }), spec: { ...made.spec, title: "changed" }, status: { health: { healthy: true } } };
      const { spec, metadata } = ok(await at.put("repositories/a/status", body));
      assert.deepEqual([spec["title"], metadata.labels, metadata.generation], ["a", undefined, 1]);
    },
  },
  {
    id: "STAT-003",
    claim: "a PUT to the Repository leaves its status alone",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/strategy.go",
    flip: { fault: "answer:status={},method=PUT" },
    async run(at) {
      const made = await at.made("repositories", repository("a"));
      const healthy = ok(await at.put("repositories/a/status", { ...made, status: { health: { healthy: true } } }));
      const body = { ...healthy, spec: { ...made.spec, title: "new" }, status: { health: { healthy: false } } };
      const { status, spec } = ok(await at.put("repositories/a", body));
      assert.deepEqual([status, spec["title"]], [{ health: { healthy: true } }, "new"]);
    },
  },
  {
    id: "STAT-004",
    claim: "a PUT to /status with an older resourceVersion is refused with 409",
    source: STORE_GO,
    flip: { fault: "cas-lies" },
    async run(at) {
      const made = await at.made("repositories", repository("a"));
      await at.changed("repositories/a", { spec: { title: "new" } });
      const reply = await at.put("repositories/a/status", { ...made, status: { health: { healthy: true } } });
      refused(reply, 409, "Conflict", /the object has been modified/, { name: "a", group: GROUP, kind: "repositories" });
    },
  },
  {
    id: "STAT-005",
    claim: "a PUT to /status without resourceVersion is refused with 422",
    source: UPDATE_GO,
    flip: { set: "put-without-version=overwrites" },
    async run(at) {
      await at.made("repositories", repository("a"));
      const reply = await at.put("repositories/a/status", repository("a", { status: {} }));
      invalid(reply, ["FieldValueInvalid metadata.resourceVersion"]);
    },
  },
  {
    id: "STAT-006",
    claim: "a merge patch of /status changes the status alone",
    source: STRATEGY_GO,
    flip: { fault: "ignore:body.status" },
    async run(at) {
      await at.made("repositories", repository("a"));
      const { spec, status } = ok(await at.patch("repositories/a/status", { spec: { title: "changed" }, status: { sync: { state: "pending" } } }));
      assert.deepEqual([spec["title"], status], ["a", { sync: { state: "pending" } }]);
    },
  },
  {
    id: "STAT-007",
    claim: "a merge patch of the Repository cannot change its status, and makes no new version",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/strategy.go",
    flip: { set: "same-object=written" },
    async run(at) {
      const { metadata } = await at.made("repositories", repository("a"));
      const patched = ok(await at.patch("repositories/a", { status: { sync: { state: "pending" } } }));
      assert.deepEqual([patched.status ?? {}, patched.metadata.resourceVersion], [{}, metadata.resourceVersion]);
    },
  },
  {
    id: "STAT-008",
    claim: "a GET of /status answers the whole object",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/etcd.go",
    flip: { fault: "answer:spec=,path=/status" },
    async run(at) {
      const made = await at.made("repositories", repository("a"));
      assert.deepEqual(ok(await at.get("repositories/a/status")).spec, made.spec);
    },
  },
  {
    id: "STAT-009",
    claim: "the /status of an object that is not there is answered with 404",
    source: STORE_GO,
    flip: { fault: "answer:details=,code=404" },
    async run(at) {
      const details = { name: "a", group: GROUP, kind: "repositories" };
      refused(await at.get("repositories/a/status"), 404, "NotFound", `repositories.${GROUP} "a" not found`, details);
      refused(await at.put("repositories/a/status", repository("a")), 404, "NotFound", `repositories.${GROUP} "a" not found`, details);
    },
  },
  {
    id: "STAT-010",
    claim: "a /status can be neither created nor deleted: 405",
    source: "k8s: apiextensions-apiserver/pkg/apiserver/customresource_handler.go",
    flip: { fault: "status-as:405->404" },
    async run(at) {
      const made = await at.made("repositories", repository("a"));
      const message = (verb: string) => `${verb} is not supported on resources of kind "repositories.${GROUP}"`;
      refused(await at.del("repositories/a/status"), 405, "MethodNotAllowed", message("delete"));
      refused(await at.post("repositories/a/status", made), 405, "MethodNotAllowed", message("create"));
    },
  },
  {
    id: "STAT-011",
    claim: "a Job has no /status: 404",
    source: "grafana: apps/provisioning/pkg/apis/provisioning/v0alpha1/jobs.go",
    flip: { fault: "status-as:404->200" },
    async run(at) {
      await at.job("a");
      refused(await at.get("jobs/a/status"), 404, "NotFound");
    },
  },
  {
    id: "STAT-012",
    claim: "a change of a Repository's status leaves its generation, one of its spec raises it",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/strategy.go",
    flip: { fault: "answer:metadata.generation=5,method=PATCH" },
    async run(at) {
      await at.made("repositories", repository("a"));
      const first = ok(await at.patch("repositories/a/status", { status: { sync: {} } })).metadata.generation;
      const second = ok(await at.patch("repositories/a", { spec: { title: "new" } })).metadata.generation;
      assert.deepEqual([first, second], [1, 2]);
    },
  },
];
