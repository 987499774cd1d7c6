import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ServerTime } from "../../src/drive/server-time.ts";
import { ManualClock } from "../support/manual-clock.ts";

const HOUR_MS = 3_600_000;

/** A server clock that is `skewMs` ahead of ours, told as a Date is. */
function open(skewMs = 0) {
  const clock = new ManualClock();
  let dateless = 0;
  const time = new ServerTime(clock, () => dateless++);
  let offset = clock.now() + skewMs - clock.monotonic();
  const truth = () => clock.monotonic() + offset;
  return {
    clock, time, truth,
    tell: (lateMs = 0) => time.told(Math.floor((truth() - lateMs) / 1000) * 1000),
    set: (ms: number) => (offset += ms),
    dateless: () => dateless,
  };
}

describe("ServerTime", () => {
  for (const skewMs of [0, HOUR_MS, -HOUR_MS, 123_456]) {
    test(`is less than a second behind a clock that is ${skewMs} ms ahead, and never ahead of it`, async () => {
      const { clock, time, truth, tell } = open(skewMs);
      for (let nth = 0; nth < 50; nth++) {
        tell();
        assert.ok(time.now() <= truth() && time.now() > truth() - 1_000, `${time.now() - truth()}`);
        await clock.advance(777);
      }
    });
  }

  test("is not set back by an answer that was slow to come", async () => {
    const { clock, time, truth, tell } = open();
    tell();
    await clock.advance(10_000);
    tell(9_000);
    assert.ok(time.now() > truth() - 1_000);
  });

  test("does not follow our wall clock", () => {
    const { clock, time, truth, tell } = open();
    tell();
    clock.jump(HOUR_MS);
    assert.ok(Math.abs(time.now() - truth()) < 1_000);
  });

  test("follows a server clock that was set, either way", () => {
    for (const move of [HOUR_MS, -HOUR_MS]) {
      const { time, truth, tell, set } = open();
      tell();
      set(move);
      tell();
      assert.ok(Math.abs(time.now() - truth()) < 1_000);
    }
  });

  test("follows a server clock that goes slow, after some minutes", async () => {
    const { clock, time, truth, tell, set } = open();
    tell();
    for (let minute = 0; minute < 12; minute++) {
      set(-1_000);
      await clock.advance(60_000);
      tell();
    }
    assert.ok(Math.abs(time.now() - truth()) < 7_000);
  });

  test("takes our own clock where no answer has a Date, and says so", () => {
    const { clock, time, dateless } = open();
    time.told(undefined);
    assert.deepEqual([time.now(), dateless()], [clock.now(), 1]);
  });
});
