// What a controller at rest keeps of its program in memory.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Site } from "../support/binary.ts";
import { eventually } from "../support/work-site.ts";

const MB = 1024;

/** Resident pages of files of a process, kB. */
function residentFiles(pid: number): number {
  return Number(/^RssFile:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

describe("a controller at rest", () => {
  test("has given back the text that only its start needed, and works on", { skip: process.platform !== "linux" && "reads /proc" }, async () => {
    await using site = await Site.open();
    const controller = site.start(["--history-expiration=1h"]);
    await controller.started();
    // A start takes 47 MB of its own file and of the C library's.
    await eventually(() => (residentFiles(controller.pid) < 30 * MB ? true : undefined));
    const { uid } = site.createJob("after");
    assert.equal((await controller.notified(uid)).trigger, "live");
    assert.equal(await controller.stop(), 0);
    assert.equal(controller.stderr, "");
  });
});
