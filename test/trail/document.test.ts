import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { documentText } from "../../src/trail/document.ts";
import { finishedJob } from "../../src/trail/finished-job.ts";

const NOW_MS = Date.parse("2026-03-01T10:00:00.700Z");

describe("documentText()", () => {
  test("is one document whose fields are always there, in one order", () => {
    const whole = finishedJob({
      metadata: { name: "demo-sync-x7k2p", namespace: "default", creationTimestamp: "2026-03-01T09:00:00Z", labels: { "provisioning.grafana.app/original-uid": "u-1" } },
      spec: { action: "pull", repository: "demo" },
      status: { state: "warning", message: "done", started: NOW_MS - 5_000, finished: NOW_MS - 3_500, warnings: ["w"], summary: [{ total: 1, create: 1 }], url: { compareURL: "https://c" } },
    });
    const text = documentText({ jobs: [whole, finishedJob({})], read: 9, matched: 5, outcomes: new Map([["warning", 4], ["", 1]]), nowMs: NOW_MS });
    assert.equal(JSON.stringify(JSON.parse(text)), JSON.stringify({
      schemaVersion: 1,
      time: "2026-03-01T10:00:00Z",
      summary: { read: 9, matched: 5, shown: 2, success: 0, warning: 4, error: 0 },
      jobs: [
        {
          namespace: "default", job: "demo-sync", repository: "demo", action: "pull", outcome: "warning", message: "done",
          started: "2026-03-01T09:59:55.700Z", finished: "2026-03-01T09:59:57.200Z", recorded: "2026-03-01T09:00:00.000Z", durationMs: 1_500,
          changes: { total: 1, created: 1, updated: 0, deleted: 0, written: 0, unchanged: 0, failed: 0, warned: 0 },
          firstError: "w", errors: [], warnings: ["w"],
          urls: { newPullRequestURL: "", compareURL: "https://c", sourceURL: "", repositoryURL: "" },
          uid: "u-1", record: "demo-sync-x7k2p",
        },
        {
          namespace: "", job: "", repository: "", action: "", outcome: "", message: "",
          started: null, finished: null, recorded: null, durationMs: null, changes: null, firstError: "", errors: [], warnings: [],
          urls: { newPullRequestURL: "", compareURL: "", sourceURL: "", repositoryURL: "" }, uid: "", record: "",
        },
      ],
    }));
  });

  test("lets no server write to the terminal", () => {
    const text = documentText({ jobs: [finishedJob({ status: { message: "\u001b[2J\u009b" } })], read: 1, matched: 1, outcomes: new Map(), nowMs: NOW_MS });
    assert.match(text, /"message": "\\u001b\[2J\\u009b"/);
  });
});
