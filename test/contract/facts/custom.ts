// What the handler of custom resources does otherwise than the generic layer does with built-in kinds: paths, methods, bodies.

import assert from "node:assert/strict";
import { type Fact, invalid, ok, refused } from "../fact.ts";
import { job } from "../place.ts";
import { API, GROUP, type Reply } from "../server.ts";

const HANDLER_GO = "k8s: apiextensions-apiserver/pkg/apiserver/customresource_handler.go";
const BUILT_IN = { set: "kinds=built-in" };

/** Not a Status: the text of Go's HTTP server. */
function textNotFound(reply: Reply): void {
  assert.deepEqual([reply.status, reply.text.trim()], [404, "404 page not found"]);
  assert.match(reply.headers["content-type"] ?? "", /^text\/plain/);
}

export const CUSTOM: readonly Fact[] = [
  {
    id: "CUSTOM-001",
    claim: "a resource that no definition has is answered with 404 as text",
    source: HANDLER_GO,
    flip: BUILT_IN,
    async run(at) {
      textNotFound(await at.get("nothings"));
      textNotFound(await at.get(`${API}/nothings`));
    },
  },
  {
    id: "CUSTOM-002",
    claim: "a sub-resource that no definition has is answered as if the object were not there",
    source: HANDLER_GO,
    flip: BUILT_IN,
    async run(at) {
      await at.job("a");
      const reply = await at.get("jobs/a/nothing");
      refused(reply, 404, "NotFound", `jobs.${GROUP} "a" not found`, { name: "a", group: GROUP, kind: "jobs" });
    },
  },
  {
    id: "CUSTOM-003",
    claim: "an object without its namespace in the path is answered with 404 as text",
    source: HANDLER_GO,
    flip: BUILT_IN,
    async run(at) {
      await at.job("a");
      textNotFound(await at.get(`${API}/jobs/a`));
    },
  },
  {
    id: "CUSTOM-004",
    claim: "PUT and PATCH to the collection are refused with 400: a name must be provided",
    source: HANDLER_GO,
    flip: BUILT_IN,
    async run(at) {
      refused(await at.put("jobs", job("a")), 400, "BadRequest", "name must be provided");
      refused(await at.patch("jobs", {}), 400, "BadRequest", "name must be provided");
    },
  },
  {
    id: "CUSTOM-005",
    claim: "POST to an object's own path creates it",
    source: HANDLER_GO,
    flip: BUILT_IN,
    async run(at) {
      assert.equal(ok(await at.post("jobs/a", job("a")), 201).metadata.name, "a");
    },
  },
  {
    id: "CUSTOM-006",
    claim: "the collection of all namespaces can be neither created in nor deleted: 404 as text",
    source: HANDLER_GO,
    flip: BUILT_IN,
    async run(at) {
      textNotFound(await at.post(`${API}/jobs`, job("a")));
      textNotFound(await at.del(`${API}/jobs`));
    },
  },
  {
    id: "CUSTOM-007",
    claim: "methods that no kind has are refused with 405 that names the resource",
    source: HANDLER_GO,
    flip: BUILT_IN,
    async run(at) {
      for (const method of ["OPTIONS", "TRACE"]) {
        const reply = await at.call(method, "jobs");
        refused(reply, 405, "MethodNotAllowed", ` is not supported on resources of kind "jobs.${GROUP}"`, { group: GROUP, kind: "jobs" });
      }
    },
  },
  {
    id: "CUSTOM-008",
    claim: "a creation with a body of another kind is refused with 422 for kind",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/validator.go",
    flip: BUILT_IN,
    async run(at) {
      const reply = await at.post("jobs", { ...job("a"), kind: "HistoricJob" });
      invalid(reply, ["FieldValueInvalid kind"], { name: "a", group: GROUP, kind: "HistoricJob" });
      assert.match(reply.json.message ?? "", /kind: Invalid value: "HistoricJob": must be Job$/);
    },
  },
  {
    id: "CUSTOM-009",
    claim: "a body without kind is refused with 400 that quotes it",
    source: "k8s: apimachinery/pkg/apis/meta/v1/unstructured/helpers.go",
    flip: BUILT_IN,
    async run(at) {
      const { kind: _kind, ...bare } = job("a");
      const reply = await at.post("jobs", bare);
      refused(reply, 400, "BadRequest", /^the object provided is unrecognized \(must be of type Job\): Object 'Kind' is missing in '\{/);
    },
  },
  {
    id: "CUSTOM-010",
    claim: "a body without apiVersion, or with another, is refused with 400 that names both",
    source: "k8s: apiserver/pkg/endpoints/handlers/create.go",
    flip: BUILT_IN,
    async run(at) {
      for (const apiVersion of [undefined, "batch/v1", `${GROUP}/v9`]) {
        const reply = await at.post("jobs", { ...job("a"), apiVersion });
        refused(reply, 400, "BadRequest", `the API version in the data (${apiVersion ?? ""}) does not match the expected API version (${GROUP}/v0alpha1)`);
      }
    },
  },
  {
    id: "CUSTOM-011",
    claim: "a merge patch of kind or apiVersion is refused with 422",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/validator.go",
    flip: BUILT_IN,
    async run(at) {
      await at.job("a");
      invalid(await at.patch("jobs/a", { kind: "HistoricJob" }), ["FieldValueInvalid kind"]);
      invalid(await at.patch("jobs/a", { apiVersion: "v1" }), ["FieldValueInvalid apiVersion"]);
    },
  },
  {
    id: "CUSTOM-012",
    claim: "an object without status has none, not an empty one",
    source: "k8s: apimachinery/pkg/apis/meta/v1/unstructured/unstructured.go",
    flip: BUILT_IN,
    async run(at) {
      assert.equal("status" in ok(await at.post("jobs", job("a")), 201), false);
    },
  },
  {
    id: "CUSTOM-013",
    claim: "a Job without spec is refused with 422 FieldValueRequired for spec",
    source: "k8s: apiextensions-apiserver/pkg/apiserver/validation/validation.go; spec is required in the CRD's schema",
    flip: { fault: 'request:body.spec={"action":"pull","repository":"demo","pull":{}}' },
    async run(at) {
      invalid(await at.post("jobs", { ...job("a"), spec: undefined }), ["FieldValueRequired spec"], { name: "a", kind: "Job" });
    },
  },
  {
    id: "CUSTOM-014",
    claim: "a refused precondition of a DELETE names the kind, not the resource",
    source: "k8s: apiserver/pkg/registry/generic/registry/store.go",
    flip: { fault: 'answer:details.kind="jobs",code=409' },
    async run(at) {
      await at.job("a");
      const reply = await at.del("jobs/a", { preconditions: { resourceVersion: "1" } });
      refused(reply, 409, "Conflict", new RegExp(`^Operation cannot be fulfilled on Job\\.${GROUP} "a": `), { name: "a", group: GROUP, kind: "Job" });
    },
  },
];
