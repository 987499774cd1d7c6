// The rows that decide what lists and watches give, value by value, each seen on the wire.

import assert from "node:assert/strict";
import { request } from "node:https";
import { describe, test } from "node:test";
import type { Clock } from "../../src/base/clock.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { type Body, type EventLine, type Lines, type Reply, startDevserver, type TestDevserver } from "../support/devserver.ts";
import { ManualClock } from "../support/manual-clock.ts";

const HOUR_MS = 3_600_000;

/** A server with rows set, and what tests do to it. */
class Scene implements AsyncDisposable {
  readonly server: TestDevserver;
  readonly #watches: Lines[] = [];

  constructor(server: TestDevserver) {
    this.server = server;
  }

  /** Rows that are not named are those of the default era; `names` are jobs that are there. */
  static async of(settings: string[], names: string[] = [], clock: Clock = systemClock): Promise<Scene> {
    const scene = new Scene(await startDevserver({ settings, clock, repositories: [] }));
    for (const name of names) scene.put(name);
    return scene;
  }

  /** Creates or replaces a job; gives the new resourceVersion. */
  put(name: string, labels: Record<string, string> = {}, pad = ""): string {
    const { store } = this.server;
    return store.versionText(store.update("jobs", { metadata: { name, namespace: "a", labels }, spec: { pad } }).version);
  }

  delete(name: string): void {
    this.server.store.delete("jobs", "a", name);
  }

  list(query = "", path = "jobs"): Promise<Reply> {
    return this.server.call("GET", `${path}?${query}`);
  }

  /** Names of each page, following `continue`. */
  async pages(query = ""): Promise<string[][]> {
    const found: string[][] = [];
    for (let token: string | undefined = ""; token !== undefined;) {
      const { json } = await this.list(token === "" ? query : `${query}&continue=${token}`);
      found.push(namesOf(json));
      token = json.metadata.continue;
    }
    return found;
  }

  async watch(query: string): Promise<Lines> {
    const watch = await this.server.watch("jobs", query);
    this.#watches.push(watch);
    return watch;
  }

  /** `TYPE name` of the next events of a watch. */
  async events(watch: Lines, count: number): Promise<string[]> {
    const seen: string[] = [];
    while (seen.length < count) seen.push(spoken(await watch.next()));
    return seen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of this.#watches) watch.close();
    await this.server.close();
  }
}

function namesOf({ items = [] }: Body): string[] {
  return items.map(({ metadata }) => metadata.name);
}

function spoken(event: EventLine | undefined): string {
  return event === undefined ? "end" : `${event.type} ${event.object.metadata.name ?? event.object.code ?? event.object.metadata.resourceVersion}`;
}

/** A clock that tests move, at today's date, as certificates are checked by it. */
function manualClock(): ManualClock {
  return new ManualClock(systemClock.now());
}

describe("page-size", () => {
  for (const [value, pages] of [["2", [["j1", "j2"], ["j3"]]], ["0", [["j1", "j2", "j3"]]]] as const) {
    test(`${value}: pages of a list without limit`, async () => {
      await using scene = await Scene.of([`page-size=${value}`], ["j1", "j2", "j3"]);
      assert.deepEqual(await scene.pages(), pages);
      assert.deepEqual(await scene.pages("limit=1"), [["j1"], ["j2"], ["j3"]]);
    });
  }

  test("counts at once when it is set while the server runs", async () => {
    await using scene = await Scene.of([], ["j1", "j2", "j3"]);
    assert.deepEqual(await scene.pages(), [["j1", "j2", "j3"]]);
    const { id } = await scene.server.faults.add("set:page-size=1");
    assert.deepEqual(await scene.pages(), [["j1"], ["j2"], ["j3"]]);
    await scene.server.faults.clear(id);
    assert.deepEqual(await scene.pages(), [["j1", "j2", "j3"]]);
  });
});

describe("page-bytes", () => {
  for (const [value, pages] of [["1", [["j1"], ["j2"]]], ["100Ki", [["j1", "j2"]]], ["0", [["j1", "j2"]]]] as const) {
    test(`${value}: pages of two small objects`, async () => {
      await using scene = await Scene.of([`page-bytes=${value}`], ["j1", "j2"]);
      assert.deepEqual(await scene.pages("limit=500"), pages);
    });
  }
});

describe("selectors", () => {
  for (const [value, pages] of [["after-cut", [[], ["j3"], ["j5"]]], ["before-cut", [["j3", "j5"]]]] as const) {
    test(`${value}: pages of two, of which some are not selected`, async () => {
      await using scene = await Scene.of([`selectors=${value}`], ["j1", "j2", "j4"]);
      for (const name of ["j3", "j5"]) scene.put(name, { wanted: "yes" });
      assert.deepEqual(await scene.pages("limit=2&labelSelector=wanted"), pages);
    });
  }
});

