// Single objects and the history as people read it, on a real API server: what it answers to writes of ours is what the code takes it for.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { type Api, createApi } from "../../src/kube/api.ts";
import { isConflict, isGone, isUnserved } from "../../src/kube/status.ts";
import type { Collection, KubeObject } from "../../src/kube/types.ts";
import { API_VERSIONS, GROUP, type Job, LABEL_CLAIM } from "../../src/provisioning.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { loadTlsMaterial } from "../../src/runtime/tls-material.ts";
import { createTransport } from "../../src/runtime/transport.ts";
import { RealServer } from "../support/apiserver.ts";
import { runBinary } from "../support/binary.ts";

const JOBS: Collection = { resource: "jobs" };
const HISTORY: Collection = { resource: "historicjobs" };
const never = new AbortController().signal;

/** An Api with all rights. */
async function adminApi({ api }: RealServer, group: string = GROUP): Promise<Api & Disposable> {
  const { caFile, admin: { certFile, keyFile } } = api;
  const { material } = await loadTlsMaterial({ insecure: false, caFile, certFile, keyFile }, (path) => readFile(path, "utf8"), Date.now());
  const transport = createTransport({ host: await detectHost(), tls: material, clock: systemClock, env: {} });
  const made = createApi({ server: api.url, group, versions: API_VERSIONS, fetch: transport.fetch, clock: systemClock, userAgent: "job-controller/test" });
  return Object.assign(made, { [Symbol.dispose]: () => transport.close() });
}

function withClaim(job: Job, claim: string): Job {
  return { ...job, metadata: { ...job.metadata, labels: { ...job.metadata?.labels, [LABEL_CLAIM]: claim } } };
}

async function failure(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(() => assert.fail("it was not refused"), (error: unknown) => error);
}

describe("single objects, on a real API server", () => {
  let server: RealServer;
  before(async () => void (server = await RealServer.start()));
  afterEach(() => server.reset());
  after(() => server.stop());

  test("are claimed once, of many who try at once", async () => {
    using api = await adminApi(server);
    const at = await server.createJob("demo-sync");
    const { object } = await api.getObject<Job>(JOBS, at, never);
    const tries = await Promise.allSettled(Array.from({ length: 20 }, (_, nth) => api.replaceObject<Job>(JOBS, withClaim(object, String(nth)), never)));
    const won = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value.object.metadata?.labels?.[LABEL_CLAIM]] : []));
    assert.equal(won.length, 1);
    assert.ok(tries.every((one) => one.status === "fulfilled" || isConflict(one.reason)));
    assert.equal((await api.getObject<Job>(JOBS, at, never)).object.metadata?.labels?.[LABEL_CLAIM], won[0]);
  });

  test("are recorded once and deleted at the version that was seen, and nothing brings them back", async () => {
    using api = await adminApi(server);
    const { name, namespace, uid, resourceVersion: old } = await server.createJob("demo-sync");
    const { object } = await api.getObject<Job>(JOBS, { namespace, name }, never);
    const claimed = (await api.replaceObject<Job>(JOBS, withClaim(object, "1"), never)).object;
    const record: KubeObject = { apiVersion: object.apiVersion, kind: "HistoricJob", metadata: { namespace, name: `${name}-${uid}` } };
    assert.equal((await api.createObject(HISTORY, { ...record, spec: object.spec }, never)).status, 201);
    assert.ok(isConflict(await failure(api.createObject(HISTORY, { ...record, spec: object.spec }, never))));
    assert.ok(isConflict(await failure(api.deleteObject(JOBS, { namespace, name, uid, version: old }, never))));
    await api.deleteObject(JOBS, { namespace, name, uid, version: claimed.metadata?.resourceVersion ?? "" }, never);
    for (const late of [
      () => api.getObject(JOBS, { namespace, name }, never),
      () => api.replaceObject(JOBS, claimed, never),
      () => api.deleteObject(JOBS, { namespace, name, uid }, never),
    ]) {
      const error = await failure(late());
      assert.ok(isGone(error), String(error));
    }
    assert.deepEqual(await server.names("jobs"), []);
  });

  test("of an earlier life are not written over those of a later", async () => {
    using api = await adminApi(server);
    const at = await server.createJob("demo-sync");
    const { object } = await api.getObject<Job>(JOBS, at, never);
    await server.delete("jobs", at);
    const next = await server.createJob("demo-sync");
    assert.ok(isConflict(await failure(api.replaceObject(JOBS, withClaim(object, "1"), never))));
    assert.ok(isConflict(await failure(api.deleteObject(JOBS, at, never))));
    assert.equal((await api.getObject(JOBS, next, never)).object.metadata?.resourceVersion, next.resourceVersion);
  });

  test("of a group that is not served are not taken for gone", async () => {
    using api = await adminApi(server, "other.grafana.app");
    const error = await failure(api.getObject(JOBS, { namespace: "default", name: "a" }, never));
    assert.deepEqual([isUnserved(error), isGone(error)], [true, false], String(error));
  });

  test("of the history are shown by the program, with a kubeconfig", async () => {
    for (const name of ["demo-sync-x7k2p", "demo-push-fd5px"]) await server.createRecord(name);
    const { api } = server;
    const path = join(api.directory, "history.kubeconfig");
    await writeFile(path, JSON.stringify({
      apiVersion: "v1", kind: "Config", "current-context": "c", contexts: [{ name: "c", context: { cluster: "s", user: "u" } }],
      clusters: [{ name: "s", cluster: { server: api.url, "certificate-authority": api.caFile } }],
      users: [{ name: "u", user: { "client-certificate": api.controller.certFile, "client-key": api.controller.keyFile } }],
    }));
    const { code, stdout, stderr } = await runBinary(["history", `--kubeconfig=${path}`]);
    assert.deepEqual([code, stderr], [0, ""]);
    const jobs = stdout.trim().split("\n").slice(1).map((line) => line.split(/ {3,}/).slice(0, 4).join(" "));
    assert.deepEqual(jobs.sort(), ["default demo-push pull success", "default demo-sync pull success"]);
  });
});
