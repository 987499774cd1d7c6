// dryRun and fieldValidation: writes that are only tried, and fields that the schema does not know.

import assert from "node:assert/strict";
import { type Fact, invalid, ok, refused } from "../fact.ts";
import { job, JSON_PATCH } from "../place.ts";
import { GROUP } from "../server.ts";

const OPTIONS_GO = "k8s: apimachinery/pkg/apis/meta/v1/validation/validation.go";
const DRY_RUN = "k8s docs: reference/using-api/api-concepts#dry-run";
const FIELDS = "k8s docs: reference/using-api/api-concepts#field-validation";

const unknown = (name: string) => job(name, { spec: { bogus: 1, pull: { incremental: true, nothing: true } } });
const STRICT = 'Job in version "v0alpha1" cannot be handled as a Job: strict decoding error: ';

export const VALIDATION: readonly Fact[] = [
  {
    id: "DRY-001",
    claim: "a creation with dryRun=All is answered as if it were made, with uid but without resourceVersion",
    source: DRY_RUN,
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      const { metadata } = ok(await at.post("jobs?dryRun=All", job("a")), 201);
      assert.match(metadata.uid, /^[0-9a-f-]{36}$/);
      assert.equal(metadata.resourceVersion, undefined);
    },
  },
  {
    id: "DRY-002",
    claim: "a creation with dryRun=All is not stored",
    source: DRY_RUN,
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      ok(await at.post("jobs?dryRun=All", job("a")), 201);
      assert.equal((await at.get("jobs/a")).status, 404);
    },
  },
  {
    id: "DRY-003",
    claim: "a creation with dryRun=All under a name that is taken is refused with 409",
    source: DRY_RUN,
    flip: { fault: "status-as:409->201" },
    async run(at) {
      await at.job("a");
      refused(await at.post("jobs?dryRun=All", job("a")), 409, "AlreadyExists");
    },
  },
  {
    id: "DRY-004",
    claim: "a creation with dryRun=All is validated",
    source: DRY_RUN,
    flip: { fault: 'request:body.spec.action="pull"' },
    async run(at) {
      invalid(await at.post("jobs?dryRun=All", job("a", { spec: { action: undefined } })), ["FieldValueRequired spec.action"]);
    },
  },
  {
    id: "DRY-005",
    claim: "a value of dryRun other than All is refused with 422 FieldValueNotSupported",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      const reply = await at.post("jobs?dryRun=Some", job("a"));
      invalid(reply, ["FieldValueNotSupported dryRun"], { group: "meta.k8s.io", kind: "CreateOptions" });
      assert.match(reply.json.message ?? "", /dryRun: Unsupported value: \["Some"\]: supported values: "All"$/);
    },
  },
  {
    id: "DRY-006",
    claim: "an empty dryRun is a value, too, and refused",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      invalid(await at.post("jobs?dryRun=", job("a")), ["FieldValueNotSupported dryRun"]);
    },
  },
  {
    id: "DRY-007",
    claim: "a PUT with dryRun=All is answered with the object as it would be and changes nothing",
    source: DRY_RUN,
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      const made = await at.job("a");
      const answer = ok(await at.put("jobs/a?dryRun=All", { ...made, spec: { ...made.spec, message: "tried" } }));
      assert.deepEqual([answer.spec["message"], answer.metadata.generation], ["tried", 2]);
      const { spec, metadata } = ok(await at.get("jobs/a"));
      assert.deepEqual([spec["message"], metadata.resourceVersion], [undefined, made.metadata.resourceVersion]);
    },
  },
  {
    id: "DRY-008",
    claim: "a PUT with dryRun=All still compares resourceVersions",
    source: DRY_RUN,
    flip: { fault: "cas-lies" },
    async run(at) {
      const stale = await at.job("a");
      await at.changed("jobs/a", { spec: { message: "new" } });
      refused(await at.put("jobs/a?dryRun=All", stale), 409, "Conflict");
    },
  },
  {
    id: "DRY-009",
    claim: "a PATCH with dryRun=All changes nothing",
    source: DRY_RUN,
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      const made = await at.job("a");
      assert.equal(ok(await at.patch("jobs/a?dryRun=All", { spec: { message: "tried" } })).spec["message"], "tried");
      assert.equal(ok(await at.get("jobs/a")).metadata.resourceVersion, made.metadata.resourceVersion);
    },
  },
  {
    id: "DRY-010",
    claim: "a DELETE with dryRun=All is answered with success and deletes nothing",
    source: DRY_RUN,
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      const { metadata } = await at.job("a");
      const { status, details } = ok(await at.del("jobs/a?dryRun=All"));
      assert.deepEqual([status, details?.uid], ["Success", metadata.uid]);
      assert.equal((await at.get("jobs/a")).status, 200);
    },
  },
  {
    id: "DRY-011",
    claim: "dryRun of a DELETE may also stand in its body",
    source: "k8s: apiserver/pkg/endpoints/handlers/delete.go",
    flip: { fault: "ignore:body.dryRun" },
    async run(at) {
      await at.job("a");
      ok(await at.del("jobs/a", { kind: "DeleteOptions", apiVersion: "v1", dryRun: ["All"] }));
      assert.equal((await at.get("jobs/a")).status, 200);
    },
  },
  {
    id: "DRY-012",
    claim: "with a body the query of a DELETE is not read, and the object goes",
    source: "k8s: apiserver/pkg/endpoints/handlers/delete.go",
    flip: { fault: 'request:body.dryRun=["All"]' },
    async run(at) {
      await at.job("a");
      ok(await at.del("jobs/a?dryRun=All", { kind: "DeleteOptions", apiVersion: "v1" }));
      assert.equal((await at.get("jobs/a")).status, 404);
    },
  },
  {
    id: "DRY-013",
    claim: "a creation with dryRun=All reaches no watch",
    source: DRY_RUN,
    flip: { fault: "ignore:query.dryRun" },
    async run(at) {
      const { metadata } = await at.job("first");
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${metadata.resourceVersion}`);
      await at.post("jobs?dryRun=All", job("tried"));
      await at.job("real");
      assert.equal((await watch.event()).object.metadata.name, "real");
    },
  },
  {
    id: "DRY-014",
    claim: "dryRun=All twice is once",
    source: OPTIONS_GO,
    flip: { fault: "request:query.dryRun=Some" },
    async run(at) {
      ok(await at.post("jobs?dryRun=All&dryRun=All", job("a")), 201);
    },
  },
  {
    id: "FIELD-001",
    claim: "fieldValidation=Strict refuses unknown fields with 400 that names each",
    source: FIELDS,
    flip: { fault: "ignore:query.fieldValidation" },
    async run(at) {
      const reply = await at.post("jobs?fieldValidation=Strict", unknown("a"));
      refused(reply, 400, "BadRequest", `${STRICT}unknown field "spec.bogus", unknown field "spec.pull.nothing"`);
    },
  },
  {
    id: "FIELD-002",
    claim: "fieldValidation=Strict refuses an unknown field of metadata",
    source: FIELDS,
    flip: { fault: "ignore:query.fieldValidation" },
    async run(at) {
      const reply = await at.post("jobs?fieldValidation=Strict", job("a", { metadata: { bogus: 1 } }));
      refused(reply, 400, "BadRequest", `${STRICT}unknown field "metadata.bogus"`);
    },
  },
  {
    id: "FIELD-003",
    claim: "fieldValidation=Strict refuses an unknown field of the object",
    source: FIELDS,
    flip: { fault: "ignore:query.fieldValidation" },
    async run(at) {
      const reply = await at.post("jobs?fieldValidation=Strict", { ...job("a"), bogus: 1 });
      refused(reply, 400, "BadRequest", `${STRICT}unknown field "bogus"`);
    },
  },
  {
    id: "FIELD-004",
    claim: "fieldValidation=Strict refuses a field that stands twice",
    source: FIELDS,
    flip: { fault: "ignore:query.fieldValidation" },
    async run(at) {
      const twice = JSON.stringify(job("a")).replace('"action":"pull"', '"action":"pull","action":"pull"');
      refused(await at.post("jobs?fieldValidation=Strict", twice), 400, "BadRequest", `${STRICT}duplicate field "spec.action"`);
    },
  },
  {
    id: "FIELD-005",
    claim: "fieldValidation=Strict takes an object whose fields are all known",
    source: FIELDS,
    flip: { fault: 'request:body.spec.bogus="x"' },
    async run(at) {
      ok(await at.post("jobs?fieldValidation=Strict", job("a", { spec: { message: "m" }, status: { state: "working" } })), 201);
    },
  },
  {
    id: "FIELD-006",
    claim: "fieldValidation=Warn takes unknown fields with a Warning for each",
    source: FIELDS,
    flip: { fault: "request:query.fieldValidation=Ignore" },
    async run(at) {
      const reply = await at.post("jobs?fieldValidation=Warn", unknown("a"));
      ok(reply, 201);
      const warnings = String(reply.headers["warning"] ?? "");
      assert.equal(warnings, '299 - "unknown field \\"spec.bogus\\"", 299 - "unknown field \\"spec.pull.nothing\\""');
    },
  },
  {
    id: "FIELD-007",
    claim: "without fieldValidation unknown fields are warned of",
    source: FIELDS,
    flip: { fault: "answer-header:warning=" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { spec: { bogus: 1 } }));
      ok(reply, 201);
      assert.equal(reply.headers["warning"], '299 - "unknown field \\"spec.bogus\\""');
    },
  },
  {
    id: "FIELD-008",
    claim: "fieldValidation=Ignore takes unknown fields without a word",
    source: FIELDS,
    flip: { fault: "ignore:query.fieldValidation" },
    async run(at) {
      const reply = await at.post("jobs?fieldValidation=Ignore", unknown("a"));
      ok(reply, 201);
      assert.equal(reply.headers["warning"], undefined);
    },
  },
  {
    id: "FIELD-009",
    claim: "unknown fields that are taken are not stored",
    source: "k8s docs: tasks/extend-kubernetes/custom-resources/custom-resource-definitions#field-pruning; Go's decoder drops them, too",
    flip: { fault: "answer:spec.bogus=1,method=GET" },
    async run(at) {
      ok(await at.post("jobs?fieldValidation=Ignore", unknown("a")), 201);
      assert.deepEqual(ok(await at.get("jobs/a")).spec, { action: "pull", repository: "demo", pull: { incremental: true } });
    },
  },
  {
    id: "FIELD-010",
    claim: "a field that stands twice counts with its last value, and is warned of",
    source: FIELDS,
    flip: { fault: "answer-header:warning=" },
    async run(at) {
      const body = JSON.stringify(job("a", { spec: { message: "m" } })).replace('"message":"m"', '"message":"first","message":"last"');
      const reply = await at.post("jobs", body);
      assert.equal(ok(reply, 201).spec["message"], "last");
      assert.equal(reply.headers["warning"], '299 - "duplicate field \\"spec.message\\""');
    },
  },
  {
    id: "FIELD-011",
    claim: "a value of fieldValidation that is none is refused with 422 that names the known ones",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.fieldValidation" },
    async run(at) {
      const reply = await at.post("jobs?fieldValidation=Loose", job("a"));
      invalid(reply, ["FieldValueNotSupported fieldValidation"], { group: "meta.k8s.io", kind: "CreateOptions" });
      assert.match(reply.json.message ?? "", /Unsupported value: "Loose": supported values: "", "Ignore", "Strict", "Warn"$/);
    },
  },
  {
    id: "FIELD-012",
    claim: "fieldValidation=Strict holds for PUT",
    source: FIELDS,
    flip: { fault: "ignore:query.fieldValidation" },
    async run(at) {
      const made = await at.job("a");
      const reply = await at.put("jobs/a?fieldValidation=Strict", { ...made, spec: { ...made.spec, bogus: 1 } });
      refused(reply, 400, "BadRequest", `${STRICT}unknown field "spec.bogus"`);
    },
  },
  {
    id: "FIELD-013",
    claim: "fieldValidation=Strict of a PATCH refuses unknown fields with 422 for the patch",
    source: "k8s: apiserver/pkg/endpoints/handlers/patch.go",
    flip: { fault: "ignore:query.fieldValidation" },
    async run(at) {
      await at.job("a");
      const reply = await at.patch("jobs/a?fieldValidation=Strict", { spec: { bogus: 1 } });
      invalid(reply, ["FieldValueInvalid patch"], { name: undefined });
      assert.match(reply.json.message ?? "", /strict decoding error: unknown field "spec\.bogus"/);
    },
  },
  {
    id: "FIELD-014",
    claim: "a JSON patch that adds an unknown field is warned of and changes nothing",
    source: FIELDS,
    flip: { fault: "answer-header:warning=" },
    async run(at) {
      const { metadata } = await at.job("a");
      const reply = await at.patch("jobs/a", [{ op: "add", path: "/spec/bogus", value: 1 }], JSON_PATCH);
      assert.equal(ok(reply).metadata.resourceVersion, metadata.resourceVersion);
      assert.equal(reply.headers["warning"], '299 - "unknown field \\"spec.bogus\\""');
    },
  },
  {
    id: "FIELD-015",
    claim: "a field of the wrong type is refused with 422 FieldValueTypeInvalid, as the schema alone knows types",
    source: "k8s: apiextensions-apiserver/pkg/apiserver/validation/validation.go",
    flip: { set: "kinds=built-in" },
    async run(at) {
      const reply = await at.post("jobs", job("a", { spec: { action: 5 } }));
      invalid(reply, ["FieldValueTypeInvalid spec.action"], { kind: "Job", group: GROUP });
    },
  },
];