describe("connection-selector", () => {
  for (const [value, status] of [["on", 200], ["off", 400]] as const) {
    test(`${value}: repositories by their connection, listed and watched; by their name always`, async () => {
      await using scene = await Scene.of([`connection-selector=${value}`]);
      scene.server.store.create("repositories", { metadata: { name: "r1", namespace: "a" }, spec: { connection: { name: "hub" } } });
      scene.server.store.create("repositories", { metadata: { name: "r2", namespace: "a" } });
      const reply = await scene.list("fieldSelector=spec.connection.name%3Dhub", "repositories");
      assert.deepEqual([reply.status, reply.status === 200 ? namesOf(reply.json) : reply.json.message], [status, value === "on" ? ["r1"] : "field label not supported: spec.connection.name"]);
      assert.equal((await scene.server.watch("repositories", "timeoutSeconds=-1&fieldSelector=spec.connection.name%3Dhub")).status, status);
      assert.deepEqual(namesOf((await scene.list("fieldSelector=metadata.name%3Dr2", "repositories")).json), ["r2"]);
    });
  }
});

describe("pages", () => {
  for (const [value, second] of [["latest", ["j5"]], ["snapshot", ["j3", "j4", "j5"]]] as const) {
    test(`${value}: a later page, after a write to j4, the end of j3, and a new j3a`, async () => {
      await using scene = await Scene.of([`pages=${value}`], ["j1", "j2", "j3", "j4", "j5"]);
      const { metadata } = (await scene.list("limit=2")).json;
      scene.put("j4", { changed: "yes" });
      scene.delete("j3");
      scene.put("j3a");
      const { json } = await scene.list(`continue=${metadata.continue}`);
      assert.deepEqual(namesOf(json), second);
      assert.equal(json.metadata.resourceVersion, metadata.resourceVersion);
      assert.ok(!JSON.stringify(json).includes("changed"));
    });
  }

  test("snapshot: an old token is 410 with one that goes on with what is there now", async () => {
    await using scene = await Scene.of(["pages=snapshot", "ring-events=2"], ["j1", "j2", "j3"]);
    const { metadata } = (await scene.list("limit=1")).json;
    for (const name of ["j0", "j2", "j4"]) scene.put(name, { changed: "yes" });
    const expired = await scene.list(`continue=${metadata.continue}`);
    assert.deepEqual([expired.status, expired.json.reason], [410, "Expired"]);
    const { json } = await scene.list(`continue=${expired.json.metadata.continue}`);
    assert.deepEqual(namesOf(json), ["j2", "j3", "j4"]);
    assert.notEqual(json.metadata.resourceVersion, metadata.resourceVersion);
  });
});

describe("exact-match", () => {
  for (const [value, names] of [["filter", ["j2"]], ["snapshot", ["j1", "j2"]]] as const) {
    test(`${value}: what resourceVersionMatch=Exact gives`, async () => {
      await using scene = await Scene.of([`exact-match=${value}`], ["j1"]);
      const version = scene.put("j2");
      scene.put("j1", { changed: "yes" });
      scene.put("j3");
      const { json } = await scene.list(`resourceVersion=${version}&resourceVersionMatch=Exact`);
      assert.deepEqual(namesOf(json), names);
      assert.equal(json.metadata.resourceVersion === version, value === "snapshot");
      assert.ok(!JSON.stringify(json).includes("changed"));
    });
  }

  test("snapshot: a version that is not kept is 410", async () => {
    await using scene = await Scene.of(["exact-match=snapshot", "ring-events=1"]);
    const version = scene.put("j1");
    for (const name of ["j2", "j3"]) scene.put(name);
    const { status, json } = await scene.list(`resourceVersion=${version}&resourceVersionMatch=Exact`);
    assert.deepEqual([status, json.reason, json.metadata], [410, "Expired", {}]);
  });
});

describe("version-too-large", () => {
  for (const [value, reason, retryAfter] of [["504", "Timeout", "1"], ["400", "BadRequest", undefined]] as const) {
    test(`${value}: a list, and a read of one object, from a version that is not reached`, async () => {
      await using scene = await Scene.of([`version-too-large=${value}`], ["j1"]);
      for (const path of ["jobs", "namespaces/a/jobs/j1"]) {
        const { status, headers, json } = await scene.list(`resourceVersion=${"9".repeat(19)}`, path);
        assert.deepEqual([String(status), json.reason, headers["retry-after"]], [value, reason, retryAfter]);
        assert.deepEqual(json.details?.["causes"], [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }]);
      }
    });
  }
});

