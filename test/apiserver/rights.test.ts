// What the README's roles are good for, on a real API server: with all of them jobs get done, and with one right less the
// controller names it and loses nothing.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { bindingOf, RBAC, shippedRoles } from "../../scripts/apiserver-roles.ts";
import { API, type ClientCertificate } from "../../scripts/apiserver.ts";
import { type Created, eventually, RealServer } from "../support/apiserver.ts";
import type { Controller, Line } from "../support/controller.ts";

const GROUP = "provisioning.grafana.app";
const HERE = `${API}/namespaces/default`;
const SHORT_LEASE = ["--lease-validity=3s", "--lease-renewal=1s", "--lease-expiry=4s", "--job-interval=1s"];
const PRUNE = ["--history-expiration=1s", "--history-sweep-interval=1s"];

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

interface Seen {
  metadata: { name: string; labels?: Record<string, string> };
  status?: { state?: string; finished?: number; sync?: { state?: string; job?: string; finished?: number } };
}

let server: RealServer;
/** What all three roles grant together. */
let all: Rule[];

before(async () => {
  server = await RealServer.start();
  all = (await Promise.all(Object.values(shippedRoles()).map(({ name }) => rulesOf(name)))).flat();
});
afterEach(async () => {
  await server.reset();
  await server.api.request("DELETE", `${HERE}/repositories/demo`);
});
after(() => server.stop());

async function rulesOf(role: string): Promise<Rule[]> {
  const { status, body } = await server.api.request("GET", `${RBAC}/clusterroles/${role}`);
  assert.equal(status, 200);
  return (body as { rules: Rule[] }).rules;
}

/** All but one, such as `create historicjobs`. */
function without(right: string): Rule[] {
  const left = ({ resources, verbs }: Rule) => verbs.filter((verb) => !resources.includes(resourceOf(right)) || verb !== verbOf(right));
  return all.map((rule) => ({ ...rule, verbs: left(rule) })).filter(({ verbs }) => verbs.length > 0);
}

const verbOf = (right: string) => right.split(" ")[0] ?? "";
const resourceOf = (right: string) => right.split(" ")[1] ?? "";

/** Sets what a group may do, and waits until the server goes by it: for `right`, and for the first that everybody needs. */
async function grant(group: string, rules: Rule[], right: string, allowed: boolean): Promise<void> {
  const role = { metadata: { name: group }, rules };
  const made = await server.api.request("POST", `${RBAC}/clusterroles`, role);
  if (made.status === 409) assert.equal((await server.api.request("PUT", `${RBAC}/clusterroles/${group}`, role)).status, 200);
  await server.api.request("POST", `${RBAC}/clusterrolebindings`, bindingOf(group, group));
  const may = async (one: string) => {
    const [resource = "", subresource = ""] = resourceOf(one).split("/");
    const spec = { user: "x", groups: [group], resourceAttributes: { group: GROUP, resource, subresource, verb: verbOf(one) } };
    const { body } = await server.api.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", { spec });
    return (body as { status?: { allowed?: boolean } }).status?.allowed === true;
  };
  await eventually(`rights of ${group}`, async () => (await may(right)) === allowed && (await may("list jobs")) === (right !== "list jobs" || allowed));
}

/** A certificate that lacks one right until `mend`. */
async function lacking(right: string): Promise<{ certificate: ClientCertificate; mend: () => Promise<void> }> {
  const group = right.replaceAll(/[^a-z]+/g, "-");
  const certificate = await server.api.issue(`lacks-${group}`, group);
  await grant(group, without(right), right, false);
  return { certificate, mend: () => grant(group, all, right, true) };
}

async function repository(): Promise<void> {
  const { status, body } = await server.api.request("POST", `${HERE}/repositories`, {
    apiVersion: `${GROUP}/v0alpha1`,
    kind: "Repository",
    metadata: { name: "demo" },
    spec: { title: "demo", type: "local", local: { path: "/a" }, workflows: ["write"], sync: { enabled: true, target: "folder", intervalSeconds: 60 } },
  });
  assert.equal(status, 201, JSON.stringify(body));
}

async function seen(resource: string): Promise<Seen[]> {
  return ((await server.api.request("GET", `${HERE}/${resource}`)).body as unknown as { items: Seen[] }).items;
}

async function sync(): Promise<NonNullable<Seen["status"]>["sync"]> {
  return (await seen("repositories"))[0]?.status?.sync;
}

