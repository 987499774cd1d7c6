// PATCH: merge patches, JSON patches, and the kinds of patch that are refused.

import assert from "node:assert/strict";
import { type Fact, invalid, ok, refused } from "../fact.ts";
import { job, JSON_PATCH, type Place } from "../place.ts";
import { GROUP, type Reply } from "../server.ts";

const PATCH_GO = "k8s: apiserver/pkg/endpoints/handlers/patch.go";
const UPDATE_GO = "k8s: apiserver/pkg/registry/rest/update.go";
const META_GO = "k8s: apimachinery/pkg/api/validation/objectmeta.go";
const MERGE_RFC = "RFC 7386, section 2";
const JSON_RFC = (section: string) => `RFC 6902, section ${section}`;

const OTHER_UID = "11111111-1111-4111-8111-111111111111";
const TYPES = /in an unknown format - accepted media types include: application\/json-patch\+json, application\/merge-patch\+json/;

const pushing = { spec: { action: "push", push: { branch: "main", resources: [{ name: "x" }, { name: "y" }] } } };

/** A JSON patch of a Job that is there. */
async function patched(at: Place, ...operations: object[]): Promise<Reply> {
  await at.job("a", { ...pushing, metadata: { labels: { one: "1", two: "2" } } });
  return at.patch("jobs/a", operations, JSON_PATCH);
}

const resources = (reply: Reply): string =>
  ((ok(reply).spec["push"] as { resources: { name: string }[] }).resources).map(({ name }) => name).join(" ");

/** What is said of every JSON patch that cannot be applied. */
const inapplicable = (reply: Reply): void =>
  refused(reply, 422, "Invalid", "the server rejected our request due to an error in our request", {});