describe("malformed-version", () => {
  for (const value of ["400", "500"]) {
    test(`${value}: a watch, and a read of one object; a list is 400`, async () => {
      await using scene = await Scene.of([`malformed-version=${value}`], ["j1"]);
      const status = async (query: string, path?: string) => String((await scene.list(query, path)).status);
      assert.equal(await status("watch=1&resourceVersion=soon"), value);
      assert.equal(await status("resourceVersion=soon", "namespaces/a/jobs/j1"), value);
      assert.equal(await status("resourceVersion=soon"), "400");
    });
  }
});

describe("list-from-zero", () => {
  for (const [value, pages] of [["page", [["j1"], ["j2"]]], ["whole", [["j1", "j2"]]]] as const) {
    test(`${value}: a list with a limit from resourceVersion 0`, async () => {
      await using scene = await Scene.of([`list-from-zero=${value}`], ["j1", "j2"]);
      assert.deepEqual(await scene.pages("limit=1&resourceVersion=0"), pages);
    });
  }
});

describe("remaining-items", () => {
  for (const [value, counts] of [["on", [3, 1, undefined]], ["off", [undefined, undefined, undefined]]] as const) {
    test(`${value}: what pages say of the rest`, async () => {
      await using scene = await Scene.of([`remaining-items=${value}`, "pages=snapshot"], ["j1", "j2", "j3", "j4", "j5"]);
      const first = (await scene.list("limit=2")).json.metadata;
      scene.delete("j5");
      scene.put("j6");
      const second = (await scene.list(`limit=2&continue=${first.continue}`)).json.metadata;
      const third = (await scene.list(`limit=2&continue=${second.continue}`)).json.metadata;
      assert.deepEqual([first, second, third].map((metadata) => metadata["remainingItemCount"]), counts);
      assert.equal((await scene.list("limit=2&labelSelector=!x")).json.metadata["remainingItemCount"], undefined);
    });
  }
});

describe("empty-history", () => {
  for (const [value, items] of [["absent", undefined], ["present", []]] as const) {
    test(`${value}: items of a HistoricJobList without any`, async () => {
      await using scene = await Scene.of([`empty-history=${value}`]);
      assert.deepEqual((await scene.list("", "historicjobs")).json.items, items);
      assert.deepEqual((await scene.list("", "jobs")).json.items, []);
    });
  }
});

describe("ring-events", () => {
  for (const [value, seen] of [["3", ["ADDED j3", "ADDED j4"]], ["4", ["ADDED j2", "ADDED j3", "ADDED j4"]]] as const) {
    test(`${value}: what is kept for a watch that resumes, with a change of another resource among it`, async () => {
      await using scene = await Scene.of([`ring-events=${value}`, "gaps=silent"]);
      const version = scene.put("j1");
      for (const name of ["j2", "j3", "j4"]) scene.put(name);
      scene.server.store.create("historicjobs", { metadata: { name: "h", namespace: "a" } });
      const watch = await scene.watch(`resourceVersion=${version}`);
      scene.put("last");
      assert.deepEqual(await scene.events(watch, seen.length + 1), [...seen, "ADDED last"]);
    });
  }
});

describe("gaps", () => {
  async function resumed(value: string): Promise<[Scene, string]> {
    const scene = await Scene.of([`gaps=${value}`, "ring-events=1"]);
    const version = scene.put("j1");
    for (const name of ["j2", "j3"]) scene.put(name);
    return [scene, `resourceVersion=${version}`];
  }

  test("silent: a watch from before the kept events gets the rest", async () => {
    const [scene, query] = await resumed("silent");
    await using _ = scene;
    assert.deepEqual(await scene.events(await scene.watch(query), 1), ["ADDED j3"]);
  });

  test("event: it gets an ERROR with code 410, then the end", async () => {
    const [scene, query] = await resumed("event");
    await using _ = scene;
    const watch = await scene.watch(query);
    assert.equal(watch.status, 200);
    const event = await watch.next();
    assert.deepEqual([event?.type, event?.object.code, event?.object.reason], ["ERROR", 410, "Expired"]);
    assert.match(event?.object.message ?? "", /^too old resource version: \d+ \(\d+\)$/);
    assert.equal(await watch.next(), undefined);
  });

  test("status: it is answered with 410", async () => {
    const [scene, query] = await resumed("status");
    await using _ = scene;
    const { status, json } = await scene.list(`watch=1&${query}`);
    assert.deepEqual([status, json.reason], [410, "Expired"]);
  });
});

