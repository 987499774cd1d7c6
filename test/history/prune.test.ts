import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { NetworkError, TokenError } from "../../src/base/errors.ts";
import { pruneEvery, type PruneOptions } from "../../src/history/prune.ts";
import type { ScanObserver } from "../../src/history/sweep.ts";
import { FakeHistory, type FakeHistoryOptions, refusal } from "../support/fake-history.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { MemoryCount } from "../support/memory-count.ts";
import { MemoryLog } from "../support/memory-log.ts";

const RETENTION = 30_000;
const INTERVAL = 10_000;

type Overrides = Partial<Omit<PruneOptions, "api" | "clock" | "log">> & { server?: FakeHistoryOptions };

function setUp({ server: serverOptions, ...overrides }: Overrides = {}) {
  const clock = new ManualClock();
  const log = new MemoryLog();
  const server = new FakeHistory(clock, serverOptions);
  const stop = new AbortController();
  const start = (): Promise<void> =>
    pruneEvery(
      {
        api: server,
        namespaces: [undefined],
        retentionMs: RETENTION,
        sweepIntervalMs: INTERVAL,
        deleteRate: 0,
        dryRun: false,
        clock,
        random: () => 0,
        log,
        ...overrides,
      },
      stop.signal,
    );
  /** Starts, and lets everything happen that takes no time. */
  const begin = async () => {
    const ending = start();
    ending.catch(() => undefined);
    await settle();
    return { ending };
  };
  const summaries = (): Record<string, unknown>[] =>
    log.records.filter(({ msg }) => msg.startsWith("history sweep")).map(({ msg, fields }) => ({ msg, ...fields }));
  const warnings = () => log.records.filter(({ level }) => level === "warn");
  const lists = () => server.calls.filter((call) => call.startsWith("list")).length;
  return { clock, log, server, stop, start, begin, summaries, warnings, lists };
}

const none = { seen: 0, expired: 0, deleted: 0, gone: 0, changed: 0, failed: 0 };

