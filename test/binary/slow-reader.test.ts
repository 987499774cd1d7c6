// A reader of standard output that is slow, or stops: no notification is lost or doubled, and memory stays what it is.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sideBySide, Site } from "../support/binary.ts";
import { BINARY, CLEAN_ENV, NOTIFICATION, STARTED } from "../support/controller.ts";

const JOBS = 30_000;

/** A controller whose standard output is a pipe of which the test reads exactly as much as it wants to. */
class Tapped {
  /** Notifications per uid. */
  readonly counts = new Map<string, number>();
  readonly messages: string[] = [];
  readonly #child: ChildProcess;
  /** Code and signal. */
  readonly exited: Promise<unknown[]>;
  stderr = "";
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(64 * 1024);
  readonly #decoder = new TextDecoder();
  /** The beginning of a line whose end is not there yet. */
  rest = "";
  #over = false;

  constructor(site: Site, more: readonly string[] = []) {
    const path = join(site.directory.path, "out");
    assert.equal(spawnSync("mkfifo", [path]).status, 0);
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const out = openSync(path, "w");
    const flags = [...site.credential, ...site.server, "--health-probe-bind-address=0", ...more];
    this.#child = spawn(BINARY, flags, { env: CLEAN_ENV, stdio: ["ignore", out, "pipe"] });
    closeSync(out);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.exited = once(this.#child, "close");
  }

  /** Reads 64 KiB, pauses, and so on, until the condition holds. */
  async readUntil(condition: () => boolean, pauseMs: number): Promise<void> {
    while (!condition()) {
      this.#read();
      if (this.#over) throw new Error(`ended after ${this.counts.size} notifications: ${this.messages.slice(-3).join(", ")}`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Asks for the end and reads all that is left; the exit code. */
  stop(): Promise<unknown> {
    this.signal("SIGTERM");
    return this.end();
  }

  /** Reads all that is left; the exit code. */
  async end(): Promise<unknown> {
    while (!this.#over) {
      this.#read();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return (await this.exited)[0];
  }

  get peakMegabytes(): number {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) / 1024;
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
    closeSync(this.#fd);
  }

  #read(): void {
    let bytes: number;
    try {
      bytes = readSync(this.#fd, this.#buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return;
      throw error;
    }
    this.#over = bytes === 0;
    const lines = (this.rest + this.#decoder.decode(this.#buffer.subarray(0, bytes), { stream: true })).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      const { msg, uid } = JSON.parse(line) as { msg: string; uid: string };
      if (msg === NOTIFICATION) this.counts.set(uid, (this.counts.get(uid) ?? 0) + 1);
      else this.messages.push(msg);
    }
  }
}

/** Creates jobs in one go; their uids, sorted. `pad` makes events and lines longer. */
function createAll({ devserver }: Site, pad: number, count = JOBS): string[] {
  const spec = { action: "pull", repository: "r".repeat(pad) };
  const create = (nth: number) => devserver.store.create("jobs", { metadata: { name: `job-${nth}`, namespace: "default" }, spec });
  return Array.from({ length: count }, (_, nth) => create(nth).uid).sort();
}

/** A line for each of these, whole, and none twice. */
function assertOnce({ counts, rest }: Tapped, uids: readonly string[]): void {
  assert.deepEqual([...counts.keys()].sort(), uids);
  assert.deepEqual([...counts.values()].filter((count) => count > 1), []);
  assert.equal(rest, "");
}

describe(`${JOBS} jobs at once`, () => {
  test("a reader that is slow gets a line for each, and no second one", async () => {
    await using site = await Site.open();
    using controller = new Tapped(site);
    await controller.readUntil(() => controller.messages.includes(STARTED), 1);
    const uids = createAll(site, 10);
    await controller.readUntil(() => controller.counts.size === JOBS, 15);
    assert.equal(await controller.stop(), 0);
    assertOnce(controller, uids);
  });

  test("while a reader has stopped nothing more is read from the server; once it goes on the list repairs what was missed", async () => {
    // The dev server ends a watch that is not read; a machine that is merely busy shall not count as that.
    await using site = await Site.open({ behaviour: { slowReaderMs: 3_000 } });
    using controller = new Tapped(site);
    await controller.readUntil(() => controller.messages.includes(STARTED), 1);
    // 100 MB of lines and as much of events: far more than all queues and socket buffers hold.
    const uids = createAll(site, 3_000);
    const cut = () => site.devserver.watches === 0 || site.devserver.requests.filter(({ query }) => query.has("watch")).length > 1;
    do {
      await new Promise((resolve) => setTimeout(resolve, 50));
      // 56 MB at the start, 16 MiB of lines and what a burst of events takes: about 110. Without the limit it is 250.
      assert.ok(controller.peakMegabytes < 170, `${controller.peakMegabytes} MB`);
    } while (!cut());
    await controller.readUntil(() => controller.counts.size === JOBS, 1);
    assert.equal(await controller.stop(), 0);
    assertOnce(controller, uids);
    assert.ok(controller.messages.includes("list found jobs that the watch had not told of"));
  });
});

describe("a reader that has stopped when the signal comes", () => {
  /** A controller that holds most of 3,000 lines and has been told to end. */
  async function stopped(site: Site, timeout: string): Promise<{ controller: Tapped; uids: string[] }> {
    const controller = new Tapped(site, ["--resync-interval=1s", `--shutdown-timeout=${timeout}`]);
    await controller.readUntil(() => controller.messages.includes(STARTED), 1);
    const uids = createAll(site, 10, 3_000);
    await listedTwice(site);
    controller.signal("SIGTERM");
    return { controller, uids };
  }

  sideBySide(3, {
    async "and goes on within --shutdown-timeout gets every line"() {
      await using site = await Site.open();
      const { controller, uids } = await stopped(site, "60s");
      using _ = controller;
      while (site.devserver.watches > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      // Longer than the two seconds that any end leaves to its lines.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      assert.equal(await controller.end(), 0);
      assertOnce(controller, uids);
      assert.equal(controller.stderr, "");
    },

    async "ends at the second signal"() {
      await using site = await Site.open();
      const { controller } = await stopped(site, "60s");
      using _ = controller;
      while (site.devserver.watches > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      controller.signal("SIGINT");
      assert.deepEqual(await controller.exited, [130, null]);
    },

    async "and does not go on leaves code 1 and the reason"() {
      await using site = await Site.open();
      const { controller } = await stopped(site, "3s");
      using _ = controller;
      await controller.exited;
      assert.equal(await controller.end(), 1);
      assert.equal(controller.stderr, "Error: Cannot write to standard output: its reader has stopped, the last lines are lost\n");
    },
  });
});

/** Resolves when a second list has begun, so that all of one that began later than now is in the program. */
async function listedTwice({ devserver }: Site): Promise<void> {
  const begins = (query: URLSearchParams) => query.has("limit") && query.get("limit") !== "1" && !query.has("continue");
  const lists = () => devserver.requests.filter(({ path, query }) => path.endsWith("/jobs") && begins(query));
  const before = lists().length;
  while (lists().length < before + 2) await new Promise((resolve) => setTimeout(resolve, 10));
}