describe("watch-from-zero", () => {
  for (const start of ["", "&resourceVersion=", "&resourceVersion=0"]) {
    test(`state: the objects that are there, then a marked bookmark (${start || "no version"})`, async () => {
      await using scene = await Scene.of(["watch-from-zero=state"], ["j1", "j2"]);
      const watch = await scene.watch(`allowWatchBookmarks=true${start}`);
      assert.deepEqual(await scene.events(watch, 2), ["ADDED j1", "ADDED j2"]);
      assert.deepEqual((await watch.next())?.object.metadata.annotations, { "k8s.io/initial-events-end": "true" });
    });

    test(`now: what comes from now on (${start || "no version"})`, async () => {
      await using scene = await Scene.of(["watch-from-zero=now"], ["j1", "j2"]);
      const watch = await scene.watch(`allowWatchBookmarks=true${start}`);
      scene.put("j3");
      assert.deepEqual(await scene.events(watch, 1), ["ADDED j3"]);
    });
  }
});

describe("watch-ahead", () => {
  test("refused: a watch from a version that is not reached is answered as a list is", async () => {
    await using scene = await Scene.of(["watch-ahead=refused", "version-too-large=400"], ["j1"]);
    assert.equal((await scene.list(`watch=1&resourceVersion=${"9".repeat(19)}`)).status, 400);
  });

  test("waits: it gets what comes after that version", async () => {
    await using scene = await Scene.of(["watch-ahead=waits", "versions=counter"], ["j1"]);
    const next = String(scene.server.store.version + 1);
    const watch = await scene.watch(`resourceVersion=${next}`);
    assert.equal(watch.status, 200);
    assert.equal(scene.put("j2"), next);
    scene.put("j3");
    assert.deepEqual(await scene.events(watch, 1), ["ADDED j3"]);
  });

  test("waits: one that wants the state first is told with an ERROR", async () => {
    await using scene = await Scene.of(["watch-ahead=waits", "version-too-large=504"], ["j1"]);
    const watch = await scene.watch(`resourceVersion=${"9".repeat(19)}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`);
    assert.deepEqual(await scene.events(watch, 2), ["ERROR 504", "end"]);
  });
});

describe("watch-list", () => {
  const query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

  test("served: sendInitialEvents gives the objects and a bookmark at their version", async () => {
    await using scene = await Scene.of(["watch-list=served"], ["j1"]);
    const watch = await scene.watch(query);
    assert.deepEqual(await scene.events(watch, 1), ["ADDED j1"]);
    const bookmark = await watch.next();
    assert.deepEqual([bookmark?.type, bookmark?.object.metadata.resourceVersion], ["BOOKMARK", scene.server.store.versionText()]);
  });

  test("refused: it is 422 with the cause", async () => {
    await using scene = await Scene.of(["watch-list=refused"], ["j1"]);
    const { status, json } = await scene.list(`watch=1&${query}`);
    assert.deepEqual([status, json.reason], [422, "Invalid"]);
    assert.deepEqual((json.details?.["causes"] as { field: string }[]).map(({ field }) => field), ["sendInitialEvents"]);
  });
});