describe("pruneEvery()", () => {
  test("says that it is enabled, with the retention as Go prints it", async () => {
    const { begin, log } = setUp({ retentionMs: 900_000 });
    await begin();
    assert.deepEqual(log.records[0], { level: "info", msg: "history cleanup enabled", fields: { expiration: "15m0s" } });
  });

  test("sweeps at once: deletes what is older than the retention, keeps what is not", async () => {
    const { begin, server } = setUp();
    server.add("older", 31_000);
    server.add("as-old", 30_000);
    server.add("younger", 29_000);
    server.put("timeless", { metadata: { name: "timeless", namespace: "default", uid: "u" } }, 1e9);
    server.put("zero", { metadata: { name: "zero", namespace: "default", uid: "u", creationTimestamp: "0001-01-01T00:00:00Z" } }, 1e9);
    await begin();
    assert.deepEqual([...server.stored.keys()], ["as-old", "younger", "timeless", "zero"]);
  });

  for (const [end, spoil] of [
    ["complete", () => {}],
    ["absent", (server: FakeHistory) => (server.onList = () => refusal(404, "NotFound"))],
    ["forbidden", (server: FakeHistory) => (server.onList = () => refusal(403, "Forbidden"))],
    ["outdated", (server: FakeHistory) => (server.onList = () => refusal(410, "Expired"))],
    ["failing", (server: FakeHistory) => (server.onList = () => refusal(500))],
  ] as const) {
    test(`counts a sweep that ends ${end}`, async () => {
      const counts = new MemoryCount();
      const { begin, server } = setUp({ count: counts.count });
      spoil(server);
      await begin();
      assert.deepEqual(counts.take(), [`sweep ${end}`]);
    });
  }

  test("keeps what it could not delete under a precondition", async () => {
    const { begin, server } = setUp();
    const creationTimestamp = "2020-01-01T00:00:00Z";
    server.put("a", { metadata: { name: "a", namespace: "default", creationTimestamp } });
    server.put("b", { metadata: { namespace: "default", uid: "u", creationTimestamp } });
    server.put("c", { metadata: { name: "c", uid: "u", creationTimestamp } });
    server.put("d", {});
    await begin();
    assert.deepEqual(server.calls, ["list"]);
  });

  test("measures ages by the server's clock, however wrong the local one is", async () => {
    for (const skewMs of [-86_400_000, -45_000, 45_000, 86_400_000]) {
      const { begin, server } = setUp({ server: { skewMs } });
      server.add("older", 31_000);
      server.add("younger", 29_000);
      await begin();
      assert.deepEqual([...server.stored.keys()], ["younger"]);
    }
  });

  test("says one DEBUG line per deletion and one summary, keys in order", async () => {
    const { begin, log, server } = setUp({ server: { listMs: 200, deleteMs: 50 } });
    server.add("h1", 31_000, "org-2");
    server.add("h2", 3_725_000, "default");
    server.add("h3", 1_000);
    await begin();
    await server.clock.advance(1_000);
    assert.deepEqual(log.of("deleted expired historic job"), [
      { level: "debug", msg: "deleted expired historic job", fields: { namespace: "org-2", job: "h1", age: "31s" } },
      { level: "debug", msg: "deleted expired historic job", fields: { namespace: "default", job: "h2", age: "1h2m5s" } },
    ]);
    const [summary] = log.of("history sweep complete");
    assert.equal(summary?.level, "info");
    assert.equal(
      JSON.stringify(summary?.fields),
      '{"seen":3,"expired":2,"deleted":2,"gone":0,"changed":0,"failed":0,"duration":"250ms"}',
    );
  });

  test("rests behind each sweep, when its deletions have ended", async () => {
    const rested: number[] = [];
    const { begin, clock, summaries, server } = setUp({
      server: { listMs: 200, deleteMs: 50 },
      rested: () => void rested.push(summaries().length),
    });
    server.add("h1", 31_000);
    await begin();
    await clock.advance(249);
    assert.deepEqual(rested, []);
    await clock.advance(1);
    assert.deepEqual(rested, [1]);
    await clock.advance(INTERVAL);
    assert.deepEqual(rested, [1, 2]);
  });

  test("counts each outcome of a delete", async () => {
    const { begin, server, summaries, warnings } = setUp();
    for (const name of ["a", "b", "c", "d", "e"]) server.add(name, 60_000);
    server.onDelete = ({ name }) => ({ a: refusal(404), b: refusal(409), c: refusal(500) })[name];
    await begin();
    assert.deepEqual(summaries(), [
      { msg: "history sweep complete", seen: 5, expired: 5, deleted: 2, gone: 1, changed: 1, failed: 1, duration: "0s", dry_run: undefined },
    ]);
    assert.deepEqual(warnings().map(({ msg, fields }) => [msg, fields.job, (fields.error as Error).message]), [
      ["failed to delete expired historic job", "c", "Cannot do it: server answered 500 "],
    ]);
  });

  test("says the first failure of each kind in a sweep, not a storm", async () => {
    const { clock, begin, server, warnings } = setUp();
    for (let index = 0; index < 40; index++) server.add(`h${index}`, 60_000);
    server.onDelete = (_target, call) => (call % 10 === 9 ? undefined : call % 2 === 0 ? refusal(500) : new NetworkError("reset", "closed"));
    await begin();
    assert.equal(warnings().length, 2);
    await clock.advance(INTERVAL);
    assert.equal(warnings().length, 4);
  });
});

