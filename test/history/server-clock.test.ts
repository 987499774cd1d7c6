import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ServerClock } from "../../src/history/server-clock.ts";
import { ManualClock } from "../support/manual-clock.ts";

const RETENTION = 600_000;
const START = Date.UTC(2026, 0, 1);

function setUp(skewMs = 0) {
  const clock = new ManualClock(START);
  const server = new ServerClock(clock, RETENTION);
  let offset = START + skewMs;
  return {
    clock,
    jump: (ms: number) => (offset += ms),
    read: () => server.read(Math.floor((offset + clock.monotonic()) / 1000) * 1000),
    readWithoutDate: () => server.read(undefined),
    serverNow: () => offset + clock.monotonic(),
  };
}

describe("ServerClock.read()", () => {
  test("takes the first Date as it is, however far it is from ours", () => {
    const { read } = setUp(-86_400_000);
    assert.deepEqual(read(), { kind: "time", nowMs: START - 86_400_000, source: "server" });
  });

  test("ignores what the local wall clock does", async () => {
    const { clock, read, serverNow } = setUp();
    read();
    clock.jump(3_600_000);
    await clock.advance(10_000);
    assert.deepEqual(read(), { kind: "time", nowMs: serverNow(), source: "server" });
  });

  test("follows a drift of up to a minute between two pages", async () => {
    const { clock, jump, read, serverNow } = setUp();
    read();
    await clock.advance(10_000);
    jump(60_000);
    assert.deepEqual(read(), { kind: "time", nowMs: serverNow(), source: "server" });
    jump(-60_000);
    assert.deepEqual(read(), { kind: "time", nowMs: serverNow(), source: "server" });
  });

  test("reports a move of more than a minute with the facts, once", async () => {
    const { clock, jump, read } = setUp();
    read();
    await clock.advance(10_000);
    jump(61_000);
    assert.deepEqual(read(), { kind: "moved", byMs: 61_000, dateMs: START + 71_000, expectedMs: START + 10_000 });
    assert.equal(read().kind, "time");
  });

  test("reports a move back as well, and then follows it at once", async () => {
    const { clock, jump, read, serverNow } = setUp();
    read();
    await clock.advance(10_000);
    jump(-7_200_000);
    assert.equal(read().kind, "moved");
    assert.deepEqual(read(), { kind: "time", nowMs: serverNow(), source: "server" });
  });

  test("reads by the slower clock for one retention after a move forward, then by the new one", async () => {
    const { clock, jump, read, serverNow } = setUp();
    read();
    jump(3_600_000);
    assert.equal(read().kind, "moved");
    await clock.advance(300_000);
    assert.deepEqual(read(), { kind: "time", nowMs: START + 300_000, source: "server" });
    await clock.advance(300_000);
    assert.deepEqual(read(), { kind: "time", nowMs: START + 600_000, source: "server" });
    await clock.advance(1_000);
    assert.deepEqual(read(), { kind: "time", nowMs: serverNow(), source: "server" });
  });

  test("goes on at once when one wrong answer is followed by right ones", async () => {
    const { clock, jump, read } = setUp();
    read();
    jump(3_600_000);
    assert.equal(read().kind, "moved");
    jump(-3_600_000);
    assert.equal(read().kind, "moved");
    await clock.advance(10_000);
    assert.deepEqual(read(), { kind: "time", nowMs: START + 10_000, source: "server" });
  });

  test("stays with the slowest clock through several moves forward", async () => {
    const { clock, jump, read } = setUp();
    read();
    for (let hour = 0; hour < 3; hour++) {
      await clock.advance(10_000);
      jump(3_600_000);
      assert.equal(read().kind, "moved");
    }
    assert.deepEqual(read(), { kind: "time", nowMs: START + 30_000, source: "server" });
  });

  test("takes the local clock, in whole seconds, when there is no Date, and says so", async () => {
    const { clock, readWithoutDate } = setUp();
    await clock.advance(1_900);
    assert.deepEqual(readWithoutDate(), { kind: "time", nowMs: START + 1_000, source: "local" });
  });

  test("treats a change between server and local clock that are far apart as a move", () => {
    const { read, readWithoutDate } = setUp(-3_600_000);
    read();
    assert.equal(readWithoutDate().kind, "moved");
  });
});
