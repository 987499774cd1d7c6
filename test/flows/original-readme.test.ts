// The commands of the original's README, word for word, against the dev server at its defaults. Its `./bin/job-controller`
// lines are the controller's business and run with the compiled binary.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createDevserver, type Devserver } from "../../src/devserver/serve.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { JOB_COMMAND, shell, TOKEN_COMMAND } from "../support/original-readme.ts";

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
