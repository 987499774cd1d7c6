// Servers that end, histories that are compacted, connections that break: nothing lost, nothing twice.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { API } from "../../scripts/apiserver.ts";
import { assertOnce, type Created, RealServer } from "../support/apiserver.ts";
import type { Controller } from "../support/controller.ts";
import { openLink, type TcpLink } from "../support/tcp-link.ts";

/** The lines that say when the watch was opened and what an attempt failed with. */
const DEBUG = ["--log-level=debug"];

async function allNotified(controller: Controller, jobs: readonly Created[]): Promise<void> {
  await Promise.all(jobs.map(({ uid }) => controller.notified(uid)));
}

describe("an API server that ends and comes back", () => {
  let server: RealServer;
  // A server that is asked to end waits for open requests as long as this; a watch is one.
  before(async () => void (server = await RealServer.start({ args: ["--request-timeout=5s"] })));
  afterEach(() => server.reset());
  after(() => server.stop());

  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    test(`after ${signal} the same jobs are not announced again, and new ones are`, async () => {
      const before = await server.createJobs(`before-${signal.toLowerCase()}`, 30);
      const controller = server.controller(DEBUG);
      await controller.started();
      await server.api.restart(signal);
      const next = await server.createJobs(`after-${signal.toLowerCase()}`, 30);
      await allNotified(controller, next);
      assertOnce(controller, [...before, ...next]);
    });
  }

  test("a server that is not there yet is waited for", async () => {
    await server.api.halt();
    const controller = server.controller(DEBUG);
    const warning = await controller.until(({ level, msg }) => level === "WARN" && msg === "provisioning API not usable, retrying");
    assert.match(String(warning.error), /refused/);
    await server.api.start();
    const job = await server.createJob("first");
    await controller.started();
    await controller.notified(job.uid);
    assertOnce(controller, [job]);
  });

  test("jobs of the time between are announced, and those that lived and died in it too", async () => {
    const link = await openLink(server.port);
    const controller = server.controller(DEBUG, { port: link.port });
    try {
      const known = await server.createJobs("known", 5);
      await controller.started();
      await allNotified(controller, known);
      link.cut();
      const made = await server.createJobs("made-meanwhile", 20);
      const lived = await server.createJobs("lived-meanwhile", 5);
      for (const job of [...lived, ...known]) await server.finish(job);
      link.mend();
      await allNotified(controller, [...made, ...lived]);
      assertOnce(controller, [...known, ...made, ...lived]);
      const ways = lived.map(({ uid }) => controller.lines.find((line) => line.uid === uid)?.trigger);
      assert.equal(ways.every((trigger) => trigger === "live" || trigger === "reconstructed"), true, String(ways));
    } finally {
      await link.close();
    }
  });
});

describe("a history that was compacted away", () => {
  let server: RealServer;
  let link: TcpLink;
  before(async () => {
    // Without its cache the server reads etcd, which has forgotten: every older version gives 410.
    server = await RealServer.start({ watchCache: false });
    link = await openLink(server.port);
  });
  afterEach(async () => {
    link.mend();
    await server.reset();
  });
  after(async () => {
    await link.close();
    await server.stop();
  });

  /** The code of the only event of a watch from this version. */
  async function refusalOf(version: string): Promise<number | undefined> {
    const { body } = await server.api.request("GET", `${API}/jobs?watch=1&resourceVersion=${version}&timeoutSeconds=1`);
    return (body as { object?: { code?: number } }).object?.code;
  }

  const apart: Record<string, { part: (controller: Controller) => void; join: (controller: Controller) => void }> = {
    "the connection was cut": { part: () => link.cut(), join: () => link.mend() },
    "the controller was stopped and the connection broken": {
      part: (controller) => {
        controller.signal("SIGSTOP");
        link.cut();
        link.mend();
      },
      join: (controller) => controller.signal("SIGCONT"),
    },
  };
  for (const [what, { part, join }] of Object.entries(apart)) {
    test(`while ${what}: 410, and every job once`, async () => {
      const known = await server.createJobs("known", 10);
      const controller = server.controller(DEBUG, { port: link.port });
      await controller.started();
      const last = await server.createJob("last-seen");
      await controller.notified(last.uid);
      part(controller);
      const made = await server.createJobs("made-meanwhile", 20);
      await server.delete("jobs", known[0] as Created);
      await server.api.compact();
      assert.equal(await refusalOf(last.resourceVersion), 410);
      join(controller);
      await allNotified(controller, made);
      const refused = await controller.until(({ msg, error }) => msg === "attempt failed" && /410|too old|compacted/.test(String(error)));
      await controller.until((line) => line.msg === "watch opened" && controller.lines.indexOf(line) > controller.lines.indexOf(refused));
      const next = await server.createJob("after");
      assert.equal((await controller.notified(next.uid)).trigger, "live");
      assertOnce(controller, [...known, last, ...made, next]);
    });
  }

  test("with the server's watch cache a restart outdates versions just so", async () => {
    const cached = await RealServer.start();
    try {
      const known = await cached.createJobs("known", 10);
      const controller = cached.controller(DEBUG);
      await controller.started();
      await cached.api.halt();
      await cached.api.compact();
      await cached.api.start();
      const next = await cached.createJobs("after", 10);
      await allNotified(controller, next);
      assertOnce(controller, [...known, ...next]);
      await cached.reset();
    } finally {
      await cached.stop();
    }
  });
});
