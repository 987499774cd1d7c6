// POST: what the server takes, what it sets itself, what it refuses and how.

import assert from "node:assert/strict";
import { type Fact, invalid, ok, refused } from "../fact.ts";
import { job, repository } from "../place.ts";
import { GROUP } from "../server.ts";

const CREATE_GO = "k8s: apiserver/pkg/registry/rest/create.go";
const HANDLER_GO = "k8s: apiserver/pkg/endpoints/handlers/create.go";
const META_GO = "k8s: apimachinery/pkg/api/validation/objectmeta.go";
const OPTIONS_GO = "k8s: apimachinery/pkg/apis/meta/v1/validation/validation.go";
const CODEC_GO = "k8s: apimachinery/pkg/runtime/serializer/json/json.go";
const VALIDATOR_GO = "grafana: apps/provisioning/pkg/jobs/validator.go; as required fields of the CRD's schema";

const OTHER_UID = "11111111-1111-4111-8111-111111111111";

export const CREATE: readonly Fact[] = [
  {
    id: "CREATE-001",
    claim: "a creation is answered with 201 and the whole object",
    source: HANDLER_GO,
    flip: { fault: "status-as:201->200,method=POST" },
    async run(at) {
      const { kind, apiVersion, metadata, spec } = ok(await at.post("jobs", job("a")), 201);
      assert.deepEqual([kind, apiVersion, metadata.name, metadata.namespace], ["Job", `${GROUP}/v0alpha1`, "a", at.namespace]);
      assert.deepEqual(spec, job("a").spec);
    },
  },
  {
    id: "CREATE-002",
    claim: "a new object has a uid, a resourceVersion, generation 1 and a creationTimestamp of whole seconds",
    source: CREATE_GO,
    flip: { fault: "answer:metadata.generation=,code=201" },
    async run(at) {
      const { metadata } = ok(await at.post("jobs", job("a")), 201);
      assert.match(metadata.uid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.match(metadata.resourceVersion, /^[1-9]\d*$/);
      assert.match(metadata.creationTimestamp ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(metadata.generation, 1);
    },
  },
  {
    id: "CREATE-003",
    claim: "uid, creationTimestamp, generation, deletionTimestamp and selfLink of the client are not taken over",
    source: CREATE_GO,
    flip: { fault: `answer:metadata.uid="${OTHER_UID}",code=201` },
    async run(at) {
      const time = "2001-01-01T00:00:00Z";
      const given = { uid: OTHER_UID, creationTimestamp: time, generation: 7, deletionTimestamp: time, selfLink: "/x" };
      const { metadata } = ok(await at.post("jobs", job("a", { metadata: given })), 201);
      assert.notEqual(metadata.uid, OTHER_UID);
      assert.notEqual(metadata.creationTimestamp, time);
      assert.deepEqual([metadata.generation, metadata.deletionTimestamp, metadata["selfLink"]], [1, undefined, undefined]);
    },
  },
  {
    id: "CREATE-004",
    claim: "labels, annotations and finalizers of the client are kept",
    source: CREATE_GO,
    flip: { fault: "ignore:body.metadata.annotations" },
    async run(at) {
      const given = { labels: { "a.example.com/b": "c" }, annotations: { "example.com/Text": "any text at all: ü" }, finalizers: ["example.com/hold"] };
      ok(await at.post("jobs", job("a", { metadata: given })), 201);
      const { labels, annotations, finalizers } = ok(await at.get("jobs/a")).metadata;
      assert.deepEqual({ labels, annotations, finalizers }, given);
    },
  },
  {
    id: "CREATE-005",
    claim: "a Job keeps the status with which it is created, as it has no status sub-resource",
    source: "grafana: apps/provisioning/pkg/apis/provisioning/v0alpha1/jobs.go",
    flip: { fault: "ignore:body.status" },
    async run(at) {
      ok(await at.post("jobs", job("a", { status: { state: "working", progress: 12.5 } })), 201);
      assert.deepEqual(ok(await at.get("jobs/a")).status, { state: "working", progress: 12.5 });
    },
  },
  {
    id: "CREATE-006",
    claim: "a second creation under a name is refused with 409 AlreadyExists",
    source: "k8s: apimachinery/pkg/api/errors/errors.go",
    flip: { fault: 'answer:reason="Conflict",code=409' },
    async run(at) {
      await at.job("a");
      const reply = await at.post("jobs", job("a"));
      refused(reply, 409, "AlreadyExists", `jobs.${GROUP} "a" already exists`, { name: "a", group: GROUP, kind: "jobs" });
    },
  },
  {
    id: "CREATE-007",
    claim: "a name is free again once its object is gone, and the new object has another uid",
    source: "k8s docs: concepts/overview/working-with-objects/names#uids",
    flip: { fault: 'answer:metadata.uid="the same",code=201' },
    async run(at) {
      const first = await at.job("a");
      await at.deleted("jobs/a");
      const second = ok(await at.post("jobs", job("a")), 201);
      assert.notEqual(second.metadata.uid, first.metadata.uid);
    },
  },
  {
    id: "CREATE-008",
    claim: "the same name is free in another kind",
    source: "k8s docs: concepts/overview/working-with-objects/names",
    flip: { fault: "status:409,path=historicjobs" },
    async run(at) {
      await at.job("a");
      assert.equal(ok(await at.post("historicjobs", { ...job("a"), kind: "HistoricJob" }), 201).kind, "HistoricJob");
    },
  },
  {
    id: "CREATE-009",
    claim: "an object that waits for its finalizers still holds its name, and the refusal says so",
    source: "k8s: apiserver/pkg/registry/generic/registry/store.go",
    flip: { fault: "answer-text:object is being deleted->object is there" },
    async run(at) {
      await at.job("a", { metadata: { finalizers: ["example.com/hold"] } });
      await at.deleted("jobs/a");
      refused(await at.post("jobs", job("a")), 409, "AlreadyExists", `object is being deleted: jobs.${GROUP} "a" already exists`);
    },
  },
  {
    id: "CREATE-010",
    claim: "generateName gives a name of the base and five characters that spell no word",
    source: "k8s: apiserver/pkg/storage/names/generate.go",
    flip: { fault: 'answer:metadata.name="base-aeiou",code=201' },
    async run(at) {
      const { metadata } = ok(await at.post("jobs", job(undefined, { metadata: { generateName: "base-" } })), 201);
      assert.match(metadata.name, /^base-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    },
  },
  {
    id: "CREATE-011",
    claim: "generateName stays in the object that is made",
    source: "k8s: apiserver/pkg/storage/names/generate.go",
    flip: { fault: "answer:metadata.generateName=,code=201" },
    async run(at) {
      const { metadata } = ok(await at.post("jobs", job(undefined, { metadata: { generateName: "base-" } })), 201);
      assert.equal(metadata.generateName, "base-");
    },
  },
  {
    id: "CREATE-012",
    claim: "a name wins over generateName",
    source: CREATE_GO,
    flip: { fault: "ignore:body.metadata.name" },
    async run(at) {
      const { metadata } = ok(await at.post("jobs", job("own", { metadata: { generateName: "base-" } })), 201);
      assert.equal(metadata.name, "own");
    },
  },
  {
    id: "CREATE-013",
    claim: "a base for generateName that is too long is cut, so that the name has 63 characters",
    source: "k8s: apiserver/pkg/storage/names/generate.go",
    flip: { fault: 'request:body.metadata.generateName="short-"' },
    async run(at) {
      const { metadata } = ok(await at.post("jobs", job(undefined, { metadata: { generateName: "x".repeat(80) } })), 201);
      assert.match(metadata.name, /^x{58}[a-z0-9]{5}$/);
    },
  },
  {
    id: "CREATE-014",
    claim: "an object without name and generateName is refused with 422 for metadata.name",
    source: META_GO,
    flip: { fault: 'request:body.metadata.name="given"' },
    async run(at) {
      const reply = await at.post("jobs", job(undefined));
      invalid(reply, ["FieldValueRequired metadata.name"], { group: GROUP, kind: "Job", name: undefined });
      assert.match(reply.json.message ?? "", /^Job\.provisioning\.grafana\.app "" is invalid: metadata\.name: Required value: name or generateName is required$/);
    },
  },
  {
    id: "CREATE-015",
    claim: "a name that is no DNS subdomain is refused with 422 that quotes it",
    source: META_GO,
    flip: { fault: "answer:details.causes=,code=422" },
    async run(at) {
      const reply = await at.post("jobs", job("Upper_Case"));
      invalid(reply, ["FieldValueInvalid metadata.name"], { name: "Upper_Case", group: GROUP, kind: "Job" });
      assert.match(reply.json.details?.causes?.[0]?.message ?? "", /^Invalid value: "Upper_Case": a lowercase RFC 1123 subdomain must consist of/);
    },
  },
  {
    id: "CREATE-016",
    claim: "a name of more than 253 characters is refused with 422",
    source: META_GO,
    flip: { fault: 'request:body.metadata.name="short"' },
    async run(at) {
      const reply = await at.post("jobs", job("a".repeat(254)));
      invalid(reply, ["FieldValueInvalid metadata.name"]);
      assert.match(reply.json.message ?? "", /must be no more than 253 characters$/);
    },
  },
  {
    id: "CREATE-017",
    claim: "a name of 253 characters with dots is taken",
    source: META_GO,
    flip: { fault: 'request:body.metadata.name="short"' },
    async run(at) {
      const name = `${"a".repeat(60)}.`.repeat(4) + "b".repeat(9);
      assert.equal(ok(await at.post("jobs", job(name)), 201).metadata.name, name);
    },
  },
  {
    id: "CREATE-018",
    claim: "a label key that is none is refused with 422 for metadata.labels",
    source: "k8s: apimachinery/pkg/apis/meta/v1/validation/validation.go",
    flip: { fault: "ignore:body.metadata.labels" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { labels: { "bad key!": "v" } } }));
      invalid(reply, ["FieldValueInvalid metadata.labels"], { name: "a", kind: "Job" });
      assert.match(reply.json.details?.causes?.[0]?.message ?? "", /^Invalid value: "bad key!": name part must consist of/);
    },
  },
  {
    id: "CREATE-019",
    claim: "a label value with a blank is refused with 422, beside other causes",
    source: "k8s: apimachinery/pkg/apis/meta/v1/validation/validation.go",
    flip: { fault: "ignore:body.metadata.labels" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { labels: { "bad key!": "v", good: "bad value" } } }));
      invalid(reply, ["FieldValueInvalid metadata.labels", "FieldValueInvalid metadata.labels"]);
    },
  },
  {
    id: "CREATE-020",
    claim: "a label value of more than 63 characters is refused with 422",
    source: "k8s: apimachinery/pkg/apis/meta/v1/validation/validation.go",
    flip: { fault: 'request:body.metadata.labels.k="short"' },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { labels: { k: "x".repeat(64) } } }));
      invalid(reply, ["FieldValueInvalid metadata.labels"]);
    },
  },
  {
    id: "CREATE-021",
    claim: "an empty label value is taken",
    source: "k8s docs: concepts/overview/working-with-objects/labels#syntax-and-character-set",
    flip: { fault: "ignore:body.metadata.labels" },
    async run(at) {
      assert.deepEqual(ok(await at.post("jobs", job("a", { metadata: { labels: { k: "" } } })), 201).metadata.labels, { k: "" });
    },
  },
  {
    id: "CREATE-022",
    claim: "a label whose value is a number cannot be decoded: 400",
    source: CODEC_GO,
    flip: { fault: 'request:body.metadata.labels.k="text"' },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { labels: { k: 5 } } }));
      refused(reply, 400, "BadRequest", /json: cannot unmarshal number into Go struct field ObjectMeta\.labels of type string$/);
    },
  },
  {
    id: "CREATE-023",
    claim: "an annotation key that is none is refused with 422 for metadata.annotations",
    source: META_GO,
    flip: { fault: "ignore:body.metadata.annotations" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { annotations: { "bad key!": "v" } } }));
      invalid(reply, ["FieldValueInvalid metadata.annotations"]);
    },
  },
  {
    id: "CREATE-024",
    claim: "annotations of more than 256 KiB are refused with 422 FieldValueTooLong",
    source: META_GO,
    flip: { fault: "ignore:body.metadata.annotations" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { annotations: { big: "x".repeat(262_144) } } }));
      invalid(reply, ["FieldValueTooLong metadata.annotations"]);
      assert.match(reply.json.message ?? "", /Too long: may not be more than 262144 bytes$/);
    },
  },
  {
    id: "CREATE-025",
    claim: "a finalizer that is no qualified name is refused with 422 for metadata.finalizers",
    source: META_GO,
    flip: { fault: "ignore:body.metadata.finalizers" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { finalizers: ["not qualified"] } }));
      invalid(reply, ["FieldValueInvalid metadata.finalizers"]);
    },
  },
  {
    id: "CREATE-026",
    claim: "an owner reference without apiVersion, kind and uid is refused with a cause for each",
    source: META_GO,
    flip: { fault: "ignore:body.metadata.ownerReferences" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { ownerReferences: [{ name: "x" }] } }));
      invalid(reply, ["apiVersion", "kind", "uid"].map((field) => `FieldValueRequired metadata.ownerReferences[0].${field}`));
    },
  },
  {
    id: "CREATE-027",
    claim: "an object with a resourceVersion is refused with 500 and no reason",
    source: "k8s: apiserver/pkg/storage/etcd3/store.go",
    flip: { fault: "ignore:body.metadata.resourceVersion" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { resourceVersion: "5" } }));
      refused(reply, 500, "", "resourceVersion should not be set on objects to be created");
    },
  },
  {
    id: "CREATE-028",
    claim: "an object of another namespace than the path's is refused with 400",
    source: CREATE_GO,
    flip: { fault: "ignore:body.metadata.namespace" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { namespace: "elsewhere" } }));
      refused(reply, 400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request");
    },
  },
  {
    id: "CREATE-029",
    claim: "an object that names the path's own namespace is taken",
    source: CREATE_GO,
    flip: { fault: 'request:body.metadata.namespace="elsewhere"' },
    async run(at) {
      assert.equal(ok(await at.post("jobs", job("a", { metadata: { namespace: at.namespace } })), 201).metadata.namespace, at.namespace);
    },
  },
  {
    id: "CREATE-030",
    claim: "a body that is no JSON is refused with 400",
    source: CODEC_GO,
    flip: { fault: "status-as:400->422" },
    async run(at) {
      const reply = await at.post("jobs", "{bad");
      refused(reply, 400, "BadRequest", /invalid character 'b' looking for beginning of object key string/);
    },
  },
  {
    id: "CREATE-031",
    claim: "an empty body is refused with 400",
    source: CODEC_GO,
    flip: { fault: "status-as:400->201" },
    async run(at) {
      refused(await at.post("jobs"), 400, "BadRequest");
    },
  },
  {
    id: "CREATE-032",
    claim: "a body that is a JSON array is refused with 400",
    source: CODEC_GO,
    flip: { fault: "status-as:400->201" },
    async run(at) {
      refused(await at.post("jobs", "[]"), 400, "BadRequest", /cannot unmarshal array into Go value/);
    },
  },
  {
    id: "CREATE-033",
    claim: "a creation with a body of another kind is refused with 400 where kinds are built in",
    source: `${HANDLER_GO}; the handler of custom resources answers 422`,
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const { path, body } = at.builtin;
      const reply = await at.post(path, { ...body("a"), kind: "Nothing" });
      refused(reply, 400, "BadRequest", /no kind "Nothing" is registered for version "/);
    },
  },
  {
    id: "CREATE-034",
    claim: "a body of another API group is refused with 400",
    source: HANDLER_GO,
    flip: { fault: 'request:body.apiVersion="provisioning.grafana.app/v0alpha1"' },
    async run(at) {
      refused(await at.post("jobs", { ...job("a"), apiVersion: "batch/v1" }), 400, "BadRequest");
    },
  },
  {
    id: "CREATE-035",
    claim: "a body without kind and apiVersion is taken for the kind of the path where kinds are built in",
    source: `${HANDLER_GO}; the handler of custom resources asks for both`,
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      const { path, body } = at.builtin;
      const { kind: _kind, apiVersion: _apiVersion, ...bare } = body("a");
      assert.equal(ok(await at.post(path, bare), 201).kind, body("a")["kind"]);
    },
  },
  {
    id: "CREATE-036",
    claim: "metadata that is a text cannot be decoded: 400",
    source: CODEC_GO,
    flip: { fault: 'request:body.metadata={"name":"a"}' },
    async run(at) {
      refused(await at.post("jobs", { ...job("a"), metadata: "a" }), 400, "BadRequest");
    },
  },
  {
    id: "CREATE-037",
    claim: "a Content-Type that is none of the accepted ones is refused with 415 that names them",
    source: "k8s: apiserver/pkg/endpoints/handlers/negotiation/errors.go",
    flip: { fault: "ignore:header.content-type" },
    async run(at) {
      const reply = await at.post("jobs", "a: 1", { "content-type": "text/plain" });
      refused(reply, 415, "UnsupportedMediaType", /^the body of the request was in an unknown format - accepted media types include: application\/json/);
    },
  },
  {
    id: "CREATE-038",
    claim: "a Content-Type of JSON with a charset is taken",
    source: "k8s: apiserver/pkg/endpoints/handlers/negotiation/negotiate.go",
    flip: { fault: "request:header.content-type=text/plain" },
    async run(at) {
      ok(await at.post("jobs", job("a"), { "content-type": "application/json; charset=utf-8" }), 201);
    },
  },
  {
    id: "CREATE-039",
    claim: "a body of more than 3 MiB is refused with 413",
    source: "k8s: apiserver/pkg/endpoints/handlers/rest.go",
    flip: { fault: "status-as:413->400" },
    async run(at) {
      const reply = await at.post("jobs", "x".repeat(3 * 1024 * 1024 + 1));
      refused(reply, 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
    },
  },
  {
    id: "CREATE-040",
    claim: "a Job without action is refused with 422 FieldValueRequired for spec.action",
    source: VALIDATOR_GO,
    flip: { fault: 'request:body.spec.action="pull"' },
    async run(at) {
      const reply = await at.post("jobs", job("a", { spec: { action: undefined } }));
      invalid(reply, ["FieldValueRequired spec.action"], { name: "a", group: GROUP, kind: "Job" });
    },
  },
  {
    id: "CREATE-041",
    claim: "a Job without action and repository is refused with both causes",
    source: VALIDATOR_GO,
    flip: { fault: 'request:body.spec.repository="demo"' },
    async run(at) {
      const reply = await at.post("jobs", { ...job("a"), spec: { message: "text" } });
      invalid(reply, ["FieldValueRequired spec.action", "FieldValueRequired spec.repository"]);
    },
  },
  {
    id: "CREATE-042",
    claim: "a HistoricJob without repository is refused with 422",
    source: VALIDATOR_GO,
    flip: { fault: 'request:body.spec.repository="demo"' },
    async run(at) {
      const reply = await at.post("historicjobs", { ...job("a", { spec: { repository: undefined } }), kind: "HistoricJob" });
      invalid(reply, ["FieldValueRequired spec.repository"], { kind: "HistoricJob" });
    },
  },
  {
    id: "CREATE-043",
    claim: "the status of a new Repository is dropped, as it has a status sub-resource",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/strategy.go",
    flip: { fault: 'answer:status={"health":{"healthy":true}},code=201' },
    async run(at) {
      const made = ok(await at.post("repositories", repository("a", { status: { health: { healthy: true } } })), 201);
      assert.deepEqual(made.status ?? {}, {});
    },
  },
  {
    id: "CREATE-044",
    claim: "a fieldManager of more than 128 bytes is refused with 422 of CreateOptions",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.fieldManager" },
    async run(at) {
      const reply = await at.post(`jobs?fieldManager=${"x".repeat(129)}`, job("a"));
      invalid(reply, ["FieldValueTooLong fieldManager"], { group: "meta.k8s.io", kind: "CreateOptions" });
      assert.match(reply.json.message ?? "", /^CreateOptions\.meta\.k8s\.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes$/);
    },
  },
  {
    id: "CREATE-045",
    claim: "a fieldManager with characters that cannot be printed is refused with 422",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.fieldManager" },
    async run(at) {
      invalid(await at.post("jobs?fieldManager=a%0Ab", job("a")), ["FieldValueInvalid fieldManager"]);
    },
  },
  {
    id: "CREATE-046",
    claim: "a creation in a namespace that is not there is refused with 404",
    source: "k8s: apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go",
    flip: { fault: "status-as:404->201" },
    only: { server: "real", because: "Grafana's namespaces are its organizations, not objects; the dev server takes any name" },
    async run(at) {
      const reply = await at.post("/apis/provisioning.grafana.app/v0alpha1/namespaces/missing/jobs", job("a"));
      refused(reply, 404, "NotFound", 'namespaces "missing" not found');
    },
  },
  {
    id: "CREATE-047",
    claim: "a finalizer without a domain is taken with a warning",
    source: META_GO,
    flip: { fault: "answer-header:warning=" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { metadata: { finalizers: ["cleanup"] } }));
      ok(reply, 201);
      assert.match(String(reply.headers["warning"] ?? ""), /^299 - "metadata\.finalizers: \\"cleanup\\": prefer a domain-qualified finalizer name/);
    },
  },
  {
    id: "CREATE-048",
    claim: "of ten creations under one name at the same time exactly one succeeds",
    source: "k8s: apiserver/pkg/storage/etcd3/store.go",
    flip: { fault: "status-as:409->201" },
    async run(at) {
      const replies = await Promise.all(Array.from({ length: 10 }, () => at.post("jobs", job("a"))));
      assert.deepEqual(replies.map(({ status }) => status).sort(), [201, ...Array.from({ length: 9 }, () => 409)]);
    },
  },
  {
    id: "CREATE-049",
    claim: "resourceVersions of later creations are greater",
    source: "k8s docs: reference/using-api/api-concepts#resource-versions",
    flip: { fault: 'answer:metadata.resourceVersion="7",code=201' },
    async run(at) {
      const versions = (await at.jobs("a", "b", "c")).map(({ metadata }) => BigInt(metadata.resourceVersion));
      assert.ok((versions[0] ?? 0n) < (versions[1] ?? 0n) && (versions[1] ?? 0n) < (versions[2] ?? 0n), String(versions));
    },
  },
];
