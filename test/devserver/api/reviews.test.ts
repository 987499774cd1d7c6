import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { request } from "node:https";
import { after, before, describe, test } from "node:test";
import { startDevserver, type TestDevserver } from "../../support/devserver.ts";

const GROUP = "provisioning.grafana.app";
const AUTHORIZATION = "/apis/authorization.k8s.io/v1";
/** What kubectl 1.37.2 sent for `auth can-i delete jobs/x -n team` and for `auth can-i get /api`. */
const CAN_DELETE =
  "azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSVQoQCgASABoAIgAqADIAOABCABI3CjUKBHRlYW0SBmRl" +
  "bGV0ZRoYcHJvdmlzaW9uaW5nLmdyYWZhbmEuYXBwIgAqBGpvYnMyADoBeBoICAASABoAIAAaACIA";
const CAN_GET_PATH =
  "azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSKwoQCgASABoAIgAqADIAOABCABINEgsKBC9hcGkSA2dl" +
  "dBoICAASABoAIAAaACIA";

interface ReviewBody {
  kind: string;
  message?: string;
  spec?: { resourceAttributes?: Record<string, string> };
  status: { allowed?: boolean; resourceRules?: { verbs: string[]; resources: string[] }[]; userInfo?: { username: string } };
}

describe("reviews of one's own rights", () => {
  let server: TestDevserver;
  before(async () => {
    server = await startDevserver();
  });
  after(() => server.close());
  const review = async (kind: string, body: unknown, claims?: Parameters<TestDevserver["mintToken"]>[0]) => {
    const headers: Record<string, string> = claims === undefined ? {} : { "x-access-token": await server.mintToken(claims) };
    const path = kind === "SelfSubjectReview" ? "/apis/authentication.k8s.io/v1" : AUTHORIZATION;
    const reply = await server.call("POST", `${path}/${kind.toLowerCase()}s`, body, { headers });
    return { code: reply.status, ...(JSON.parse(reply.text) as ReviewBody) };
  };
  const may = async (attributes: Record<string, string>, claims?: Parameters<TestDevserver["mintToken"]>[0]) => {
    const { code, status } = await review("SelfSubjectAccessReview", { spec: { resourceAttributes: attributes } }, claims);
    assert.equal(code, 201);
    return status.allowed;
  };

  test("say what the token's permissions admit", async () => {
    const reader = { permissions: [`${GROUP}/jobs:get`] };
    assert.equal(await may({ group: GROUP, resource: "jobs", verb: "list", namespace: "a" }, reader), true);
    assert.equal(await may({ group: GROUP, resource: "jobs", verb: "delete", namespace: "a" }, reader), false);
    assert.equal(await may({ group: GROUP, resource: "historicjobs", verb: "get", namespace: "a" }, reader), false);
    assert.equal(await may({ group: GROUP, resource: "none", verb: "get", namespace: "a" }), false);
    assert.equal(await may({ group: "batch", resource: "jobs", verb: "get", namespace: "a" }), false);
  });

  test("an empty namespace is all of them", async () => {
    const one = { namespace: "a" };
    assert.equal(await may({ group: GROUP, resource: "jobs", verb: "list", namespace: "a" }, one), true);
    assert.equal(await may({ group: GROUP, resource: "jobs", verb: "list", namespace: "" }, one), false);
    assert.equal(await may({ group: GROUP, resource: "jobs", verb: "list" }, one), false);
  });

  test("* asks for everything", async () => {
    assert.equal(await may({ group: "*", resource: "*", verb: "*" }), true);
    assert.equal(await may({ group: GROUP, resource: "jobs", verb: "*" }, { permissions: [`${GROUP}/jobs:*`] }), true);
    assert.equal(await may({ group: GROUP, resource: "*", verb: "*" }, { permissions: [`${GROUP}/jobs:*`] }), false);
    assert.equal(await may({ group: GROUP, resource: "jobs", verb: "*" }, { permissions: [`${GROUP}/jobs:get`] }), false);
  });

  test("what is sent is what is answered, and one question at a time", async () => {
    const resourceAttributes = { group: GROUP, resource: "jobs", verb: "get" };
    const { kind, spec } = await review("SelfSubjectAccessReview", { spec: { resourceAttributes } });
    assert.deepEqual([kind, spec], ["SelfSubjectAccessReview", { resourceAttributes }]);
    for (const none of [{}, { resourceAttributes, nonResourceAttributes: { path: "/", verb: "get" } }]) {
      const refused = await review("SelfSubjectAccessReview", { spec: none });
      assert.equal(refused.code, 422);
      assert.match(refused.message ?? "", /exactly one of nonResourceAttributes or resourceAttributes must be specified/);
    }
    assert.equal((await review("SelfSubjectAccessReview", { kind: "Other" })).code, 400);
  });

  test("rules name verbs by resource, and whoami the subject", async () => {
    const claims = { permissions: [`${GROUP}/jobs:get`, `${GROUP}/historicjobs:delete`], subject: "access-policy:few" };
    const { status } = await review("SelfSubjectRulesReview", { spec: { namespace: "a" } }, claims);
    assert.deepEqual(status.resourceRules?.slice(0, 2).map(({ verbs, resources }) => [resources, verbs]), [
      [["jobs"], ["get", "list"]],
      [["historicjobs"], ["delete"]],
    ]);
    assert.equal((await review("SelfSubjectReview", {}, claims)).status.userInfo?.username, "access-policy:few");
  });

  test("take protobuf, which is all that kubectl sends", async () => {
    const send = async (base64: string) => {
      const token = await server.mintToken();
      const headers = { "x-access-token": token, "content-type": "application/vnd.kubernetes.protobuf" };
      const text = await post(
        `${server.apiUrl}${AUTHORIZATION}/selfsubjectaccessreviews`,
        Buffer.from(base64, "base64"),
        headers,
        server.certificates.ca,
      );
      return JSON.parse(text) as ReviewBody;
    };
    const { spec, status } = await send(CAN_DELETE);
    assert.deepEqual([spec?.resourceAttributes, status.allowed], [
      { namespace: "team", verb: "delete", group: GROUP, resource: "jobs", name: "x" },
      true,
    ]);
    assert.equal((await send(CAN_GET_PATH)).status.allowed, true);
    assert.match((await send("")).message ?? "", /unrecognized \(must be of type SelfSubjectAccessReview\)/);
    const other = await server.call("POST", `${AUTHORIZATION}/selfsubjectaccessreviews`, "x", {
      headers: { "content-type": "text/plain" },
    });
    assert.equal(other.status, 415);
  });

  test("are asked with POST, by someone", async () => {
    assert.equal((await server.call("GET", `${AUTHORIZATION}/selfsubjectaccessreviews`)).status, 405);
    assert.equal((await review("SelfSubjectReview", {}, { audiences: ["other"] })).code, 401);
  });
});