describe("pruneEvery() by the clock", () => {
  test("starts a sweep each interval, counted from start to start", async () => {
    const { clock, begin, server, lists } = setUp({ server: { listMs: 3_000 } });
    const starts: number[] = [];
    server.onList = () => {
      starts.push(clock.monotonic() - 3_000);
      return undefined;
    };
    await begin();
    await clock.advance(45_000);
    assert.deepEqual(starts, [0, 10_000, 20_000, 30_000, 40_000]);
    assert.equal(lists(), 5);
  });

  test("never overlaps: a sweep longer than the interval is followed at once by the next", async () => {
    let scans = 0;
    const starts: number[] = [];
    const observer: ScanObserver = {
      scanBegan() {
        assert.equal(++scans, 1);
        starts.push(clock.monotonic());
      },
      page() {},
      scanEnded() {
        scans--;
      },
    };
    const { clock, begin } = setUp({ observer, server: { listMs: 25_000 } });
    await begin();
    await clock.advance(60_000);
    assert.deepEqual(starts, [0, 25_001, 50_002]);
  });

  test("lets an entry die within the interval, two seconds and a sweep, and not before its time", async () => {
    const { clock, begin, server } = setUp({ server: { listMs: 300, deleteMs: 20, skewMs: 12_345 }, deleteRate: 100 });
    await begin();
    for (let index = 0; index < 60; index++) {
      server.add(`h${index}`, 0);
      await clock.advance(777);
    }
    await clock.advance(RETENTION + INTERVAL + 5_000);
    assert.equal(server.stored.size, 0);
    for (const { trueAgeMs } of server.deletions) {
      assert.ok(trueAgeMs > RETENTION, `${trueAgeMs} ms`);
      assert.ok(trueAgeMs <= RETENTION + INTERVAL + 2_000 + 1_000, `${trueAgeMs} ms`);
    }
  });

  test("keeps to the delete rate over a backlog", async () => {
    const { clock, begin, server, summaries } = setUp({ deleteRate: 100 });
    for (let index = 0; index < 1_210; index++) server.add(`h${String(index).padStart(5, "0")}`, 60_000);
    await begin();
    await clock.advance(5_000);
    assert.equal(server.deletions.length, 510);
    await clock.advance(7_000);
    assert.equal(summaries()[0]?.deleted, 1_210);
    assert.equal(summaries()[0]?.duration, "12s");
  });
});

describe("pruneEvery() by pages", () => {
  test("asks for 250 at a time and follows continue to its end, over empty pages too", async () => {
    const { begin, server, summaries } = setUp();
    for (let index = 0; index < 600; index++) server.add(`h${String(index).padStart(5, "0")}`, 1_000);
    await begin();
    assert.deepEqual(server.limits, [250, 250, 250]);
    assert.equal(summaries()[0]?.seen, 600);

    const empty = setUp();
    const { listPage } = empty.server;
    empty.server.add("last", 60_000);
    empty.server.listPage = async (collection, query, signal) =>
      query.continue === undefined
        ? { items: [], version: "1", continue: "more", bytes: 2, serverTimeMs: empty.server.now() }
        : await listPage.call(empty.server, collection, { ...query, continue: "" }, signal) as never;
    await empty.begin();
    assert.equal(empty.server.deletions.length, 1);
  });

  test("has every delete of a page answered before it asks for the next page: one page is all that it holds", async () => {
    const { clock, begin, server } = setUp({ server: { pageSize: 25, deleteMs: 40 } });
    for (let index = 0; index < 100; index++) server.add(`h${String(index).padStart(4, "0")}`, index % 3 === 0 ? 1_000 : 60_000);
    server.onList = () => {
      assert.equal(server.underWay, 0);
      return undefined;
    };
    await begin();
    await clock.advance(5_000);
    assert.equal(server.calls.filter((call) => call.startsWith("list")).length, 4);
    let open = 0;
    for (const call of server.calls) {
      if (call.startsWith("delete")) open++;
      else if (call.startsWith("-delete")) open--;
      else assert.equal(open, 0);
    }
    assert.equal(server.stored.size, 34);
  });

  test("asks for the next page before it deletes what the last one had", async () => {
    const { clock, begin, server } = setUp({ server: { pageSize: 2 } });
    for (const name of ["a", "b", "c"]) server.add(name, 60_000);
    await begin();
    await clock.advance(5_000);
    assert.deepEqual(server.calls.slice(0, 3), ["list", "list b", "delete a"]);
    assert.equal(server.stored.size, 0);
  });

  test("tells the observer of each page before anything of it is deleted, and waits for it", async () => {
    const told: string[] = [];
    const observer: ScanObserver = {
      scanBegan: (namespace) => void told.push(`began ${namespace}`),
      async page(_namespace, page) {
        const names = page.items.map(({ metadata }) => metadata?.name ?? "");
        await clock.sleep(1_000);
        assert.ok(names.every((name) => server.has(name)));
        told.push(names.join(" "));
      },
      scanEnded: (namespace, complete) => void told.push(`ended ${namespace} ${complete}`),
    };
    const { clock, begin, server } = setUp({ observer, server: { pageSize: 2 } });
    for (const name of ["a", "b", "c"]) server.add(name, 60_000);
    await begin();
    await clock.advance(5_000);
    assert.deepEqual(told, ["began undefined", "a b", "c", "ended undefined true"]);
    assert.equal(server.stored.size, 0);
  });

  test("tells the observer that a scan broke off", async () => {
    const told: boolean[] = [];
    const observer: ScanObserver = { scanBegan() {}, page() {}, scanEnded: (_namespace, complete) => void told.push(complete) };
    const { begin, server } = setUp({ observer, server: { pageSize: 1 } });
    server.add("a", 1_000);
    server.add("b", 1_000);
    server.onList = (_collection, _query, call) => (call === 1 ? refusal(500) : undefined);
    await begin();
    assert.deepEqual(told, [false]);
  });

  test("sweeps each namespace in turn under one summary", async () => {
    const { begin, server, summaries } = setUp({ namespaces: ["default", "org-2"] });
    server.add("a", 60_000, "default");
    server.add("b", 60_000, "org-2");
    server.add("c", 60_000, "org-3");
    await begin();
    assert.deepEqual(server.calls, ["list", "delete a", "-delete a", "list", "delete b", "-delete b"]);
    assert.deepEqual([...server.stored.keys()], ["c"]);
    assert.equal(summaries().length, 1);
    assert.equal(summaries()[0]?.deleted, 2);
  });

  test("takes the namespace of the list where an object names none", async () => {
    const { begin, log, server } = setUp({ namespaces: ["default"] });
    const { listPage } = server;
    server.add("a", 60_000);
    server.listPage = async (...args) => {
      const page = await listPage.apply(server, args);
      return { ...page, items: page.items.map(({ metadata }) => ({ metadata: { ...metadata, namespace: undefined } })) as never };
    };
    await begin();
    assert.equal(log.of("deleted expired historic job")[0]?.fields.namespace, "default");
  });
});

