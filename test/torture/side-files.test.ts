// Side files as worker.sh writes them, read back; and the worker itself, twice at once.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../support/certs.ts";
import { bootMs } from "./clock.ts";
import { readRuns, runOf } from "./side-files.ts";

describe("runOf", () => {
  test("reads what a worker wrote", () => {
    const text = "begin 10 99 500 repo-sync\nsaw 9 uid-1.1.9\nbeat 501\nbeat 521\nend 530 1\n";
    assert.deepEqual(runOf("uid-1.2.10", text), { uid: "uid-1", attempt: 2, pid: 10, name: "repo-sync", beginMs: 5_000, lastMs: 5_300, code: 1, saw: [9] });
  });

  test("takes the last sign of life of one that was killed", () => {
    const run = runOf("uid-1.1.10", "begin 10 99 500 repo-sync\nprocess 11 99\nbeat 501\nbeat 521\n");
    assert.deepEqual([run?.lastMs, run?.code], [5_210, undefined]);
  });

  test("has no run for a worker that came to write nothing", () => assert.equal(runOf("uid-1.1.10", ""), undefined));
  test("refuses other files", () => assert.throws(() => runOf("notes.txt", ""), /expected <uid>.<attempt>.<pid>/));
});

/** Its first eight digits decide: this one ends well after 0.1 s, that one leaves a child behind. */
const PLAIN = "00008ff8-aaaa";
const WITH_CHILD = "00003ff8-aaaa";

function work(side: string, uid: string, attempt: number) {
  const env = { PATH: process.env.PATH, TORTURE_SIDE: side, JOB_UID: uid, JOB_ATTEMPT: String(attempt), JOB_NAME: "repo-sync" };
  return spawn(fileURLToPath(new URL("./worker.sh", import.meta.url)), { env, stdio: ["ignore", "ignore", "inherit"], detached: true });
}

describe("worker.sh", () => {
  test("says when it ran, on the clock that the recorder has", async () => {
    await using directory = await temporaryDirectory("job-controller-torture-");
    const before = bootMs();
    const child = work(directory.path, PLAIN, 1);
    assert.deepEqual(await once(child, "close"), [0, null]);
    const [run] = readRuns(directory.path);
    assert.deepEqual([run?.uid, run?.attempt, run?.pid, run?.code, run?.saw], [PLAIN, 1, child.pid, 0, []]);
    assert.ok(run !== undefined && run.beginMs >= before - 20 && run.lastMs <= bootMs() + 20 && run.lastMs > run.beginMs);
  });

  test("finds another of its job alive, and what that one has left behind, but nothing of other jobs", async () => {
    await using directory = await temporaryDirectory("job-controller-torture-");
    const first = work(directory.path, WITH_CHILD, 1);
    try {
      await once(first, "exit");
      const ends = [work(directory.path, WITH_CHILD, 2), work(directory.path, PLAIN, 1), work(directory.path, PLAIN, 2)].map(async (child) => {
        await once(child, "exit");
        process.kill(-(child.pid ?? 0), "SIGKILL");
      });
      await Promise.allSettled(ends);
    } finally {
      process.kill(-(first.pid ?? 0), "SIGKILL");
    }
    const saw = (uid: string) => readRuns(directory.path).filter((run) => run.uid === uid).map((run) => run.saw.length).sort();
    assert.deepEqual(saw(WITH_CHILD), [0, 1]);
    assert.ok(saw(PLAIN).some((count) => count > 0), "neither saw the other");
  });
});
