import { describe, test } from "node:test";
import assert from "node:assert/strict";
import type { HistoricJob } from "../../src/provisioning.ts";
import { durationMs, endedMs, finishedJob, firstError } from "../../src/trail/finished-job.ts";

const UID = "5f0e6c1e-0003-4a70-9f00-2d6a2f7f0003";

/** A record as a Grafana of today writes it. */
const RECORD = {
  kind: "HistoricJob",
  metadata: {
    name: "demo-sync-x7k2p",
    namespace: "stacks-42",
    uid: "77aa0000-0001-4a70-9f00-2d6a2f7f0009",
    creationTimestamp: "2025-08-25T08:40:41Z",
    labels: { "provisioning.grafana.app/repository": "demo", "provisioning.grafana.app/original-uid": UID, "provisioning.grafana.app/claim": "1" },
  },
  spec: { action: "pull", repository: "demo", pull: { incremental: true } },
  status: {
    state: "error",
    message: "completed with errors",
    started: 1756111201060,
    finished: 1756111240000,
    progress: 100,
    errors: ["a.json: not valid", "b.json: gone"],
    warnings: ["c.json: skipped"],
    summary: [
      { group: "dashboard.grafana.app", kind: "Dashboard", total: 10, create: 4, update: 2, noop: 1, error: 2, errors: ["a.json: not valid"] },
      { group: "folder.grafana.app", kind: "Folder", total: 3, delete: 1, create: 1, write: 5, warning: 1, warnings: ["d.json: renamed"] },
    ],
    url: { repositoryURL: "https://git.test/demo", sourceURL: "https://git.test/demo/tree/main", other: "https://git.test/" },
  },
} as unknown as HistoricJob;

/** The record with other fields in one of its parts. */
function recordWith(part: "metadata" | "spec" | "status", fields: Record<string, unknown>): HistoricJob {
  return { ...RECORD, [part]: { ...RECORD[part], ...fields } } as HistoricJob;
}

describe("finishedJob()", () => {
  test("reads what people ask for", () => {
    assert.deepEqual(finishedJob(RECORD), {
      namespace: "stacks-42",
      job: "demo-sync",
      repository: "demo",
      action: "pull",
      outcome: "error",
      message: "completed with errors",
      startedMs: 1756111201060,
      finishedMs: 1756111240000,
      recordedMs: Date.parse("2025-08-25T08:40:41Z"),
      changes: { total: 13, created: 5, updated: 2, deleted: 1, written: 5, unchanged: 1, failed: 2, warned: 1 },
      errors: ["a.json: not valid", "b.json: gone"],
      warnings: ["c.json: skipped", "d.json: renamed"],
      urls: { sourceURL: "https://git.test/demo/tree/main", repositoryURL: "https://git.test/demo" },
      uid: UID,
      record: "demo-sync-x7k2p",
    });
  });

  for (const [name, job, what] of [
    [`demo-sync-${UID}`, "demo-sync", "the job's uid, as this program adds it"],
    ["repository-0a6b0ad-sync-fd5px", "repository-0a6b0ad-sync", "five characters, as the server adds them"],
    [`demo-sync-fd5px-${UID}`, "demo-sync-fd5px", "one of both and no more"],
    ["demo-fixFolderMetadata-x7k2p", "demo-fixFolderMetadata", "them behind capitals"],
    ["demo-sync", "demo-sync", "nothing where nothing was added"],
    ["demo-aeiou", "demo-aeiou", "no characters that no server adds"],
    ["demo-sync-11111111-0003-4a70-9f00-2d6a2f7f0003", "demo-sync-11111111-0003-4a70-9f00-2d6a2f7f0003", "no uid of another"],
    [UID, UID, "nothing of a name that is the uid alone"],
  ] as const) {
    test(`takes off ${what}: ${name}`, () => assert.equal(finishedJob(recordWith("metadata", { name })).job, job));
  }

  test("takes seconds for what they are, as a reaper of November 2025 wrote them", () => {
    const { finishedMs } = finishedJob(recordWith("status", { finished: 1763000000 }));
    assert.equal(finishedMs, 1763000000_000);
  });

  for (const broken of [null, 5, "x", [], {}, { metadata: null, spec: 5, status: [] },
    { metadata: { name: 5, namespace: {}, labels: "x", creationTimestamp: 7 }, status: { state: {}, started: "1", finished: -1, errors: "x", summary: {}, url: 5 } },
    { status: { started: Number.NaN, finished: Number.POSITIVE_INFINITY, errors: [5, null, ""], warnings: [{}] } }]) {
    test(`makes nothing of ${JSON.stringify(broken)}`, () => {
      const record = (typeof broken === "object" && broken !== null ? broken : { status: broken }) as HistoricJob;
      const { changes: _changes, ...facts } = finishedJob(record);
      assert.deepEqual(facts, {
        namespace: "", job: "", repository: "", action: "", outcome: "", message: "", startedMs: undefined, finishedMs: undefined,
        recordedMs: undefined, errors: [], warnings: [], urls: {}, uid: "", record: "",
      });
    });
  }

  test("knows an absent summary from one that says nothing", () => {
    assert.equal(finishedJob(recordWith("status", { summary: undefined })).changes, undefined);
    assert.equal(finishedJob(recordWith("status", { summary: [] })).changes, undefined);
    const { changes } = finishedJob(recordWith("status", { summary: [null, { create: "5", update: -1, delete: Number.NaN }] }));
    assert.deepEqual(changes, { total: 0, created: 0, updated: 0, deleted: 0, written: 0, unchanged: 0, failed: 0, warned: 0 });
  });
});

describe("endedMs() and durationMs()", () => {
  const at = (status: Record<string, unknown>) => {
    const job = finishedJob(recordWith("status", status));
    return [endedMs(job), durationMs(job)];
  };
  test("take the job's own times", () => assert.deepEqual(at({}), [1756111240000, 38_940]));
  test("take the record's where the job has none, and then there is no duration", () => {
    assert.deepEqual(at({ finished: 0 }), [Date.parse("2025-08-25T08:40:41Z"), undefined]);
  });
  test("give no duration without a start, nor one that is negative", () => {
    assert.equal(at({ started: undefined })[1], undefined);
    assert.equal(at({ started: 1756111240001 })[1], undefined);
  });
});

describe("firstError()", () => {
  const of = (status: Record<string, unknown>) => firstError(finishedJob(recordWith("status", { errors: [], warnings: [], summary: [], ...status })));
  test("is the first error, of the job or of a part", () => {
    assert.equal(of({ errors: ["a", "b"], summary: [{ errors: ["c"] }] }), "a");
    assert.equal(of({ summary: [{}, { errors: ["c"] }] }), "c");
  });
  test("is the message of a job that failed and says no more", () => assert.equal(of({ message: "lease lost" }), "lease lost"));
  test("is the first warning of one that did not", () => assert.equal(of({ state: "warning", warnings: ["w"] }), "w"));
  test("is empty where all is well", () => assert.equal(of({ state: "success", message: "completed successfully" }), ""));
});
