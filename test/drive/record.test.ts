import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { viewOf } from "../../src/drive/job-view.ts";
import { recordAnswer, recordName, recordOf } from "../../src/drive/record.ts";
import { ANNOTATION_ATTEMPT, ANNOTATION_GIVEN_BACK, type Job, LABEL_CLAIM, LABEL_CLAIM_OWNER, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../src/provisioning.ts";

const UID = "5f0e6c1e-0003-4a70-9f00-2d6a2f7f0003";
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const JOB: Job = {
  kind: "Job",
  apiVersion: "provisioning.grafana.app/v0alpha1",
  metadata: {
    namespace: "stacks-42",
    name: "demo-sync",
    uid: UID,
    resourceVersion: "7",
    generation: 3,
    finalizers: ["x"],
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels: { [LABEL_CLAIM]: "1", [LABEL_CLAIM_OWNER]: "me", own: "kept" },
    annotations: { [ANNOTATION_ATTEMPT]: "2", [ANNOTATION_GIVEN_BACK]: "1", "grafana.app/createdBy": "user:1" },
  },
  spec: { action: "pull", repository: "demo" },
  status: { state: "success", finished: 5 },
};
const VIEW = viewOf(JOB) ?? assert.fail();

describe("recordName()", () => {
  test("is the job's name and its uid", () => assert.equal(recordName(VIEW), `demo-sync-${UID}`));

  test("is cut to what a name may have, and stays one", () => {
    for (const name of ["a".repeat(253), `${"a".repeat(215)}.${"b".repeat(37)}`, `${"a".repeat(214)}.-${"b".repeat(37)}`, "a"]) {
      const made = recordName({ name, uid: UID });
      assert.ok(made.length <= 253 && made.endsWith(`-${UID}`), made);
      assert.match(made, SUBDOMAIN);
    }
  });

  test("is the same whoever makes it, and another for each uid", () => {
    assert.equal(recordName(VIEW), recordName({ ...VIEW }));
    assert.notEqual(recordName(VIEW), recordName({ ...VIEW, uid: "other" }));
  });
});

describe("recordOf()", () => {
  test("has a new object's metadata, the job's labels and annotations without what was the claim's", () => {
    assert.deepEqual(recordOf(JOB, VIEW), {
      kind: "HistoricJob",
      apiVersion: "provisioning.grafana.app/v0alpha1",
      metadata: {
        name: `demo-sync-${UID}`,
        namespace: "stacks-42",
        labels: { own: "kept", [LABEL_REPOSITORY]: "demo", [LABEL_ORIGINAL_UID]: UID },
        annotations: { "grafana.app/createdBy": "user:1" },
      },
      spec: JOB.spec,
      status: JOB.status,
    });
  });
});

describe("recordAnswer()", () => {
  const record = recordOf(JOB, VIEW);
  test("knows the record of this end of this job", () => assert.equal(recordAnswer(record, VIEW), "same"));
  test("knows that there is none", () => assert.equal(recordAnswer(undefined, VIEW), "missing"));
  test("knows one of another end", () => assert.equal(recordAnswer({ ...record, status: { finished: 6 } }, VIEW), "other"));
  test("knows one of another job", () => assert.equal(recordAnswer(record, { ...VIEW, uid: "other" }), "other"));
  test("knows what is no record at all", () => assert.equal(recordAnswer({}, VIEW), "other"));
});
