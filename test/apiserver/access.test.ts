// Who the controller is to a real API server: certificates that rotate, rights that lack, identities that are unknown.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { bindingOf, RBAC, shippedRoles } from "../../scripts/apiserver-roles.ts";
import { CONTROLLERS, replaceFile, TEAM_NAMESPACE } from "../../scripts/apiserver.ts";
import { assertOnce, eventually, RealServer } from "../support/apiserver.ts";
import { createAuthority } from "../support/certs.ts";
import { openLink } from "../support/tcp-link.ts";

const PRUNE_OFTEN = ["--history-expiration=1h", "--history-sweep-interval=1s", "--resync-interval=1h"];

describe("certificate rotation, on a real API server", () => {
  let server: RealServer;
  before(async () => void (server = await RealServer.start()));
  afterEach(() => server.reset());
  after(() => server.stop());

  test("the next request shows the new certificate; the watch goes on over its connection, and no list follows", async () => {
    const mounted = await server.api.issue("mounted", CONTROLLERS);
    const next = await server.api.issue("rotated", CONTROLLERS);
    const controller = server.controller(PRUNE_OFTEN, { certificate: mounted });
    await controller.started();
    const jobRequests = async () => (await server.api.audit()).filter(({ objectRef, stage, verb }) => objectRef?.resource === "jobs" && (stage === "ResponseComplete" || verb === "watch"));
    const swept = (username: string) => eventually(`a sweep as ${username}`, async () =>
      (await server.api.audit()).find(({ user, objectRef }) => user.username === username && objectRef?.resource === "historicjobs"));
    await swept("mounted");
    // A request is logged once it was answered, so the log may lag behind: the list for the version, the watch, the full list.
    const before = await eventually("the start is in the audit log", async () => {
      const requests = await jobRequests();
      return requests.length >= 3 && requests;
    });

    await replaceFile(mounted.keyFile, next.key);
    await replaceFile(mounted.certFile, next.cert);
    const sweep = await swept("rotated");
    assert.deepEqual(sweep.user.extra?.["authentication.kubernetes.io/credential-id"], [next.credentialId]);
    await controller.until(({ msg }) => msg === "certificates changed, in use from the next request on");

    const job = await server.createJob("after-rotation");
    assert.equal((await controller.notified(job.uid)).trigger, "live");
    assert.deepEqual((await jobRequests()).map(({ verb, user }) => [verb, user.username]), before.map(({ verb, user }) => [verb, user.username]));
  });

  test("a pair that does not match keeps the old one in use", async () => {
    const mounted = await server.api.issue("half-written", CONTROLLERS);
    const other = await server.api.issue("other", CONTROLLERS);
    const controller = server.controller(PRUNE_OFTEN, { certificate: mounted });
    await controller.started();
    await replaceFile(mounted.keyFile, other.key);
    const kept = await controller.until(({ level, msg }) => level === "WARN" && msg === "changed certificates cannot be used, keeping those before");
    assert.match(String(kept.error), new RegExp(mounted.keyFile.replaceAll(".", "\\.")));
    const from = (await server.api.audit()).length;
    await eventually("a sweep after that", async () => (await server.api.audit()).slice(from).find(({ user }) => user.username === "half-written"));
    const job = await server.createJob("still-here");
    await controller.notified(job.uid);
  });

  test("a new certificate of the server is taken when connections are made anew", async () => {
    const link = await openLink(server.port);
    try {
      const controller = server.controller([], { port: link.port });
      await controller.started();
      await server.api.rotateServingCertificate();
      link.cut();
      link.mend();
      const job = await server.createJob("over-new-connections");
      await controller.notified(job.uid);
      assertOnce(controller, [job]);
    } finally {
      await link.close();
    }
  });
});

