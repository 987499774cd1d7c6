import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { Mailbox } from "../../src/base/mailbox.ts";
import { settle } from "../support/manual-clock.ts";

const never = new AbortController().signal;

/** Whether wait() resolves without another offer. */
async function wakes(mailbox: Mailbox): Promise<boolean> {
  const stop = new AbortController();
  let woke = false;
  const waiting = mailbox.wait(stop.signal).then(
    () => {
      woke = true;
    },
    () => undefined,
  );
  await settle();
  stop.abort();
  await waiting;
  return woke;
}

describe("Mailbox", () => {
  test("counts many offers before a wait as one", async () => {
    const mailbox = new Mailbox();
    mailbox.offer();
    mailbox.offer();
    mailbox.offer();
    assert.equal(await wakes(mailbox), true);
    assert.equal(await wakes(mailbox), false);
  });

  test("wakes the one who waits, and keeps nothing of it", async () => {
    const mailbox = new Mailbox();
    const waiting = mailbox.wait(never);
    mailbox.offer();
    await waiting;
    assert.equal(await wakes(mailbox), false);
  });

  test("keeps an offer that comes right after the wake-up", async () => {
    const mailbox = new Mailbox();
    const waiting = mailbox.wait(never);
    mailbox.offer();
    mailbox.offer();
    await waiting;
    assert.equal(await wakes(mailbox), true);
  });

  test("rejects with the signal's reason, and keeps an offer that comes later", async () => {
    const mailbox = new Mailbox();
    const stop = new AbortController();
    const waiting = mailbox.wait(stop.signal);
    stop.abort(new Error("stop"));
    await assert.rejects(waiting, /stop/);
    await assert.rejects(mailbox.wait(stop.signal), /stop/);
    mailbox.offer();
    assert.equal(await wakes(mailbox), true);
  });

  test("keeps what was offered when the wait is aborted before it began", async () => {
    const mailbox = new Mailbox();
    mailbox.offer();
    await assert.rejects(mailbox.wait(AbortSignal.abort(new Error("stop"))), /stop/);
    assert.equal(await wakes(mailbox), true);
  });

  test("leaves no listener on the signal behind", async () => {
    const mailbox = new Mailbox();
    const signal = new AbortController().signal;
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    for (let nth = 0; nth < 10; nth++) {
      const waiting = mailbox.wait(signal);
      mailbox.offer();
      await waiting;
    }
    assert.equal(listeners, 0);
  });
});
