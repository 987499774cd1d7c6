// Beside Grafana's own drivers: whatever they do, our side writes no second record; and where compare-and-swap is atomic
// and claims are signed, neither side takes what the other has.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { beside, BESIDE_ERAS, besideFailures, besideTable, tally } from "./beside.ts";
import type { Change, JobChange } from "./changes.ts";

const folderOf = (era: string) => fileURLToPath(new URL(`../../.cache/torture/beside-${era}`, import.meta.url));

describe("our controller beside the operator's drivers", () => {
  for (const era of BESIDE_ERAS) {
    test(`keeps to its own jobs on a server of ${era}`, async () => {
      const found = await beside({ era, jobs: 100, folder: folderOf(era) });
      assert.deepEqual(besideFailures(found), [], besideTable([found]).join("\n"));
      assert.ok(found.ended.ours > 0 && found.ended.operator > 0, besideTable([found]).join("\n"));
    });
  }
});

describe("tally", () => {
  const job: JobChange = {
    kind: "job", type: "ADDED", atMs: 0, version: 1n, name: "repo-sync", uid: "uid-1", state: "", finishedMs: 0, claim: "", owner: "", attempt: 0, touch: "",
  };
  const claimed = (owner: string, atMs: number): JobChange => ({ ...job, type: "MODIFIED", claim: "1", owner, atMs });
  const ours = (atMs: number) => claimed("0123456789abcdefghij", atMs);
  const theirs = (atMs: number) => claimed("w0123456789abc", atMs);
  const record = (name: string): Change => ({ ...job, kind: "record", name });
  const gone: JobChange = { ...job, type: "DELETED" };
  const of = (...changes: Change[]) => tally("2026-09", changes, [], 6_000);

  test("tells who ended a job by its record", () => {
    assert.deepEqual(of(job, ours(1), record("repo-sync-uid-1"), gone).ended, { ours: 1, operator: 0 });
    assert.deepEqual(of(job, theirs(1), gone, record("repo-sync-x7f2q")).ended, { ours: 0, operator: 1 });
  });
  test("blames who takes a fresh claim, and nobody for a stale one", () => {
    assert.deepEqual(of(job, theirs(1), ours(2), record("repo-sync-uid-1"), gone).taken, { ours: 1, operator: 0 });
    assert.deepEqual(of(job, ours(1), claimed("", 2), record("repo-sync-uid-1"), gone).taken, { ours: 0, operator: 1 });
    assert.deepEqual(of(job, theirs(1), ours(6_002), record("repo-sync-uid-1"), gone).taken, { ours: 0, operator: 0 });
  });
  test("blames who writes the second record, and who deletes without one", () => {
    const second = of(job, theirs(1), record("repo-sync-x7f2q"), record("repo-sync-uid-1"), gone);
    assert.deepEqual(second.second, { ours: 1, operator: 0 });
    assert.deepEqual(besideFailures(second), ["2026-09: 1 second records of ours"]);
    assert.deepEqual(of(job, ours(1), gone).vanished, { ours: 1, operator: 0 });
  });
});
