// HistoricJob to DELETE: the compiled controller against a real API server, judged by the server's own audit log.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { API } from "../../scripts/apiserver.ts";
import { eventually, RealServer } from "../support/apiserver.ts";

const SWEPT = "history sweep complete";

describe("HistoricJob to delete, on a real API server", () => {
  let server: RealServer;
  before(async () => void (server = await RealServer.start()));
  afterEach(() => server.reset());
  after(() => server.stop());

  /** Deletions that the controller asked for, by name. */
  async function deletions(prefix: string) {
    const events = (await server.api.audit()).filter(({ verb, user, objectRef }) => verb === "delete" && user.username === "job-controller" && objectRef?.name?.startsWith(prefix));
    return new Map(events.map((event) => [event.objectRef?.name ?? "", event]));
  }

  test("a record goes after its time and never before, by uid", async () => {
    const retentionMs = 3_000;
    const records = await Promise.all(Array.from({ length: 20 }, (_, index) => server.createRecord(`old-${index}`)));
    const controller = server.controller(["--history-expiration=3s", "--history-sweep-interval=1s"]);
    const early = await controller.until(({ msg, seen }) => msg === SWEPT && seen === 20);
    assert.deepEqual([early.deleted, early.failed], [early.expired, 0]);
    await eventually("no record is left", async () => (await server.names("historicjobs")).length === 0);
    const asked = await eventually("the audit log is complete", async () => {
      const found = await deletions("old-");
      return found.size === records.length && found;
    });
    for (const { name, uid, createdMs } of records) {
      const event = asked.get(name);
      assert.equal(event?.responseStatus?.code, 200);
      assert.equal(event?.requestObject?.preconditions?.uid, uid);
      // createdMs is cut to the second: what is older by more than the retention on this scale was expired on any.
      assert.equal(Date.parse(event?.requestReceivedTimestamp ?? "") - createdMs > retentionMs, true, `${name} was deleted too early`);
    }
  });

  test("younger records stay", async () => {
    await Promise.all(["young-1", "young-2", "young-3"].map((name) => server.createRecord(name)));
    const controller = server.controller(["--history-expiration=1h", "--history-sweep-interval=1s"]);
    const swept = await controller.until(({ msg }) => msg === SWEPT);
    assert.deepEqual([swept.seen, swept.expired, swept.deleted], [3, 0, 0]);
    assert.deepEqual(await server.names("historicjobs"), ["young-1", "young-2", "young-3"]);
  });

  test("without --history-expiration nothing is deleted", async () => {
    await server.createRecord("kept");
    const controller = server.controller();
    await controller.started();
    const job = await server.createJob("marker");
    await controller.notified(job.uid);
    assert.equal(controller.lines.some(({ msg }) => msg.startsWith("history sweep")), false);
    assert.deepEqual(await server.names("historicjobs"), ["kept"]);
  });

  test("--dry-run names what it would delete and deletes nothing", async () => {
    await server.createRecord("spared");
    const controller = server.controller(["--history-expiration=1s", "--history-sweep-interval=1s", "--dry-run"]);
    const would = await controller.until(({ msg }) => msg === "would delete expired historic job");
    assert.equal(would.job, "spared");
    await controller.until(({ msg, dry_run: dry, expired, deleted }) => msg === SWEPT && dry === true && expired === 1 && deleted === 0);
    assert.deepEqual(await server.names("historicjobs"), ["spared"]);
  });

  test("without the right to delete a sweep ends with one warning, and the next one is done once it is granted", async () => {
    await server.createRecord("refused");
    const reader = await server.api.issue("history-reader", "history-readers");
    const grant = (verbs: string[]) => grantHistory(server, "history-readers", verbs);
    await grant(["list"]);
    const controller = server.controller(["--history-expiration=1s", "--history-sweep-interval=1s"], { certificate: reader });
    const warning = await controller.until(({ level, msg }) => level === "WARN" && msg.startsWith("not allowed to delete historic jobs"));
    assert.match(String(warning.hint), /grant delete on historicjobs/);
    await grant(["list", "delete"]);
    await eventually("the record is gone", async () => (await server.names("historicjobs")).length === 0);
    assert.equal(controller.of(warning.msg).length, 1);
  });
});

/** Gives a group what the controller needs on jobs, and these verbs on historicjobs. */
async function grantHistory(server: RealServer, group: string, verbs: string[]): Promise<void> {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const apiGroup = "rbac.authorization.k8s.io";
  const role = {
    metadata: { name: group },
    rules: [
      { apiGroups: ["provisioning.grafana.app"], resources: ["jobs"], verbs: ["list", "watch"] },
      { apiGroups: ["provisioning.grafana.app"], resources: ["historicjobs"], verbs },
    ],
  };
  const made = await server.api.request("POST", `${rbac}/clusterroles`, role);
  if (made.status === 409) assert.equal((await server.api.request("PUT", `${rbac}/clusterroles/${group}`, role)).status, 200);
  await server.api.request("POST", `${rbac}/clusterrolebindings`, {
    metadata: { name: group },
    roleRef: { apiGroup, kind: "ClusterRole", name: group },
    subjects: [{ apiGroup, kind: "Group", name: group }],
  });
  await eventually("the right is in force", async () => {
    const review = await server.api.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      spec: { user: "x", groups: [group], resourceAttributes: { group: "provisioning.grafana.app", resource: "historicjobs", verb: verbs.at(-1) } },
    });
    return (review.body as { status?: { allowed?: boolean } }).status?.allowed === true;
  });
  assert.equal((await server.api.request("GET", `${API}/historicjobs`)).status, 200);
}