describe("rights, on a real API server", () => {
  let server: RealServer;
  before(async () => void (server = await RealServer.start()));
  afterEach(() => server.reset());
  after(() => server.stop());

  test("403 on the cluster-wide list ends with 3 and points at --namespace", async () => {
    const controller = server.controller([], { certificate: server.api.teamController });
    assert.equal(await controller.exited, 3);
    assert.match(controller.stderr, /403|forbidden/i);
    assert.match(controller.stderr, /--namespace/);
  });

  test("the same certificate is enough with --namespace", async () => {
    const controller = server.controller([`--namespace=${TEAM_NAMESPACE}`, "--history-expiration=1h"], { certificate: server.api.teamController });
    await controller.started();
    await controller.until(({ msg }) => msg === "history sweep complete");
    const job = await server.createJob("in-team", TEAM_NAMESPACE);
    await controller.notified(job.uid);
    assert.deepEqual(controller.lines.filter(({ level }) => level === "ERROR"), []);
  });

  test("a certificate of a CA that the server does not know ends with 3", async () => {
    const stranger = await (await createAuthority("another CA")).client({ name: "stranger" });
    const certFile = join(server.api.directory, "stranger.pem");
    const keyFile = join(server.api.directory, "stranger-key.pem");
    await replaceFile(certFile, stranger.cert);
    await replaceFile(keyFile, stranger.key);
    const controller = server.controller([], { certificate: { certFile, keyFile } });
    assert.equal(await controller.exited, 3);
    assert.match(controller.stderr, /401|unauthorized/i);
  });

  test("403 of a server that tells nobody whether it is ready, as while it starts, is waited out", async () => {
    const bindings = `${RBAC}/clusterrolebindings`;
    const open = ["system:public-info-viewer", "system:discovery"].map((name) => `${bindings}/${name}`);
    const before = await Promise.all(open.map(async (path) => (await server.api.request("GET", path)).body));
    for (const path of open) assert.equal((await server.api.request("DELETE", path)).status, 200);
    const group = "late-controllers";
    const controller = server.controller(["--log-level=debug"], { certificate: await server.api.issue("late", group) });
    await eventually("it was refused", async () => (await server.api.audit()).find(({ user }) => user.username === "late"));
    await server.api.request("POST", bindings, bindingOf(group, shippedRoles().watch.name));
    for (const { metadata: { name } = {}, ...rest } of before) assert.equal((await server.api.request("POST", bindings, { ...rest, metadata: { name } })).status, 201);
    await controller.started();
    assert.match(String(controller.of("provisioning API not usable, retrying")[0]?.error), /cannot list resource "jobs"/);
  });

  test("rights that are taken away later end nothing: one warning, and on it goes once they are back", async () => {
    const bindings = `${RBAC}/clusterrolebindings`;
    const binding = `${bindings}/${CONTROLLERS}-${shippedRoles().watch.name}`;
    const controller = server.controller(["--resync-interval=1s"]);
    await controller.started();
    const { body } = await server.api.request("GET", binding);
    await server.api.request("DELETE", binding);
    const warning = await controller.until(({ level, msg }) => level === "WARN" && msg === "provisioning API not usable, retrying");
    assert.match(String(warning.error), /403|forbidden/i);
    const { resourceVersion: _old, uid: _uid, ...metadata } = body.metadata ?? {};
    assert.equal((await server.api.request("POST", bindings, { ...body, metadata })).status, 201);
    await controller.until(({ msg }) => msg === "provisioning API usable again");
    const job = await server.createJob("allowed-again");
    await controller.notified(job.uid);
    assertOnce(controller, [job]);
  });

  test("what it sends is all that it was granted: list and watch on jobs, list and delete on historicjobs", async () => {
    await server.createRecord("expired");
    const controller = server.controller(["--history-expiration=1s", "--history-sweep-interval=1s"]);
    await eventually("the record is gone", async () => (await server.names("historicjobs")).length === 0);
    await controller.started();
    const used = new Set((await server.api.audit()).filter(({ user }) => user.username === "job-controller").map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`));
    assert.deepEqual([...used].sort(), ["delete historicjobs", "list historicjobs", "list jobs", "watch jobs"]);
  });
});