describe("pruneEvery() with --dry-run", () => {
  test("deletes nothing, names each object at INFO once and at DEBUG in later sweeps", async () => {
    const { clock, begin, log, server, summaries } = setUp({ dryRun: true });
    server.add("a", 60_000);
    server.add("b", 15_000);
    await begin();
    assert.deepEqual(log.of("would delete expired historic job"), [
      { level: "info", msg: "would delete expired historic job", fields: { namespace: "default", job: "a", age: "1m0s" } },
    ]);
    assert.deepEqual(summaries(), [{ msg: "history sweep complete", ...none, seen: 2, expired: 1, duration: "0s", dry_run: true }]);
    await clock.advance(25_000);
    const named = log.of("would delete expired historic job").map(({ level, fields }) => `${level} ${fields.job}`);
    assert.deepEqual(named, ["info a", "debug a", "debug a", "info b"]);
    assert.equal(server.calls.some((call) => call.startsWith("delete")), false);
    assert.equal(server.stored.size, 2);
  });
});

describe("pruneEvery() against a server without HistoricJobs", () => {
  test("says so once, fails nothing, and asks again every ten minutes", async () => {
    const { clock, begin, server, warnings, summaries, lists } = setUp({ namespaces: ["default", "org-2"] });
    server.onList = () => refusal(404, "NotFound");
    await begin();
    await clock.advance(599_000);
    assert.equal(lists(), 2);
    assert.equal(warnings().length, 1);
    assert.match(warnings()[0]?.msg ?? "", /not served/);
    assert.match(String(warnings()[0]?.fields.hint), /Loki.*--history-expiration=0/);
    await clock.advance(1_000);
    assert.equal(lists(), 4);
    await clock.advance(3_600_000);
    assert.equal(warnings().length, 1);
    assert.deepEqual(summaries(), []);
  });

  test("prunes at the usual pace once they are served", async () => {
    const { clock, begin, server, lists, warnings } = setUp();
    server.onList = (_collection, _query, call) => (call < 2 ? refusal(404) : undefined);
    server.add("a", 60_000);
    await begin();
    await clock.advance(1_200_000);
    assert.equal(server.stored.size, 0);
    const before = lists();
    await clock.advance(60_000);
    assert.equal(lists(), before + 6);
    server.onList = () => refusal(404);
    await clock.advance(60_000);
    assert.equal(warnings().length, 2);
  });
});

