// Workers as real processes under a real guard: what each of them does wrong ends in a result, and nothing of it runs on.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { eventually, gone, isRunning, WorkSite } from "../support/work-site.ts";

const LIMIT = { timeout: 60_000 };
const SUCCESS = { kind: "done", state: "success", errors: [], warnings: [] };

function failure(message: string): object {
  return { kind: "done", state: "error", message, errors: [], warnings: [] };
}

describe("a simple worker", () => {
  for (const [commands, result] of [
    ["exit 0", SUCCESS],
    ["exit 3", failure("worker exited with code 3")],
    ["kill -SEGV $$", failure("worker was ended by SIGSEGV")],
    ["kill -KILL $$", failure("worker was ended by SIGKILL, perhaps for want of memory")],
    ["kill -TERM $$", { kind: "aborted", reason: "worker was stopped from outside by SIGTERM" }],
  ] as const) {
    test(`that says \`${commands}\` needs no protocol`, LIMIT, async () => {
      await using site = await WorkSite.open();
      assert.deepEqual(await (await site.work(commands)).result(), result);
    });
  }

  test("is told its job, and of our environment nothing but what is listed", LIMIT, async () => {
    await using site = await WorkSite.open();
    const canaries = { GRAFANA_TOKEN: "canary-1", JOB_CONTROLLER_TOKEN: "canary-2", AWS_SECRET_ACCESS_KEY: "canary-3", NAMED: "passed" };
    const child = await site.work(
      `tr '\\0' '\\n' </proc/$$/environ >environ
       tr '\\0' '\\n' </proc/$PPID/environ >guard-environ
       cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep 'canary[-]' >cmdlines
       ls /proc/self/fd >fds`,
      { envNames: ["NAMED"] },
      { ...canaries, LANG: "C.UTF-8", TZ: "UTC" },
    );
    assert.deepEqual(await child.result(), SUCCESS);
    const read = (name: string) => readFileSync(site.path(name), "utf8").trim().split("\n");
    const given = read("environ").filter((line) => !/^(?:PATH|HOME|USER|LOGNAME|LC_ALL|TMPDIR)=/.test(line));
    assert.deepEqual(given.sort(), [
      "JOB_ACTION=pull", "JOB_ATTEMPT=1", "JOB_NAME=job-1", "JOB_NAMESPACE=default", "JOB_REPOSITORY=repo", "JOB_UID=uid-1", "LANG=C.UTF-8", "NAMED=passed", "TZ=UTC",
    ]);
    assert.deepEqual(read("guard-environ").map((line) => line.replace(/=.*/, "")), ["PATH"]);
    assert.deepEqual(read("cmdlines"), [""]);
  });

  test("can open its output by name", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work("echo out >/dev/stdout; echo err >/dev/stderr");
    assert.deepEqual(await child.result(), SUCCESS);
    assert.deepEqual([child.texts("stdout"), child.texts("stderr")], [["out"], ["err"]]);
  });

  test("that cannot be started fails its job", LIMIT, async () => {
    await using site = await WorkSite.open();
    const result = await site.start({ workers: ["*=exec:./there/is/none"] }).result();
    assert.equal(result.kind, "done");
    assert.match(JSON.stringify(result), /Cannot start worker \\"\.\/there\/is\/none\\": .*ENOENT/);
  });
});

