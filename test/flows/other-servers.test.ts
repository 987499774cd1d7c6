// Servers that offer less, or something else, than a Grafana with everything switched on.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "../../src/devserver/wire/call.ts";
import type { RequestFacts } from "../../src/devserver/front.ts";
import { NOTIFICATION } from "../support/controller.ts";
import { fastClock } from "../support/fast-clock.ts";
import { Flow, isList, isWatch, type Running } from "../support/flow.ts";

const LIMIT = { timeout: 60_000 };
const HOUR_MS = 3_600_000;

function status(code: number, reason: string, message = "as the test wants it"): Answer {
  return { status: code, body: JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", reason, message, code }) };
}

function warnings(running: Running): string[] {
  return running.log.records.filter(({ level }) => level === "warn").map(({ msg }) => msg);
}

/** The version in the paths of API requests, each once. */
function versions(flow: Flow): string[] {
  return [...new Set(flow.requests(({ server }) => server === "api").map(({ path }) => path.split("/")[3] ?? ""))];
}

describe("a server that serves v1beta1 alone", () => {
  const only = (
    { server, path }: RequestFacts,
  ) => (server === "api" && !path.includes("/v1beta1/") ? status(404, "NotFound") : undefined);

  test("is followed and pruned in that version", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.intercept = only;
    flow.job("a");
    flow.record("old", 2 * HOUR_MS);
    const running = flow.run("--history-expiration=1h");
    await running.started();
    const { uid } = flow.job("b");
    await running.notified(uid);
    while (flow.dev.store.count("historicjobs") > 0) await running.listed();
    assert.deepEqual(running.notifications, ["a initial", "b live"]);
    assert.deepEqual(running.log.of("API version chosen").map(({ fields }) => fields.version), ["v1beta1"]);
    assert.deepEqual(versions(flow), ["v0alpha1", "v1beta1"]);
  });

  test("is not looked for when a version is named", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.intercept = only;
    const running = flow.run("--api-version=v0alpha1");
    const { fields } = await running.said("provisioning API not usable, retrying");
    assert.match(String(fields.error), /^Cannot list jobs in all namespaces: server answered 404 NotFound/);
    assert.equal(fields.next, "check --provisioning-server-url and that provisioning is switched on there");
    assert.deepEqual(versions(flow), ["v0alpha1"]);
  });

  test("is found anew when it takes the other's place", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run();
    await running.started();
    flow.intercept = only;
    flow.dev.closeWatches("destroy");
    await running.said("API version chosen");
    const { uid } = flow.job("a");
    await running.notified(uid);
    assert.equal(running.notifications.length, 1);
  });
});

describe("a server whose history is kept in Loki", () => {
  const loki = ({ path }: RequestFacts) => (path.endsWith("/historicjobs") ? status(404, "NotFound") : undefined);

  test("is followed; that there is nothing to prune is said once", LIMIT, async () => {
    await using flow = await Flow.open({ clock: fastClock(10) });
    flow.intercept = loki;
    const running = flow.run("--history-expiration=1s", "--history-sweep-interval=1s");
    await running.started();
    await running.said("historic jobs are not served here, nothing to clean up");
    await running.said("history cannot be read: jobs that come and go while the watch is down will not be told");
    const { uid } = flow.job("a");
    await running.notified(uid);
    await running.listed(5);
    assert.deepEqual(warnings(running).sort(), [
      "historic jobs are not served here, nothing to clean up",
      "history cannot be read: jobs that come and go while the watch is down will not be told",
    ]);
    // Each was told by one request, and asks again in ten minutes.
    assert.equal(flow.requests((facts) => isList(facts, "historicjobs") && facts.path.includes("v0alpha1")).length, 2);
    assert.equal(await running.stop(), undefined);
  });

  test("is pruned once it keeps its history itself", LIMIT, async () => {
    // Ten minutes in two seconds.
    const clock = fastClock(300);
    await using flow = await Flow.open({ clock });
    flow.intercept = loki;
    const running = flow.run("--history-expiration=1h", "--resync-interval=1m");
    await running.said("historic jobs are not served here, nothing to clean up");
    flow.record("old", 2 * HOUR_MS);
    flow.intercept = () => undefined;
    await running.said("deleted expired historic job");
    assert.equal(flow.dev.store.count("historicjobs"), 0);
  });
});

describe("a server that refuses the history", () => {
  test("to our list: jobs are told, and one warning for each of those who read it", LIMIT, async () => {
    await using flow = await Flow.open({ permissions: ["provisioning.grafana.app/jobs:*"], clock: fastClock(10) });
    flow.record("old", 2 * HOUR_MS);
    const running = flow.run("--history-expiration=1h", "--history-sweep-interval=1s");
    await running.started();
    const { uid } = flow.job("a");
    await running.notified(uid);
    await running.said("history cannot be read: jobs that come and go while the watch is down will not be told");
    const { fields } = await running.said("not allowed to list historic jobs, sweep ended");
    await running.listed(3);
    assert.match(String(fields.hint), /grant list on historicjobs/);
    assert.deepEqual(warnings(running).length, 2);
    assert.equal(flow.dev.store.count("historicjobs"), 1);
  });

  test("to our deletions: one warning, and nothing else is tried in that sweep", LIMIT, async () => {
    await using flow = await Flow.open({
      permissions: ["provisioning.grafana.app/jobs:*", "provisioning.grafana.app/historicjobs:list"],
      clock: fastClock(10),
    });
    for (let nth = 0; nth < 50; nth++) flow.record(`old-${nth}`, 2 * HOUR_MS);
    const running = flow.run("--history-expiration=1h", "--history-sweep-interval=2s", "--history-delete-rate=0");
    await running.said("not allowed to delete historic jobs, sweep ended");
    await running.log.until(() => running.log.of("history sweep ended early").length >= 2);
    assert.equal(warnings(running).length, 1);
    const first = running.log.of("history sweep ended early")[0]?.fields;
    assert.deepEqual([first?.reason, first?.deleted], ["forbidden", 0]);
    // What was under way at once, and no more.
    assert.ok(Number(first?.failed) <= 10, String(first?.failed));
  });
});

