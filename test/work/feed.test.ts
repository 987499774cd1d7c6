import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Feed } from "../../src/work/feed.ts";
import { settle } from "../support/manual-clock.ts";

/** A feed whose writes are let through one by one. */
function held(): { feed: Feed; written: string[]; pass: () => Promise<void> } {
  const written: string[] = [];
  let pass = () => {};
  const feed = new Feed((text) => {
    written.push(text);
    return new Promise((resolve) => (pass = resolve));
  });
  return { feed, written, pass: () => (pass(), settle()) };
}

describe("Feed", () => {
  test("writes one text after the other", async () => {
    const { feed, written, pass } = held();
    feed.say("job");
    feed.say("cancel");
    assert.deepEqual(written, ["job"]);
    await pass();
    assert.deepEqual(written, ["job", "cancel"]);
  });

  test("keeps the newest of what replaces itself, for a reader that does not read", async () => {
    const { feed, written, pass } = held();
    feed.say("job");
    for (const text of ["lease 1", "lease 2", "lease 3"]) feed.say(text, { replaces: true });
    feed.say("cancel");
    await pass();
    await pass();
    assert.deepEqual(written, ["job", "lease 3", "cancel"]);
  });

  test("says nothing after its end", async () => {
    const { feed, written, pass } = held();
    feed.say("job");
    feed.say("cancel");
    feed.end();
    feed.say("lease");
    await pass();
    assert.deepEqual(written, ["job"]);
  });
});