describe("a worker of the protocol", () => {
  test("reads its job and reports progress, resources, talk and its result", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work(
      `read -r job; printf '%s' "$job" >job.json
       echo '{"type":"progress","message":"half","percent":50,"total":2}'
       echo '{"type":"resource","action":"update","path":"a.json","name":"a","group":"g","kind":"Dashboard"}'
       echo '{"type":"log","level":"warn","message":"careful"}'
       echo '{"type":"result","state":"warning","message":"as good as","errors":[{"message":"no","path":"b.json"}],"url":{"sourceURL":"https://x.test/y"}}'`,
      { job: { metadata: { name: "n" }, spec: { pull: { incremental: false } } } },
    );
    assert.deepEqual(await child.result(), {
      kind: "done", state: "warning", message: "as good as", errors: [{ message: "no", path: "b.json" }], warnings: [], urls: { sourceURL: "https://x.test/y" },
    });
    assert.deepEqual(child.updates, [
      { kind: "progress", message: "half", percent: 50, total: 2 },
      { kind: "resource", resource: { action: "update", path: "a.json", name: "a", group: "g", kind: "Dashboard" } },
    ]);
    assert.deepEqual(child.talk, [{ level: "warn", text: "careful", source: "protocol" }]);
    const job = JSON.parse(readFileSync(site.path("job.json"), "utf8"));
    assert.deepEqual({ ...job, lease: typeof job.lease.remainingMs }, {
      type: "job", protocol: 1, attempt: 1, lease: "number", job: { metadata: { name: "n" }, spec: { pull: { incremental: false } } },
    });
  });

  test("is told of renewals, and may end by itself when it is told to stop", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work(
      `while read -r line; do
         case $line in
           *'"type":"lease"'*) echo "$line" >>leases ;;
           *'"type":"cancel"'*) echo "$line" >cancel; echo '{"type":"result","state":"success","message":"just done"}'; exit ;;
         esac
       done`,
      { validityMs: 900 },
    );
    await eventually(() => (existsSync(site.path("leases")) ? true : undefined));
    child.tell("cancel");
    assert.deepEqual(await child.result(), { ...SUCCESS, message: "just done" });
    assert.deepEqual(JSON.parse(readFileSync(site.path("cancel"), "utf8")), { type: "cancel", reason: "asked to stop", graceMs: 2_000 });
    const remaining = readFileSync(site.path("leases"), "utf8").trim().split("\n").map((line) => JSON.parse(line).remainingMs as number);
    assert.ok(remaining.every((ms) => ms > 0 && ms <= 900), String(remaining));
  });

  test("that ends with the end of its input does so after its result", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work(`echo '{"type":"result","state":"success"}'; cat >/dev/null`);
    assert.deepEqual(await child.result(), SUCCESS);
  });
});

describe("a worker that misbehaves", () => {
  for (const [what, commands] of [
    ["closes its output early", "exec >&- 2>&-; sleep 0.2"],
    ["closes its input early", "exec <&-; sleep 0.2"],
    ["leaves a child that holds its pipes", "sleep 600 & echo $! >child.pid"],
    ["leaves a child that ignores every signal that can be ignored", "(trap '' TERM INT HUP; echo started >&2; sleep 600) & echo $! >child.pid"],
    ["writes no text", "head -c 2000000 /dev/urandom"],
    ["writes no newline", "head -c 3000000 /dev/zero | tr '\\0' x"],
    ["ends within a line", "printf '{\"type\":\"progr'"],
  ] as const) {
    test(`${what} is judged by how it ends`, LIMIT, async () => {
      await using site = await WorkSite.open();
      const child = await site.work(commands);
      assert.deepEqual(await child.result(), SUCCESS);
      await child.over();
      if (commands.includes("child.pid")) await gone(await site.pids("child.pid"));
      for (const { text } of child.talk) assert.ok(text.length <= 4_096, String(text.length));
    });
  }

  test("leaves a child outside of its group: that one is not waited for", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work("setsid sh -c 'echo $$ >child.pid; exec sleep 600' & until [ -s child.pid ]; do sleep 0.01; done");
    assert.deepEqual(await child.result(), SUCCESS);
    await child.over();
    const [outside = 0] = await site.pids("child.pid");
    assert.ok(isRunning(outside));
  });

  test("never reads its input, however long its job is", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work("sleep 2; echo late", { jobSize: 5_000_000, validityMs: 1_500 });
    assert.deepEqual(await child.result(), SUCCESS);
    assert.deepEqual(child.texts("stdout"), ["late"]);
  });

  test("floods: talk beyond the rate is dropped and counted, the result is not", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work(
      `yes "some line of talk" | head -n 400000; yes "another" | head -n 100000 >&2
       echo '{"type":"resource","action":"create"}'; echo '{"type":"result","state":"warning"}'`,
    );
    assert.deepEqual(await child.result(), { kind: "done", state: "warning", errors: [], warnings: [] });
    assert.equal(child.updates.length, 1);
    const dropped = child.texts("guard").map((text) => Number(/^(\d+) lines of the worker were dropped/.exec(text)?.[1] ?? Number.NaN));
    const kept = child.texts("stdout").length + child.texts("stderr").length;
    assert.equal(dropped.reduce((sum, count) => sum + count, kept), 500_000);
    assert.ok(kept < 5_000, `${kept} kept`);
    const { rss } = await child.over();
    assert.ok((rss as number) < 300e6, `${rss} bytes resident`);
  });

  test("ignores the word and SIGTERM: SIGKILL ends its whole group", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work(
      `trap 'echo TERM >>signals' TERM; (trap '' TERM; while :; do sleep 0.1; done) & echo $! >>worker.pid
       echo $$ >>worker.pid; while :; do sleep 0.1; done`,
    );
    const pids = await site.pids("worker.pid", 2);
    child.tell("cancel");
    assert.deepEqual(await child.result(), { kind: "aborted", reason: "asked to stop" });
    await gone(pids);
    assert.equal(readFileSync(site.path("signals"), "utf8"), "TERM\n");
  });

  test("works on when its lease is over: it is killed", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work("trap '' TERM; echo $$ >worker.pid; while :; do sleep 0.1; done", { validityMs: 1_500 });
    const pids = await site.pids("worker.pid");
    child.tell("fade");
    assert.deepEqual(await child.result(), { kind: "aborted", reason: "the lease ended before the work did" });
    await gone(pids);
  });
});