const gone = () => eventually("every job is gone", async () => (await seen("jobs")).length === 0);

/** Its job was begun once and left one record. */
async function assertOnce(controller: Controller, job: Created): Promise<void> {
  assert.deepEqual(controller.of("job claimed").map(({ uid, attempt }) => [uid, attempt]), [[job.uid, 1]]);
  const records = await seen("historicjobs");
  assert.deepEqual(records.map(({ metadata, status }) => [metadata.labels?.[`${GROUP}/original-uid`], status?.state]), [[job.uid, "success"]]);
}

/** The server's words name the right that lacks. */
function assertNames({ error }: Line, right: string): void {
  assert.match(String(error), new RegExp(`cannot ${verbOf(right)} resource "${resourceOf(right)}"`));
}

describe("the roles of the README, on a real API server", () => {
  test("are enough to claim jobs, drive them, end them and prune their records, and all that is used", async () => {
    await repository();
    const script = join(server.api.directory, "sync.sh");
    await writeFile(script, "echo works\n");
    const flags = [`--worker=pull=exec:sh ${script}`, "--worker=test=builtin:test", ...SHORT_LEASE];
    const controller = server.controller(flags, { certificate: server.api.driver });
    await controller.started();
    const job = await server.createJob("demo-sync");
    await gone();
    await assertOnce(controller, job);
    const { state, job: by, finished = 0 } = (await sync()) ?? {};
    assert.deepEqual([state, by, finished > 0], ["success", "demo-sync", true]);
    assert.equal(await controller.stop(), 0);

    const pruner = server.controller([...flags, ...PRUNE], { certificate: server.api.driver });
    await eventually("no record is left", async () => (await seen("historicjobs")).length === 0);
    assert.equal(await pruner.stop(), 0);
    const said = [...controller.lines, ...pruner.lines].filter(({ msg }) => !msg.startsWith("--lease-expiry"));
    assert.deepEqual(said.filter(({ level }) => level !== "INFO"), []);

    const granted = all.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));
    const requests = (await server.api.audit()).filter(({ user }) => user.username === "job-driver");
    const used = requests.map(({ verb, objectRef, requestURI }) => `${verb} ${objectRef?.resource}${/\/status(\?|$)/.test(requestURI) ? "/status" : ""}`);
    // Single jobs and records are read where an answer leaves doubts.
    assert.deepEqual([...new Set([...used, "get jobs", "get historicjobs"])].sort(), granted.sort());
  });

  test("without workers need nothing of the third", async () => {
    const controller = server.controller(PRUNE);
    const record = await server.createRecord("expired");
    const job = await server.createJob("demo-sync");
    await controller.notified(job.uid);
    await eventually(`${record.name} is pruned`, async () => (await seen("historicjobs")).length === 0);
    assert.deepEqual(controller.lines.filter(({ level }) => level !== "INFO"), []);
  });
});