export const PATCH: readonly Fact[] = [
  {
    id: "PATCH-001",
    claim: "a merge patch changes what it names and keeps the rest",
    source: MERGE_RFC,
    flip: { fault: 'answer:spec.repository=,method=PATCH' },
    async run(at) {
      await at.job("a", { spec: { message: "old" } });
      assert.deepEqual(ok(await at.patch("jobs/a", { spec: { message: "new" } })).spec, { ...job("a").spec, message: "new" });
    },
  },
  {
    id: "PATCH-002",
    claim: "null in a merge patch removes a field",
    source: MERGE_RFC,
    flip: { fault: 'request:body.metadata.labels.one="1",method=PATCH' },
    async run(at) {
      await at.job("a", { metadata: { labels: { one: "1", two: "2" } } });
      assert.deepEqual(ok(await at.patch("jobs/a", { metadata: { labels: { one: null, three: "3" } } })).metadata.labels, { two: "2", three: "3" });
    },
  },
  {
    id: "PATCH-003",
    claim: "null in a merge patch removes a whole map",
    source: MERGE_RFC,
    flip: { fault: "ignore:body.metadata.labels,method=PATCH" },
    async run(at) {
      await at.job("a", { metadata: { labels: { one: "1" }, annotations: { k: "v" } } });
      const { labels, annotations } = ok(await at.patch("jobs/a", { metadata: { labels: null, annotations: null } })).metadata;
      assert.deepEqual([labels, annotations], [undefined, undefined]);
    },
  },
  {
    id: "PATCH-004",
    claim: "a merge patch replaces an array whole",
    source: MERGE_RFC,
    flip: { fault: 'request:body.spec.push.resources=[{"name":"x"},{"name":"z"}],method=PATCH' },
    async run(at) {
      await at.job("a", pushing);
      const { push } = ok(await at.patch("jobs/a", { spec: { push: { resources: [{ name: "z" }] } } })).spec;
      assert.deepEqual(push, { branch: "main", resources: [{ name: "z" }] });
    },
  },
  {
    id: "PATCH-005",
    claim: "an empty merge patch changes nothing and keeps the resourceVersion",
    source: PATCH_GO,
    flip: { set: "same-object=written" },
    async run(at) {
      const { metadata } = await at.job("a");
      assert.equal(ok(await at.patch("jobs/a", {})).metadata.resourceVersion, metadata.resourceVersion);
    },
  },
  {
    id: "PATCH-006",
    claim: "a patch without resourceVersion applies to whatever is there",
    source: PATCH_GO,
    flip: { fault: "status:409,method=PATCH" },
    async run(at) {
      await at.job("a");
      ok(await at.patch("jobs/a", { spec: { message: "first" } }));
      assert.equal(ok(await at.patch("jobs/a", { metadata: { labels: { k: "v" } } })).spec["message"], "first");
    },
  },
  {
    id: "PATCH-007",
    claim: "metadata.resourceVersion in a merge patch is a precondition: 409 when it is older",
    source: PATCH_GO,
    flip: { fault: "ignore:body.metadata.resourceVersion" },
    async run(at) {
      const { metadata } = await at.job("a");
      await at.changed("jobs/a", { spec: { message: "new" } });
      const reply = await at.patch("jobs/a", { metadata: { resourceVersion: metadata.resourceVersion, labels: { k: "v" } } });
      const message = /the object has been modified; please apply your changes to the latest version and try again$/;
      refused(reply, 409, "Conflict", message, { name: "a", group: GROUP, kind: "jobs" });
    },
  },
  {
    id: "PATCH-008",
    claim: "the current metadata.resourceVersion in a merge patch is let through",
    source: PATCH_GO,
    flip: { fault: 'request:body.metadata.resourceVersion="1",method=PATCH' },
    async run(at) {
      const { metadata } = await at.job("a");
      ok(await at.patch("jobs/a", { metadata: { resourceVersion: metadata.resourceVersion, labels: { k: "v" } } }));
    },
  },
  {
    id: "PATCH-009",
    claim: "a merge patch that sets another uid is refused with 422: immutable",
    source: META_GO,
    flip: { fault: "ignore:body.metadata.uid" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", { metadata: { uid: OTHER_UID } });
      refused(reply, 422, "Invalid", new RegExp(`metadata\\.uid: Invalid value: "${OTHER_UID}": field is immutable`));
      assert.equal(reply.json.details?.causes?.[0]?.field, "metadata.uid");
    },
  },
  {
    id: "PATCH-010",
    claim: "a merge patch that sets another name is refused with 400",
    source: UPDATE_GO,
    flip: { fault: "ignore:body.metadata.name,method=PATCH" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", { metadata: { name: "b" } });
      refused(reply, 400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)");
    },
  },
  {
    id: "PATCH-011",
    claim: "a merge patch that sets another namespace is refused with 400",
    source: UPDATE_GO,
    flip: { fault: "ignore:body.metadata.namespace" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", { metadata: { namespace: "elsewhere" } });
      refused(reply, 400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request");
    },
  },
  {
    id: "PATCH-012",
    claim: "a merge patch of creationTimestamp and generation is passed over",
    source: UPDATE_GO,
    flip: { fault: "answer:metadata.generation=77,method=PATCH" },
    async run(at) {
      const made = await at.job("a");
      const { metadata } = ok(await at.patch("jobs/a", { metadata: { creationTimestamp: "2001-01-01T00:00:00Z", generation: 77 } }));
      assert.deepEqual([metadata.creationTimestamp, metadata.generation], [made.metadata.creationTimestamp, 1]);
    },
  },
  {
    id: "PATCH-013",
    claim: "a merge patch with a bad label key is refused with 422 for metadata.labels",
    source: META_GO,
    flip: { fault: "ignore:body.metadata.labels" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", { metadata: { labels: { "bad key!": "v" } } });
      invalid(reply, ["FieldValueInvalid metadata.labels"], { name: "a", kind: "Job" });
    },
  },
  {
    id: "PATCH-014",
    claim: "a merge patch whose result cannot be decoded is refused with 422 for the patch",
    source: PATCH_GO,
    flip: { fault: 'request:body.metadata.labels.k="v",method=PATCH' },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", { metadata: { labels: { k: 5 } } });
      invalid(reply, ["FieldValueInvalid patch"], { name: undefined, kind: undefined });
      assert.match(reply.json.message ?? "", /^ "" is invalid: patch: Invalid value: /);
    },
  },
  {
    id: "PATCH-015",
    claim: "the result of a patch is validated",
    source: "grafana: apps/provisioning/pkg/jobs/validator.go; as required fields of the CRD's schema",
    flip: { fault: 'request:body.spec.action="pull",method=PATCH' },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", { spec: { action: null } });
      invalid(reply, ["FieldValueRequired spec.action"], { name: "a", kind: "Job" });
      assert.equal(ok(await at.get("jobs/a")).spec["action"], "pull");
    },
  },
  {
    id: "PATCH-016",
    claim: "a merge patch that is no JSON is refused with 400",
    source: PATCH_GO,
    flip: { fault: "status-as:400->422" },
    async run(at) {
      await at.job("a");
      refused(await at.patch("jobs/a", "{bad"), 400, "BadRequest");
    },
  },
  {
    id: "PATCH-017",
    claim: "a merge patch that is an array is refused with 400",
    source: PATCH_GO,
    flip: { fault: "status-as:400->200" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", "[]");
      refused(reply, 400, "BadRequest", "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");
    },
  },
  {
    id: "PATCH-018",
    claim: "a patch without body is refused with 400",
    source: PATCH_GO,
    flip: { fault: "status-as:400->200" },
    async run(at) {
      await at.job("a");
      refused(await at.patch("jobs/a"), 400, "BadRequest", "invalid JSON patch");
    },
  },
  {
    id: "PATCH-019",
    claim: "a patch of an object that is not there is refused with 404 and creates nothing",
    source: PATCH_GO,
    flip: { fault: "status-as:404->200" },
    async run(at) {
      const reply = await at.patch("jobs/a", { spec: { message: "m" } });
      refused(reply, 404, "NotFound", `jobs.${GROUP} "a" not found`, { name: "a", group: GROUP, kind: "jobs" });
    },
  },
  {
    id: "PATCH-020",
    claim: "a patch as application/json is refused with 415 that names the kinds of patch",
    source: PATCH_GO,
    flip: { fault: "request:header.content-type=application/merge-patch+json,method=PATCH" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", { spec: { message: "m" } }, { "content-type": "application/json" });
      refused(reply, 415, "UnsupportedMediaType", TYPES);
    },
  },
  {
    id: "PATCH-021",
    claim: "a strategic merge patch is refused with 415, as the kind has no Go type",
    source: PATCH_GO,
    flip: { fault: "request:header.content-type=application/merge-patch+json,method=PATCH" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", { spec: { message: "m" } }, { "content-type": "application/strategic-merge-patch+json" });
      refused(reply, 415, "UnsupportedMediaType", TYPES);
    },
  },
  {
    id: "PATCH-022",
    claim: "a server-side apply is refused with 415 that names the kinds of patch",
    source: "ours: managed fields are not kept",
    flip: { fault: "status-as:415->200" },
    only: { server: "dev", because: "the real server applies; the dev server refuses rather than pretend" },
    async run(at) {
      const reply = await at.patch("jobs/a?fieldManager=me", job("a"), { "content-type": "application/apply-patch+yaml" });
      refused(reply, 415, "UnsupportedMediaType", TYPES);
    },
  },
  {
    id: "PATCH-023",
    claim: "a Content-Type of a merge patch with a charset is taken",
    source: PATCH_GO,
    flip: { fault: "request:header.content-type=application/json; charset=utf-8,method=PATCH" },
    async run(at) {
      await at.job("a");
      ok(await at.patch("jobs/a", { spec: { message: "m" } }, { "content-type": "application/merge-patch+json; charset=utf-8" }));
    },
  },
  {
    id: "PATCH-024",
    claim: "force is refused with 422 where nothing is applied",
    source: "k8s: apimachinery/pkg/apis/meta/v1/validation/validation.go",
    flip: { fault: "ignore:query.force" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a?force=true", {});
      invalid(reply, ["FieldValueForbidden force"], { kind: "PatchOptions", group: "meta.k8s.io" });
    },
  },
  {
    id: "PATCH-025",
    claim: "bad options of a patch are refused with 422 of PatchOptions",
    source: "k8s: apimachinery/pkg/apis/meta/v1/validation/validation.go",
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      await at.job("a");
      invalid(await at.patch("jobs/a?dryRun=Some", {}), ["FieldValueNotSupported dryRun"], { kind: "PatchOptions" });
    },
  },
  {
    id: "PATCH-026",
    claim: "PATCH of a collection is refused with 405 where kinds are built in",
    source: "k8s: apiserver/pkg/endpoints/installer.go; the handler of custom resources answers 400",
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const reply = await at.patch(at.builtin.path, {});
      refused(reply, 405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
    },
  },
  {
    id: "PATCH-027",
    claim: "a patch of the status of a Job is written",
    source: "grafana: apps/provisioning/pkg/apis/provisioning/v0alpha1/jobs.go",
    flip: { fault: "ignore:body.status" },
    async run(at) {
      await at.job("a");
      assert.deepEqual(ok(await at.patch("jobs/a", { status: { state: "working" } })).status, { state: "working" });
    },
  },
  {
    id: "PATCH-028",
    claim: "twenty merge patches of different labels at the same time all succeed and all stay",
    source: PATCH_GO,
    flip: { fault: "answer:metadata.labels.k7=,method=GET" },
    async run(at) {
      await at.job("a");
      const label = (index: number) => at.patch("jobs/a", { metadata: { labels: { [`k${index}`]: "v" } } });
      const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => label(index)));
      assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200]);
      assert.equal(Object.keys(ok(await at.get("jobs/a")).metadata.labels ?? {}).length, 20);
    },
  },
  {
    id: "JSON-001",
    claim: "operations of a JSON patch apply in their order",
    source: JSON_RFC("3"),
    flip: { fault: 'request:body.1.value="first",method=PATCH' },
    async run(at) {
      const reply = await patched(at, { op: "add", path: "/spec/message", value: "first" }, { op: "replace", path: "/spec/message", value: "second" });
      assert.equal(ok(reply).spec["message"], "second");
    },
  },
  {
    id: "JSON-002",
    claim: "a test that holds lets the patch through",
    source: JSON_RFC("4.6"),
    flip: { fault: 'request:body.0.value="pull",method=PATCH' },
    async run(at) {
      const reply = await patched(at, { op: "test", path: "/spec/action", value: "push" }, { op: "replace", path: "/spec/repository", value: "other" });
      assert.equal(ok(reply).spec["repository"], "other");
    },
  },
  {
    id: "JSON-003",
    claim: "a test that fails refuses the whole patch with 422 and changes nothing",
    source: JSON_RFC("5"),
    flip: { fault: 'request:body.1.value="push",method=PATCH' },
    async run(at) {
      inapplicable(await patched(at, { op: "replace", path: "/spec/repository", value: "other" }, { op: "test", path: "/spec/action", value: "pull" }));
      assert.equal(ok(await at.get("jobs/a")).spec["repository"], "demo");
    },
  },
  {
    id: "JSON-004",
    claim: "a test of a whole array compares it deeply",
    source: JSON_RFC("4.6"),
    flip: { fault: 'request:body.0.value=[{"name":"x"}],method=PATCH' },
    async run(at) {
      ok(await patched(at, { op: "test", path: "/spec/push/resources", value: [{ name: "x" }, { name: "y" }] }));
    },
  },
  {
    id: "JSON-005",
    claim: "~1 and ~0 in a path stand for / and ~",
    source: "RFC 6901, section 4",
    flip: { fault: 'request:body.0.path="/metadata/labels/other",method=PATCH' },
    async run(at) {
      const { labels } = ok(await patched(at, { op: "add", path: "/metadata/labels/example.com~1key", value: "v" })).metadata;
      assert.deepEqual(labels, { one: "1", two: "2", "example.com/key": "v" });
    },
  },
  {
    id: "JSON-006",
    claim: "add inserts into an array before an index, and - appends",
    source: JSON_RFC("4.1"),
    flip: { fault: 'request:body.0.path="/spec/push/resources/1",method=PATCH' },
    async run(at) {
      const reply = await patched(
        at,
        { op: "add", path: "/spec/push/resources/0", value: { name: "first" } },
        { op: "add", path: "/spec/push/resources/-", value: { name: "last" } },
      );
      assert.equal(resources(reply), "first x y last");
    },
  },
  {
    id: "JSON-007",
    claim: "remove takes an entry out of an array",
    source: JSON_RFC("4.2"),
    flip: { fault: 'request:body.0.path="/spec/push/resources/1",method=PATCH' },
    async run(at) {
      assert.equal(resources(await patched(at, { op: "remove", path: "/spec/push/resources/0" })), "y");
    },
  },
  {
    id: "JSON-008",
    claim: "remove of what is not there is refused with 422",
    source: JSON_RFC("4.2"),
    flip: { fault: 'request:body.0.path="/metadata/labels/one",method=PATCH' },
    async run(at) {
      inapplicable(await patched(at, { op: "remove", path: "/metadata/labels/none" }));
    },
  },
  {
    id: "JSON-009",
    claim: "copy and move take values from elsewhere",
    source: JSON_RFC("4.4 and 4.5"),
    flip: { fault: 'request:body.0.from="/spec/repository",method=PATCH' },
    async run(at) {
      const copy = { op: "copy", from: "/spec/action", path: "/spec/message" };
      const reply = await patched(at, copy, { op: "move", from: "/spec/message", path: "/spec/repository" });
      const { message, repository } = ok(reply).spec;
      assert.deepEqual([message, repository], [undefined, "push"]);
    },
  },
  {
    id: "JSON-010",
    claim: "add below what is not there is refused with 422",
    source: JSON_RFC("4.1"),
    flip: { fault: 'request:body.0.path="/spec/message",method=PATCH' },
    async run(at) {
      inapplicable(await patched(at, { op: "add", path: "/spec/none/deeper", value: "x" }));
    },
  },
  {
    id: "JSON-011",
    claim: "an operation that is none is refused with 422",
    source: JSON_RFC("4"),
    flip: { fault: 'request:body.0.op="add",method=PATCH' },
    async run(at) {
      inapplicable(await patched(at, { op: "swap", path: "/spec/message", value: "x" }));
    },
  },
  {
    id: "JSON-012",
    claim: "add beyond the end of an array is refused with 422",
    source: JSON_RFC("4.1"),
    flip: { fault: 'request:body.0.path="/spec/push/resources/2",method=PATCH' },
    async run(at) {
      inapplicable(await patched(at, { op: "add", path: "/spec/push/resources/3", value: { name: "z" } }));
    },
  },
  {
    id: "JSON-013",
    claim: "a JSON patch of the name is refused with 400",
    source: UPDATE_GO,
    flip: { fault: 'request:body.0.value="a",method=PATCH' },
    async run(at) {
      const reply = await patched(at, { op: "replace", path: "/metadata/name", value: "b" });
      refused(reply, 400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)");
    },
  },
  {
    id: "JSON-014",
    claim: "a JSON patch of metadata.resourceVersion is a precondition",
    source: PATCH_GO,
    flip: { fault: 'request:body.0={"op":"test","path":"/spec/action","value":"push"},method=PATCH' },
    async run(at) {
      const version = { op: "replace", path: "/metadata/resourceVersion", value: "1" };
      const reply = await patched(at, version, { op: "replace", path: "/spec/repository", value: "x" });
      refused(reply, 409, "Conflict");
    },
  },
  {
    id: "JSON-015",
    claim: "an empty JSON patch changes nothing and keeps the resourceVersion",
    source: PATCH_GO,
    flip: { set: "same-object=written" },
    async run(at) {
      const { metadata } = await at.job("a");
      assert.equal(ok(await at.patch("jobs/a", [], JSON_PATCH)).metadata.resourceVersion, metadata.resourceVersion);
    },
  },
  {
    id: "JSON-016",
    claim: "a JSON patch that is an object is refused with 400",
    source: PATCH_GO,
    flip: { fault: "status-as:400->200" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a", { spec: {} }, JSON_PATCH);
      refused(reply, 400, "BadRequest", /^error decoding patch: json: cannot unmarshal object into Go value/);
    },
  },
  {
    id: "JSON-017",
    claim: "a JSON patch of more than 10,000 operations is refused with 413",
    source: PATCH_GO,
    flip: { fault: "status-as:413->200" },
    async run(at) {
      await at.job("a");
      const operations = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/spec/action", value: "pull" }));
      const message = "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001";
      refused(await at.patch("jobs/a", operations, JSON_PATCH), 413, "RequestEntityTooLarge", message);
    },
  },
  {
    id: "JSON-018",
    claim: "a JSON patch that replaces the whole object by nothing is refused with 422 for the patch",
    source: PATCH_GO,
    flip: { fault: "answer:details.causes=,code=422" },
    async run(at) {
      invalid(await patched(at, { op: "replace", path: "", value: {} }), ["FieldValueInvalid patch"]);
    },
  },
];
