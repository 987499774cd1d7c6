import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { SERVICE_ACCOUNT } from "../../../src/devserver/access/access.ts";
import { type Reply, send, startDevserver, type TestDevserver } from "../../support/devserver.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const GROUP = "provisioning.grafana.app";

describe("access to the API", () => {
  const clock = new ManualClock();
  let server: TestDevserver;
  before(async () => {
    server = await startDevserver({ clock, bearerToken: new Secret("service-account") });
  });
  after(() => server.close());
  const get = (path: string, headers: Record<string, string>): Promise<Reply> =>
    server.call("GET", path, undefined, { headers: { "x-access-token": "", ...headers } });
  const withToken = async (path: string, ...mint: Parameters<TestDevserver["mintToken"]>) =>
    get(path, { "x-access-token": await server.mintToken(...mint) });

  test("takes the token with and without Bearer", async () => {
    const token = await server.mintToken();
    assert.equal((await get("jobs", { "x-access-token": token })).status, 200);
    assert.equal((await get("jobs", { "x-access-token": `Bearer ${token}` })).status, 200);
  });

  test("refuses no token, a wrong one and a JWT in Authorization with 401 and a Status", async () => {
    const token = await server.mintToken();
    for (const token of ["", "nonsense", "Bearer "]) {
      const reply = await get("jobs", { "x-access-token": token });
      assert.deepEqual([reply.status, reply.json.kind, reply.json.reason], [401, "Status", "Unauthorized"]);
    }
    const { ca } = server.certificates;
    const url = `${server.apiUrl}/apis/${GROUP}/v0alpha1/jobs`;
    assert.equal((await send("GET", url, undefined, { headers: { authorization: `Bearer ${token}` }, tls: { ca } })).status, 401);
  });

  test("a service account's token is taken in Authorization alone", async () => {
    const token = await server.mintToken(SERVICE_ACCOUNT);
    const { ca } = server.certificates;
    const url = `${server.apiUrl}/apis/${GROUP}/v0alpha1/jobs`;
    assert.equal((await send("GET", url, undefined, { headers: { authorization: `Bearer ${token}` }, tls: { ca } })).status, 200);
    assert.equal((await get("jobs", { "x-access-token": token })).status, 401);
  });

  test("a client certificate alone is nobody", async () => {
    const { ca, client: { cert, key } } = server.certificates;
    const url = `${server.apiUrl}/apis/${GROUP}/v0alpha1/jobs`;
    assert.equal((await send("GET", url, undefined, { tls: { ca, cert, key } })).status, 401);
  });

  test("discovery needs no credential, but takes none that is wrong", async () => {
    for (const path of ["/version", "/apis", "/openapi/v3", "/readyz"]) {
      assert.equal((await get(path, {})).status, 200, path);
      assert.equal((await get(path, { "x-access-token": "nonsense" })).status, 401, path);
      assert.equal((await get(path, { "x-access-token": await server.mintToken({ permissions: [] }) })).status, 200, path);
    }
  });

  test("refuses another audience, and a token past its life", async () => {
    assert.equal((await withToken("jobs", { audiences: ["dashboard.grafana.app"] })).status, 401);
    assert.equal((await withToken("jobs", { audiences: ["dashboard.grafana.app", GROUP] })).status, 200);
    assert.equal((await withToken("jobs", {}, -61_000)).status, 401);
    const token = await server.mintToken({}, 10_000);
    assert.equal((await get("jobs", { "x-access-token": token })).status, 200);
    clock.jump(71_000);
    assert.equal((await get("jobs", { "x-access-token": token })).status, 401);
    clock.jump(-71_000);
  });

  test("a token of one namespace sees that one, not another and not all", async () => {
    const one = { namespace: "stacks-1" };
    assert.equal((await withToken("namespaces/stacks-1/jobs", one)).status, 200);
    assert.equal((await withToken("namespaces/stacks-2/jobs", one)).status, 403);
    const reply = await withToken("jobs", one);
    assert.deepEqual([reply.status, reply.json.reason], [403, "Forbidden"]);
    assert.match(
      reply.json.message ?? "",
      /^jobs\.provisioning\.grafana\.app is forbidden: .* cannot list .* at the cluster scope$/,
    );
  });

  test("permissions name group or resource, and a verb", async () => {
    const permitted = async (path: string, ...permissions: string[]) => (await withToken(path, { permissions })).status;
    assert.equal(await permitted("jobs", `${GROUP}/jobs:*`), 200);
    assert.equal(await permitted("historicjobs", `${GROUP}/jobs:*`), 403);
    assert.equal(await permitted("historicjobs", `${GROUP}:list`), 200);
    assert.equal(await permitted("jobs", `${GROUP}/jobs:get`), 200);
    assert.equal(await permitted("jobs?watch=1", `${GROUP}/jobs:get`), 403);
    assert.equal(await permitted("jobs", `${GROUP}/jobs:delete`), 403);
    assert.equal(await permitted("jobs", "other.grafana.app:*"), 403);
    assert.equal(await permitted("jobs"), 403);
  });

  test("the static bearer token may do everything", async () => {
    const options = { headers: { authorization: "Bearer service-account" } };
    const { ca } = server.certificates;
    const url = `${server.apiUrl}/apis/${GROUP}/v0alpha1/historicjobs`;
    assert.equal((await send("GET", url, undefined, { ...options, tls: { ca } })).status, 200);
    assert.equal((await send("GET", url, undefined, { headers: { authorization: "Bearer other" }, tls: { ca } })).status, 401);
  });

  test("rights are checked before existence", async () => {
    assert.equal((await withToken("namespaces/stacks-2/jobs/none", { namespace: "stacks-1" })).status, 403);
    assert.equal((await withToken("namespaces/stacks-1/jobs/none", { namespace: "stacks-1" })).status, 404);
  });
});
