// What /metrics says of the compiled controller: nothing but work beside a server that is well, and each trouble by its
// name beside one that is not.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import type { Intercepted, RequestFacts } from "../../src/devserver/front.ts";
import { METRICS } from "../../src/observe/metric-table.ts";
import { refusal, Site } from "../support/binary.ts";
import { moved, type ParsedFamily, parseExposition } from "../support/exposition.ts";

const TROUBLE = new Set(Object.values(METRICS).filter(({ trouble }) => trouble).map(({ name }) => name));

/** An address for the pages of one controller, its flag, and what is read there. */
async function scraper() {
  const address = `127.0.0.1:${await closedPort()}`;
  const families = async () => parseExposition(await (await fetch(`http://${address}/metrics`)).text());
  const trouble = async () => moved(await families(), ({ name }) => TROUBLE.has(name));
  return {
    address,
    flag: `--health-probe-bind-address=${address}`,
    families,
    trouble,
    /** Trouble so far, once all of `expected` is in it; what there was when the deadline came. */
    async troubled(...expected: RegExp[]): Promise<string[]> {
      const late = performance.now() + 30_000;
      let seen = await trouble();
      while (!expected.every((one) => seen.some((line) => one.test(line))) && performance.now() < late) seen = await trouble();
      for (const one of expected) assert.ok(seen.some((line) => one.test(line)), `${one} is not in\n${seen.join("\n")}`);
      return seen;
    },
  };
}

const valueOf = (families: ReadonlyMap<string, ParsedFamily>, name: string, labels: Record<string, string> = {}): number | undefined =>
  families.get(name)?.samples.find((sample) => sample.name === name && Object.entries(labels).every(([label, word]) => sample.labels[label] === word))?.value;

describe("/metrics", () => {
  test("is Prometheus' text format, and has no trouble beside a server that is well", async () => {
    const { address, flag, families, trouble } = await scraper();
    await using site = await Site.open({ mtls: "required" });
    const first = site.createJob("first");
    site.createRecord("expired", 7_200_000);
    const controller = site.start([flag, ...site.clientCertificate, "--resync-interval=1s", "--history-expiration=1h"]);
    await controller.started();
    await controller.notified(first.uid);

    const { status, headers } = await fetch(`http://${address}/metrics`);
    assert.deepEqual([status, headers.get("content-type")], [200, "text/plain; version=0.0.4; charset=utf-8"]);
    const head = await fetch(`http://${address}/metrics`, { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);

    // A job's whole life, and a polite end of the watch: all of it is in order.
    const { name, namespace, uid, object } = site.createJob("second");
    await controller.notified(uid);
    site.devserver.store.update("jobs", object);
    site.devserver.store.delete("jobs", namespace, name, {});
    site.devserver.closeWatches();
    await site.devserver.watching(1);
    await controller.notified(site.createJob("third").uid);
    await controller.until(({ msg }) => msg === "history sweep complete");

    const late = performance.now() + 30_000;
    let now = await families();
    while (((valueOf(now, "grafana_provisioning_informer_relists_total", { trigger: "periodic" }) ?? 0) < 2) && performance.now() < late) now = await families();
    const work: [string, Record<string, string>, number][] = [
      ["job_controller_notifications_total", { trigger: "initial" }, 1],
      ["job_controller_notifications_total", { trigger: "live" }, 2],
      ["job_controller_notifications_total", { trigger: "relist" }, 0],
      ["grafana_provisioning_informer_events_total", { verb: "add", delivery: "live" }, 2],
      ["grafana_provisioning_informer_events_total", { verb: "update", delivery: "live" }, 1],
      ["grafana_provisioning_informer_events_total", { verb: "delete", delivery: "live" }, 1],
      ["grafana_provisioning_informer_relists_total", { trigger: "initial" }, 1],
      ["job_controller_watch_opens_total", {}, 2],
      ["job_controller_watch_ends_total", {}, 1],
      ["job_controller_watch_connected", {}, 1],
      ["job_controller_ready", {}, 1],
      ["job_controller_objects_indexed", {}, 2],
      ["grafana_provisioning_informer_relist_objects", {}, 2],
      ["job_controller_history_deleted_total", {}, 1],
      ["job_controller_token_exchanges_total", {}, 1],
      ["rest_client_requests_total", { code: "200", method: "DELETE", host: new URL(site.devserver.apiUrl).host }, 1],
      ["job_controller_build_info", {}, 1],
    ];
    assert.deepEqual(work.map(([metric, labels]) => [metric, labels, valueOf(now, metric, labels)]), work);
    assert.deepEqual(await trouble(), []);

    const seconds = Date.now() / 1000;
    for (const metric of ["grafana_provisioning_informer_last_relist_success_timestamp_seconds", "job_controller_watch_last_event_timestamp_seconds", "process_start_time_seconds"]) {
      const value = valueOf(now, metric) ?? 0;
      assert.ok(value > seconds - 120 && value <= seconds + 1, `${metric} ${value}`);
    }
    for (const metric of ["job_controller_token_expiry_timestamp_seconds", "job_controller_client_certificate_expiry_timestamp_seconds"]) {
      assert.ok((valueOf(now, metric) ?? 0) > seconds, metric);
    }
    for (const metric of ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"]) assert.ok((valueOf(now, metric) ?? 0) > 0, metric);
    assert.equal(await controller.stop(), 0);
  });

  test("names each trouble of a server that is not", async () => {
    const { flag, troubled } = await scraper();
    const mood: { answer: (facts: RequestFacts) => Intercepted } = { answer: () => undefined };
    await using site = await Site.open({ onRequest: (facts) => mood.answer(facts) });
    const controller = site.start([flag, "--resync-interval=1s"]);
    await controller.started();
    const lists = (answer: Intercepted) => (facts: RequestFacts) => (facts.query.has("limit") && facts.path.endsWith("/jobs") ? answer : undefined);
    const listErrors = (reason: string) => new RegExp(`relist_errors_total.*resource="jobs",reason="${reason}"`);
    const watchErrors = (reason: string) => new RegExp(`watch_errors_total.*reason="${reason}"`);

    mood.answer = lists(refusal(410, "Expired", "too old"));
    const first = await troubled(listErrors("expired"));
    assert.ok(first.every((line) => /reason="expired"|retries_total\{operation="list"/.test(line)), first.join("\n"));
    mood.answer = lists({ status: 200, body: "<html>sign in</html>", headers: { "content-type": "text/html" } });
    await troubled(listErrors("not-json"));
    mood.answer = lists("abort");
    await troubled(listErrors("connection"), /connection_errors_total\{server="api",reason="closed"/);
    mood.answer = () => undefined;
    site.devserver.closeWatches("destroy");
    await troubled(watchErrors("cut"));
    site.devserver.refuseAuth();
    await troubled(/unauthorized_total\{credential="renewed"/);
    assert.equal(await controller.stop(), 0);
  });
});
