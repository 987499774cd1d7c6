// The rows that decide what becomes of writes, value by value, each seen on the wire.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RACE_MS } from "../../src/devserver/api/objects.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { type Body, type CallOptions, type Reply, startDevserver, type TestDevserver } from "../support/devserver.ts";

const GROUP = "provisioning.grafana.app";
const PULL = { action: "pull", pull: { incremental: false }, repository: "test6" };
const JOBS = "namespaces/default/jobs";
const MERGE: CallOptions = { headers: { "content-type": "application/merge-patch+json" } };

/** A server with one row set, and what tests do to it. */
class Scene implements AsyncDisposable {
  readonly server: TestDevserver;

  constructor(server: TestDevserver) {
    this.server = server;
  }

  static async of(...settings: string[]): Promise<Scene> {
    return new Scene(await startDevserver({ settings }));
  }

  create(metadata: Record<string, unknown>, spec: Record<string, unknown> = PULL): Promise<Reply> {
    return this.server.call("POST", JOBS, { apiVersion: `${GROUP}/v0alpha1`, kind: "Job", metadata, spec });
  }

  /** Writes what was read, with changes to its metadata and itself. */
  put({ json }: Reply, metadata: Record<string, unknown> = {}, changes: Record<string, unknown> = {}): Promise<Reply> {
    const name = json.metadata.name ?? "";
    return this.server.call("PUT", `${JOBS}/${name}`, { ...json, ...changes, metadata: { ...json.metadata, ...metadata } });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.close();
  }
}

function facts({ status, json }: Reply): [number, string | undefined] {
  return [status, json.reason];
}

function annotationsOf({ json }: Reply): Record<string, string> {
  return json.metadata.annotations ?? {};
}

describe("put-without-version", () => {
  for (const [value, expected] of [["overwrites", [200, undefined]], ["refused", [422, "Invalid"]]] as const) {
    test(`${value}: a PUT without resourceVersion to what is there`, async () => {
      await using scene = await Scene.of(`put-without-version=${value}`);
      const created = await scene.create({ name: "x" });
      assert.deepEqual(facts(await scene.put(created, { resourceVersion: undefined, labels: { a: "b" } })), expected);
      const { labels } = (await scene.server.call("GET", `${JOBS}/x`)).json.metadata;
      assert.deepEqual(labels, value === "overwrites" ? { a: "b" } : undefined);
    });
  }
});

describe("put-missing", () => {
  for (const [value, expected] of [["creates", [201, undefined]], ["404", [404, "NotFound"]]] as const) {
    test(`${value}: a PUT without resourceVersion to what is not there`, async () => {
      await using scene = await Scene.of(`put-missing=${value}`);
      assert.deepEqual(facts(await scene.server.call("PUT", `${JOBS}/x`, { metadata: { name: "x" }, spec: PULL })), expected);
      assert.equal((await scene.server.call("GET", `${JOBS}/x`)).status, value === "creates" ? 200 : 404);
    });
  }

  test("whom the rights do not let create, a PUT does not let either", async () => {
    await using scene = await Scene.of("put-missing=creates");
    const token = await scene.server.mintToken({ permissions: [`${GROUP}/jobs:update`] });
    const reply = await scene.server.call("PUT", `${JOBS}/x`, { metadata: { name: "x" }, spec: PULL }, { headers: { "x-access-token": token } });
    assert.deepEqual(facts(reply), [403, "Forbidden"]);
  });
});

describe("put-deleted", () => {
  const expectations = [
    ["500", [500, undefined], /^resourceVersion should not be set on objects to be created$/],
    ["409", [409, "Conflict"], /^Operation cannot be fulfilled on jobs\.provisioning\.grafana\.app "x": /],
    ["404", [404, "NotFound"], /^jobs\.provisioning\.grafana\.app "x" not found$/],
  ] as const;
  for (const [value, expected, message] of expectations) {
    test(`${value}: a PUT with resourceVersion to what is gone`, async () => {
      await using scene = await Scene.of(`put-deleted=${value}`);
      const created = await scene.create({ name: "x" });
      await scene.server.call("DELETE", `${JOBS}/x`);
      const reply = await scene.put(created, { labels: { a: "b" } });
      assert.deepEqual(facts(reply), expected);
      assert.match(reply.json.message ?? "", message);
      assert.equal((await scene.server.call("GET", `${JOBS}/x`)).status, 404);
    });
  }
});

