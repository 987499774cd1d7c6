// Who may do what: credentials that are none, rights that are missing, and what one may ask of one's own.

import assert from "node:assert/strict";
import { type Fact, ok, refused } from "../fact.ts";
import { MERGE, job } from "../place.ts";
import { API, GROUP } from "../server.ts";

const AUTHORIZER_GO = "k8s: apiserver/pkg/endpoints/handlers/responsewriters/errors.go";
const REVIEW_GO = "k8s: kubernetes/pkg/registry/authorization/selfsubjectaccessreview/rest.go";

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const review = (verb: string, resource: string, namespace?: string) => ({
  apiVersion: "authorization.k8s.io/v1",
  kind: "SelfSubjectAccessReview",
  spec: { resourceAttributes: { group: GROUP, resource, verb, ...(namespace === undefined ? {} : { namespace }) } },
});

const denial = (verb: string, resource: string, where: string, title = `${resource}.${GROUP}`) =>
  new RegExp(`^${title} is forbidden: User ".+" cannot ${verb} resource "${resource}" in API group "${GROUP}" ${where}$`);

export const ACCESS: readonly Fact[] = [
  {
    id: "ACC-001",
    claim: "a token that the server does not know is answered with 401 and nothing more",
    source: "k8s: apiserver/pkg/endpoints/filters/authentication.go",
    flip: { fault: "answer:message=,code=401" },
    async run(at) {
      refused(await at.as("forged").get("jobs"), 401, "Unauthorized", "Unauthorized");
    },
  },
  {
    id: "ACC-002",
    claim: "a watch with a token that the server does not know is refused before it begins",
    source: "k8s: apiserver/pkg/endpoints/filters/authentication.go",
    flip: { fault: "status-as:401->200" },
    async run(at) {
      const watch = await at.as("forged").watch("jobs?watch=1&timeoutSeconds=1");
      assert.equal(watch.status, 401);
    },
  },
  {
    id: "ACC-003",
    claim: "a right to list in all namespaces covers one namespace",
    source: "k8s docs: reference/access-authn-authz/rbac",
    flip: { fault: "status:403,verb=list" },
    async run(at) {
      await at.job("a");
      assert.equal(ok(await at.as("controller").get("jobs")).items.length, 1);
    },
  },
  {
    id: "ACC-004",
    claim: "a creation without the right is refused with 403 that names verb, resource, group and namespace",
    source: AUTHORIZER_GO,
    flip: { fault: "answer:details=,code=403" },
    async run(at) {
      const reply = await at.as("controller").post("jobs", job("a"));
      refused(reply, 403, "Forbidden", denial("create", "jobs", `in the namespace "${at.namespace}"`), { group: GROUP, kind: "jobs" });
    },
  },
  {
    id: "ACC-005",
    claim: "a deletion without the right is refused with 403 that names the object",
    source: AUTHORIZER_GO,
    flip: { fault: "answer:details.name=,code=403" },
    async run(at) {
      await at.job("a");
      const reply = await at.as("controller").del("jobs/a");
      const message = denial("delete", "jobs", `in the namespace "${at.namespace}"`, `jobs.${GROUP} "a"`);
      refused(reply, 403, "Forbidden", message, { name: "a", group: GROUP, kind: "jobs" });
      assert.equal((await at.get("jobs/a")).status, 200);
    },
  },
  {
    id: "ACC-006",
    claim: "the right is checked before it is looked whether the object is there",
    source: "k8s: apiserver/pkg/endpoints/filters/authorization.go",
    flip: { fault: "status-as:403->404" },
    async run(at) {
      assert.equal((await at.as("controller").get("jobs/missing")).status, 403);
    },
  },
  {
    id: "ACC-007",
    claim: "the right is checked before the body is read",
    source: "k8s: apiserver/pkg/endpoints/filters/authorization.go",
    flip: { fault: "status-as:403->400" },
    async run(at) {
      assert.equal((await at.as("controller").post("jobs", "{no JSON")).status, 403);
    },
  },
  {
    id: "ACC-008",
    claim: "a right to delete is no right to delete the collection",
    source: "k8s docs: reference/access-authn-authz/authorization#request-verbs",
    flip: { fault: "status-as:403->200" },
    async run(at) {
      await at.made("historicjobs", { ...job("a"), kind: "HistoricJob" });
      const reply = await at.as("controller").del("historicjobs");
      refused(reply, 403, "Forbidden", denial("deletecollection", "historicjobs", `in the namespace "${at.namespace}"`));
    },
  },
  {
    id: "ACC-009",
    claim: "the right to delete one object is enough for that",
    source: "k8s docs: reference/access-authn-authz/rbac",
    flip: { fault: "status:403,verb=delete" },
    async run(at) {
      await at.made("historicjobs", { ...job("a"), kind: "HistoricJob" });
      ok(await at.as("controller").del("historicjobs/a"));
    },
  },
  {
    id: "ACC-010",
    claim: "PATCH needs the right to patch, not that to update",
    source: "k8s docs: reference/access-authn-authz/authorization#request-verbs",
    flip: { fault: "answer:message=,code=403" },
    async run(at) {
      await at.job("a");
      const reply = await at.as("controller").patch("jobs/a", {}, MERGE);
      refused(reply, 403, "Forbidden", denial("patch", "jobs", `in the namespace "${at.namespace}"`, `jobs.${GROUP} "a"`));
    },
  },
  {
    id: "ACC-011",
    claim: "a list of all namespaces without the right is refused at the cluster scope",
    source: AUTHORIZER_GO,
    flip: { fault: "status-as:403->200" },
    async run(at) {
      const reply = await at.as("team").get(`${API}/jobs`);
      refused(reply, 403, "Forbidden", denial("list", "jobs", "at the cluster scope"), { group: GROUP, kind: "jobs" });
    },
  },
  {
    id: "ACC-012",
    claim: "a right in one namespace is none in another",
    source: "k8s docs: reference/access-authn-authz/rbac",
    flip: { fault: "status-as:403->200" },
    async run(at) {
      refused(await at.as("team").get("jobs"), 403, "Forbidden", denial("list", "jobs", `in the namespace "${at.namespace}"`));
    },
  },
  {
    id: "ACC-013",
    claim: "a right in one namespace holds there",
    source: "k8s docs: reference/access-authn-authz/rbac",
    flip: { fault: "status:403,verb=list" },
    async run(at) {
      assert.equal(ok(await at.as("team").get(`${API}/namespaces/team-a/jobs`)).kind, "JobList");
    },
  },
  {
    id: "ACC-014",
    claim: "a watch without the right is refused for the verb watch",
    source: "k8s docs: reference/access-authn-authz/authorization#request-verbs",
    flip: { fault: "status-as:403->200" },
    async run(at) {
      const reply = await at.as("controller").get("historicjobs?watch=1&timeoutSeconds=1");
      refused(reply, 403, "Forbidden", denial("watch", "historicjobs", `in the namespace "${at.namespace}"`));
    },
  },
  {
    id: "ACC-015",
    claim: "a SelfSubjectAccessReview for what one may do is answered with 201 and allowed",
    source: REVIEW_GO,
    flip: { fault: "answer:status.allowed=false,code=201" },
    async run(at) {
      const { kind, spec, status } = ok(await at.post(REVIEWS, review("create", "jobs", at.namespace)), 201);
      assert.deepEqual([kind, status["allowed"]], ["SelfSubjectAccessReview", true]);
      assert.deepEqual(spec["resourceAttributes"], review("create", "jobs", at.namespace).spec.resourceAttributes);
    },
  },
  {
    id: "ACC-016",
    claim: "a SelfSubjectAccessReview for what one may not do is answered with 201 and not allowed",
    source: REVIEW_GO,
    flip: { fault: "answer:status.allowed=true,code=201" },
    async run(at) {
      const { status } = ok(await at.as("controller").post(REVIEWS, review("create", "jobs", at.namespace)), 201);
      assert.equal(status["allowed"], false);
    },
  },
  {
    id: "ACC-017",
    claim: "a SelfSubjectAccessReview without namespace asks for all of them",
    source: "k8s: api/authorization/v1/types.go",
    flip: { fault: 'request:body.spec.resourceAttributes.namespace="team-a",path=selfsubjectaccessreviews' },
    async run(at) {
      const allowed = async (namespace?: string) => ok(await at.as("team").post(REVIEWS, review("list", "jobs", namespace)), 201).status["allowed"];
      assert.deepEqual([await allowed(), await allowed("team-a")], [false, true]);
    },
  },
  {
    id: "ACC-018",
    claim: "a SelfSubjectAccessReview that asks for nothing is refused with 422",
    source: "k8s: kubernetes/pkg/apis/authorization/validation/validation.go",
    flip: { fault: 'request:body.spec.resourceAttributes={"verb":"get","resource":"jobs"}' },
    async run(at) {
      const reply = await at.post(REVIEWS, { ...review("list", "jobs"), spec: {} });
      refused(reply, 422, "Invalid", /exactly one of nonResourceAttributes or resourceAttributes must be specified$/);
      assert.deepEqual([reply.json.details?.group, reply.json.details?.causes?.[0]?.field], ["authorization.k8s.io", "spec"]);
    },
  },
  {
    id: "ACC-019",
    claim: "access reviews can only be created",
    source: REVIEW_GO,
    flip: { fault: "status-as:405->404" },
    async run(at) {
      refused(await at.get(REVIEWS), 405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    },
  },
  {
    id: "ACC-020",
    claim: "a credential that is none is refused for what needs no credential, too",
    source: "k8s: apiserver/pkg/endpoints/filters/authentication.go",
    flip: { fault: "status-as:401->200" },
    async run(at) {
      for (const path of ["/version", "/apis", "/livez"]) refused(await at.as("forged").get(path), 401, "Unauthorized", "Unauthorized");
    },
  },
];
