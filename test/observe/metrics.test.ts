import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { COUNTED, type CountName } from "../../src/base/counts.ts";
import { REASONS } from "../../src/base/reasons.ts";
import { METRICS, READINGS } from "../../src/observe/metric-table.ts";
import { createMetrics } from "../../src/observe/metrics.ts";
import { moved, parseExposition } from "../support/exposition.ts";

const all = () => true;

describe("createMetrics()", () => {
  test("shows every combination of listed words at 0 from the start, and what has an open label once it happened", () => {
    const families = parseExposition(createMetrics().page());
    for (const [name, words] of Object.entries(COUNTED)) {
      const metric = METRICS[name as CountName];
      const lists: (string | readonly string[])[] = Object.values(words);
      const expected = lists.reduce<number>((count, each) => count * (each === "open" ? 0 : each.length), metric.buckets === undefined ? 1 : metric.buckets.length + 3);
      assert.equal(families.get(metric.name)?.samples.length ?? 0, expected, metric.name);
    }
    assert.deepEqual(moved(families, all), []);
  });

  test("counts by labels, in whichever order they are given", () => {
    const { count, page } = createMetrics();
    count("page-failed", { resource: "jobs", reason: "cut" });
    count("page-failed", { reason: "cut", resource: "jobs" }, 2);
    count("watch-opened", {});
    count("answer", { host: "a:1", code: "200", method: "GET" });
    count("event", { verb: "add", delivery: "relist" }, 0);
    assert.deepEqual(moved(parseExposition(page()), all), [
      "job_controller_watch_opens_total 1",
      'rest_client_requests_total{code="200",method="GET",host="a:1"} 1',
      'grafana_provisioning_informer_relist_errors_total{source="apiserver",resource="jobs",reason="cut"} 3',
    ]);
  });

  test("sorts measured amounts into buckets, the bound itself included", () => {
    const { count, page } = createMetrics();
    for (const seconds of [0, 1, 1.5, 300, 301]) count("notification-lag", { trigger: "live" }, seconds);
    const family = parseExposition(page()).get("job_controller_notification_lag_seconds");
    const live = family?.samples.filter(({ labels }) => labels.trigger === "live").map(({ labels, value }) => [labels.le ?? "", value]);
    assert.deepEqual(live, [["1", 2], ["2", 3], ["5", 3], ["10", 3], ["30", 3], ["60", 3], ["120", 3], ["300", 4], ["+Inf", 5], ["", 603.5], ["", 5]]);
  });

  test("reads at each look, and leaves out what is not known", () => {
    const { reading, page } = createMetrics();
    let expiry: number | undefined;
    reading("token-expiry", () => expiry);
    reading("build", () => 1, { version: "1.2.3", commit: "abc", runtime: "bun 1" });
    reading("last-list", () => 5);
    const shown = () => moved(parseExposition(page()), ({ type }) => type === "gauge");
    const others = [
      'job_controller_build_info{version="1.2.3",commit="abc",runtime="bun 1"} 1',
      'grafana_provisioning_informer_last_relist_success_timestamp_seconds{source="apiserver",resource="jobs"} 5',
    ];
    assert.deepEqual(shown(), others);
    expiry = 1_700_000_000;
    assert.deepEqual(shown(), ["job_controller_token_expiry_timestamp_seconds 1700000000", ...others]);
  });
});

describe("METRICS and READINGS", () => {
  const rows = [...Object.values(METRICS), ...Object.values(READINGS)];

  test("give each name once", () => assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length));

  test("say what each means, in one sentence without an end", () => {
    for (const { name, help } of rows) assert.match(help, /^[A-Z1].*[^.\s]$/, name);
  });

  test("have units and suffixes as Prometheus wants them", () => {
    for (const { name } of rows) {
      assert.match(name, /^(?:job_controller|grafana_provisioning_(?:informer|jobs)|workqueue|rest_client|process)_[a-z_]+$/);
      assert.doesNotMatch(name, /_(?:ms|milliseconds|minutes|mb|count|bucket|sum)$/);
    }
    for (const [name, metric] of Object.entries(METRICS)) assert.match(metric.name, metric.buckets === undefined ? /_total$/ : /_seconds$/, name);
  });

  test("are all in README.md, as are the reasons", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    for (const { name } of rows) assert.ok(readme.includes(`\`${name}\``), name);
    for (const reason of Object.keys(REASONS)) assert.ok(readme.includes(`| \`${reason}\` |`), reason);
  });
});
