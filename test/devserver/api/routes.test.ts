import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { checkSegment } from "../../../src/devserver/api/target-rules.ts";
import { type Reply, startDevserver, type TestDevserver } from "../../support/devserver.ts";

const PULL = { action: "pull", pull: { incremental: false } };

describe("the API", () => {
  let server: TestDevserver;
  before(async () => {
    server = await startDevserver({ repositories: ["test6", "org-2/other"] });
  });
  after(() => server.close());
  let made = 0;
  /** A job of its own for a test. */
  const create = async (more: Record<string, unknown> = {}): Promise<Reply> =>
    server.call("POST", "namespaces/a/jobs", {
      metadata: { name: `job-${made++}` },
      spec: { ...PULL, repository: "r" },
      ...more,
    });
  const pathOf = (reply: Reply): string => `namespaces/a/jobs/${reply.json.metadata.name}`;
  const facts = (reply: Reply): [number, string | undefined] => [reply.status, reply.json.reason];

  describe("a name in the path", () => {
    const fact = async (method: string, name: string) => {
      const { status, json } = await server.call(method, `namespaces/a/jobs/${name}`);
      return [status, json.message];
    };

    for (const method of ["GET", "DELETE", "PATCH"]) {
      test(`with a percent sign is refused to ${method}`, async () => {
        assert.deepEqual(await fact(method, "a%25b"), [400, `Name parameter invalid: "a%b": may not contain '%'`]);
      });
    }

    for (const name of [".", ".."]) {
      test(`${name} is refused`, () => {
        assert.throws(() => checkSegment(name), { code: 400, message: `Name parameter invalid: "${name}": may not be '${name}'` });
      });
    }

    test("with %2F is two", async () => {
      assert.deepEqual(await fact("GET", "a%2Fb"), [404, "the server could not find the requested resource"]);
    });
  });

  describe("create", () => {
    test("gives 201 and the object with what the server adds", async () => {
      const reply = await create({
        metadata: { name: "fresh", uid: "mine", creationTimestamp: "1999-01-01T00:00:00Z", labels: { a: "b" } },
      });
      assert.equal(reply.status, 201, reply.text);
      const { metadata, kind, apiVersion, status } = reply.json;
      assert.deepEqual([kind, apiVersion, status], ["Job", "provisioning.grafana.app/v0alpha1", {}]);
      assert.notEqual(metadata.uid, "mine");
      assert.notEqual(metadata.creationTimestamp, "1999-01-01T00:00:00Z");
      assert.match(metadata.resourceVersion ?? "", /^\d{19}$/);
      assert.deepEqual([metadata.namespace, metadata.labels], ["a", { a: "b" }]);
      assert.equal(metadata.annotations?.["grafana.app/createdBy"], "access-policy:provisioning");
    });

    test("generateName makes a name and is emptied", async () => {
      const { metadata } = (await create({ metadata: { generateName: "job-" } })).json;
      assert.match(metadata.name ?? "", /^job-[a-z0-9]{5}$/);
      assert.equal(metadata.generateName, undefined);
    });

    test("a second one of the name is AlreadyExists", async () => {
      const first = await create();
      const again = await create({ metadata: { name: first.json.metadata.name } });
      assert.deepEqual(facts(again), [409, "AlreadyExists"]);
      assert.equal(again.json.message, `jobs.provisioning.grafana.app "${first.json.metadata.name}" already exists`);
    });

    test("admission refuses a bare action with 422 and its causes", async () => {
      const reply = await create({ spec: { action: "pull", repository: "r" } });
      assert.deepEqual(facts(reply), [422, "Invalid"]);
      assert.match(reply.json.message ?? "", /spec\.pull: Required value: pull options required for pull action/);
    });

    for (
      const [what, body, code] of [
        ["no name", { metadata: {} }, 422],
        ["a bad name", { metadata: { name: "a_b" } }, 422],
        ["another kind", { kind: "HistoricJob", metadata: { name: "x" } }, 400],
        ["another group", { apiVersion: "v1", metadata: { name: "x" } }, 400],
        ["another namespace", { metadata: { name: "x", namespace: "b" } }, 400],
        ["a resourceVersion", { metadata: { name: "x", resourceVersion: "1" } }, 500],
        ["labels that are no text", { metadata: { name: "x", labels: { a: 1 } } }, 400],
        ["a spec that is no object", { metadata: { name: "x" }, spec: "pull" }, 400],
      ] as const
    ) {
      test(`refuses ${what} with ${code}`, async () => assert.equal((await create(body)).status, code));
    }

    test("refuses what is no JSON object, no JSON type, or too large", async () => {
      for (const body of ["{", "[]", "5", ""]) {
        assert.equal((await server.call("POST", "namespaces/a/jobs", body)).status, 400, body);
      }
      const typed = await server.call("POST", "namespaces/a/jobs", "a: 1", { headers: { "content-type": "application/yaml" } });
      assert.equal(typed.status, 415);
      assert.equal((await create({ pad: "x".repeat(3_200_000) })).status, 413);
    });
  });

  describe("get, replace, delete", () => {
    test("get gives the object in the version asked for, 404 as a Status", async () => {
      const created = await create();
      assert.deepEqual((await server.call("GET", pathOf(created))).json, created.json);
      const beta = await server.call("GET", `/apis/provisioning.grafana.app/v1beta1/${pathOf(created)}`);
      assert.equal(beta.json.apiVersion, "provisioning.grafana.app/v1beta1");
      const none = await server.call("GET", "namespaces/a/jobs/none");
      assert.deepEqual(none.json, {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: 'jobs.provisioning.grafana.app "none" not found',
        reason: "NotFound",
        details: { name: "none", group: "provisioning.grafana.app", kind: "jobs" },
        code: 404,
      });
    });

    test("of two replacements at one version the second is a Conflict", async () => {
      const created = await create();
      const claim = (value: string) => ({
        ...created.json,
        metadata: { ...created.json.metadata, labels: { "provisioning.grafana.app/claim": value } },
      });
      const replies = await Promise.all(["1", "2"].map((value) => server.call("PUT", pathOf(created), claim(value))));
      assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409]);
      const lost = replies.find(({ status }) => status === 409);
      assert.equal(lost?.json.reason, "Conflict");
    });

    test("one replacement writes labels and status together; bookkeeping moves with the spec alone", async () => {
      const created = await create();
      const { metadata } = created.json;
      const working = {
        ...created.json,
        metadata: { ...metadata, labels: { a: "b" } },
        status: { state: "working" },
      };
      const first = await server.call("PUT", pathOf(created), working);
      assert.deepEqual([first.json.metadata.labels, first.json.status], [{ a: "b" }, { state: "working" }]);
      assert.equal(first.json.metadata.generation, 1);
      assert.equal(first.json.metadata.annotations?.["grafana.app/updatedBy"], undefined);
      const second = await server.call("PUT", pathOf(created), { ...first.json, spec: { ...first.json.spec, message: "more" } });
      assert.equal(second.json.metadata.generation, 2);
      assert.equal(second.json.metadata.annotations?.["grafana.app/updatedBy"], "access-policy:provisioning");
      assert.equal(second.json.metadata.creationTimestamp, metadata.creationTimestamp);
    });

    test("createdBy cannot be replaced", async () => {
      const created = await create();
      const annotations = { "grafana.app/createdBy": "mallory" };
      const reply = await server.call("PUT", pathOf(created), {
        ...created.json,
        metadata: { ...created.json.metadata, annotations },
      });
      assert.equal(reply.json.metadata.annotations?.["grafana.app/createdBy"], "access-policy:provisioning");
    });

    test("a replacement without version creates what is missing, with one it is a Conflict, with another uid too", async () => {
      const spec = { ...PULL, repository: "r" };
      const put = (name: string, metadata: Record<string, unknown>) =>
        server.call("PUT", `namespaces/a/jobs/${name}`, { metadata: { name, ...metadata }, spec });
      assert.equal((await put("upsert", {})).status, 201);
      assert.equal((await put("upsert", {})).status, 200);
      assert.deepEqual(facts(await put("never", { resourceVersion: "1" })), [409, "Conflict"]);
      assert.deepEqual(facts(await put("upsert", { uid: "other" })), [409, "Conflict"]);
      for (const other of ["different", ""]) assert.equal((await put("upsert", { name: other })).status, 400, other);
    });

    test("admission runs on replacements", async () => {
      const created = await create();
      assert.equal((await server.call("PUT", pathOf(created), { ...created.json, spec: { action: "pull" } })).status, 422);
    });

    test("delete answers with a Status, and checks its preconditions", async () => {
      const created = await create();
      const { uid, resourceVersion, name } = created.json.metadata;
      const remove = (preconditions?: Record<string, unknown>) =>
        server.call("DELETE", pathOf(created), preconditions && { preconditions });
      assert.deepEqual(facts(await remove({ uid: "other" })), [409, "Conflict"]);
      assert.deepEqual(facts(await remove({ uid, resourceVersion: "1" })), [409, "Conflict"]);
      const done = await remove({ uid, resourceVersion });
      assert.equal(done.status, 200);
      assert.deepEqual(done.json, {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Success",
        details: { name, group: "provisioning.grafana.app", kind: "jobs", uid },
      });
      assert.deepEqual(facts(await remove()), [404, "NotFound"]);
    });
  });

  describe("repositories", () => {
    test("a new one is unhealthy whatever its status says, and made healthy through /status alone", async () => {
      const healthy = { health: { healthy: true, checked: 1 } };
      const created = await server.call("POST", "namespaces/b/repositories", {
        metadata: { name: "demo" },
        spec: { title: "Demo" },
        status: healthy,
      });
      assert.deepEqual(created.json.status, {});
      const queue = () => server.call("POST", "namespaces/b/repositories/demo/jobs", PULL);
      const refused = await queue();
      assert.equal(refused.status, 424);
      assert.equal(refused.json.message, "The repository configuration is not healthy");
      assert.equal(refused.json.reason, undefined);

      const replaced = await server.call("PUT", "namespaces/b/repositories/demo", { ...created.json, status: healthy });
      assert.deepEqual(replaced.json.status, {});
      const body = { ...replaced.json, spec: { title: "Changed" }, status: healthy };
      const status = await server.call("PUT", "namespaces/b/repositories/demo/status", body);
      assert.deepEqual([status.status, status.json.status, status.json.spec], [200, healthy, { title: "Demo" }]);
      assert.equal((await server.call("PUT", "namespaces/b/repositories/demo/status", body)).status, 409);
      assert.deepEqual((await server.call("GET", "namespaces/b/repositories/demo/status")).json, status.json);

      const job = await queue();
      assert.equal(job.status, 202, job.text);
      const after = await server.call("GET", "namespaces/b/repositories/demo");
      assert.deepEqual(after.json.status?.["sync"], { state: "pending", job: "demo-sync", started: 0 });
    });

    test("those of the options are there, healthy", async () => {
      const names = (await server.call("GET", "repositories")).json.items?.map(({ metadata }) =>
        `${metadata.namespace}/${metadata.name}`
      );
      assert.ok(names?.includes("default/test6") && names.includes("org-2/other"), String(names));
    });
  });

  describe("repositories/<name>/jobs", () => {
    const post = (body: unknown, repository = "org-2/repositories/other") =>
      server.call("POST", `namespaces/${repository}/jobs`, body);

    test("makes a Job of a bare spec, under the name of its class and with the repository's label", async () => {
      const reply = await post({ action: "push", push: {}, repository: "ignored" });
      assert.equal(reply.status, 202, reply.text);
      assert.equal(reply.json.kind, "Job");
      assert.equal(reply.json.metadata.name, "other-push");
      assert.deepEqual(reply.json.metadata.labels, { "provisioning.grafana.app/repository": "other" });
      assert.deepEqual(reply.json.spec, { action: "push", push: {}, repository: "other" });
    });

    test("a job of the class that is still there is AlreadyExists", async () => {
      await post(PULL);
      const reply = await post(PULL);
      assert.deepEqual(facts(reply), [409, "AlreadyExists"]);
      assert.match(reply.json.message ?? "", /^job 'other-sync' in 'org-2' already exists/);
    });

    test("the one option object decides the action", async () => {
      assert.equal((await post({ action: "pull", migrate: {} })).status, 409);
      assert.equal((await post({ action: "sing", push: {} })).json.details?.["name"], "other-push");
    });

    for (
      const [what, body, code] of [
        ["two option objects", { pull: {}, push: {} }, 400],
        ["pr from a client", { action: "pr", pr: { ref: "x" } }, 400],
        ["no JSON", "{", 400],
        ["an action that is no text", { action: 5 }, 400],
        ["pull without options", { action: "pull" }, 422],
        ["an unknown action", { action: "sing" }, 422],
        ["deleteResources while the repository lives", { action: "deleteResources" }, 409],
      ] as const
    ) {
      test(`refuses ${what} with ${code}`, async () => assert.equal((await post(body)).status, code));
    }

    test("an unknown repository is 404, but for what cleans up after one", async () => {
      assert.deepEqual(facts(await post(PULL, "org-2/repositories/none")), [404, "NotFound"]);
      assert.equal((await post({ action: "releaseResources" }, "org-2/repositories/none")).status, 202);
    });

    test("one that is being deleted takes no more, but for its clean-up", async () => {
      server.store.create("repositories", {
        metadata: { name: "going", namespace: "c", finalizers: ["cleanup"] },
        status: { health: { healthy: true } },
      });
      await server.call("DELETE", "namespaces/c/repositories/going");
      assert.deepEqual(facts(await post(PULL, "c/repositories/going")), [409, "Conflict"]);
      assert.equal((await post({ action: "deleteResources" }, "c/repositories/going")).status, 202);
    });

    test("a write needs its workflow", async () => {
      const metadata = { name: "reader", namespace: "c" };
      server.store.create("repositories", { metadata, spec: { workflows: ["branch"] }, status: { health: { healthy: true } } });
      assert.equal((await post({ push: {} }, "c/repositories/reader")).status, 403);
      assert.equal((await post({ push: { branch: "x" } }, "c/repositories/reader")).status, 202);
    });

    test("GET knows history alone: the list, and one job by its uid", async () => {
      const labels = (uid: string) => ({
        "provisioning.grafana.app/repository": "test6",
        "provisioning.grafana.app/original-uid": uid,
      });
      const archive = (name: string, uid: string) =>
        server.store.create("historicjobs", { metadata: { name, namespace: "default", labels: labels(uid) }, spec: PULL });
      archive("x-1", "aaa");
      archive("x-2", "bbb");
      archive("x-3", "bbb");
      const path = "namespaces/default/repositories/test6/jobs";
      const list = (await server.call("GET", path)).json;
      assert.deepEqual([list.kind, list.items?.map(({ kind, metadata }) => `${kind} ${metadata.name}`)], ["JobList", [
        "Job x-1",
        "Job x-2",
        "Job x-3",
      ]]);
      assert.equal((await server.call("GET", `${path}/aaa`)).json.metadata.name, "x-1");
      assert.equal((await server.call("GET", `${path}/bbb`)).status, 404);
      assert.equal((await server.call("GET", `${path}/ccc`)).status, 404);
      assert.equal((await server.call("GET", `${path}/a.b`)).status, 400);
      assert.equal((await server.call("POST", `${path}/aaa`, PULL)).status, 400);
    });
  });

  describe("everything else", () => {
    for (
      const path of [
        "/apis/provisioning.grafana.app/v2/jobs",
        "connections",
        "namespaces/a/toString",
        "jobs/name-without-namespace",
        "namespaces/a/jobs/x/status",
        "namespaces//jobs",
        "namespaces/default/repositories/test6/files",
      ]
    ) {
      test(`${path} is 404 with a Status`, async () => {
        const reply = await server.call("GET", path);
        assert.deepEqual([reply.status, reply.json.kind, reply.json.message], [
          404,
          "Status",
          "the server could not find the requested resource",
        ]);
      });
    }

    test("methods that are not served are 405", async () => {
      for (
        const [method, path] of [["POST", "namespaces/a/jobs/x"], ["PUT", "namespaces/a/jobs"], ["DELETE", "jobs"]] as const
      ) {
        assert.deepEqual(facts(await server.call(method, path, {})), [405, "MethodNotAllowed"]);
      }
    });

    test("health, version and discovery need no token", async () => {
      const anonymous = (path: string) => server.call("GET", path, undefined, { headers: { "x-access-token": "" } });
      for (const path of ["/livez", "/readyz"]) assert.equal((await anonymous(path)).text, "ok");
      assert.match((await anonymous("/version")).text, /gitVersion/);
      assert.match((await anonymous("/apis")).text, /"preferredVersion":\{"groupVersion":"provisioning\.grafana\.app\/v0alpha1"/);
      assert.match((await anonymous("/apis/provisioning.grafana.app/v1beta1")).text, /"historicjobs"/);
      assert.equal((await anonymous("jobs")).status, 401);
    });

    test("a path may end with a slash", async () => assert.equal((await server.call("GET", "jobs/")).status, 200));
  });
});
