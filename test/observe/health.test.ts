import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { beatEvery, createHealth, READY_CHECKS } from "../../src/observe/health.ts";
import { ManualClock } from "../support/manual-clock.ts";

function setUp() {
  const clock = new ManualClock();
  const health = createHealth(clock);
  const get = (path: string, query = "") => health.page(path, new URLSearchParams(query));
  const allGood = () => READY_CHECKS.forEach((name) => health.set(name, true));
  return { clock, health, get, allGood };
}

describe("/readyz", () => {
  test("is 503 and names each check until all have been good", () => {
    const { health, get } = setUp();
    assert.equal(health.ready, false);
    assert.deepEqual(get("/readyz"), {
      status: 503,
      body: "[-]token failed: not yet\n[-]jobs-list failed: not yet\n[-]jobs-watch failed: not yet\n[+]shutdown ok\nreadyz check failed\n",
    });
    health.set("token", true);
    health.set("jobs-list", true);
    assert.equal(get("/readyz").status, 503);
    health.set("jobs-watch", true);
    assert.deepEqual(get("/readyz"), { status: 200, body: "ok" });
    assert.equal(health.ready, true);
  });

  for (const name of READY_CHECKS) {
    test(`is false again when ${name} fails, and says why`, () => {
      const { health, get, allGood } = setUp();
      allGood();
      health.set(name, false, "silent for 95 s");
      assert.equal(get("/readyz").status, 503);
      assert.match(get("/readyz").body, new RegExp(`^\\[-\\]${name} failed: silent for 95 s$`, "m"));
      health.set(name, true);
      assert.equal(get("/readyz").status, 200);
    });
  }

  test("lists the checks with ?verbose, as Kubernetes does", () => {
    const { get, allGood } = setUp();
    allGood();
    assert.deepEqual(get("/readyz", "verbose"), {
      status: 200,
      body: "[+]token ok\n[+]jobs-list ok\n[+]jobs-watch ok\n[+]shutdown ok\nreadyz check passed\n",
    });
    assert.deepEqual(get("/readyz", "verbose=true"), get("/readyz", "verbose"));
  });

  test("shows history, but is not ruled by it", () => {
    const { health, get, allGood } = setUp();
    allGood();
    health.set("history", false, "historicjobs are not served");
    assert.equal(get("/readyz").status, 200);
    assert.match(get("/readyz", "verbose").body, /^\[\+\]history ok \(informational\): historicjobs are not served$/m);
    health.set("history", true);
    assert.match(get("/readyz", "verbose").body, /^\[\+\]history ok$/m);
    assert.equal(health.ready, true);
  });

  test("is 503 for good once the program drains", () => {
    const { health, get, allGood } = setUp();
    allGood();
    health.draining();
    allGood();
    assert.equal(get("/readyz").status, 503);
    assert.match(get("/readyz").body, /^\[-\]shutdown failed: draining$/m);
    assert.equal(health.ready, false);
  });

  test("skips the checks of ?exclude, and says so for names it does not know", () => {
    const { health, get, allGood } = setUp();
    allGood();
    health.set("token", false, "refused");
    health.set("jobs-watch", false);
    assert.equal(get("/readyz", "exclude=token").status, 503);
    assert.deepEqual(get("/readyz", "exclude=token&exclude=jobs-watch"), { status: 200, body: "ok" });
    const verbose = get("/readyz", "verbose&exclude=token&exclude=nothing").body;
    assert.match(verbose, /^\[\+\]token excluded: ok$/m);
    assert.match(verbose, /^\[-\]jobs-watch failed$/m);
    assert.match(verbose, /^warn: some health checks cannot be excluded: no matches for "nothing"$/m);
  });
});

describe("/livez", () => {
  test("is ok at once, whatever readiness says, and draining too", () => {
    const { health, get } = setUp();
    health.draining();
    assert.deepEqual(get("/livez"), { status: 200, body: "ok" });
    assert.equal(get("/livez", "verbose").body, "[+]ping ok\n[+]event-loop ok\nlivez check passed\n");
  });

  test("fails when the event loop has not turned for ten seconds", async () => {
    const { clock, health, get } = setUp();
    health.beat();
    await clock.advance(9_999);
    assert.equal(get("/livez").status, 200);
    await clock.advance(2_001);
    assert.deepEqual(get("/livez"), { status: 503, body: "[+]ping ok\n[-]event-loop failed: last turned 12 s ago\nlivez check failed\n" });
    health.beat();
    assert.equal(get("/livez").status, 200);
  });

  test("is kept alive by beatEvery() until that is aborted", async () => {
    const { clock, health, get } = setUp();
    const stop = new AbortController();
    const beating = beatEvery(health, clock, stop.signal);
    beating.catch(() => undefined);
    await clock.advance(60_000);
    assert.equal(get("/livez").status, 200);
    stop.abort(new Error("stop"));
    await assert.rejects(beating, /stop/);
    await clock.advance(60_000);
    assert.equal(get("/livez").status, 503);
  });

  test("has /healthz as another name", () => {
    const { get } = setUp();
    assert.deepEqual(get("/healthz"), { status: 200, body: "ok" });
    assert.match(get("/healthz", "verbose").body, /healthz check passed/);
  });
});

describe("another path", () => {
  test("is 404", () => {
    const { get } = setUp();
    for (const path of ["/", "/metrics", "/readyz/", "/readyz/token"]) assert.equal(get(path).status, 404);
  });
});
