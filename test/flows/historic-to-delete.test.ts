// HistoricJobs past their retention go, and nothing else does, over real sockets.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/runtime/clock.ts";
import { Flow, isList } from "../support/flow.ts";

const LIMIT = { timeout: 60_000 };
const HOUR_MS = 3_600_000;
const SUMMARY = "history sweep complete";

function names(flow: Flow): string[] {
  return [...flow.dev.store.entries("historicjobs")].map(({ name }) => name);
}

/** Names that were asked to be deleted, in order. */
function deletions(flow: Flow): string[] {
  return flow.requests(({ method }) => method === "DELETE").map(({ path }) => path.split("/").at(-1) ?? "");
}

describe("a history with a retention", () => {
  test("loses what is older, and only that", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.record("young", HOUR_MS - 60_000);
    flow.record("old", HOUR_MS + 2_000);
    flow.record("ancient", 1_000 * HOUR_MS);
    flow.job("working");
    const running = flow.run("--history-expiration=1h");
    const { level, fields } = await running.said(SUMMARY);
    const { duration, ...counts } = fields;
    assert.equal(level, "info");
    assert.match(String(duration), /^[\d.]+(?:ms|s)$/);
    assert.deepEqual(counts, { seen: 3, expired: 2, deleted: 2, gone: 0, changed: 0, failed: 0, dry_run: undefined });
    assert.deepEqual(names(flow), ["young"]);
    assert.equal(flow.dev.store.count("jobs"), 1);
    assert.ok(
      flow.requests(({ method }) => method === "DELETE").every(({ path }) =>
        /\/namespaces\/default\/historicjobs\/(?:old|ancient)$/.test(path)
      ),
    );
  });

  test("loses each record in the sweep after its time", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run("--history-expiration=2s", "--history-sweep-interval=1s");
    await running.started();
    const { name } = flow.finish(flow.job("a"));
    const pruned = await running.log.until(({ msg }) => msg === "deleted expired historic job");
    assert.equal(pruned.fields.job, name);
    // Whole seconds on both sides: the age that is told is more than the retention.
    assert.match(String(pruned.fields.age), /^(?:[3-9]|\d\d)s$/);
    assert.deepEqual(names(flow), []);
  });

  test("is read by pages to its end while it shrinks", LIMIT, async () => {
    await using flow = await Flow.open({ behaviour: { pageBytes: 2_000 } });
    for (let nth = 0; nth < 120; nth++) flow.record(`r-${String(nth).padStart(3, "0")}`, nth % 2 === 0 ? 2 * HOUR_MS : 0);
    const running = flow.run("--history-expiration=1h", "--history-delete-rate=0");
    const { fields } = await running.said(SUMMARY);
    assert.deepEqual([fields.seen, fields.deleted], [120, 60]);
    assert.equal(names(flow).length, 60);
    assert.deepEqual(
      [...deletions(flow)].sort(),
      Array.from({ length: 60 }, (_, nth) => `r-${String(2 * nth).padStart(3, "0")}`),
    );
  });

  test("keeps a successor that took an expired record's name", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.record("reused", 2 * HOUR_MS);
    flow.intercept = ({ method }) => {
      if (method !== "DELETE" || deletions(flow).length > 1) return undefined;
      flow.dev.store.delete("historicjobs", "default", "reused");
      flow.record("reused", 0);
      return undefined;
    };
    const running = flow.run("--history-expiration=1h");
    const { fields } = await running.said(SUMMARY);
    assert.deepEqual([fields.expired, fields.deleted, fields.changed], [1, 0, 1]);
    assert.deepEqual(names(flow), ["reused"]);
  });

  test("counts what somebody else deleted as gone", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.record("old", 2 * HOUR_MS);
    flow.intercept = ({ method }) => {
      if (method === "DELETE") flow.dev.store.delete("historicjobs", "default", "old");
      return undefined;
    };
    const { fields } = await flow.run("--history-expiration=1h").said(SUMMARY);
    assert.deepEqual([fields.deleted, fields.gone, fields.failed], [0, 1, 0]);
  });

  test("is left whole by --dry-run, which names what it would delete", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.record("old", 2 * HOUR_MS);
    flow.record("young", 0);
    const running = flow.run("--history-expiration=1h", "--dry-run");
    const { fields } = await running.said(SUMMARY);
    assert.deepEqual([fields.expired, fields.deleted, fields.dry_run], [1, 0, true]);
    assert.deepEqual(running.log.of("would delete expired historic job").map(({ fields: said }) => said.job), ["old"]);
    assert.deepEqual([names(flow), deletions(flow)], [["old", "young"], []]);
  });

  test("is pruned in the named namespaces alone", LIMIT, async () => {
    await using flow = await Flow.open();
    for (const namespace of ["a", "b", "c"]) flow.record("old", 2 * HOUR_MS, { namespace });
    const running = flow.run("--history-expiration=1h", "--namespace=a", "--namespace=c");
    await running.said(SUMMARY);
    assert.deepEqual([...flow.dev.store.entries("historicjobs")].map(({ key }) => key), ["b/old"]);
    assert.ok(flow.requests((facts) => isList(facts, "historicjobs")).every(({ path }) => /\/namespaces\/[ac]\//.test(path)));
  });

  test("is left alone without a retention", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.record("old", 1_000 * HOUR_MS);
    const running = flow.run("--history-expiration=0");
    await running.started();
    await running.listed();
    assert.deepEqual([names(flow), deletions(flow), running.log.of("history cleanup enabled")], [["old"], [], []]);
  });

  test("survives a server whose clock jumps a year ahead", LIMIT, async () => {
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    await using flow = await Flow.open({ clock, controllerClock: systemClock });
    for (let nth = 0; nth < 5; nth++) flow.record(`r-${nth}`, 0);
    const running = flow.run("--history-expiration=1h", "--history-sweep-interval=1s");
    await running.said(SUMMARY);
    aheadMs = 365 * 24 * HOUR_MS;
    await running.said("server clock moved, sweep skipped");
    const sweeps = running.log.of(SUMMARY).length;
    await running.log.until(() => running.log.of(SUMMARY).length >= sweeps + 2);
    assert.deepEqual([names(flow).length, deletions(flow)], [5, []]);
  });
});
