// Jobs get done over real sockets: claimed, worked on, ended, recorded, and nothing of them is left.

import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { LABEL_CLAIM, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../src/provisioning.ts";
import { addJob, allGone, assertDone, begun, records, SHORT_LEASE } from "../support/drive-flow.ts";
import { Flow } from "../support/flow.ts";

const LIMIT = { timeout: 60_000 };
const TEST = "--worker=*=builtin:test";
/** Where the test itself calls the server, without a certificate. */
const ASKED = { mtls: "optional" as const };

/** A worker of two lines of shell in the flow's directory; gives its path. */
async function script(flow: Flow, text: string): Promise<string> {
  const path = join(flow.directory.path, "work.sh");
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

describe("a job with a worker", () => {
  test("is gone in the end, and found in the history by its uid", LIMIT, async () => {
    await using flow = await Flow.open(ASKED);
    const running = flow.run(TEST);
    await running.started();
    const job = addJob(flow, "a", { duration: "500ms" });
    const { fields } = await running.said("job finished");
    assert.deepEqual([fields.job, fields.uid, fields.action, fields.attempt, fields.outcome], ["a", job.uid, "test", 1, "success"]);
    assertDone(flow, [job]);
    const [record] = records(flow).get(job.uid) ?? [];
    assert.equal(record?.name, `a-${job.uid}`);
    assert.deepEqual(record?.object.metadata?.labels, { [LABEL_REPOSITORY]: "test6", [LABEL_ORIGINAL_UID]: job.uid });
    // What people ask for to follow a job to its end.
    const found = await flow.dev.call("GET", `namespaces/default/repositories/test6/jobs/${job.uid}`);
    assert.deepEqual([found.status, found.json.status?.["state"], found.json.status?.["progress"]], [200, "success", 100]);
  });

  test("is seen working while it is", LIMIT, async () => {
    await using flow = await Flow.open(ASKED);
    const running = flow.run(TEST);
    await running.started();
    using watch = Object.assign(await flow.dev.watch("namespaces/default/jobs"), { [Symbol.dispose]: () => watch.close() });
    addJob(flow, "a", { duration: "3s" });
    const seen: string[] = [];
    for (let event = await watch.next(); event !== undefined && event.type !== "DELETED"; event = await watch.next()) {
      const { state = "", message = "" } = event.object.status ?? {};
      seen.push(`${state} ${message}`.trim());
    }
    assert.deepEqual([seen[0], seen[1], seen.at(-1)], ["", "working start job", "success completed successfully"]);
    assert.ok(seen.includes("working sleeping"), seen.join());
  });

  test("writes the state of its repository, if it is a pull", LIMIT, async () => {
    await using flow = await Flow.open(ASKED);
    const running = flow.run(TEST);
    await running.started();
    addJob(flow, "test6-sync", { action: "pull" });
    await running.said("job finished");
    const { json } = await flow.dev.call("GET", "namespaces/default/repositories/test6");
    const { state, job, finished } = (json.status?.["sync"] ?? {}) as Record<string, unknown>;
    assert.deepEqual([state, job, typeof finished], ["success", "test6-sync", "number"]);
  });

  test("is not found by a worker whose action is misspelt, and that is said at the start", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run("--worker=pul,push=builtin:test");
    await running.started();
    const { level, fields } = await running.said("--worker names an action that is not known, its worker gets jobs of just that action");
    assert.deepEqual([level, fields.action, fields.meant], ["warn", "pul", "pull"]);
    assert.match(String(fields.known), /^pull,push,pr,migrate,delete,move,fixFolderMetadata,.*test$/);
  });

  test("is left waiting without one for its action", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run("--worker=push=builtin:test");
    await running.started();
    addJob(flow, "a");
    await running.listed(2);
    assert.equal(flow.dev.store.get("jobs", "default", "a")?.object.metadata?.labels?.[LABEL_CLAIM], undefined);
    assert.deepEqual(flow.requests(({ method }) => method === "PUT"), []);
  });

  test("is never claimed by a controller without workers", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run();
    await running.started();
    addJob(flow, "a");
    await running.listed(2);
    assert.deepEqual(flow.requests(({ method }) => method !== "GET" && method !== "POST"), []);
  });
});

describe("a job with a command as its worker", () => {
  test("is done with its exit code alone, told who it is", LIMIT, async () => {
    await using flow = await Flow.open();
    const out = join(flow.directory.path, "out");
    const running = flow.run(`--worker=*=exec:${await script(flow, `echo "$JOB_NAME $JOB_UID $JOB_ACTION $JOB_ATTEMPT" >> ${out}`)}`);
    await running.started();
    const job = addJob(flow, "a", { action: "pull" });
    await running.said("job finished");
    assertDone(flow, [job]);
    assert.equal(await readFile(out, "utf8"), `a ${job.uid} pull 1\n`);
  });

  test("fails with it", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(`--worker=*=exec:${await script(flow, "echo no such branch >&2; exit 3")}`);
    await running.started();
    const job = addJob(flow, "a", { action: "pull" });
    await running.said("job finished");
    assertDone(flow, [job], "error");
    assert.ok(running.log.of("worker says").some(({ fields }) => fields.text === "no such branch"));
  });
});