describe("pruneEvery() when it is not allowed", () => {
  test("says a refused list once until it changes, and tries again each interval", async () => {
    const { clock, begin, server, warnings, lists, summaries } = setUp();
    let refused = true;
    server.onList = () => (refused ? refusal(403, "Forbidden") : undefined);
    await begin();
    await clock.advance(60_000);
    assert.equal(lists(), 7);
    assert.deepEqual(warnings().map(({ msg }) => msg), ["not allowed to list historic jobs, sweep ended"]);
    assert.deepEqual(summaries(), []);
    refused = false;
    await clock.advance(INTERVAL);
    assert.equal(summaries().length, 1);
    refused = true;
    await clock.advance(INTERVAL);
    assert.equal(warnings().length, 2);
  });

  test("goes on with the other namespaces", async () => {
    const { begin, server } = setUp({ namespaces: ["default", "org-2"] });
    server.add("b", 60_000, "org-2");
    server.onList = ({ namespace }) => (namespace === "default" ? refusal(403) : undefined);
    await begin();
    assert.equal(server.stored.size, 0);
  });

  test("ends the sweep at a refused delete with one line, not one per object or sweep", async () => {
    const { clock, begin, server, warnings, summaries } = setUp({ server: { pageSize: 20, deleteMs: 5 } });
    for (let index = 0; index < 100; index++) server.add(`h${String(index).padStart(4, "0")}`, 60_000);
    server.onDelete = () => refusal(403, "Forbidden");
    await begin();
    await clock.advance(65_000);
    assert.deepEqual(warnings().map(({ msg }) => msg), ["not allowed to delete historic jobs, sweep ended"]);
    assert.equal(summaries().length, 7);
    assert.deepEqual({ ...summaries()[0], duration: "" }, {
      msg: "history sweep ended early", ...none, seen: 20, expired: 20, failed: 10, duration: "", dry_run: undefined, reason: "forbidden",
    });
  });
});

