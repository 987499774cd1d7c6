import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { Channel } from "../../src/base/channel.ts";
import { ApiError, NetworkError, ProtocolError, TokenError } from "../../src/base/errors.ts";
import { createLogger } from "../../src/base/log.ts";
import { Mailbox } from "../../src/base/mailbox.ts";
import { Ledger } from "../../src/jobs/ledger.ts";
import { notifyCreated, notifyReconstructed } from "../../src/jobs/notify.ts";
import { Trouble } from "../../src/jobs/trouble.ts";
import type { Fact, Trigger } from "../../src/kube/watch-state.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { MemoryCount } from "../support/memory-count.ts";
import { MemoryLog } from "../support/memory-log.ts";
import { job, record } from "../support/objects.ts";

const START = Date.parse("2026-03-01T10:00:00Z");
const LINE = "job create notification received";

const up: Fact = { kind: "stream", up: true };
const down: Fact = { kind: "stream", up: false };
const applied = (name: string, uid: string, trigger: Trigger, createdMs?: number): Fact => ({ kind: "applied", object: job(name, uid, "1", { createdMs }), trigger });
const listed = (more: Partial<Fact & { kind: "listed" }> = {}): Fact => ({
  kind: "listed",
  first: false,
  beganAt: 0,
  resumesAt: 0,
  tookMs: 1_500,
  differences: { objects: 3, found: 0, changed: 0, gone: 0 },
  held: 0,
  ...more,
});
const failure = (stage: "anchor" | "open" | "stream" | "list", error: unknown): Fact => ({ kind: "failure", stage, error, retryMs: 800 });

function setUp(serverStarting?: () => Promise<boolean>) {
  const clock = new ManualClock(START);
  const log = new MemoryLog();
  const channel = new Channel<Fact[]>();
  const stop = new AbortController();
  const ledger = new Ledger();
  const reports: string[] = [];
  const counts = { started: 0, reconnected: 0 };
  const counted = new MemoryCount();
  const gate = { drained: () => Promise.resolve() };
  async function* facts(): AsyncGenerator<Fact[]> {
    for (;;) yield await channel.take();
  }
  const ended = notifyCreated(
    {
      scope: "jobs",
      facts: facts(),
      ledger,
      log,
      clock,
      trouble: new Trouble(log, clock),
      drained: () => gate.drained(),
      report: (check, ok, detail) => void reports.push(`${check} ${ok ? "ok" : "bad"}: ${detail}`),
      started: () => void counts.started++,
      reconnected: () => void counts.reconnected++,
      count: counted.count,
      ...(serverStarting && { serverStarting }),
    },
    stop.signal,
  ).then(() => "ended by itself", (error: unknown) => error);
  const tell = async (...batch: Fact[]) => {
    await channel.put(batch);
    await settle();
  };
  return { clock, log, ledger, channel, stop, reports, counts, counted, gate, ended, tell, lines: () => log.records.filter(({ level }) => level === "notify") };
}