describe("many jobs", () => {
  test("are each begun once and leave one record each", LIMIT, async () => {
    await using flow = await Flow.open();
    const jobs = Array.from({ length: 150 }, (_, nth) => addJob(flow, `j-${nth}`, { repository: `r-${nth % 7}` }));
    const running = flow.run(TEST, "--drivers=10");
    await allGone(flow);
    await running.stop();
    assertDone(flow, jobs);
    const counts = begun(running);
    assert.deepEqual([counts.size, ...new Set(counts.values())], [150, 1]);
  });

  test("take four requests each, a pull three more for its repository, and now and then a look at that", LIMIT, async () => {
    await using flow = await Flow.open();
    const add = (from: number) => Array.from({ length: 30 }, (_, nth) => addJob(flow, `j-${from + nth}`, { action: nth < 10 ? "pull" : "test" }));
    const listed = add(0);
    // One driver: others would change the same repository meanwhile.
    const running = flow.run(TEST, "--drivers=1");
    await allGone(flow);
    const watched = add(30);
    await allGone(flow);
    await running.stop();
    assertDone(flow, [...listed, ...watched]);
    const counts = new Map<string, number>();
    for (const { method, path } of flow.requests(() => true)) {
      const what = /\/(jobs|historicjobs|repositories)(\/[^/?]+)?(\/status)?$/.exec(path);
      if (what !== null && !(method === "GET" && what[2] === undefined)) counts.set(`${method} ${what[1]}`, (counts.get(`${method} ${what[1]}`) ?? 0) + 1);
    }
    const least = { "PUT jobs": 120, "POST historicjobs": 60, "DELETE jobs": 60, "PUT repositories": 40, "GET repositories": 21 };
    const more = Object.entries(least).map(([what, number]) => [what, (counts.get(what) ?? 0) - number] as const);
    for (const [what, number] of more) assert.ok(number >= 0, `${what}: ${number}`);
    // A look at a repository now and then; and on a slow machine a lease is renewed, or an answer that is late is looked for.
    const all = [...counts.values()].reduce((sum, number) => sum + number, 0);
    assert.ok(all <= Object.values(least).reduce((sum, number) => sum + number, 0) + 15, JSON.stringify(Object.fromEntries(counts)));
  });

  test("are found behind pages full of claimed ones", LIMIT, async () => {
    await using flow = await Flow.open({ settings: ["page-size=5"] });
    for (let nth = 0; nth < 40; nth++) addJob(flow, `a-${nth}`, { labels: { [LABEL_CLAIM]: "1" } });
    const job = addJob(flow, "z");
    const running = flow.run(TEST);
    await running.said("job finished");
    assert.equal(records(flow).get(job.uid)?.length, 1);
  });
});

describe("a server of 2025-08", () => {
  test("has its jobs done, with a claim that settles first", LIMIT, async () => {
    await using flow = await Flow.open({ era: "2025-08" });
    const running = flow.run(TEST, "--claim-settle=2s");
    await running.started();
    const jobs = Array.from({ length: 5 }, (_, nth) => addJob(flow, `j-${nth}`, { action: "pull" }));
    await allGone(flow);
    await running.stop();
    assertDone(flow, jobs);
    assert.deepEqual([...new Set(begun(running).values())], [1]);
  });
});

describe("a server that keeps its history in Loki", () => {
  test("gets a line with the whole status in place of the record", LIMIT, async () => {
    await using flow = await Flow.open({ settings: ["history=loki"] });
    const running = flow.run(TEST);
    await running.started();
    const { uid } = addJob(flow, "a");
    const line = await running.said("job finished");
    await allGone(flow);
    const { state, finished } = line.fields.status as Record<string, unknown>;
    assert.deepEqual([line.level, line.fields.uid, state, typeof finished], ["notify", uid, "success", "number"]);
    await running.stop();
    assert.equal(running.log.of("job finished").length, 1);
  });
});

describe("a server that lets nobody write history", () => {
  test("keeps its jobs with their results, until it does", LIMIT, async () => {
    await using flow = await Flow.open();
    let forbidden = true;
    flow.intercept = ({ method, path }) =>
      forbidden && method === "POST" && path.endsWith("/historicjobs")
        ? { status: 403, body: JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", reason: "Forbidden", message: "no", code: 403 }) }
        : undefined;
    const running = flow.run(TEST, ...SHORT_LEASE);
    await running.started();
    const job = addJob(flow, "a");
    const { level, fields } = await running.said("job kept, its end is not complete");
    assert.deepEqual([level, fields.why], ["error", "forbidden"]);
    assert.match(String(fields.next), /^grant create and get on historicjobs/);
    assert.equal((flow.dev.store.get("jobs", "default", "a")?.object.status as { state?: string }).state, "success");
    forbidden = false;
    await allGone(flow);
    assertDone(flow, [job]);
    assert.deepEqual([...begun(running).values()], [1]);
  });
});
