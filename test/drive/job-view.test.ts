import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { begun, claimed, released, requeued, viewOf, withClaim, withStatus } from "../../src/drive/job-view.ts";
import { ANNOTATION_ATTEMPT, ANNOTATION_GIVEN_BACK, type Job, LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../../src/provisioning.ts";

const SEED = 20260301;

const CLAIM = { owner: "me", nowMs: 1_772_000_000_123.7 };

function jobOf(more: { labels?: Record<string, string>; annotations?: Record<string, string>; status?: Job["status"] } = {}): Job {
  const { labels = {}, annotations = {}, status = {} } = more;
  return {
    apiVersion: "provisioning.grafana.app/v0alpha1",
    kind: "Job",
    metadata: { namespace: "n", name: "j", uid: "u", resourceVersion: "7", labels: { kept: "yes", ...labels }, annotations: { noted: "yes", ...annotations } },
    spec: { action: "pull", repository: "r", ...({ pull: { incremental: true } } as object) },
    status,
  };
}

describe("viewOf()", () => {
  test("reads what decisions are made from", () => {
    const job = jobOf({
      labels: { [LABEL_CLAIM]: "17", [LABEL_CLAIM_OWNER]: "me" },
      annotations: { [ANNOTATION_ATTEMPT]: "3", [ANNOTATION_GIVEN_BACK]: "1" },
      status: { state: "success", finished: 42 },
    });
    assert.deepEqual(viewOf(job), {
      namespace: "n",
      name: "j",
      uid: "u",
      version: "7",
      claim: "17",
      owner: "me",
      attempt: 3,
      spent: 2,
      finished: true,
      finishedMs: 42,
      state: "success",
      deleting: false,
      action: "pull",
      repository: "r",
    });
  });

  for (const field of ["namespace", "name", "uid", "resourceVersion"] as const) {
    test(`knows no object without ${field}`, () => {
      const job = jobOf();
      assert.equal(viewOf({ ...job, metadata: { ...job.metadata, [field]: undefined } }), undefined);
    });
  }

  const ends: [status: NonNullable<Job["status"]>, finished: boolean][] = [
    [{}, false],
    [{ state: "working", finished: 42 }, false],
    [{ state: "pending", finished: 42 }, false],
    [{ state: "error" }, false],
    [{ state: "error", finished: 0 }, false],
    [{ state: "error", finished: 42 }, true],
    [{ state: "warning", finished: 42 }, true],
    [{ state: "success", finished: 42 }, true],
    [{ state: "success", finished: "soon" as unknown as number }, false],
  ];
  for (const [status, finished] of ends) {
    test(`takes ${JSON.stringify(status)} for ${finished ? "a result" : "no result"}`, () => {
      assert.equal(viewOf(jobOf({ status }))?.finished, finished);
    });
  }

  for (const text of ["", "-1", "1.5", "two", "1e3", "9999999999"]) {
    test(`takes ${JSON.stringify(text)} for no attempt`, () => {
      assert.equal(viewOf(jobOf({ annotations: { [ANNOTATION_ATTEMPT]: text } }))?.attempt, 0);
    });
  }
});

describe("the edits", () => {
  const edits: Record<string, (job: Job) => Job> = {
    claimed: (job) => claimed(job, CLAIM),
    withClaim: (job) => withClaim(job, CLAIM),
    released,
    requeued,
    withStatus: (job) => withStatus(job, { state: "working" }),
    begun: (job) => begun(job, { state: "working" }),
  };
  for (const [name, edit] of Object.entries(edits)) {
    test(`${name}() keeps identity, version, and what it does not know`, () => {
      const job = jobOf({ status: { ...({ novel: 1 } as object) } });
      const before = structuredClone(job);
      const after = edit(job);
      assert.deepEqual(job, before);
      const { uid, name: kept, namespace, resourceVersion, labels, annotations } = after.metadata ?? {};
      assert.deepEqual([uid, kept, namespace, resourceVersion], ["u", "j", "n", "7"]);
      assert.equal(labels?.["kept"], "yes");
      assert.equal(annotations?.["noted"], "yes");
      assert.deepEqual(after.spec, job.spec);
      assert.equal((after.status as Record<string, unknown>)["novel"], 1);
    });
  }

  test("claimed() writes whole milliseconds and our owner, and counts one attempt more", () => {
    const view = viewOf(claimed(jobOf({ annotations: { [ANNOTATION_ATTEMPT]: "2" } }), CLAIM));
    assert.deepEqual([view?.claim, view?.owner, view?.attempt, view?.spent], ["1772000000123", "me", 3, 3]);
  });

  test("withClaim() counts no attempt", () => {
    assert.equal(viewOf(withClaim(jobOf({ annotations: { [ANNOTATION_ATTEMPT]: "2" } }), CLAIM))?.attempt, 2);
  });

  test("released() leaves the attempt and takes it off what is spent", () => {
    const view = viewOf(released(claimed(jobOf(), CLAIM)));
    assert.deepEqual([view?.claim, view?.owner, view?.attempt, view?.spent, view?.state], ["", "", 1, 0, "pending"]);
  });

  test("requeued() leaves the attempt spent and clears what the work has left", () => {
    const job = requeued(claimed(jobOf({ status: { state: "working", progress: 40, errors: ["a"], message: "m", started: 5 } }), CLAIM));
    assert.deepEqual(job.status, { state: "pending", message: "m", started: 5 });
    const view = viewOf(job);
    assert.deepEqual([view?.claim, view?.owner, view?.spent], ["", "", 1]);
  });

  test("never make an attempt smaller, whoever edits in whatever order", () => {
    const names = fc.array(fc.constantFrom(...Object.keys(edits)), { maxLength: 12 });
    fc.assert(fc.property(names, (order) => {
      let job = jobOf();
      for (const name of order) {
        const before = viewOf(job);
        job = edits[name]!(job);
        const after = viewOf(job);
        assert.ok(after!.attempt >= before!.attempt);
        assert.ok(after!.spent <= after!.attempt);
      }
    }), { seed: SEED });
  });
});
