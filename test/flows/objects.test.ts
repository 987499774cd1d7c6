// Single objects are read and written over real sockets, in each era of the server: what a claim, a record and the end of a job need.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NetworkError } from "../../src/base/errors.ts";
import type { FaultHandles } from "../../src/devserver/behaviour/faults/faults.ts";
import type { Api } from "../../src/kube/api.ts";
import { isConflict, isGone, isUnsent, isUnserved } from "../../src/kube/status.ts";
import type { Collection, KubeObject } from "../../src/kube/types.ts";
import { type Job, LABEL_CLAIM, LABEL_ORIGINAL_UID } from "../../src/provisioning.ts";
import { temporaryDirectory } from "../support/certs.ts";
import { startDevserver, type TestDevserver } from "../support/devserver.ts";
import { openApi } from "../support/open-api.ts";

const LIMIT = { timeout: 60_000 };
const ERAS = ["2025-08", "2026-09", "kubernetes"];
const JOBS: Collection = { resource: "jobs" };
const HISTORY: Collection = { resource: "historicjobs" };
const AT = { namespace: "default", name: "test6-sync" };
const never = new AbortController().signal;

async function withServer(settings: string[], use: (api: Api, dev: TestDevserver & { faults: FaultHandles }) => Promise<void>, era = "2026-09"): Promise<void> {
  await using directory = await temporaryDirectory();
  await using dev = await startDevserver({ stateDir: directory.path, era, settings });
  using api = await openApi(dev);
  await use(api, dev);
}

function addJob(dev: TestDevserver): void {
  dev.store.create("jobs", { metadata: { ...AT }, spec: { action: "pull", repository: "test6", pull: { incremental: false } }, status: {} });
}

function withClaim(job: Job, claim: string): Job {
  return { ...job, metadata: { ...job.metadata, labels: { ...job.metadata?.labels, [LABEL_CLAIM]: claim } } };
}

/** What it was rejected with. */
async function failure(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(() => assert.fail("it was not refused"), (error: unknown) => error);
}

for (const era of ERAS) {
  describe(`objects of a server of ${era}`, () => {
    test("are claimed once, recorded once and deleted at the version that was seen", LIMIT, () =>
      withServer([], async (api, dev) => {
        addJob(dev);
        const read = await api.getObject<Job>(JOBS, AT, never);
        assert.ok(Math.abs((read.serverTimeMs ?? 0) - Date.now()) < 10_000);
        const claimed = await api.replaceObject<Job>(JOBS, withClaim(read.object, "1"), never);
        assert.equal(claimed.object.metadata?.labels?.[LABEL_CLAIM], "1");
        assert.ok(claimed.sentAtMs >= read.sentAtMs);
        assert.ok(isConflict(await failure(api.replaceObject(JOBS, withClaim(read.object, "2"), never))));

        const { uid = "", resourceVersion: version = "" } = claimed.object.metadata ?? {};
        const record = { kind: "HistoricJob", apiVersion: read.object.apiVersion, spec: read.object.spec, status: { state: "success" },
          metadata: { namespace: "default", name: `test6-sync-${uid}`, labels: { [LABEL_ORIGINAL_UID]: uid } } };
        assert.equal((await api.createObject<KubeObject>(HISTORY, record, never)).status, 201);
        assert.ok(isConflict(await failure(api.createObject(HISTORY, record, never))));
        const written = await api.getObject(HISTORY, record.metadata, never);
        assert.equal(written.object.metadata?.labels?.[LABEL_ORIGINAL_UID], uid);

        const old = read.object.metadata?.resourceVersion ?? "";
        assert.ok(isConflict(await failure(api.deleteObject(JOBS, { ...AT, uid, version: old }, never))));
        assert.ok(isConflict(await failure(api.deleteObject(JOBS, { ...AT, uid: crypto.randomUUID(), version }, never))));
        await api.deleteObject(JOBS, { ...AT, uid, version }, never);
        assert.ok(isGone(await failure(api.getObject(JOBS, AT, never))));
        assert.ok(isGone(await failure(api.deleteObject(JOBS, { ...AT, uid, version }, never))));
        const late = await failure(api.replaceObject(JOBS, claimed.object, never));
        assert.ok(era === "2026-09" ? isConflict(late) : isGone(late), String(late));
        assert.equal(dev.store.count("jobs"), 0, "a late write brings nothing back");
      }, era));

    test("are repositories, whose status has a place of its own", LIMIT, () =>
      withServer([], async (api) => {
        const repositories: Collection = { resource: "repositories" };
        const at = { namespace: "default", name: "test6" };
        type Repository = KubeObject & { spec?: { title?: string }; status?: { sync?: { state?: string }; health?: unknown } };
        const { object } = await api.getObject<Repository>(repositories, at, never);
        const changed = { ...object, spec: { ...object.spec, title: "not by this way" }, status: { ...object.status, sync: { ...object.status?.sync, state: "error" } } };
        const { object: after } = await api.replaceStatus(repositories, changed, never);
        assert.equal(after.status?.sync?.state, "error");
        assert.deepEqual([after.status?.health, after.spec?.title], [object.status?.health, object.spec?.title]);
        assert.ok(isConflict(await failure(api.replaceStatus(repositories, changed, never))));
      }, era));
  });
}