describe("compare-and-swap", () => {
  /** Two PUTs of one version: the pause of the first lasts until both have come that far, or one is answered. */
  async function race(value: string): Promise<{ replies: Reply[]; last: Body }> {
    let waiting = 0;
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const sleep: typeof systemClock.sleep = (ms, signal) => {
      if (ms !== RACE_MS) return systemClock.sleep(ms, signal);
      if (++waiting === 2) open();
      return gate;
    };
    await using scene = new Scene(await startDevserver({ settings: [`compare-and-swap=${value}`], clock: { ...clockParts, sleep } }));
    const created = await scene.create({ name: "x" });
    const replies = await Promise.all(["1", "2"].map((claim) => scene.put(created, { labels: { claim } })));
    return { replies, last: (await scene.server.call("GET", `${JOBS}/x`)).json };
  }
  const clockParts = { now: () => systemClock.now(), monotonic: () => systemClock.monotonic() };

  test("racy: both of two PUTs at one version get 200, and the later one stays", async () => {
    const { replies, last } = await race("racy");
    assert.deepEqual(replies.map(({ status }) => status), [200, 200]);
    const versions = replies.map(({ json }) => BigInt(json.metadata.resourceVersion ?? ""));
    const later = replies[(versions[0] ?? 0n) > (versions[1] ?? 0n) ? 0 : 1];
    assert.deepEqual(last.metadata.labels, later?.json.metadata.labels);
    assert.equal(last.metadata.resourceVersion, later?.json.metadata.resourceVersion);
  });

  test("racy: a version that is old when the request comes is refused all the same", async () => {
    await using scene = await Scene.of("compare-and-swap=racy");
    const created = await scene.create({ name: "x" });
    assert.equal((await scene.put(created, { labels: { claim: "1" } })).status, 200);
    assert.deepEqual(facts(await scene.put(created, { labels: { claim: "2" } })), [409, "Conflict"]);
  });

  test("racy: what is deleted between check and write is gone", async () => {
    let scene: Scene | undefined;
    const sleep: typeof systemClock.sleep = async (ms, signal) => {
      if (ms === RACE_MS) scene?.server.store.delete("jobs", "default", "x");
      else await systemClock.sleep(ms, signal);
    };
    const settings = ["compare-and-swap=racy", "put-deleted=409"];
    scene = new Scene(await startDevserver({ settings, clock: { ...clockParts, sleep } }));
    await using _closing = scene;
    assert.deepEqual(facts(await scene.put(await scene.create({ name: "x" }), { labels: { a: "b" } })), [409, "Conflict"]);
    assert.equal((await scene.server.call("GET", `${JOBS}/x`)).status, 404);
  });

  test("atomic: one of the two is a Conflict", async () => {
    const { replies } = await race("atomic");
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409]);
  });
});

describe("same-object", () => {
  for (const value of ["written", "ignored"]) {
    test(`${value}: a PUT of what is there`, async () => {
      await using scene = await Scene.of(`same-object=${value}`);
      const created = await scene.create({ name: "x", labels: { a: "b" } });
      const watch = await scene.server.watch(JOBS, `resourceVersion=${created.json.metadata.resourceVersion}`);
      const again = await scene.put(created);
      assert.equal(again.json.metadata.resourceVersion === created.json.metadata.resourceVersion, value === "ignored");
      await scene.put(again, { labels: { a: "c" } });
      const first = await watch.next();
      watch.close();
      assert.deepEqual(first?.object.metadata.labels, { a: value === "ignored" ? "c" : "b" });
    });
  }
});

