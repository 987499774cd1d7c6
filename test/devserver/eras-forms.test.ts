// The rows that decide what is served and how that is described, each seen on the wire.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startDevserver, type TestDevserver } from "../support/devserver.ts";

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

const noSuchGroup = { status: 404, type: "text/plain; charset=utf-8", text: "404 page not found\n" };

for (const kinds of ["built-in", "custom"]) {
  serving([`kinds=${kinds}`], (server) => {
    test("what a served version does not have is refused with a Status", async () => {
      for (const path of ["connections", "jobs/name-without-namespace", "/api/v1/pods", "/apis/authorization.k8s.io/v1/others"]) {
        const reply = await server().call("GET", path);
        assert.deepEqual([reply.status, reply.json.reason, reply.json.message], [404, "NotFound", "the server could not find the requested resource"], path);
      }
      for (const [method, path] of [["PUT", "namespaces/a/jobs"], ["POST", "jobs"], ["OPTIONS", "namespaces/a/jobs/x"], ["HEAD", "jobs"]] as const) {
        assert.equal((await server().call(method, path)).status, 405, `${method} ${path}`);
      }
      const message = "the server does not allow this method on the requested resource";
      assert.equal((await server().call("PUT", "namespaces/a/jobs")).json.message, message);
    });

    test("what no group is behind is refused with plain text", async () => {
      for (const path of ["/none", "/apis/other.grafana.app/v1/jobs", "/apis/other.grafana.app"]) {
        const { status, headers, text } = await server().call("GET", path);
        assert.deepEqual({ status, type: headers["content-type"], text }, noSuchGroup, path);
      }
      const { status, headers, text } = await server().call("GET", `/apis/${GROUP}/v9/jobs`);
      assert.equal(status, 404);
      if (kinds === "custom") assert.deepEqual({ status, type: headers["content-type"], text }, noSuchGroup);
      else assert.equal(headers["content-type"], "application/json");
    });
  });
}

serving(["kinds=built-in"], (server) => {
  test("the table says that it has a date", async () => {
    assert.match((await server().call("GET", "jobs", undefined, TABLE)).text, /"name":"Created At","type":"date","format":"","description":""/);
  });

  test("HistoricJobs are not in OpenAPI", async () => {
    assert.doesNotMatch((await server().call("GET", `/openapi/v3/apis/${GROUP}/v0alpha1`)).text, /HistoricJob"/);
  });
});

serving(["kinds=custom"], (server) => {
  test("the table says where its texts come from", async () => {
    assert.match((await server().call("GET", "jobs", undefined, TABLE)).text, /"name":"Created At","type":"string","format":"","description":"Custom resource definition column/);
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
      for (const path of ["historicjobs", "namespaces/default/historicjobs", "namespaces/default/historicjobs?watch=1&timeoutSeconds=1"]) {
        assert.equal((await server().call("GET", path)).status, served ? 200 : 404, path);
      }
      assert.equal((await server().call("GET", `/apis/${GROUP}/v0alpha1`)).text.includes("historicjobs"), served);
      assert.equal((await server().call("GET", "/apis/authorization.k8s.io/v1")).status, 200);
    });
  });
}
