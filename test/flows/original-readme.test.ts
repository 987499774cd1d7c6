// The commands of the original's README, word for word, against the dev server at its defaults. Its `./bin/job-controller`
// lines are the controller's business and run with the compiled binary.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { createDevserver, type Devserver } from "../../src/devserver/serve.ts";
import { systemClock } from "../../src/runtime/clock.ts";

const TOKEN_COMMAND = String.raw`
export ACCESS_TOKEN=$(curl -X POST http://localhost:6481/sign/access-token \
  -H "X-Realms: [{\"type\":\"system\",\"identifier\":\"system\"}]" \
  -H "X-Org-ID: 0" \
  -H "Content-Type: application/json" \
  -H "Authorization: Bearer ProvisioningAdminToken" \
  -d '{
    "namespace": "*",
    "audiences": ["provisioning.grafana.app"]
  }' | jq -r '.data.token')
`;

const JOB_COMMAND = String.raw`
curl -X POST https://localhost:6446/apis/provisioning.grafana.app/v0alpha1/namespaces/default/repositories/test6/jobs \
  -H "Content-Type: application/json" --insecure \
  -H "X-Access-Token: Bearer $ACCESS_TOKEN" \
  -d '{
    "action": "pull",
    "pull": {
      "incremental": false
    }
  }'
`;

async function shell(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)("sh", ["-euc", script], { env: { PATH: "/usr/local/bin:/usr/bin:/bin" } });
  return stdout;
}

describe("the original's README at the dev server's defaults", () => {
  let devserver: Devserver | undefined;
  before(async () => {
    devserver = await createDevserver({ clock: systemClock, random: Math.random });
  });
  after(() => devserver?.close());

  test("listens where the README says", () => {
    assert.equal(devserver?.apiUrl, "https://localhost:6446");
    assert.equal(devserver?.exchangeUrl, "http://localhost:6481/sign/access-token");
  });

  test("the token command exports a signed token", async () => {
    const token = await shell(`${TOKEN_COMMAND}\necho "$ACCESS_TOKEN"`);
    assert.match(token, /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
  });

  test("the job command enqueues a pull job of test6", async () => {
    const job = JSON.parse(await shell(TOKEN_COMMAND + JOB_COMMAND)) as Record<string, Record<string, unknown>>;
    assert.equal(job["kind"], "Job");
    assert.deepEqual([job["metadata"]?.["namespace"], job["metadata"]?.["name"]], ["default", "test6-sync"]);
    assert.deepEqual(job["spec"], { action: "pull", pull: { incremental: false }, repository: "test6" });
    assert.equal(devserver?.store.get("jobs", "default", "test6-sync")?.uid, job["metadata"]?.["uid"]);
  });
});