describe("bookkeeping", () => {
  const CREATED = "grafana.app/createdBy";
  const UPDATED = "grafana.app/updatedBy";

  test("on: the server says who created and changed an object, and nobody else does", async () => {
    await using scene = await Scene.of("bookkeeping=on");
    const created = await scene.create({ name: "x", annotations: { [CREATED]: "mallory" } });
    assert.equal(annotationsOf(created)[CREATED], "access-policy:provisioning");
    const changed = await scene.put(created, { annotations: { [CREATED]: "mallory" } }, { spec: { ...PULL, message: "more" } });
    assert.equal(annotationsOf(changed)[CREATED], "access-policy:provisioning");
    assert.equal(annotationsOf(changed)[UPDATED], "access-policy:provisioning");
    assert.match(annotationsOf(changed)["grafana.app/updatedTimestamp"] ?? "", /^\d{4}-\d\d-\d\dT/);
  });

  test("off: annotations are the client's", async () => {
    await using scene = await Scene.of("bookkeeping=off");
    const created = await scene.create({ name: "x" });
    assert.equal(created.json.metadata.annotations, undefined);
    const changed = await scene.put(created, { annotations: { [CREATED]: "me" } }, { spec: { ...PULL, message: "more" } });
    assert.deepEqual(annotationsOf(changed), { [CREATED]: "me" });
  });
});

describe("authors", () => {
  const AUTHOR = `${GROUP}/author`;

  test("on: what a client says of the author is dropped, what the server says is immutable", async () => {
    await using scene = await Scene.of("authors=on");
    const created = await scene.create({ name: "x", annotations: { [AUTHOR]: "mallory" } });
    assert.equal(annotationsOf(created)[AUTHOR], undefined);
    const queued = await scene.server.call("POST", "namespaces/default/repositories/test6/jobs", { pull: {} });
    assert.equal(annotationsOf(queued)[AUTHOR], "access-policy:provisioning");
    const changed = await scene.put(queued, { annotations: { ...annotationsOf(queued), [AUTHOR]: "mallory" } });
    assert.deepEqual([...facts(changed), changed.json.message], [400, "BadRequest", `annotation ${AUTHOR} is immutable`]);
    const patched = await scene.server.call("PATCH", `${JOBS}/test6-sync`, { metadata: { annotations: { [AUTHOR]: null } } }, MERGE);
    assert.equal(patched.status, 400);
    assert.equal((await scene.put(queued, { labels: { a: "b" } })).status, 200);
  });

  test("off: they are annotations like others", async () => {
    await using scene = await Scene.of("authors=off");
    const created = await scene.create({ name: "x", annotations: { [AUTHOR]: "me" } });
    assert.equal(annotationsOf(created)[AUTHOR], "me");
    assert.equal(annotationsOf(await scene.put(created, { annotations: { [AUTHOR]: "you" } }))[AUTHOR], "you");
    const queued = await scene.server.call("POST", "namespaces/default/repositories/test6/jobs", { pull: {} });
    assert.equal(annotationsOf(queued)[AUTHOR], undefined);
  });
});

describe("names", () => {
  for (const [value, expected] of [["any-case", 201], ["lower-case", 422]] as const) {
    test(`${value}: a name with a capital`, async () => {
      await using scene = await Scene.of(`names=${value}`);
      assert.equal((await scene.create({ name: "demo-fixFolderMetadata" })).status, expected);
      assert.equal((await scene.create({ name: "demo-x" })).status, 201);
    });
  }
});

