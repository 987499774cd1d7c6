// The rows that decide what is served and how that is described, each seen on the wire.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Reply, startDevserver, type TestDevserver } from "../support/devserver.ts";

const GROUP = "provisioning.grafana.app";
const TABLE = { headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" } };

function serving(settings: string[], facts: (server: () => TestDevserver) => void): void {
  describe(settings.join(" "), () => {
    let server: TestDevserver;
    before(async () => {
      server = await startDevserver({ settings });
    });
    after(() => server.close());
    facts(() => server);
  });
}

/** What the server's last handler answers. */
async function isText(reply: Promise<Reply>, what: string): Promise<void> {
  const { status, headers, text } = await reply;
  assert.deepEqual([status, headers["content-type"], text], [404, "text/plain; charset=utf-8", "404 page not found\n"], what);
}

serving(["kinds=built-in"], (server) => {
  test("what a group does not have is refused with a Status, what is in no group with text", async () => {
    for (const path of ["connections", "jobs/x", "namespaces/a/jobs/x/none", `/apis/${GROUP}/v9/jobs`, "/api/v1/pods"]) {
      const reply = await server().call("GET", path);
      assert.deepEqual([reply.status, reply.json.reason, reply.json.message], [
        404,
        "NotFound",
        "the server could not find the requested resource",
      ], path);
    }
    for (const path of ["/none", "/apis/other.grafana.app", "/apis/other.grafana.app/v1/jobs"]) {
      await isText(server().call("GET", path), path);
    }
  });

  test("methods that a path does not have are refused with 405", async () => {
    const calls = [["PUT", "namespaces/a/jobs"], ["POST", "jobs"], ["POST", "namespaces/a/jobs/x"], [
      "OPTIONS",
      "namespaces/a/jobs/x",
    ]] as const;
    for (const [method, path] of calls) {
      const reply = await server().call(method, path);
      assert.deepEqual([reply.status, reply.json.message], [
        405,
        "the server does not allow this method on the requested resource",
      ], `${method} ${path}`);
    }
    assert.equal((await server().call("HEAD", "jobs")).status, 405);
  });

  test("the table says that it has a date", async () => {
    assert.match(
      (await server().call("GET", "jobs", undefined, TABLE)).text,
      /"name":"Created At","type":"date","format":"","description":""/,
    );
  });

  test("HistoricJobs are not in OpenAPI", async () => {
    assert.doesNotMatch((await server().call("GET", `/openapi/v3/apis/${GROUP}/v0alpha1`)).text, /HistoricJob"/);
  });
});

serving(["kinds=custom"], (server) => {
  test("what the group does not have is refused with text, what Kubernetes' own do not have with a Status", async () => {
    for (
      const [method, path] of [["GET", "connections"], ["GET", "jobs/x"], ["GET", `/apis/${GROUP}/v9/jobs`], ["POST", "jobs"], [
        "GET",
        "/none",
      ]] as const
    ) {
      await isText(server().call(method, path), path);
    }
    assert.equal((await server().call("GET", "/api/v1/pods")).json.kind, "Status");
  });

  test("below an object is nothing, as if the object were not there", async () => {
    const reply = await server().call("GET", "namespaces/default/repositories/test6/none");
    assert.deepEqual([reply.status, reply.json.message], [404, `repositories.${GROUP} "test6" not found`]);
  });

  test("methods are taken where they do not belong, or refused in words of their own", async () => {
    const job = {
      apiVersion: `${GROUP}/v0alpha1`,
      kind: "Job",
      metadata: { name: "made" },
      spec: { action: "pull", repository: "r", pull: {} },
    };
    assert.equal((await server().call("POST", "namespaces/a/jobs/made", job)).status, 201);
    for (const method of ["PUT", "PATCH"]) {
      const reply = await server().call(method, "namespaces/a/jobs", job);
      assert.deepEqual([reply.status, reply.json.message], [400, "name must be provided"]);
    }
    const reply = await server().call("OPTIONS", "namespaces/a/jobs/x");
    assert.deepEqual([reply.status, reply.json.message, reply.json.details], [
      405,
      ` is not supported on resources of kind "jobs.${GROUP}"`,
      { group: GROUP, kind: "jobs" },
    ]);
  });

  test("HEAD is GET without the body", async () => {
    const [head, get] = [await server().call("HEAD", "jobs"), await server().call("GET", "jobs")];
    assert.deepEqual([head.status, head.text, head.headers["content-length"]], [200, "", get.headers["content-length"]]);
    assert.equal((await server().call("HEAD", "namespaces/a/jobs/none")).status, 404);
  });

  test("the table says where its texts come from", async () => {
    assert.match(
      (await server().call("GET", "jobs", undefined, TABLE)).text,
      /"name":"Created At","type":"string","format":"","description":"Custom resource definition column/,
    );
  });

  test("HistoricJobs are in OpenAPI", async () => {
    assert.match((await server().call("GET", `/openapi/v3/apis/${GROUP}/v0alpha1`)).text, /HistoricJob"/);
  });
});

for (const beta of ["off", "on"]) {
  serving([`v1beta1=${beta}`], (server) => {
    test(`v1beta1 is ${beta}`, async () => {
      const served = beta === "on";
      for (const path of [`/apis/${GROUP}/v1beta1`, `/apis/${GROUP}/v1beta1/jobs`, `/openapi/v3/apis/${GROUP}/v1beta1`]) {
        assert.equal((await server().call("GET", path)).status, served ? 200 : 404, path);
      }
      assert.equal((await server().call("GET", "/apis")).text.includes("v1beta1"), served);
    });
  });
}

for (const history of ["objects", "loki"]) {
  serving([`history=${history}`], (server) => {
    test(`historicjobs are ${history === "objects" ? "there" : "nowhere"}`, async () => {
      const served = history === "objects";
      for (
        const path of [
          "historicjobs",
          "namespaces/default/historicjobs",
          "namespaces/default/historicjobs?watch=1&timeoutSeconds=1",
        ]
      ) {
        assert.equal((await server().call("GET", path)).status, served ? 200 : 404, path);
      }
      assert.equal((await server().call("GET", `/apis/${GROUP}/v0alpha1`)).text.includes("historicjobs"), served);
      assert.equal((await server().call("GET", "/apis/authorization.k8s.io/v1")).status, 200);
    });
  });
}