describe("pruneEvery() against a failing server", () => {
  test("retries a failed list sooner than the interval, with growing delays", async () => {
    const { clock, begin, server } = setUp({ sweepIntervalMs: 600_000 });
    const at: number[] = [];
    server.onList = () => {
      at.push(clock.monotonic());
      return at.length < 5 ? refusal(500) : undefined;
    };
    await begin();
    await clock.advance(599_000);
    assert.deepEqual(at, [0, 800, 2_400, 5_600, 12_000]);
  });

  test("says what is wrong once a minute, with since when", async () => {
    const { clock, begin, server, warnings, log } = setUp();
    const began = clock.now();
    server.onList = () => new NetworkError("connection refused", "refused");
    await begin();
    await clock.advance(185_000);
    assert.ok(warnings().length >= 3 && warnings().length <= 4, String(warnings().length));
    for (const { msg, fields } of warnings()) {
      assert.equal(msg, "failed to list historic jobs, sweep ended");
      assert.equal(Date.parse(String(fields.since)), began);
      assert.match(String(fields.error), /connection refused/);
    }
    assert.equal(log.of("history sweep complete").length, 0);
  });

  test("says at once when the trouble is another", async () => {
    const { clock, begin, server, warnings } = setUp();
    server.onList = (_collection, _query, call) => (call === 0 ? new NetworkError("refused", "refused") : refusal(500));
    await begin();
    await clock.advance(2_000);
    assert.equal(warnings().length, 2);
  });

  test("waits as long as Retry-After of a list asks", async () => {
    const { clock, begin, server, lists } = setUp();
    server.onList = (_collection, _query, call) => (call === 0 ? refusal(429, "", 45_000) : undefined);
    await begin();
    await clock.advance(44_900);
    assert.equal(lists(), 1);
    await clock.advance(6_000);
    assert.equal(lists(), 2);
  });

  for (const error of [new NetworkError("refused", "refused"), new TokenError("refused")]) {
    test(`does not try the other namespaces after a ${error.kind} error`, async () => {
      const { begin, server, lists } = setUp({ namespaces: ["a", "b", "c"] });
      server.onList = () => error;
      await begin();
      assert.equal(lists(), 1);
    });
  }

  test("comes back to all namespaces as soon as to the one that it broke off at", async () => {
    const { clock, begin, server } = setUp({ namespaces: ["a", "b"], sweepIntervalMs: 600_000 });
    server.add("x", 60_000, "b");
    server.onList = (_collection, _query, call) => (call === 0 ? new NetworkError("refused", "refused") : undefined);
    await begin();
    await clock.advance(1_000);
    assert.equal(server.stored.size, 0);
  });

  test("is not kept from the others by an object that always fails, after a sweep that was given up", async () => {
    const { clock, begin, server } = setUp();
    for (let index = 0; index < 40; index++) server.add(`h${String(index).padStart(4, "0")}`, 60_000);
    server.onDelete = ({ name }) => (clock.monotonic() === 0 || name === "h0000" ? refusal(500) : undefined);
    await begin();
    await clock.advance(1_000);
    assert.deepEqual([...server.stored.keys()], ["h0000"]);
  });

  test("sweeps the other namespaces when one answers 500", async () => {
    const { clock, begin, server, summaries } = setUp({ namespaces: ["a", "b"] });
    server.add("x", 60_000, "b");
    server.onList = ({ namespace }) => (namespace === "a" ? refusal(500) : undefined);
    await begin();
    assert.equal(server.stored.size, 0);
    assert.equal(summaries()[0]?.msg, "history sweep ended early");
    await clock.advance(INTERVAL - 1);
    assert.equal(summaries().length, 1, "a retry of the failing namespace alone is not worth a line");
  });

  test("gives a sweep up when deletes keep failing, and says so", async () => {
    const { begin, server, summaries, warnings } = setUp({ server: { pageSize: 50 } });
    for (let index = 0; index < 100; index++) server.add(`h${String(index).padStart(4, "0")}`, 60_000);
    server.onDelete = () => new NetworkError("reset", "closed");
    await begin();
    assert.equal(summaries()[0]?.reason, "server is failing");
    assert.ok(Number(summaries()[0]?.failed) < 30);
    assert.deepEqual(warnings().map(({ msg }) => msg), [
      "failed to delete expired historic job",
      "deletions of historic jobs keep failing, sweep ended",
    ]);
  });

  test("starts anew, without a warning, when a continue token has expired", async () => {
    const { clock, begin, server, warnings, summaries } = setUp({ sweepIntervalMs: 600_000, server: { pageSize: 1 } });
    server.add("a", 60_000);
    server.add("b", 60_000);
    server.onList = (_collection, _query, call) => (call === 1 ? refusal(410, "Expired") : undefined);
    await begin();
    assert.deepEqual([...server.stored.keys()], ["b"]);
    await clock.advance(1_000);
    assert.equal(server.stored.size, 0);
    assert.deepEqual(warnings(), []);
    assert.deepEqual(summaries().map(({ msg, reason }) => [msg, reason]), [
      ["history sweep ended early", "continue token expired"],
      ["history sweep complete", undefined],
    ]);
  });
});