describe("notifyCreated(), the line", () => {
  test("holds namespace, job, uid, repository, action, trigger and lag_ms, in this order", async () => {
    const { tell, lines, clock } = setUp();
    await clock.advance(1_234);
    await tell(applied("a", "1", "live", START));
    const [line] = lines();
    assert.equal(line?.msg, LINE);
    assert.deepEqual(Object.entries(line?.fields ?? {}), [
      ["namespace", "default"],
      ["job", "a"],
      ["uid", "1"],
      ["repository", "repo"],
      ["action", "pull"],
      ["trigger", "live"],
      ["lag_ms", 1_234],
    ]);
  });

  test("is the original's line as JSON", async () => {
    const written: string[] = [];
    const clock = new ManualClock(START + 7);
    const log = createLogger({ sink: { write: (line) => void written.push(line) }, clock, level: "error", format: "json", name: "provisioning-job-controller" });
    async function* facts(): AsyncGenerator<Fact[]> {
      yield [applied("a", "1", "initial", START)];
    }
    await notifyCreated(
      {
        scope: "jobs",
        facts: facts(),
        ledger: new Ledger(),
        log,
        clock,
        trouble: new Trouble(log, clock),
        drained: () => Promise.resolve(),
        report: () => {},
        started: () => {},
        reconnected: () => {},
      },
      new AbortController().signal,
    );
    assert.equal(written.length, 1, "written at every level");
    assert.equal(
      written[0]?.replace(/^\{"time":"2026-03-01T[^"]+"/, "{"),
      '{,"level":"INFO","msg":"job create notification received","logger":"provisioning-job-controller",' +
        '"namespace":"default","job":"a","uid":"1","repository":"repo","action":"pull","trigger":"initial","lag_ms":7}',
    );
  });

  test("has no lag_ms without a creation time, and none below zero where clocks differ", async () => {
    const { tell, lines } = setUp();
    await tell(applied("a", "1", "live"), applied("b", "2", "live", START + 60_000));
    assert.equal("lag_ms" in (lines()[0]?.fields ?? {}), false);
    assert.equal(lines()[1]?.fields.lag_ms, 0);
  });

  test("is written once per uid, whatever tells of it", async () => {
    const { tell, lines } = setUp();
    await tell(applied("a", "1", "live"));
    await tell(applied("a", "1", "relist"), { kind: "deleted", uid: "1" });
    await tell(applied("a", "1", "relist"), applied("a", "2", "live"));
    assert.deepEqual(lines().map(({ fields }) => fields.uid), ["1", "2"]);
  });

  test("leaves nothing in the ledger once its job has gone for long", async () => {
    const { tell, ledger, clock } = setUp();
    await tell(applied("a", "1", "live"), { kind: "deleted", uid: "1" });
    await clock.advance(600_000);
    ledger.scanBegan(600_000);
    ledger.scanEnded(true, 600_000);
    assert.equal(ledger.size, 1);
    await tell(listed({ beganAt: 600_000, resumesAt: 600_000 }));
    assert.equal(ledger.size, 0);
  });

  test("is held back with all that follows while the reader of our lines is slow", async () => {
    const { channel, gate, tell, lines } = setUp();
    let drain = () => {};
    gate.drained = () => new Promise((resolve) => (drain = resolve));
    await tell(applied("a", "1", "live"));
    let taken = false;
    const next = channel.put([applied("b", "2", "live")]).then(() => {
      taken = true;
    });
    await settle();
    assert.equal(taken, false, "nothing more is read");
    assert.equal(lines().length, 1);
    drain();
    await next;
    await settle();
    assert.equal(lines().length, 2);
  });

  test("ends with what the facts end with", async () => {
    const { channel, ended } = setUp();
    await settle();
    const reason = new Error("stop");
    channel.close(reason);
    assert.equal(await ended, reason);
  });
});

describe("notifyCreated(), started", () => {
  for (const [what, batches, expected] of [
    ["once the first list is complete and the watch is open", [[up], [listed({ first: true })]], 1],
    ["in either order", [[listed({ first: true })], [up]], 1],
    ["only once", [[up, listed({ first: true })], [down], [up, listed()], [down], [up]], 1],
    ["not with the watch alone", [[up], [down], [up]], 0],
    ["not with lists alone", [[listed({ first: true })], [listed()]], 0],
    ["not when the watch has ended again before the list has", [[up], [down], [listed({ first: true })]], 0],
    ["then as soon as it is open again", [[up], [down], [listed({ first: true })], [up]], 1],
  ] as const) {
    test(what, async () => {
      const { tell, counts } = setUp();
      for (const batch of batches) await tell(...batch);
      assert.equal(counts.started, expected);
    });
  }

  test("comes after the lines of the first list", async () => {
    const { tell, lines, counts } = setUp();
    await tell(up);
    await tell(applied("a", "1", "initial"));
    assert.deepEqual([lines().length, counts.started], [1, 0]);
    await tell(applied("b", "2", "initial"), listed({ first: true }));
    assert.deepEqual([lines().length, counts.started], [2, 1]);
  });

  test("reconnected is told for every opening but the first", async () => {
    const { tell, counts } = setUp();
    await tell(up);
    assert.equal(counts.reconnected, 0);
    await tell(down, up, down);
    await tell(up);
    assert.equal(counts.reconnected, 2);
  });
});

describe("notifyCreated(), a refusal", () => {
  for (const [what, error] of [
    ["401 of the jobs", new ApiError("m", { status: 401 })],
    ["403 of the jobs", new ApiError("m", { status: 403 })],
    ["401 of the exchange", new TokenError("m", { status: 401 })],
    ["403 of the exchange", new TokenError("m", { status: 403 })],
  ] as const) {
    test(`${what} on the very first attempt ends it`, async () => {
      const { tell, ended } = setUp();
      await tell(failure("anchor", error));
      assert.equal(await ended, error);
    });

    for (const [when, before] of [
      ["after a failure of another kind", failure("anchor", new NetworkError("refused", "refused"))],
      ["after the watch was open", up],
      ["after a list", listed({ first: true })],
    ] as const) {
      test(`${what} ${when} is retried`, async () => {
        const { tell, lines, ended, channel } = setUp();
        await tell(before);
        await tell(failure("anchor", error), failure("open", error), failure("list", error), applied("a", "1", "live"));
        assert.equal(lines().length, 1);
        channel.close("stop");
        assert.equal(await ended, "stop");
      });
    }
  }

  test("403 of a server that is starting is retried, that of another ends it, and 401 does so unasked", async () => {
    const starting = setUp(() => Promise.resolve(true));
    await starting.tell(failure("anchor", new ApiError("m", { status: 403 })), applied("a", "1", "live"));
    assert.equal(starting.lines().length, 1);
    assert.deepEqual(starting.log.records.filter(({ level }) => level === "warn").map(({ msg }) => msg), ["provisioning API not usable, retrying"]);
    const forbidden = new ApiError("m", { status: 403 });
    const up = setUp(() => Promise.resolve(false));
    await up.tell(failure("anchor", forbidden));
    assert.equal(await up.ended, forbidden);
    const unauthorized = new ApiError("m", { status: 401 });
    const unasked = setUp(() => Promise.reject(new Error("not to be asked")));
    await unasked.tell(failure("anchor", unauthorized));
    assert.equal(await unasked.ended, unauthorized);
  });

  for (const [what, stage, error] of [
    ["404", "anchor", new ApiError("m", { status: 404 })],
    ["500", "anchor", new ApiError("m", { status: 500 })],
    ["an exchange that fails otherwise", "anchor", new TokenError("m", { status: 500 })],
    ["an unreachable server", "anchor", new NetworkError("m", "refused")],
    ["HTML", "anchor", new ProtocolError("m")],
    ["403 of the watch alone", "open", new ApiError("m", { status: 403 })],
  ] as const) {
    test(`${what} on the first attempt is retried`, async () => {
      const { tell, lines, channel, ended } = setUp();
      await tell(failure(stage, error), applied("a", "1", "live"));
      assert.equal(lines().length, 1);
      channel.close("stop");
      assert.equal(await ended, "stop");
    });
  }
});

describe("notifyCreated(), what else it tells", () => {
  test("trouble gets one WARN a minute, its end one line", async () => {
    const { tell, log, clock } = setUp();
    for (let second = 0; second < 120; second += 10) {
      await tell(failure("anchor", new NetworkError("refused", "refused")), failure("list", new ApiError("oops", { status: 500 })));
      await clock.advance(10_000);
    }
    const warned = log.records.filter(({ level }) => level === "warn");
    assert.deepEqual(warned.map(({ fields }) => fields.what), ["jobs: watch", "jobs: watch, jobs: list"]);
    await tell(up);
    assert.equal(log.of("provisioning API usable again").length, 0, "lists still fail");
    await tell(listed({ first: true }));
    assert.equal(log.of("provisioning API usable again").length, 1);
  });

  test("a stream that broke is no trouble before it cannot be opened again", async () => {
    const { tell, log } = setUp();
    await tell(up, listed({ first: true }), down, failure("stream", new NetworkError("lost", "closed")), up);
    assert.deepEqual(log.records.filter(({ level }) => level === "warn"), []);
    await tell(down, failure("open", new NetworkError("refused", "refused")));
    assert.equal(log.records.filter(({ level }) => level === "warn").length, 1);
  });

  test("the checks follow what is known", async () => {
    const { tell, reports } = setUp();
    await tell(failure("anchor", new TokenError("exchange refused", { status: 500 })));
    await tell(up);
    await tell(listed({ first: true }));
    await tell(failure("list", new ApiError("oops", { status: 500 })));
    await tell(listed());
    await tell(failure("stream", new NetworkError("lost", "closed")));
    await tell(up);
    assert.deepEqual(reports, [
      "token bad: exchange refused",
      "jobs-watch bad: exchange refused",
      "token ok: accepted",
      "jobs-watch ok: open",
      "token ok: accepted",
      "jobs-list ok: 3 jobs",
      "jobs-list bad: oops",
      "token ok: accepted",
      "jobs-list ok: 3 jobs",
      "jobs-watch bad: lost",
      "token ok: accepted",
      "jobs-watch ok: open",
    ]);
  });

  test("what later lists find is a WARN with its count, what the first finds is not", async () => {
    const { tell, log } = setUp();
    const differences = { objects: 9, found: 9, changed: 1, gone: 2 };
    await tell(listed({ first: true, differences }));
    assert.deepEqual(log.records.filter(({ level }) => level === "warn"), []);
    await tell(listed({ differences }));
    assert.deepEqual(log.of("list found jobs that the watch had not told of").map(({ fields }) => fields), [{ what: "jobs", found: 9, took: "1.5s" }]);
    assert.deepEqual(log.of("list complete").at(-1)?.fields, { what: "jobs", objects: 9, found: 9, changed: 1, gone: 2, took: "1.5s" });
  });

  test("many absences at once, a silent stream and what cannot be followed are WARNs", async () => {
    const { tell, log } = setUp();
    await tell(listed({ held: 30 }), { kind: "stalled" }, { kind: "unusable", reason: "unknown_type", what: "event of type RENAMED" });
    assert.deepEqual(log.records.filter(({ level }) => level === "warn").map(({ fields }) => fields), [
      { what: "jobs", missing: 30 },
      { what: "jobs" },
      { what: "event of type RENAMED" },
    ]);
  });
});

describe("notifyCreated(), what it counts", () => {
  test("each line by its trigger, and the lag of those whose creation could be told at once", async () => {
    const { tell, counted, clock } = setUp();
    await clock.advance(1_500);
    await tell(applied("a", "1", "initial", START), applied("b", "2", "live", START), applied("c", "3", "relist", START), applied("d", "4", "live"));
    assert.deepEqual(counted.take(), ["notified initial", "notified live 2", "notification-lag live 1.5", "notified relist", "notification-lag relist 1.5"]);
    await tell(applied("a", "1", "relist", START));
    assert.deepEqual(counted.take(), []);
  });
});

describe("notifyReconstructed()", () => {
  function reconstructing() {
    const clock = new ManualClock(START);
    const log = new MemoryLog();
    const ledger = new Ledger();
    const wake = new Mailbox();
    const stop = new AbortController();
    const counted = new MemoryCount();
    const ended = notifyReconstructed(ledger, wake, log, clock, stop.signal, counted.count).catch((error: unknown) => error);
    const read = (...records: ReturnType<typeof record>[]) => {
      ledger.recorded(records, clock.now(), START, clock.monotonic());
      wake.offer();
      return settle();
    };
    return { clock, log, ledger, stop, ended, read, counted, lines: () => log.records.filter(({ level }) => level === "notify") };
  }

  test("counts each as a line and as a life that was lost", async () => {
    const { clock, read, counted } = reconstructing();
    await read(record("a", "1", START + 1_000), record("b", "2", START + 1_000));
    assert.deepEqual(counted.take(), []);
    await clock.advance(10_000);
    assert.deepEqual(counted.take(), ["event-lost history 2", "notified reconstructed 2"]);
  });

  test("writes each line when its ten seconds are over, without lag_ms", async () => {
    const { clock, read, lines } = reconstructing();
    await clock.advance(5_000);
    await read(record("a", "1", START + 4_000));
    await clock.advance(3_000);
    await read(record("b", "2", START + 7_000));
    await clock.advance(6_999);
    assert.equal(lines().length, 0);
    await clock.advance(1);
    assert.deepEqual(lines().map(({ fields }) => Object.entries(fields)), [[
      ["namespace", "default"],
      ["job", "a"],
      ["uid", "1"],
      ["repository", "repo"],
      ["action", "pull"],
      ["trigger", "reconstructed"],
    ]]);
    await clock.advance(3_000);
    assert.equal(lines().length, 2);
  });

  test("writes nothing for one whose ADDED came meanwhile, and goes on", async () => {
    const { clock, ledger, read, lines } = reconstructing();
    await clock.advance(5_000);
    await read(record("a", "1", START + 4_000));
    ledger.applied(job("a", "1"), "live");
    await clock.advance(20_000);
    assert.equal(lines().length, 0);
    await read(record("b", "2", START + 24_000));
    await clock.advance(10_000);
    assert.equal(lines().length, 1);
  });

  test("writes at the end what still waits, but nothing twice", async () => {
    const { clock, ledger, read, stop, ended, lines } = reconstructing();
    await clock.advance(5_000);
    await read(record("a", "1", START + 4_000), record("b", "2", START + 4_000));
    ledger.applied(job("a", "1"), "live");
    stop.abort("stop");
    assert.equal(await ended, "stop");
    assert.deepEqual(lines().map(({ fields }) => fields.uid), ["2"]);
    assert.deepEqual(ledger.due(1e9), []);
  });

  test("ends with the signal, whether it waits for a record or for its time", async () => {
    for (const waiting of [false, true]) {
      const { clock, stop, ended, read } = reconstructing();
      await clock.advance(5_000);
      if (waiting) await read(record("a", "1", START + 4_000));
      const reason = new Error("stop");
      stop.abort(reason);
      assert.equal(await ended, reason);
      assert.equal(clock.sleepers, 0);
    }
  });
});