const LOOP = "echo $$ >>worker.pid; sleep 600 & echo $! >>worker.pid; wait";

describe("the guard", () => {
  test("is one process for many workers", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work("echo $PPID >>parents; sleep 0.3", { orders: 5 });
    await child.over();
    const parents = new Set(readFileSync(site.path("parents"), "utf8").trim().split("\n"));
    assert.deepEqual([...parents], [String(await child.guard())]);
    assert.equal(child.lines.filter(({ said }) => said === "guard-started").length, 1);
    await gone([await child.guard()]);
  });

  test("ends its workers when the controller is killed", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work(LOOP, { orders: 2 });
    const pids = await site.pids("worker.pid", 4);
    const guard = await child.guard();
    child.signal("SIGKILL");
    await gone([...pids, guard]);
  });

  test("ends a worker that ignores SIGTERM when the controller is killed", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work("trap '' TERM; echo $$ >worker.pid; while :; do sleep 0.1; done", { validityMs: 2_000 });
    const pids = await site.pids("worker.pid");
    child.signal("SIGKILL");
    await gone([...pids, await child.guard()]);
  });

  for (const [what, commands] of [["quiet", LOOP], ["flooding", `${LOOP.replace("wait", "yes 'some line of talk' & yes '{\"type\":\"progress\",\"percent\":1}'")}`]] as const) {
    test(`ends a ${what} worker whose controller was stopped for longer than its lease`, LIMIT, async () => {
      await using site = await WorkSite.open();
      const child = await site.work(commands, { validityMs: 1_500 });
      const pids = await site.pids("worker.pid", 2);
      child.signal("SIGSTOP");
      await gone(pids);
      assert.equal(child.lines.some(({ said }) => said === "result"), false);
      child.signal("SIGCONT");
      assert.deepEqual(await child.result(), { kind: "aborted", reason: "the lease ended before the work did" });
      await child.over();
    });
  }

  test("is no concern of whoever sends signals to stop everything", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work("echo $$ >worker.pid; until [ -e go ]; do sleep 0.05; done");
    await site.pids("worker.pid");
    const guard = await child.guard();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const) process.kill(guard, signal);
    writeFileSync(site.path("go"), "");
    assert.deepEqual(await child.result(), SUCCESS);
  });

  test("may be killed: its workers end too, their work is aborted, and the next order has another", LIMIT, async () => {
    await using site = await WorkSite.open();
    const path = await site.script(`[ "$JOB_UID" = uid-1 ] || { sleep 2; exit 0; }\n${LOOP}`);
    const child = site.start({ workers: [`*=exec:${path}`], again: true });
    const pids = await site.pids("worker.pid", 2);
    const guard = await child.guard();
    process.kill(guard, "SIGKILL");
    assert.deepEqual(await child.result(), { kind: "aborted", reason: "the guard of the workers was lost" });
    assert.deepEqual(pids.filter(isRunning), []);
    assert.deepEqual(await child.result(2), SUCCESS);
    assert.notEqual(await child.guard(), guard);
    assert.ok(child.lines.some(({ said, level, msg }) => said === "log" && level === "ERROR" && msg === "the guard of the workers has ended, its workers were killed"));
  });

  test("that does not answer is killed with all that it holds", LIMIT, async () => {
    await using site = await WorkSite.open();
    const child = await site.work(LOOP, { validityMs: 1_500 });
    const pids = await site.pids("worker.pid", 2);
    const guard = await child.guard();
    process.kill(guard, "SIGSTOP");
    child.tell("fade");
    assert.deepEqual(await child.result(), { kind: "aborted", reason: "the guard of the workers was lost" });
    await gone([...pids, guard]);
  });
});