describe("pruneEvery() when a clock is wrong", () => {
  test("skips the sweep in which Date has moved by more than a minute, with one warning and the facts", async () => {
    const { clock, begin, server, warnings, summaries } = setUp();
    for (let index = 0; index < 5; index++) server.add(`h${index}`, 0);
    await begin();
    server.jump(3_600_000);
    await clock.advance(INTERVAL);
    assert.equal(server.deletions.length, 0);
    assert.deepEqual(warnings().map(({ msg, fields }) => [msg, fields.moved]), [["server clock moved, sweep skipped", "1h0m0s"]]);
    assert.equal(Date.parse(String(warnings()[0]?.fields.server_time)) - Date.parse(String(warnings()[0]?.fields.expected)), 3_600_000);
    assert.equal(summaries().at(-1)?.reason, "server clock moved");
    server.jump(-3_600_000);
    await clock.advance(INTERVAL);
    assert.deepEqual(warnings().map(({ fields }) => fields.moved), ["1h0m0s", "-1h0m0s"]);
    await clock.advance(INTERVAL);
    assert.equal(server.deletions.length, 0);
    await clock.advance(INTERVAL);
    assert.equal(server.stored.size, 0);
  });

  test("skips what is left of a sweep, the other namespaces too", async () => {
    const { clock, begin, server } = setUp({ namespaces: ["a", "b"], server: { pageSize: 1 } });
    server.add("x1", 21_000, "a");
    server.add("x2", 21_000, "a");
    server.add("y", 21_000, "b");
    await begin();
    server.onList = ({ namespace }, { continue: token }) => {
      if (namespace === "a" && token !== undefined) server.jump(120_000);
      return undefined;
    };
    await clock.advance(INTERVAL);
    assert.deepEqual([...server.stored.keys()], ["x2", "y"]);
  });

  test("goes on in the next sweep when the move stays, and takes nothing before its true time", async () => {
    const { clock, begin, server, warnings } = setUp();
    server.add("old", 15_000);
    server.add("new", 0);
    await begin();
    server.jump(3_600_000);
    await clock.advance(INTERVAL);
    server.add("dated by the new clock", 0);
    await clock.advance(INTERVAL);
    assert.deepEqual(server.deletions.map(({ name }) => name), ["old"]);
    await clock.advance(2 * INTERVAL);
    assert.deepEqual(server.deletions.map(({ name }) => name), ["old", "new"]);
    await clock.advance(2 * INTERVAL);
    assert.equal(server.stored.size, 0);
    for (const { trueAgeMs } of server.deletions) assert.ok(trueAgeMs > RETENTION && trueAgeMs <= RETENTION + INTERVAL + 2_000, String(trueAgeMs));
    assert.equal(warnings().length, 1);
  });

  test("uses the local clock when the server sends no Date, with one warning", async () => {
    const { clock, begin, server, warnings } = setUp();
    server.sendsDate = false;
    server.add("a", 60_000);
    server.add("b", 0);
    await begin();
    assert.deepEqual([...server.stored.keys()], ["b"]);
    await clock.advance(50_000);
    assert.equal(server.stored.size, 0);
    assert.deepEqual(warnings().map(({ msg }) => msg), ["server sends no Date, ages are measured by the local clock"]);
  });
});

describe("pruneEvery() on shutdown", () => {
  test("ends with the signal's reason between two sweeps", async () => {
    const { clock, begin, stop } = setUp();
    const { ending } = await begin();
    const reason = new Error("SIGTERM");
    stop.abort(reason);
    await assert.rejects(ending, (error) => error === reason);
    assert.equal(clock.sleepers, 0);
  });

  test("ends while it waits for a page, with nothing to say", async () => {
    const { clock, begin, stop, summaries } = setUp({ server: { listMs: 10_000 } });
    const { ending } = await begin();
    stop.abort(new Error("SIGTERM"));
    await assert.rejects(ending, /SIGTERM/);
    assert.deepEqual(summaries(), []);
    assert.equal(clock.sleepers, 0);
  });

  test("starts no delete after it, lets those under way end, and says what the sweep did", async () => {
    const { clock, begin, server, stop, summaries } = setUp({ server: { deleteMs: 1_000 } });
    for (let index = 0; index < 100; index++) server.add(`h${String(index).padStart(4, "0")}`, 60_000);
    const { ending } = await begin();
    await clock.advance(1_500);
    stop.abort(new Error("SIGTERM"));
    await clock.advance(500);
    await assert.rejects(ending, /SIGTERM/);
    assert.equal(server.deletions.length, 20);
    assert.deepEqual(summaries(), [
      { msg: "history sweep ended early", ...none, seen: 100, expired: 100, deleted: 20, duration: "2s", dry_run: undefined, reason: "shutdown" },
    ]);
  });

  test("asks for nothing when it is aborted before it starts", async () => {
    const { start, stop, server, log } = setUp();
    stop.abort(new Error("SIGTERM"));
    await assert.rejects(start(), /SIGTERM/);
    assert.deepEqual(server.calls, []);
    assert.deepEqual(log.records, []);
  });
});
