// The compiled program with workers: its guard is the binary itself, and neither a killed nor a stopped controller, nor an
// empty root, leaves work running or a secret in a worker's hands.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Site } from "../support/binary.ts";
import { eventually, gone, isRunning, WorkSite } from "../support/work-site.ts";

const LIMIT = { timeout: 60_000 };
const SHORT_LEASE = ["--lease-validity=2s", "--lease-renewal=500ms", "--lease-expiry=4s"];
const LOOP = "echo $PPID >guard.pid; echo $$ >worker.pid; sleep 600 & echo $! >>worker.pid; wait";

/** A controller whose worker is this script, and one job. */
async function working(commands: string, env: Record<string, string> = {}, flags: string[] = []) {
  const site = await Site.open();
  const work = await WorkSite.open();
  const controller = site.start([`--worker=*=exec:${await work.script(commands)}`, ...SHORT_LEASE, ...flags], { env });
  site.createJob("job-1");
  return {
    site,
    work,
    controller,
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      await work[Symbol.asyncDispose]();
    },
  };
}

describe("the compiled program with a worker", () => {
  test("has the job done, and gives the worker none of its secrets", LIMIT, async () => {
    await using run = await working(
      `tr '\\0' '\\n' </proc/$$/environ >environ
       tr '\\0' '\\n' </proc/$PPID/environ >guard-environ
       tr '\\0' '\\n' </proc/$PPID/cmdline >guard-cmdline
       cat /proc/$PPID/comm >guard-comm
       ls -l /proc/self/fd >fds`,
      { JOB_CONTROLLER_LOG_LEVEL: "debug", CANARY: "canary-of-the-environment", NAMED: "passed" },
      ["--worker-env=NAMED"],
    );
    const [record] = await eventually(() => (run.site.history.length > 0 ? run.site.history : undefined));
    const { spec, status } = run.site.devserver.store.get("historicjobs", "default", record ?? "")?.object ?? {};
    assert.deepEqual([spec, status?.["state"]], [{ action: "pull", repository: "test6", pull: { incremental: false } }, "success"]);
    const files = Object.fromEntries(["environ", "guard-environ", "guard-cmdline", "guard-comm", "fds"].map((name) => [name, readFileSync(run.work.path(name), "utf8")]));
    for (const [name, text] of Object.entries(files)) {
      for (const secret of [run.site.token, "canary-of-the-environment", run.site.devserver.exchangeUrl]) assert.ok(!text.includes(secret), `${name}: ${text}`);
    }
    assert.match(files["environ"] ?? "", /^NAMED=passed$/m);
    assert.deepEqual([files["guard-cmdline"], files["guard-comm"]], ["/proc/self/exe\nworker-guard\n", "worker-guard\n"]);
    assert.doesNotMatch(files["fds"] ?? "", /eventpoll|state|\.pem/);
    assert.equal(await run.controller.stop(), 0);
  });

  test("buries what its workers leave, as nobody else might", LIMIT, async () => {
    await using run = await working("echo $PPID >guard.pid; for i in 1 2 3; do sleep 600 & done; exit 0");
    await eventually(() => (run.site.history.length > 0 ? true : undefined));
    const [guard] = await run.work.pids("guard.pid");
    await eventually(() => (readFileSync(`/proc/${guard}/task/${guard}/children`, "utf8") === "" ? true : undefined));
  });

  test("leaves nothing running when it is killed", LIMIT, async () => {
    await using run = await working(LOOP);
    const pids = [...(await run.work.pids("worker.pid", 2)), ...(await run.work.pids("guard.pid"))];
    run.controller.signal("SIGKILL");
    await gone(pids);
  });

  test("leaves no work running when it is stopped for longer than its lease", LIMIT, async () => {
    await using run = await working(LOOP);
    const pids = await run.work.pids("worker.pid", 2);
    process.kill(run.controller.pid, "SIGSTOP");
    await gone(pids);
    assert.ok(run.site.history.length === 0);
  });

  test("gives back what is not done in time when it is asked to end", LIMIT, async () => {
    await using run = await working(LOOP, {}, ["--shutdown-timeout=1s"]);
    const pids = [...(await run.work.pids("worker.pid", 2)), ...(await run.work.pids("guard.pid"))];
    await run.controller.stop();
    await gone(pids);
    const job = run.site.devserver.store.get("jobs", "default", "job-1")?.object;
    assert.equal(job?.metadata?.name, "job-1");
    assert.ok(!JSON.stringify(job.metadata.labels ?? {}).includes("/claim"), JSON.stringify(job));
    assert.equal(pids.some(isRunning), false);
  });

  test("refuses a worker that cannot be run", LIMIT, async () => {
    await using site = await Site.open();
    const controller = site.start(["--worker=pull=exec:./not-there.sh"]);
    assert.equal(await controller.exited, 2);
    assert.match(controller.stderr, /Cannot use the worker "\.\/not-there\.sh" that --worker names for "pull": expected a program/);
  });
});
