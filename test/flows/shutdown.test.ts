// The first signal ends the program whatever it waits for just then: no deadline of a request is sat out.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RequestFacts } from "../../src/devserver/front.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { NOTIFICATION } from "../support/controller.ts";
import { fastClock } from "../support/fast-clock.ts";
import { Flow, isList, isWatch } from "../support/flow.ts";

const LIMIT = { timeout: 60_000 };
const HOUR_MS = 3_600_000;
/** Below the shortest deadline of a request that hangs, 5 s at the exchange, and far below the 30 s of the others. */
const PROMPT_MS = 4_000;
/** What deletions under way get, and a little. */
const GRACE_MS = 9_000;

interface State {
  name: string;
  /** The requests that are never answered; the state is reached with the first. */
  hangs: (facts: RequestFacts) => boolean;
  flags?: string[];
  before?: (flow: Flow) => void;
  withinMs?: number;
}

const STATUS_500 = { status: 500, body: '{"kind":"Status","reason":"InternalError","code":500}' };

const STATES: State[] = [
  { name: "the exchange", hangs: ({ server }) => server === "exchange" },
  { name: "the first answer of the API", hangs: ({ server }) => server === "api" },
  { name: "the headers of a watch", hangs: isWatch },
  { name: "the first list", hangs: (facts) => isList(facts, "jobs") && facts.query.get("limit") !== "1" },
  { name: "a page of a list", hangs: (facts) => facts.query.has("continue"), before: manyJobs },
  { name: "a scan of the history", hangs: (facts) => isList(facts, "historicjobs") },
  {
    name: "a page of a sweep",
    hangs: (facts) => isList(facts, "historicjobs"),
    flags: ["--history-expiration=1h", "--resync-interval=1h"],
  },
  {
    name: "deletions under way",
    hangs: ({ method }) => method === "DELETE",
    flags: ["--history-expiration=1h"],
    before: (flow) => void Array.from({ length: 30 }, (_, nth) => flow.record(`old-${nth}`, 2 * HOUR_MS)),
    withinMs: GRACE_MS,
  },
];

function manyJobs(flow: Flow): void {
  for (let nth = 0; nth < 50; nth++) flow.job(`job-${nth}`);
}

/** How it ended, if it did in time. */
async function endOf(ending: Promise<unknown>, withinMs = PROMPT_MS): Promise<unknown> {
  const late = new AbortController();
  const given = systemClock.sleep(withinMs, late.signal).then(() => "still running", () => undefined);
  try {
    return await Promise.race([ending, given]);
  } finally {
    late.abort();
  }
}

describe("a stop", () => {
  for (const { name, hangs, flags = [], before, withinMs } of STATES) {
    test(`while it waits for ${name}, is prompt and no failure`, LIMIT, async () => {
      await using flow = await Flow.open({ clock: systemClock, behaviour: { pageBytes: 2_000 } });
      before?.(flow);
      const reached = new Promise<void>((resolve) => {
        flow.intercept = (facts) => {
          if (!hangs(facts)) return undefined;
          resolve();
          return "hang";
        };
      });
      const running = flow.run(...flags);
      await reached;
      assert.equal(await endOf(running.stop(), withinMs), undefined);
    });
  }

  test("while a watch is open and everything rests, is prompt and no failure", LIMIT, async () => {
    await using flow = await Flow.open({ clock: systemClock });
    const running = flow.run("--history-expiration=1h", "--resync-interval=1h");
    await running.started();
    await running.said("history sweep complete");
    assert.equal(await endOf(running.stop()), undefined);
    assert.equal(running.log.records.filter(({ level }) => level === "error").length, 0);
  });

  test("while it waits to try again, is prompt and no failure", LIMIT, async () => {
    await using flow = await Flow.open({ clock: systemClock });
    flow.intercept = ({ server }) => (server === "api" ? STATUS_500 : undefined);
    const running = flow.run("--history-expiration=1h");
    await running.log.until(() => running.log.of("retrying").length >= 3);
    assert.equal(await endOf(running.stop()), undefined);
  });

  test("while it waits as long as a server asked for, is prompt and no failure", LIMIT, async () => {
    await using flow = await Flow.open({ clock: systemClock });
    flow.intercept = (
      { server },
    ) => (server === "api" ? { ...STATUS_500, status: 429, headers: { "retry-after": "300" } } : undefined);
    const running = flow.run();
    await running.said("provisioning API not usable, retrying");
    assert.equal(await endOf(running.stop()), undefined);
  });

  test("in the same turn as the start, is prompt and no failure", LIMIT, async () => {
    await using flow = await Flow.open({ clock: systemClock });
    const running = flow.run("--history-expiration=1h");
    assert.equal(await endOf(running.stop()), undefined);
    assert.deepEqual(running.notifications, []);
  });

  test("while a new token is fetched in the background, asks for no other", LIMIT, async () => {
    const clock = fastClock(10);
    await using flow = await Flow.open({ clock, tokenLifetimeMs: 25_000 });
    let asked = 0;
    const refreshing = new Promise<void>((resolve) => {
      flow.intercept = ({ server }) => {
        if (server !== "exchange" || ++asked === 1) return undefined;
        resolve();
        return "hang";
      };
    });
    const running = flow.run();
    await refreshing;
    assert.equal(await endOf(running.stop()), undefined);
    // Longer than the exchange waits for an answer and then for its next attempt.
    await clock.sleep(10_000);
    assert.equal(asked, 2);
  });

  test("in the middle of a burst tells no job twice and none half", LIMIT, async () => {
    await using flow = await Flow.open({ clock: systemClock });
    const running = flow.run();
    await running.started();
    for (let nth = 0; nth < 500; nth++) flow.job(`job-${nth}`);
    await running.said(NOTIFICATION);
    assert.equal(await endOf(running.stop()), undefined);
    const uids = running.log.of(NOTIFICATION).map(({ fields }) => fields.uid);
    assert.equal(new Set(uids).size, uids.length);
  });

  test("leaves no connection behind", LIMIT, async () => {
    await using flow = await Flow.open({ clock: systemClock });
    const running = flow.run();
    await running.started();
    assert.equal(flow.dev.watches, 1);
    await running.stop();
    while (flow.dev.watches > 0) await systemClock.sleep(10);
  });
});
