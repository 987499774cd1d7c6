// DELETE of an object and of a collection: options, preconditions, finalizers.

import assert from "node:assert/strict";
import { type Fact, invalid, names, ok, refused } from "../fact.ts";
import type { Place } from "../place.ts";
import { GROUP } from "../server.ts";

const DELETE_GO = "k8s: apiserver/pkg/endpoints/handlers/delete.go";
const BEFORE_GO = "k8s: apiserver/pkg/registry/rest/delete.go";
const STORE_GO = "k8s: apiserver/pkg/registry/generic/registry/store.go";
const META_GO = "k8s: apimachinery/pkg/api/validation/objectmeta.go";
const OPTIONS_GO = "k8s: apimachinery/pkg/apis/meta/v1/validation/validation.go";
const FINALIZERS = "k8s docs: concepts/overview/working-with-objects/finalizers";

const OTHER_UID = "11111111-1111-4111-8111-111111111111";
const HOLD = { metadata: { finalizers: ["example.com/hold"] } };
const options = (fields: Record<string, unknown>) => ({ kind: "DeleteOptions", apiVersion: "v1", ...fields });

const left = async (at: Place): Promise<string> => names(ok(await at.get("jobs")));

export const DELETE: readonly Fact[] = [
  {
    id: "DEL-001",
    claim: "a DELETE is answered with 200 and a Status of success that names the object with its uid",
    source: DELETE_GO,
    flip: { fault: "answer:details.uid=,method=DELETE" },
    async run(at) {
      const { metadata } = await at.job("a");
      const { kind, apiVersion, status, details } = ok(await at.del("jobs/a"));
      assert.deepEqual({ kind, apiVersion, status, details }, {
        kind: "Status",
        apiVersion: "v1",
        status: "Success",
        details: { name: "a", group: GROUP, kind: "jobs", uid: metadata.uid },
      });
    },
  },
  {
    id: "DEL-002",
    claim: "a deleted object is gone at once for GET and list",
    source: STORE_GO,
    flip: { fault: 'request:body.dryRun=["All"],method=DELETE' },
    async run(at) {
      await at.jobs("a", "b");
      ok(await at.del("jobs/a", options({})));
      assert.equal((await at.get("jobs/a")).status, 404);
      assert.equal(await left(at), "b");
    },
  },
  {
    id: "DEL-003",
    claim: "a second DELETE is refused with 404",
    source: STORE_GO,
    flip: { fault: "status-as:404->200" },
    async run(at) {
      await at.job("a");
      await at.deleted("jobs/a");
      refused(await at.del("jobs/a"), 404, "NotFound", `jobs.${GROUP} "a" not found`, { name: "a", group: GROUP, kind: "jobs" });
    },
  },
  {
    id: "DEL-004",
    claim: "a precondition of another uid is refused with 409 that names both",
    source: STORE_GO,
    flip: { fault: "ignore:body.preconditions.uid" },
    async run(at) {
      const { metadata } = await at.job("a");
      const reply = await at.del("jobs/a", options({ preconditions: { uid: OTHER_UID } }));
      const mismatch = `the UID in the precondition \\(${OTHER_UID}\\) does not match the UID in record \\(${metadata.uid}\\)`;
      refused(reply, 409, "Conflict", new RegExp(`${mismatch}\\. The object might have been deleted and then recreated$`));
      assert.equal((await at.get("jobs/a")).status, 200);
    },
  },
  {
    id: "DEL-005",
    claim: "a precondition of an older resourceVersion is refused with 409",
    source: STORE_GO,
    flip: { fault: "precondition-ignored:resourceVersion" },
    async run(at) {
      const { metadata } = await at.job("a");
      await at.changed("jobs/a", { spec: { message: "new" } });
      const reply = await at.del("jobs/a", options({ preconditions: { resourceVersion: metadata.resourceVersion } }));
      const mismatch = `the ResourceVersion in the precondition \\(${metadata.resourceVersion}\\) does not match the ResourceVersion in record \\(\\d+\\)`;
      refused(reply, 409, "Conflict", new RegExp(`${mismatch}\\. The object might have been modified$`));
      assert.equal((await at.get("jobs/a")).status, 200);
    },
  },
  {
    id: "DEL-006",
    claim: "preconditions that hold let the deletion through",
    source: STORE_GO,
    flip: { fault: `request:body.preconditions.uid="${OTHER_UID}"` },
    async run(at) {
      const { uid, resourceVersion } = (await at.job("a")).metadata;
      assert.equal(ok(await at.del("jobs/a", options({ preconditions: { uid, resourceVersion } }))).status, "Success");
    },
  },
  {
    id: "DEL-007",
    claim: "of two preconditions both must hold",
    source: STORE_GO,
    flip: { fault: "precondition-ignored" },
    async run(at) {
      const { uid } = (await at.job("a")).metadata;
      refused(await at.del("jobs/a", options({ preconditions: { uid, resourceVersion: "1" } })), 409, "Conflict");
    },
  },
  {
    id: "DEL-008",
    claim: "a precondition of an object that is gone is refused with 404, not 409",
    source: STORE_GO,
    flip: { fault: "status-as:404->409" },
    async run(at) {
      const { uid } = (await at.job("a")).metadata;
      await at.deleted("jobs/a");
      refused(await at.del("jobs/a", options({ preconditions: { uid } })), 404, "NotFound");
    },
  },
  {
    id: "DEL-009",
    claim: "a deletion that is meant for the predecessor does not touch the successor",
    source: STORE_GO,
    flip: { fault: "precondition-ignored:uid" },
    async run(at) {
      const first = await at.job("a");
      await at.deleted("jobs/a");
      const second = await at.job("a");
      refused(await at.del("jobs/a", options({ preconditions: { uid: first.metadata.uid } })), 409, "Conflict");
      assert.equal(ok(await at.get("jobs/a")).metadata.uid, second.metadata.uid);
    },
  },
  {
    id: "DEL-010",
    claim: "options may come without kind and apiVersion",
    source: DELETE_GO,
    flip: { fault: "ignore:body.dryRun" },
    async run(at) {
      await at.job("a");
      ok(await at.del("jobs/a", { dryRun: ["All"] }));
      assert.equal(await left(at), "a");
    },
  },
  {
    id: "DEL-011",
    claim: "options of another kind are refused with 400 and delete nothing",
    source: DELETE_GO,
    flip: { fault: "ignore:body.kind,method=DELETE" },
    async run(at) {
      await at.job("a");
      const reply = await at.del("jobs/a", { kind: "Job", apiVersion: "v1" });
      refused(reply, 400, "BadRequest", /no kind "Job" is registered for version "v1"/);
      assert.equal(await left(at), "a");
    },
  },
  {
    id: "DEL-012",
    claim: "options that are no JSON are refused with 400 and delete nothing",
    source: DELETE_GO,
    flip: { fault: "status-as:400->200" },
    async run(at) {
      await at.job("a");
      const reply = await at.del("jobs/a", "{bad");
      refused(reply, 400, "BadRequest", /invalid character 'b' looking for beginning of object key string/);
      assert.equal(await left(at), "a");
    },
  },
  {
    id: "DEL-013",
    claim: "dryRun in the options must be an array: 400",
    source: DELETE_GO,
    flip: { fault: 'request:body.dryRun=["All"]' },
    async run(at) {
      await at.job("a");
      const reply = await at.del("jobs/a", options({ dryRun: "All" }));
      refused(reply, 400, "BadRequest", /cannot unmarshal string into Go struct field DeleteOptions\.dryRun of type \[\]string$/);
    },
  },
  {
    id: "DEL-014",
    claim: "an unknown propagationPolicy is refused with 422 that names the known ones",
    source: OPTIONS_GO,
    flip: { fault: "ignore:body.propagationPolicy" },
    async run(at) {
      await at.job("a");
      const reply = await at.del("jobs/a", options({ propagationPolicy: "Sideways" }));
      invalid(reply, ["FieldValueNotSupported propagationPolicy"], { group: "meta.k8s.io", kind: "DeleteOptions" });
      assert.match(reply.json.message ?? "", /Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"$/);
    },
  },
  {
    id: "DEL-015",
    claim: "orphanDependents and propagationPolicy together are refused with 422",
    source: OPTIONS_GO,
    flip: { fault: "ignore:body.orphanDependents" },
    async run(at) {
      await at.job("a");
      const reply = await at.del("jobs/a", options({ orphanDependents: true, propagationPolicy: "Orphan" }));
      invalid(reply, ["FieldValueInvalid propagationPolicy"]);
    },
  },
  {
    id: "DEL-016",
    claim: "propagationPolicy=Background deletes at once",
    source: BEFORE_GO,
    flip: { fault: "request:query.propagationPolicy=Foreground" },
    async run(at) {
      await at.job("a");
      assert.equal(ok(await at.del("jobs/a?propagationPolicy=Background")).status, "Success");
      assert.equal(await left(at), "");
    },
  },
  {
    id: "DEL-017",
    claim: "propagationPolicy=Foreground answers the object with finalizer foregroundDeletion and keeps it",
    source: STORE_GO,
    flip: { fault: "ignore:query.propagationPolicy" },
    async run(at) {
      await at.job("a");
      const { kind, metadata } = ok(await at.del("jobs/a?propagationPolicy=Foreground"));
      assert.deepEqual([kind, metadata.finalizers, metadata.deletionGracePeriodSeconds], ["Job", ["foregroundDeletion"], 0]);
      assert.equal(await left(at), "a");
    },
  },
  {
    id: "DEL-018",
    claim: "propagationPolicy=Orphan answers the object with finalizer orphan and keeps it",
    source: STORE_GO,
    flip: { fault: "ignore:query.propagationPolicy" },
    async run(at) {
      await at.job("a");
      assert.deepEqual(ok(await at.del("jobs/a?propagationPolicy=Orphan")).metadata.finalizers, ["orphan"]);
    },
  },
  {
    id: "DEL-019",
    claim: "gracePeriodSeconds is taken and means nothing for kinds without grace",
    source: BEFORE_GO,
    flip: { fault: "status:422,method=DELETE" },
    async run(at) {
      await at.job("a");
      assert.equal(ok(await at.del("jobs/a?gracePeriodSeconds=30")).status, "Success");
      assert.equal(await left(at), "");
    },
  },
  {
    id: "DEL-020",
    claim: "a gracePeriodSeconds that is no number is refused with 400",
    source: DELETE_GO,
    flip: { fault: "ignore:query.gracePeriodSeconds" },
    async run(at) {
      await at.job("a");
      const reply = await at.del("jobs/a?gracePeriodSeconds=soon");
      refused(reply, 400, "BadRequest", 'strconv.ParseInt: parsing "soon": invalid syntax');
    },
  },
  {
    id: "DEL-021",
    claim: "options of a Content-Type that is none of the accepted ones are refused with 415",
    source: DELETE_GO,
    flip: { fault: "ignore:header.content-type" },
    async run(at) {
      await at.job("a");
      refused(await at.del("jobs/a", options({}), { "content-type": "text/plain" }), 415, "UnsupportedMediaType");
      assert.equal(await left(at), "a");
    },
  },
  {
    id: "FIN-001",
    claim: "an object with a finalizer is answered with deletionTimestamp and stays",
    source: FINALIZERS,
    flip: { fault: "answer:metadata.deletionTimestamp=,method=DELETE" },
    async run(at) {
      await at.job("a", HOLD);
      const { kind, metadata } = ok(await at.del("jobs/a"));
      assert.equal(kind, "Job");
      assert.match(metadata.deletionTimestamp ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(ok(await at.get("jobs/a")).metadata.deletionTimestamp, metadata.deletionTimestamp);
    },
  },
  {
    id: "FIN-002",
    claim: "the marked object has deletionGracePeriodSeconds 0, a new resourceVersion and the next generation",
    source: BEFORE_GO,
    flip: { fault: "answer:metadata.deletionGracePeriodSeconds=,method=DELETE" },
    async run(at) {
      const made = await at.job("a", HOLD);
      const { metadata } = ok(await at.del("jobs/a"));
      assert.deepEqual([metadata.deletionGracePeriodSeconds, metadata.generation], [0, 2]);
      assert.ok(BigInt(metadata.resourceVersion) > BigInt(made.metadata.resourceVersion));
    },
  },
  {
    id: "FIN-003",
    claim: "a second DELETE of a marked object changes nothing",
    source: BEFORE_GO,
    flip: { fault: 'answer:metadata.deletionTimestamp="2001-01-01T00:00:00Z",method=DELETE,after=1' },
    async run(at) {
      await at.job("a", HOLD);
      const first = ok(await at.del("jobs/a")).metadata;
      const second = ok(await at.del("jobs/a")).metadata;
      assert.deepEqual([second.deletionTimestamp, second.resourceVersion], [first.deletionTimestamp, first.resourceVersion]);
    },
  },
  {
    id: "FIN-004",
    claim: "a marked object can still be changed",
    source: FINALIZERS,
    flip: { fault: "status:409,method=PATCH" },
    async run(at) {
      await at.job("a", HOLD);
      await at.deleted("jobs/a");
      assert.deepEqual(ok(await at.patch("jobs/a", { metadata: { labels: { k: "v" } } })).metadata.labels, { k: "v" });
    },
  },
  {
    id: "FIN-005",
    claim: "a marked object takes no new finalizer: 422 FieldValueForbidden",
    source: META_GO,
    flip: { fault: "ignore:body.metadata.finalizers,method=PATCH" },
    async run(at) {
      await at.job("a", HOLD);
      await at.deleted("jobs/a");
      const reply = await at.patch("jobs/a", { metadata: { finalizers: ["example.com/hold", "example.com/more"] } });
      invalid(reply, ["FieldValueForbidden metadata.finalizers"], { name: "a", kind: "Job" });
    },
  },
  {
    id: "FIN-006",
    claim: "deletionTimestamp cannot be taken back: a null is passed over",
    source: "k8s: apiserver/pkg/registry/rest/update.go",
    flip: { fault: "answer:metadata.deletionTimestamp=,method=PATCH" },
    async run(at) {
      await at.job("a", HOLD);
      const marked = await at.deleted("jobs/a");
      const { metadata } = ok(await at.patch("jobs/a", { metadata: { deletionTimestamp: null } }));
      assert.equal(metadata.deletionTimestamp, marked.metadata.deletionTimestamp);
    },
  },
  {
    id: "FIN-007",
    claim: "the object goes with its last finalizer, taken by a patch",
    source: FINALIZERS,
    flip: { fault: "ignore:body.metadata.finalizers,method=PATCH" },
    async run(at) {
      await at.job("a", HOLD);
      await at.deleted("jobs/a");
      assert.equal(ok(await at.patch("jobs/a", { metadata: { finalizers: null } })).metadata.finalizers, undefined);
      assert.equal((await at.get("jobs/a")).status, 404);
    },
  },
  {
    id: "FIN-008",
    claim: "the object goes with its last finalizer, taken by a PUT",
    source: FINALIZERS,
    flip: { fault: 'request:body.metadata.finalizers=["example.com/hold"],method=PUT' },
    async run(at) {
      await at.job("a", HOLD);
      const marked = await at.deleted("jobs/a");
      ok(await at.put("jobs/a", { ...marked, metadata: { ...marked.metadata, finalizers: [] } }));
      assert.equal((await at.get("jobs/a")).status, 404);
    },
  },
  {
    id: "FIN-009",
    claim: "an object that is not marked only loses its finalizer",
    source: FINALIZERS,
    flip: { fault: "answer:metadata.finalizers=[],method=GET" },
    async run(at) {
      await at.job("a", HOLD);
      ok(await at.patch("jobs/a", { metadata: { finalizers: null } }));
      assert.deepEqual(ok(await at.get("jobs/a")).metadata.finalizers, undefined);
    },
  },
  {
    id: "FIN-010",
    claim: "with one finalizer of two taken the object stays",
    source: FINALIZERS,
    flip: { fault: "request:body.metadata.finalizers=[],method=PATCH" },
    async run(at) {
      await at.job("a", { metadata: { finalizers: ["example.com/one", "example.com/two"] } });
      await at.deleted("jobs/a");
      ok(await at.patch("jobs/a", { metadata: { finalizers: ["example.com/two"] } }));
      assert.deepEqual(ok(await at.get("jobs/a")).metadata.finalizers, ["example.com/two"]);
    },
  },
  {
    id: "FIN-011",
    claim: "preconditions hold for the marking, too",
    source: STORE_GO,
    flip: { fault: "precondition-ignored" },
    async run(at) {
      await at.job("a", HOLD);
      refused(await at.del("jobs/a", options({ preconditions: { uid: OTHER_UID } })), 409, "Conflict");
      assert.equal(ok(await at.get("jobs/a")).metadata.deletionTimestamp, undefined);
    },
  },
  {
    id: "COLL-001",
    claim: "DELETE of a collection deletes all of a namespace and answers the list of what there was",
    source: STORE_GO,
    flip: { fault: "answer:items=[],method=DELETE" },
    async run(at) {
      await at.jobs("a", "b");
      const list = ok(await at.del("jobs"));
      assert.deepEqual([list.kind, names(list)], ["JobList", "a b"]);
      assert.equal(await left(at), "");
    },
  },
  {
    id: "COLL-002",
    claim: "a label selector says what of a collection is deleted",
    source: DELETE_GO,
    flip: { fault: "ignore:query.labelSelector,method=DELETE" },
    async run(at) {
      for (const [name, set] of Object.entries({ a: "one", b: "two", c: "one" })) await at.job(name, { metadata: { labels: { set } } });
      assert.equal(names(ok(await at.del("jobs?labelSelector=set%3Done"))), "a c");
      assert.equal(await left(at), "b");
    },
  },
  {
    id: "COLL-003",
    claim: "a field selector says what of a collection is deleted",
    source: DELETE_GO,
    flip: { fault: "ignore:query.fieldSelector,method=DELETE" },
    async run(at) {
      await at.jobs("a", "b");
      assert.equal(names(ok(await at.del("jobs?fieldSelector=metadata.name%3Da"))), "a");
      assert.equal(await left(at), "b");
    },
  },
  {
    id: "COLL-004",
    claim: "a collection with dryRun=All is answered and nothing is deleted",
    source: DELETE_GO,
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      await at.jobs("a", "b");
      assert.equal(names(ok(await at.del("jobs?dryRun=All"))), "a b");
      assert.equal(await left(at), "a b");
    },
  },
  {
    id: "COLL-005",
    claim: "an empty collection is deleted with an empty list",
    source: DELETE_GO,
    flip: { fault: "status:404,method=DELETE" },
    async run(at) {
      const list = ok(await at.del("jobs"));
      assert.deepEqual([list.kind, list.items], ["JobList", []]);
    },
  },
  {
    id: "COLL-006",
    claim: "limit deletes the first so many and answers a continue",
    source: STORE_GO,
    flip: { fault: "ignore:query.limit,method=DELETE" },
    async run(at) {
      await at.jobs("a", "b", "c");
      const list = ok(await at.del("jobs?limit=1"));
      assert.deepEqual([names(list), list.metadata.remainingItemCount, (list.metadata.continue ?? "") !== ""], ["a", 2, true]);
      assert.equal(await left(at), "b c");
    },
  },
  {
    id: "COLL-007",
    claim: "a bad selector of a collection's deletion is refused with 400 and deletes nothing",
    source: DELETE_GO,
    flip: { fault: "ignore:query.labelSelector" },
    async run(at) {
      await at.job("a");
      refused(await at.del("jobs?labelSelector=%3Dbad"), 400, "BadRequest");
      assert.equal(await left(at), "a");
    },
  },
  {
    id: "COLL-008",
    claim: "a field that is not supported is refused with 400 and deletes nothing",
    source: DELETE_GO,
    flip: { fault: "ignore:query.fieldSelector" },
    async run(at) {
      await at.job("a");
      refused(await at.del("jobs?fieldSelector=spec.action%3Dpull"), 400, "BadRequest", "field label not supported: spec.action");
      assert.equal(await left(at), "a");
    },
  },
  {
    id: "COLL-009",
    claim: "preconditions hold for each object of a collection",
    source: STORE_GO,
    flip: { fault: "ignore:body.preconditions" },
    async run(at) {
      await at.job("a");
      refused(await at.del("jobs", options({ preconditions: { uid: OTHER_UID } })), 409, "Conflict");
      assert.equal(await left(at), "a");
    },
  },
  {
    id: "COLL-010",
    claim: "objects with finalizers stay of a collection, marked",
    source: STORE_GO,
    flip: { fault: "answer:items.*.metadata.deletionTimestamp=,method=GET" },
    async run(at) {
      await at.job("a");
      await at.job("b", HOLD);
      ok(await at.del("jobs"));
      const { items } = ok(await at.get("jobs"));
      assert.deepEqual(items.map(({ metadata }) => [metadata.name, metadata.deletionTimestamp !== undefined]), [["b", true]]);
    },
  },
  {
    id: "COLL-011",
    claim: "options of another kind are refused with 400 for a collection, too",
    source: DELETE_GO,
    flip: { fault: "ignore:body.kind,method=DELETE" },
    async run(at) {
      await at.job("a");
      const reply = await at.del("jobs", { kind: "Nothing", apiVersion: "v1" });
      refused(reply, 400, "BadRequest", /no kind "Nothing" is registered for version "v1"/);
      assert.equal(await left(at), "a");
    },
  },
  {
    id: "COLL-012",
    claim: "the collection of all namespaces cannot be deleted: 405 where kinds are built in",
    source: "k8s: apiserver/pkg/endpoints/installer.go; the handler of custom resources answers 404",
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      refused(await at.del(at.builtin.path.replace(/\/namespaces\/[^/]+/, "")), 405, "MethodNotAllowed");
    },
  },
  {
    id: "COLL-013",
    claim: "each deleted object of a collection is an event of its own",
    source: STORE_GO,
    flip: { fault: "lose:type=DELETED,count=1" },
    async run(at) {
      const [, b] = await at.jobs("a", "b");
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${b?.metadata.resourceVersion}`);
      ok(await at.del("jobs"));
      const events = [await watch.event(), await watch.event()];
      assert.deepEqual(events.map(({ type, object }) => `${type} ${object.metadata.name}`).sort(), ["DELETED a", "DELETED b"]);
    },
  },
];
