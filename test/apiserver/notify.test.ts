// Created job to line: the compiled controller, mutual TLS, a real API server.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { API, TEAM_NAMESPACE } from "../../scripts/apiserver.ts";
import { assertOnce, RealServer } from "../support/apiserver.ts";
import { NOTIFICATION, STARTED } from "../support/controller.ts";

describe("created job to line, on a real API server", () => {
  let server: RealServer;
  before(async () => void (server = await RealServer.start()));
  afterEach(() => server.reset());
  after(() => server.stop());

  test("jobs that are there at the start are announced as initial, before the start is", async () => {
    const jobs = await server.createJobs("there", 3);
    const controller = server.controller();
    await controller.started();
    assertOnce(controller, jobs);
    assert.deepEqual(controller.of(NOTIFICATION).map(({ trigger }) => trigger), ["initial", "initial", "initial"]);
    assert.equal(controller.lines.findIndex(({ msg }) => msg === STARTED) > controller.lines.findLastIndex(({ msg }) => msg === NOTIFICATION), true);
  });

  test("the line of a new job names it, in the documented order", async () => {
    const controller = server.controller();
    await controller.started();
    const job = await server.createJob("new");
    const { time, lag_ms: lag, ...line } = await controller.notified(job.uid);
    assert.deepEqual(Object.entries(line), Object.entries({
      level: "INFO",
      msg: NOTIFICATION,
      logger: "provisioning-job-controller",
      namespace: "default",
      job: "new",
      uid: job.uid,
      repository: "demo",
      action: "pull",
      trigger: "live",
    }));
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)$/);
    assert.equal(typeof lag, "number");
  });

  test("changes and the end of a job say nothing more", async () => {
    const controller = server.controller();
    await controller.started();
    const job = await server.createJob("worked-on");
    await controller.notified(job.uid);
    const path = `${API}/namespaces/default/jobs/worked-on`;
    const { body } = await server.api.request("GET", path);
    const { status } = await server.api.request("PUT", path, { ...body, status: { state: "working" } });
    assert.equal(status, 200);
    await server.finish(job);
    const marker = await server.createJob("marker");
    await controller.notified(marker.uid);
    assertOnce(controller, [job, marker]);
    assert.equal(controller.counts().size, 2);
  });

  test("a job that takes the name of a deleted one is a new job", async () => {
    const controller = server.controller();
    await controller.started();
    const first = await server.createJob("demo-sync");
    await server.delete("jobs", first);
    const second = await server.createJob("demo-sync");
    await controller.notified(second.uid);
    assert.notEqual(first.uid, second.uid);
    assertOnce(controller, [first, second]);
  });

  test("every one of 2,500 jobs is announced, of one page, while others come", async () => {
    const jobs = await server.createJobs("many", 2_500);
    const controller = server.controller();
    const late = await server.createJobs("late", 50);
    await controller.started();
    await Promise.all(late.map(({ uid }) => controller.notified(uid)));
    assertOnce(controller, [...jobs, ...late]);
    const lists = (await server.api.audit()).filter(({ verb, requestURI }) => verb === "list" && requestURI.includes("/jobs?") && requestURI.includes("limit="));
    assert.equal(lists.length > 0, true);
    // A further page would come from etcd, and not from the server's memory.
    assert.equal(lists.some(({ requestURI }) => requestURI.includes("continue=")), false);
  });

  test("--namespace follows that namespace alone, with no rights elsewhere", async () => {
    const controller = server.controller([`--namespace=${TEAM_NAMESPACE}`], { certificate: server.api.teamController });
    await controller.started();
    const elsewhere = await server.createJob("elsewhere");
    const ours = await server.createJob("ours", TEAM_NAMESPACE);
    assert.equal((await controller.notified(ours.uid)).namespace, TEAM_NAMESPACE);
    assert.equal(controller.counts().has(elsewhere.uid), false);
  });
});