describe("bookmarks", () => {
  // A watch of a minute; each object after the first moves the version, so that a bookmark could come.
  async function seenBy(value: string, waitsMs: readonly number[]): Promise<string[]> {
    const clock = manualClock();
    await using scene = await Scene.of([`bookmarks=${value}`, "bookmark-interval=45s"], ["j1"], clock);
    const watch = await scene.watch("allowWatchBookmarks=true&timeoutSeconds=60&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
    for (const [index, waitMs] of waitsMs.entries()) {
      scene.put(`k${index}`);
      await clock.advance(waitMs);
    }
    const seen: string[] = [];
    for (let event = await watch.next(); event !== undefined; event = await watch.next()) seen.push(event.type);
    return seen;
  }

  test("initial: one, after the initial events", async () => {
    assert.deepEqual(await seenBy("initial", [45_000, 13_000, 2_000]), ["ADDED", "BOOKMARK", "ADDED", "ADDED", "ADDED"]);
  });

  test("periodic: one an interval", async () => {
    assert.deepEqual(await seenBy("periodic", [45_000, 13_000, 2_000]), ["ADDED", "BOOKMARK", "ADDED", "BOOKMARK", "ADDED", "ADDED"]);
  });

  test("before-end: one more 2 s before the end", async () => {
    assert.deepEqual(await seenBy("before-end", [45_000, 13_000, 2_000]), ["ADDED", "BOOKMARK", "ADDED", "BOOKMARK", "ADDED", "BOOKMARK", "ADDED"]);
  });
});

describe("bookmark-interval", () => {
  for (const seconds of [5, 20]) {
    test(`${seconds}s: the pause between bookmarks, if the version moved`, async () => {
      const clock = manualClock();
      await using scene = await Scene.of(["bookmarks=periodic", `bookmark-interval=${seconds}s`], ["j1"], clock);
      const watch = await scene.watch("allowWatchBookmarks=true&fieldSelector=metadata.name%3Dj9");
      await clock.advance(seconds * 1_000);
      const first = scene.put("j2");
      await clock.advance(seconds * 1_000 - 1);
      const second = scene.put("j3");
      await clock.advance(1);
      scene.put("j9");
      assert.deepEqual(await scene.events(watch, 2), [`BOOKMARK ${second}`, "ADDED j9"]);
      assert.notEqual(first, second);
    });
  }
});

describe("slow readers", () => {
  /** A reader that takes nothing, and 60 events of 256 KiB: more than sockets hold. */
  async function lagging(settings: string[], run: (scene: Scene, clock: ManualClock) => Promise<void>): Promise<void> {
    const clock = manualClock();
    await using scene = await Scene.of(settings, [], clock);
    const { apiUrl, certificates: { ca } } = scene.server;
    const token = await scene.server.mintToken();
    const asked = request(`${apiUrl}/apis/provisioning.grafana.app/v0alpha1/jobs?watch=1`, { ca, agent: false, headers: { "x-access-token": token } });
    asked.on("response", (response) => void response.pause());
    asked.on("error", () => {});
    asked.end();
    await scene.server.watching(1);
    for (let index = 0; index < 60; index++) scene.put(`j${index}`, {}, "x".repeat(262_144));
    await run(scene, clock);
    asked.destroy();
  }

  test("slow-reader-events: one who lags by more is ended", async () => {
    await lagging(["slow-reader-events=5", "slow-reader-grace=1s"], async ({ server }, clock) => {
      await clock.advance(1_000);
      assert.equal(server.watches, 0);
    });
  });

  test("slow-reader-events: one who lags by less is not", async () => {
    await lagging(["slow-reader-events=60", "slow-reader-grace=1s"], async ({ server }, clock) => {
      await clock.advance(60_000);
      assert.equal(server.watches, 1);
    });
  });

  test("slow-reader-grace: not before the grace is over", async () => {
    await lagging(["slow-reader-events=5", "slow-reader-grace=30s"], async ({ server }, clock) => {
      await clock.advance(29_999);
      assert.equal(server.watches, 1);
      await clock.advance(1);
      assert.equal(server.watches, 0);
    });
  });
});

describe("versions", () => {
  for (const [value, shape] of [["microseconds", /^\d{16}$/], ["snowflake", /^\d{19}$/], ["counter", /^\d{4}$/]] as const) {
    test(`${value}: of objects, lists and events, and taken back`, async () => {
      await using scene = await Scene.of([`versions=${value}`], ["j1"]);
      const { metadata, items = [] } = (await scene.list()).json;
      const [listed = "", held = ""] = [metadata.resourceVersion, items[0]?.metadata.resourceVersion];
      assert.match(listed, shape);
      assert.match(held, shape);
      const watch = await scene.watch(`resourceVersion=${listed}`);
      scene.put("j2");
      const event = await watch.next();
      assert.match(event?.object.metadata.resourceVersion ?? "", shape);
      assert.ok(BigInt(event?.object.metadata.resourceVersion ?? 0) > BigInt(held));
    });
  }
});

describe("clock-skew", () => {
  for (const [value, skewMs] of [["1h", HOUR_MS], ["-2h", -2 * HOUR_MS], ["0s", 0]] as const) {
    test(`${value}: of the Date header and of creation times`, async () => {
      const clock = manualClock();
      await using scene = await Scene.of([`clock-skew=${value}`], ["j1"], clock);
      const { headers, json } = await scene.server.call("GET", "namespaces/a/jobs/j1");
      const wanted = Math.floor((clock.now() + skewMs) / 1_000) * 1_000;
      assert.equal(Date.parse(headers.date ?? ""), wanted);
      assert.equal(Date.parse(json.metadata.creationTimestamp ?? ""), wanted);
    });
  }
});

describe("send-date", () => {
  for (const value of ["on", "off"]) {
    test(`${value}: the Date header of answers and of watches`, async () => {
      await using scene = await Scene.of([`send-date=${value}`]);
      assert.equal((await scene.list()).headers.date !== undefined, value === "on");
      assert.equal((await scene.watch("")).headers.date !== undefined, value === "on");
    });
  }
});