describe("generate-name", () => {
  for (const [value, expected] of [["emptied", undefined], ["kept", "job-"]] as const) {
    test(`${value}: the beginning of a name that was made`, async () => {
      await using scene = await Scene.of(`generate-name=${value}`);
      const created = await scene.create({ generateName: "job-" });
      assert.match(created.json.metadata.name ?? "", /^job-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      assert.equal(created.json.metadata.generateName, expected);
      const changed = await scene.put(created, { generateName: "job-", labels: { a: "b" } });
      assert.equal(changed.json.metadata.generateName, expected);
    });
  }
});

describe("generation", () => {
  for (const value of ["spec", "content"]) {
    test(`${value}: what counts it up`, async () => {
      await using scene = await Scene.of(`generation=${value}`);
      const created = await scene.create({ name: "x" });
      const labelled = await scene.put(created, { labels: { a: "b" } });
      const working = await scene.put(labelled, {}, { status: { state: "working" } });
      const changed = await scene.put(working, {}, { spec: { ...PULL, message: "more" } });
      const generations = [created, labelled, working, changed].map(({ json }) => json.metadata.generation);
      assert.deepEqual(generations, value === "spec" ? [1, 1, 1, 2] : [1, 1, 2, 3]);
    });
  }
});

describe("unknown-fields", () => {
  for (const value of ["dropped", "kept"]) {
    test(`${value}: fields of a newer server`, async () => {
      await using scene = await Scene.of(`unknown-fields=${value}`);
      const created = await scene.create({ name: "x" }, { ...PULL, newer: { a: 1 } });
      assert.equal(created.status, 201);
      const kept = value === "kept";
      assert.deepEqual(created.json.spec?.["newer"], kept ? { a: 1 } : undefined);
      assert.equal(created.headers["warning"], kept ? undefined : '299 - "unknown field \\"spec.newer\\""');
      const queued = await scene.server.call("POST", "namespaces/default/repositories/test6/jobs", { pull: {}, newer: 1 });
      assert.equal(queued.json.spec?.["newer"], kept ? 1 : undefined);
    });
  }
});

describe("propagation", () => {
  const remove = ({ server }: Scene) => server.call("DELETE", `${JOBS}/x`, { propagationPolicy: "Foreground" });

  test("ignored: the object is gone at once", async () => {
    await using scene = await Scene.of("propagation=ignored");
    await scene.create({ name: "x" });
    assert.equal((await remove(scene)).json.kind, "Status");
    assert.equal((await scene.server.call("GET", `${JOBS}/x`)).status, 404);
  });

  test("finalizers: it waits for the collector of garbage", async () => {
    await using scene = await Scene.of("propagation=finalizers");
    await scene.create({ name: "x" });
    const marked = await remove(scene);
    assert.deepEqual([marked.json.kind, marked.json.metadata.finalizers], ["Job", ["foregroundDeletion"]]);
    assert.equal((await scene.server.call("GET", `${JOBS}/x`)).status, 200);
    await scene.server.call("PATCH", `${JOBS}/x`, { metadata: { finalizers: null } }, MERGE);
    assert.equal((await scene.server.call("GET", `${JOBS}/x`)).status, 404);
  });
});

describe("new-actions", () => {
  for (const [value, expected] of [["on", 201], ["off", 422]] as const) {
    test(`${value}: an action of later servers`, async () => {
      await using scene = await Scene.of(`new-actions=${value}`);
      for (const action of ["fixFolderMetadata", "releaseResources", "deleteResources", "test"]) {
        const spec = { action, repository: "test6", ...(action === "test" && { test: { duration: "1s" } }) };
        assert.equal((await scene.create({ generateName: "x-" }, spec)).status, expected, action);
      }
      const cleanUp = await scene.server.call("POST", "namespaces/default/repositories/none/jobs", { action: "releaseResources" });
      assert.equal(cleanUp.status, value === "on" ? 202 : 404);
    });
  }
});

describe("admission", () => {
  for (const [value, expected] of [["on", 422], ["off", 201]] as const) {
    test(`${value}: a spec that says nothing`, async () => {
      await using scene = await Scene.of(`admission=${value}`);
      assert.equal((await scene.create({ name: "x" }, { action: "sing" })).status, expected);
    });
  }
});

describe("guarded-reads", () => {
  for (const [value, expected] of [["on", 424], ["off", 200]] as const) {
    test(`${value}: the jobs of an unhealthy repository`, async () => {
      await using scene = await Scene.of(`guarded-reads=${value}`);
      scene.server.store.create("repositories", { metadata: { name: "ill", namespace: "default" }, spec: {}, status: { health: { healthy: false } } });
      assert.equal((await scene.server.call("GET", "namespaces/default/repositories/ill/jobs")).status, expected);
      assert.equal((await scene.server.call("GET", "namespaces/default/repositories/ill/jobs/a")).status, expected === 200 ? 404 : expected);
      assert.equal((await scene.server.call("GET", "namespaces/default/repositories/test6/jobs")).status, 200);
    });
  }
});

describe("queue-limit", () => {
  const queue = ({ server }: Scene, action: string, options: Record<string, unknown>) =>
    server.call("POST", "namespaces/default/repositories/test6/jobs", { action, [action]: options });

  test("2: the third job that would wait is refused with 429; one that is claimed waits no more", async () => {
    await using scene = await Scene.of("queue-limit=2");
    const first = await queue(scene, "pull", {});
    assert.equal((await queue(scene, "push", {})).status, 202);
    const refused = await queue(scene, "delete", { paths: ["a"] });
    assert.deepEqual(facts(refused), [429, "TooManyRequests"]);
    assert.equal(refused.headers["retry-after"], "1");
    await scene.put(first, { labels: { ...first.json.metadata.labels, [`${GROUP}/claim`]: "1756111201000" } });
    assert.equal((await queue(scene, "delete", { paths: ["a"] })).status, 202);
  });

  test("0: any number may wait", async () => {
    await using scene = await Scene.of("queue-limit=0");
    for (const [action, options] of [["pull", {}], ["push", {}], ["delete", { paths: ["a"] }], ["move", { paths: ["a"], targetPath: "b" }]] as const) {
      assert.equal((await queue(scene, action, options)).status, 202, action);
    }
  });
});

describe("v1beta1", () => {
  for (const [value, expected] of [["on", 201], ["off", 404]] as const) {
    test(`${value}: a write to v1beta1`, async () => {
      await using scene = await Scene.of(`v1beta1=${value}`);
      const body = { apiVersion: `${GROUP}/v1beta1`, kind: "Job", metadata: { name: "x" }, spec: PULL };
      const reply = await scene.server.call("POST", `/apis/${GROUP}/v1beta1/${JOBS}`, body);
      assert.equal(reply.status, expected);
      if (value === "off") return;
      assert.equal(reply.json.apiVersion, `${GROUP}/v1beta1`);
      const stored = await scene.server.call("GET", `${JOBS}/x`);
      assert.deepEqual([stored.json.apiVersion, stored.json.metadata.uid], [`${GROUP}/v0alpha1`, reply.json.metadata.uid]);
      assert.equal((await scene.server.call("POST", JOBS, { ...body, metadata: { name: "y" } })).status, 400);
    });
  }
});

describe("history", () => {
  const record = ({ server }: Scene, name: string, ageMs: number) => {
    const labels = { [`${GROUP}/repository`]: "test6", [`${GROUP}/original-uid`]: name };
    const creationTimestamp = new Date(systemClock.now() - ageMs).toISOString();
    server.store.create("historicjobs", { metadata: { name, namespace: "default", creationTimestamp, labels }, spec: PULL });
  };
  const past = async ({ server }: Scene) =>
    (await server.call("GET", "namespaces/default/repositories/test6/jobs")).json.items?.map(({ metadata }) => metadata.name);

  test("objects: records can be written, and all of them are the repository's past", async () => {
    await using scene = await Scene.of("history=objects");
    for (let index = 0; index < 12; index++) record(scene, `r${index}`, index * 3_600_000 * 3);
    assert.equal((await past(scene))?.length, 12);
    const reply = await scene.server.call("POST", "namespaces/default/historicjobs", { metadata: { name: "x" }, spec: PULL });
    assert.equal(reply.status, 201);
  });

  test("loki: there are no historicjobs, and the past is the ten newest of a day", async () => {
    await using scene = await Scene.of("history=loki");
    for (let index = 0; index < 12; index++) record(scene, `r${index}`, index * 3_600_000);
    record(scene, "older", 25 * 3_600_000);
    assert.deepEqual(await past(scene), Array.from({ length: 10 }, (_, index) => `r${index}`));
    assert.equal((await scene.server.call("GET", "namespaces/default/repositories/test6/jobs/older")).status, 404);
    for (const [method, path] of [["GET", "historicjobs"], ["POST", "namespaces/default/historicjobs"], ["DELETE", "namespaces/default/historicjobs/r1"]] as const) {
      assert.equal((await scene.server.call(method, path)).status, 404, `${method} ${path}`);
    }
  });
});

test("a row that is set while the server runs holds for the next write", async () => {
  await using scene = await Scene.of("put-missing=creates");
  const put = (name: string) => scene.server.call("PUT", `${JOBS}/${name}`, { metadata: { name }, spec: PULL });
  assert.equal((await put("a")).status, 201);
  await scene.server.faults.add("set:put-missing=404");
  assert.equal((await put("b")).status, 404);
});