describe("namespaces", () => {
  let server: TestDevserver;
  before(async () => {
    server = await startDevserver({ repositories: ["org-2/test6"] });
    for (const namespace of ["stacks-1", "org-2", "stacks-1"]) {
      server.store.create("jobs", { metadata: { name: `job-${server.store.count("jobs")}`, namespace }, spec: {} });
    }
  });
  after(() => server.close());

  test("are those that objects are in, and default", async () => {
    const list = await server.call("GET", "/api/v1/namespaces");
    assert.deepEqual([list.json.kind, list.json.items?.map(({ metadata }) => metadata.name)], ["NamespaceList", [
      "default",
      "org-2",
      "stacks-1",
    ]]);
    const one = await server.call("GET", "/api/v1/namespaces/org-2");
    assert.deepEqual([one.json.kind, one.json.metadata.name, one.json.status], ["Namespace", "org-2", { phase: "Active" }]);
  });

  test("are a table for kubectl", async () => {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    const { json, text } = await server.call("GET", "/api/v1/namespaces", undefined, { headers: { accept } });
    const { columnDefinitions, rows } = JSON.parse(text) as {
      columnDefinitions: { name: string }[];
      rows: { cells: string[]; object: { kind: string } }[];
    };
    assert.deepEqual([json.kind, columnDefinitions.map(({ name }) => name)], ["Table", ["Name", "Status", "Age"]]);
    assert.deepEqual(rows.map(({ cells, object }) => [cells[0], cells[1], object.kind])[2], [
      "stacks-1",
      "Active",
      "PartialObjectMetadata",
    ]);
    assert.match(rows[0]?.cells[2] ?? "", /^\d+s$/);
  });

  test("others are not found, nor what Kubernetes has in them", async () => {
    const none = await server.call("GET", "/api/v1/namespaces/none");
    assert.deepEqual([none.status, none.json.message], [404, 'namespaces "none" not found']);
    assert.equal((await server.call("GET", "/api/v1/namespaces/default/events")).status, 404);
    assert.equal((await server.call("DELETE", "/api/v1/namespaces/default")).status, 405);
  });

  test("a token of one namespace sees that one", async () => {
    const headers = { "x-access-token": await server.mintToken({ namespace: "org-2" }) };
    const read = async (path: string) => (await server.call("GET", path, undefined, { headers })).status;
    assert.deepEqual([
      await read("/api/v1/namespaces/org-2"),
      await read("/api/v1/namespaces/default"),
      await read("/api/v1/namespaces"),
    ], [200, 403, 403]);
  });
});

function post(url: string, body: Buffer, headers: Record<string, string>, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: "POST",
      agent: false,
      ca,
      headers: { ...headers, "content-length": String(body.length) },
    }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk)).on("end", () => resolve(text));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