describe("an object of a server that knows more than we do", () => {
  test("goes back with all its fields", LIMIT, () =>
    withServer(["unknown-fields=kept"], async (api, dev) => {
      addJob(dev);
      const path = "namespaces/default/jobs/test6-sync";
      const text = JSON.stringify((await dev.call("GET", path)).json).replace('"spec":{', '"spec":{"later":{"size":12},');
      assert.equal((await dev.call("PUT", path, text)).status, 200);
      const { object } = await api.getObject<Job>(JOBS, AT, never);
      await api.replaceObject(JOBS, withClaim(object, "1"), never);
      const spec = (await dev.call("GET", path)).json.spec;
      assert.deepEqual(spec?.later, { size: 12 });
    }));
});

describe("a history that is kept in Loki", () => {
  test("is told from a record that is not there", LIMIT, () =>
    withServer(["history=loki"], async (api) => {
      const at = { namespace: "default", name: "a" };
      for (const asked of [api.getObject(HISTORY, at, never), api.createObject(HISTORY, { metadata: at }, never)]) {
        const error = await failure(asked);
        assert.deepEqual([isUnserved(error), isGone(error)], [true, false], String(error));
      }
    }));
});

describe("an answer that is lost", () => {
  for (const fault of ["cut:rst,bytes=5,method=PUT,count=1", "cut:fin,bytes=5,method=PUT,count=1"]) {
    test(`is no proof of anything: the write was carried out (${fault})`, LIMIT, () =>
      withServer([], async (api, dev) => {
        addJob(dev);
        const { object } = await api.getObject<Job>(JOBS, AT, never);
        dev.faults.add(fault);
        let sends = 0;
        const error = await failure(api.replaceObject(JOBS, withClaim(object, "1"), never, () => sends++));
        assert.ok(error instanceof NetworkError, String(error));
        assert.deepEqual([isUnsent(error), sends], [false, 1]);
        assert.equal((await api.getObject<Job>(JOBS, AT, never)).object.metadata?.labels?.[LABEL_CLAIM], "1");
      }));
  }
});

describe("an exchange that is down", () => {
  test("lets nothing out, and that is told", LIMIT, async () => {
    await using directory = await temporaryDirectory();
    await using dev = await startDevserver({ stateDir: directory.path, faults: ["exchange-down:not-json"] });
    using api = await openApi(dev);
    let sends = 0;
    const error = await failure(api.createObject(HISTORY, { metadata: { ...AT } }, never, () => sends++));
    assert.deepEqual([isUnsent(error), sends], [true, 0], String(error));
    assert.equal(dev.requests.filter(({ server }) => server === "api").length, 0);
  });
});