describe("a server that cannot watch", () => {
  test("is followed by lists alone", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.intercept = (facts) => (isWatch(facts) ? status(405, "MethodNotAllowed") : undefined);
    flow.job("a");
    const running = flow.run();
    await running.log.until(({ msg }) => msg === NOTIFICATION);
    const { uid } = flow.job("b");
    assert.equal((await running.notified(uid)).fields.trigger, "relist");
    assert.equal((await running.said("provisioning API not usable, retrying")).fields.what, "jobs: watch");
    assert.deepEqual(running.log.of("jobs controller started"), []);
  });

  test("and answers a watch with a list is told from one that can", LIMIT, async () => {
    await using flow = await Flow.open();
    const list = JSON.stringify({ kind: "JobList", metadata: { resourceVersion: "1" }, items: [] });
    flow.intercept = (facts) => (isWatch(facts) ? { status: 200, body: `${list}\n` } : undefined);
    const running = flow.run();
    await running.log.until(({ msg, fields }) => msg === "attempt failed" && /ignored watch=true/.test(String(fields.error)));
    await running.said("list complete");
    const { uid } = flow.job("a");
    await running.notified(uid);
    assert.deepEqual(running.notifications, ["a relist"]);
  });
});

describe("a server that answers something else", () => {
  const rows: [what: string, answer: Answer, error: RegExp][] = [
    [
      "an HTML page",
      { status: 200, body: "<html>Sign in</html>", headers: { "content-type": "text/html" } },
      /expected JSON, got text\/html/,
    ],
    [
      "a redirect",
      { status: 302, body: "", headers: { location: "https://elsewhere.example/login" } },
      /answered 302, a redirect to another address/,
    ],
    [
      "an HTML error",
      { status: 503, body: "<html>down</html>", headers: { "content-type": "text/html" } },
      /server answered 503$/,
    ],
    ["an empty page", { status: 200, body: "" }, /expected JSON/],
    [
      "half a list",
      { status: 200, body: '{"kind":"JobList","metadata":{"resourceVersion":"1"},"items":[{"metadata"' },
      /expected JSON/,
    ],
    [
      "a list without items",
      { status: 200, body: '{"kind":"JobList","metadata":{"resourceVersion":"1"}}' },
      /expected items to be an array/,
    ],
    [
      "another object",
      { status: 200, body: '{"kind":"Job","metadata":{"resourceVersion":"1"}}' },
      /expected a list, got kind Job/,
    ],
  ];
  for (const [what, answer, error] of rows) {
    test(`such as ${what}, is retried until it is a server of jobs`, LIMIT, async () => {
      await using flow = await Flow.open();
      const { uid } = flow.job("a");
      flow.intercept = ({ server }) => (server === "api" ? answer : undefined);
      const running = flow.run();
      const { fields } = await running.said("provisioning API not usable, retrying");
      assert.match(String(fields.error), error);
      assert.deepEqual(running.notifications, []);
      flow.intercept = () => undefined;
      await running.notified(uid);
      await running.said("provisioning API usable again");
      assert.deepEqual(running.notifications, ["a initial"]);
    });
  }
});

describe("many namespaces", () => {
  test("are followed one by one, others not at all", LIMIT, async () => {
    await using flow = await Flow.open();
    const followed = Array.from({ length: 20 }, (_, nth) => `team-${nth}`);
    for (const namespace of followed) flow.job("same-name", { namespace });
    flow.job("stranger", { namespace: "elsewhere" });
    const running = flow.run(...followed.map((namespace) => `--namespace=${namespace}`));
    await running.started();
    assert.equal(flow.dev.watches, 20);
    const live = followed.map((namespace) => flow.job("live", { namespace }).uid);
    for (const uid of live) await running.notified(uid);
    const told = running.log.of(NOTIFICATION).map(({ fields }) => `${fields.namespace}/${fields.job}`).sort();
    assert.deepEqual(told, followed.flatMap((namespace) => [`${namespace}/live`, `${namespace}/same-name`]).sort());
    assert.ok(flow.requests(({ server }) => server === "api").every(({ path }) => path.includes("/namespaces/team-")));
    assert.equal(await running.stop(), undefined);
  });

  test("are started only when each of them has been listed", LIMIT, async () => {
    await using flow = await Flow.open();
    let blocked = true;
    flow.intercept = ({ path }) => (blocked && path.includes("/namespaces/b/") ? status(500, "InternalError") : undefined);
    flow.job("a", { namespace: "a" });
    const running = flow.run("--namespace=a", "--namespace=b");
    await running.said(NOTIFICATION);
    await running.said("provisioning API not usable, retrying");
    assert.deepEqual(running.log.of("jobs controller started"), []);
    blocked = false;
    await running.started();
    await running.said("provisioning API usable again");
  });
});
