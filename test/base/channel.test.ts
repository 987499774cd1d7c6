import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { Channel } from "../../src/base/channel.ts";
import { settle } from "../support/manual-clock.ts";

describe("Channel", () => {
  test("holds put() back until the value is taken", async () => {
    const channel = new Channel<string>();
    let done = false;
    const putting = channel.put("a").then(() => {
      done = true;
    });
    await settle();
    assert.equal(done, false);
    assert.equal(await channel.take(), "a");
    await putting;
    assert.equal(done, true);
  });

  test("gives at once to a taker that waits", async () => {
    const channel = new Channel<number>();
    const taking = channel.take();
    await channel.put(1);
    assert.equal(await taking, 1);
  });

  test("hands over in the order of put(), whoever put", async () => {
    const channel = new Channel<number>();
    const puts = [1, 2, 3, 4].map((value) => channel.put(value));
    const taken = [await channel.take(), await channel.take(), await channel.take(), await channel.take()];
    assert.deepEqual(taken, [1, 2, 3, 4]);
    await Promise.all(puts);
  });

  test("refuses what waits and what comes once it is closed, with the first reason", async () => {
    const channel = new Channel<number>();
    const waiting = channel.put(1);
    channel.close(new Error("first"));
    channel.close(new Error("second"));
    await assert.rejects(waiting, /first/);
    await assert.rejects(channel.put(2), /first/);
    await assert.rejects(channel.take(), /first/);
  });

  test("refuses a taker that waits when it is closed", async () => {
    const channel = new Channel<number>();
    const taking = channel.take();
    channel.close(new Error("over"));
    await assert.rejects(taking, /over/);
  });

  test("takes undefined for a value and for a reason", async () => {
    const channel = new Channel<undefined>();
    const put = channel.put(undefined);
    assert.equal(await channel.take(), undefined);
    await put;
    channel.close(undefined);
    await assert.rejects(channel.take(), (reason) => reason === undefined);
  });
});