describe("a controller with workers that lacks a right, on a real API server", () => {
  /** Where the job cannot be ended: it stays with its result, and is ended, not begun again, once the right is there. */
  for (const right of ["create historicjobs", "get historicjobs", "delete jobs"]) {
    test(`${right}: keeps the job with its result and says so; once it is granted the end follows, without the work`, async () => {
      const { certificate, mend } = await lacking(right);
      const job = await server.createJob("demo-sync");
      // Only what is there already makes it look.
      const record = right === "get historicjobs" ? await server.createRecord(`${job.name}-${job.uid}`, "default", job.uid) : undefined;
      const controller = server.controller(["--worker=*=builtin:test", ...SHORT_LEASE], { certificate });
      const kept = await controller.until(({ msg }) => msg === "job kept, its end is not complete");
      assert.deepEqual([kept.level, kept.why, kept.uid], ["ERROR", "forbidden", job.uid]);
      assertNames(kept, right);
      assert.match(String(kept.next), new RegExp(`${verbOf(right)}.* on ${resourceOf(right)}`));
      assert.deepEqual((await seen("jobs")).map(({ status }) => status?.state), ["success"]);
      if (record !== undefined) await server.delete("historicjobs", record);
      await mend();
      await gone();
      await assertOnce(controller, job);
    });
  }

  test("update jobs: says once that it may not claim, and leaves the jobs; once it is granted they are done", async () => {
    const { certificate, mend } = await lacking("update jobs");
    const controller = server.controller(["--worker=*=builtin:test", "--log-level=debug", ...SHORT_LEASE], { certificate });
    const jobs = await server.createJobs("a", 10);
    const refused = await controller.until(({ msg }) => msg === "not allowed to claim jobs");
    assert.equal(refused.level, "ERROR");
    assertNames(refused, "update jobs");
    assert.match(String(refused.next), /grant .*update on jobs/);
    await controller.until(({ msg }) => msg === "job not claimed, to be tried again");
    assert.deepEqual((await seen("jobs")).map(({ metadata }) => metadata.labels?.[`${GROUP}/claim`]), jobs.map(() => undefined));
    await mend();
    await gone();
    // Each is said behind its deletion.
    await controller.until(() => controller.of("job finished").length === jobs.length);
    assert.equal(controller.of("not allowed to claim jobs").length, 1);
    const finished = controller.of("job finished").map(({ uid, attempt }) => [uid, attempt]);
    assert.deepEqual(finished.sort(), jobs.map(({ uid }) => [uid, 1]).sort());
  });

  test("get jobs: leaves a job whose owner has stopped, and says why", async () => {
    const { certificate } = await lacking("get jobs");
    const { name } = await server.createJob("demo-sync");
    const path = `${HERE}/jobs/${name}`;
    const { body } = await server.api.request("GET", path);
    const labels = { ...(body as Seen).metadata.labels, [`${GROUP}/claim`]: "1", [`${GROUP}/claim-owner`]: "stopped" };
    assert.equal((await server.api.request("PUT", path, { ...body, metadata: { ...body.metadata, labels } })).status, 200);
    const controller = server.controller(["--worker=*=builtin:test", ...SHORT_LEASE], { certificate });
    const failed = await controller.until(({ msg }) => msg === "failed to clean up expired job");
    assert.deepEqual([failed.level, failed.job], ["WARN", name]);
    assertNames(failed, "get jobs");
    assert.deepEqual((await seen("jobs")).map(({ metadata }) => metadata.labels?.[`${GROUP}/claim-owner`]), ["stopped"]);
    assert.deepEqual(controller.of("job claimed"), []);
  });

  for (const [right, warning] of [
    ["update repositories/status", "cannot write sync status of repository"],
    ["get repositories", "cannot read repositories"],
  ] as const) {
    test(`${right}: does its jobs all the same, and warns once of what stays undone`, async () => {
      await repository();
      const { certificate } = await lacking(right);
      const controller = server.controller(["--worker=*=builtin:test", ...SHORT_LEASE], { certificate });
      const jobs = await server.createJobs("a", 3);
      await gone();
      const [told, ...more] = controller.of(warning);
      assert.ok(told !== undefined && more.length === 0, controller.tail());
      assert.equal(told.level, "WARN");
      assertNames(told, right);
      assert.match(String(told.next), new RegExp(`${verbOf(right)} on ${resourceOf(right)}`));
      assert.equal(await sync(), undefined);
      assert.equal((await seen("historicjobs")).length, jobs.length);
    });
  }

  test("watch jobs: finds them in lists, and names the right", async () => {
    const { certificate } = await lacking("watch jobs");
    const controller = server.controller(["--worker=*=builtin:test", ...SHORT_LEASE], { certificate });
    const warning = await controller.until(({ msg }) => msg === "provisioning API not usable, retrying");
    assertNames(warning, "watch jobs");
    const job = await server.createJob("demo-sync");
    await gone();
    await assertOnce(controller, job);
  });

  test("list jobs: ends with 3, and names the right", async () => {
    const { certificate } = await lacking("list jobs");
    const controller = server.controller(["--worker=*=builtin:test", ...SHORT_LEASE], { certificate });
    assert.equal(await controller.exited, 3);
    assert.match(controller.stderr, /cannot list resource "jobs"/);
  });

  for (const [right, warning] of [
    ["list historicjobs", "not allowed to list historic jobs, sweep ended"],
    ["delete historicjobs", "not allowed to delete historic jobs, sweep ended"],
  ] as const) {
    test(`${right}: ends its jobs all the same, prunes nothing and says so`, async () => {
      const { certificate } = await lacking(right);
      const old = await server.createRecord("old");
      const controller = server.controller(["--worker=*=builtin:test", ...SHORT_LEASE, ...PRUNE], { certificate });
      await server.createJob("demo-sync");
      await gone();
      const told = await controller.until(({ msg }) => msg === warning);
      assert.equal(told.level, "WARN");
      assertNames(told, right);
      assert.ok((await server.names("historicjobs")).includes(old.name));
    });
  }
});
