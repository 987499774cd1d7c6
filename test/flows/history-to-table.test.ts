// HistoricJobs of a server, in each era, to what `history` prints: credential, paging, selection, table and document.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { ApiError, IncompatibleError } from "../../src/base/errors.ts";
import { Redactor } from "../../src/base/secret.ts";
import { parseConfig } from "../../src/cli/commands.ts";
import { generateName } from "../../src/devserver/api/names.ts";
import type { DevserverOptions } from "../../src/devserver/serve.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { showHistory } from "../../src/show-history.ts";
import { temporaryDirectory } from "../support/certs.ts";
import { startDevserver, type TestDevserver } from "../support/devserver.ts";

const LIMIT = { timeout: 60_000 };
const ERAS = ["2025-08", "2026-09", "kubernetes"];
const host = await detectHost();

interface Shown {
  out: string;
  err: string[];
}

async function withServer(options: Partial<DevserverOptions>, use: (dev: TestDevserver, show: (...flags: string[]) => Promise<Shown>) => Promise<void>): Promise<void> {
  await using directory = await temporaryDirectory();
  await using dev = await startDevserver({ stateDir: directory.path, ...options });
  await use(dev, async (...flags) => {
    const way = [`--provisioning-server-url=${dev.apiUrl}`, `--tls-ca-file=${dev.files?.ca}`, `--token-exchange-url=${dev.exchangeUrl}`];
    const config = parseConfig(["history", "--token=ProvisioningAdminToken", ...way, ...flags], {});
    assert.ok(config.command === "history");
    const shown: Shown = { out: "", err: [] };
    await showHistory(config, {
      host,
      clock: systemClock,
      random: Math.random,
      redactor: new Redactor(),
      readText: (path) => readFile(path, "utf8"),
      env: {},
      out: (text) => (shown.out += text),
      err: { write: (line) => shown.err.push(line) },
      signal: new AbortController().signal,
    });
    return shown;
  });
}

/** A record of a job that ended so many minutes ago, as a Grafana names it. */
function addRecord(dev: TestDevserver, name: string, minutes: number, status: Record<string, unknown>, more: { namespace?: string; repository?: string } = {}): void {
  const { namespace = "default", repository = "demo" } = more;
  const finished = Date.now() - minutes * 60_000 - 1_000;
  const labels = { "provisioning.grafana.app/repository": repository, "provisioning.grafana.app/original-uid": `uid-of-${name}` };
  dev.store.create("historicjobs", {
    metadata: { namespace, name: generateName(`${name}-`), labels },
    spec: { action: "pull", repository, pull: { incremental: false } },
    status: { state: "success", started: finished - 2_500, finished, ...status },
  });
}

function rows({ out }: Shown): string[][] {
  return out.split("\n").slice(1).map((line) => line.split(/ {3,}/));
}

for (const era of ERAS) {
  describe(`the history of a server of ${era}`, () => {
    test("is shown newest first, with names as they were and ages by the server's clock", LIMIT, () =>
      withServer({ era, settings: ["clock-skew=2h"] }, async (dev, show) => {
        addRecord(dev, "demo-sync", 0, { summary: [{ kind: "Dashboard", create: 3, noop: 1 }] });
        addRecord(dev, "demo-fixFolderMetadata", 30, { state: "error", errors: ["a.json: no"], url: { sourceURL: "https://git.test/a" } });
        const shown = await show("--namespace=default");
        assert.deepEqual(rows(shown), [
          ["demo-sync", "pull", "success", "2h", "2.5s", "3 created", "-", "-"],
          ["demo-fixFolderMetadata", "pull", "error", "2h", "2.5s", "-", "a.json: no", "https://git.test/a"],
        ]);
        assert.deepEqual(shown.err, []);
      }));

    test("is read to its end in pages, of which the newest are kept", LIMIT, () =>
      withServer({ era, settings: ["page-bytes=4000"] }, async (dev, show) => {
        for (let nth = 0; nth < 90; nth++) addRecord(dev, `job-${nth}`, 90 - nth, { state: nth % 3 === 0 ? "error" : "success" });
        const shown = await show("--outcome=error", "--limit=3", "-o", "json");
        const { summary, jobs } = JSON.parse(shown.out) as { summary: object; jobs: { job: string; outcome: string }[] };
        assert.deepEqual(summary, { read: 90, matched: 30, shown: 3, success: 0, warning: 0, error: 30 });
        assert.deepEqual(jobs.map(({ job, outcome }) => `${job} ${outcome}`), ["job-87 error", "job-84 error", "job-81 error"]);
        const lists = dev.requests.filter(({ path }) => path.endsWith("/historicjobs"));
        assert.ok(lists.length > 1, `${lists.length} pages`);
        assert.deepEqual((await show("--limit=3")).err, ["Older ones that are not shown: 87; give a larger --limit"]);
      }));
  });
}

describe("a history of several repositories and namespaces", () => {
  const fill = (dev: TestDevserver): void => {
    addRecord(dev, "a-sync", 10, {}, { repository: "a" });
    addRecord(dev, "b-sync", 20, {}, { repository: "b" });
    addRecord(dev, "a-sync", 30, { state: "warning" }, { repository: "a", namespace: "org-2" });
    addRecord(dev, "a-sync", 50 * 60, { state: "error" }, { repository: "a", namespace: "org-3" });
  };
  for (const [flags, expected] of [
    [[], ["default a-sync", "default b-sync", "org-2 a-sync", "org-3 a-sync"]],
    [["--repository=a"], ["default a-sync", "org-2 a-sync", "org-3 a-sync"]],
    [["--repository=a", "--since=24h"], ["default a-sync", "org-2 a-sync"]],
    [["--namespace=org-2", "--namespace=org-3"], ["org-2 a-sync", "org-3 a-sync"]],
    [["--outcome=warning"], ["org-2 a-sync"]],
  ] as const) {
    test(`shows ${expected.length} for ${flags.join(" ") || "no selection"}`, LIMIT, () =>
      withServer({}, async (dev, show) => {
        fill(dev);
        assert.deepEqual(rows(await show(...flags)).map(([namespace, job]) => `${namespace} ${job}`), expected);
      }));
  }

  test("says that nothing matches, and that nothing is there", LIMIT, () =>
    withServer({}, async (dev, show) => {
      assert.deepEqual(await show(), { out: "", err: ["There are no HistoricJobs: no job has ended, or what is left of them was pruned"] });
      fill(dev);
      assert.deepEqual(await show("--repository=c"), { out: "", err: ["HistoricJobs that match: none of 4"] });
      const { jobs } = JSON.parse((await show("--repository=c", "-o", "json")).out) as { jobs: unknown[] };
      assert.deepEqual(jobs, []);
    }));
});

describe("a history that cannot be shown", () => {
  test("is in Loki", LIMIT, () =>
    withServer({ settings: ["history=loki"] }, async (_dev, show) => {
      await assert.rejects(show(), (error) => error instanceof IncompatibleError && /history in Loki; ask Loki for/.test(error.message));
    }));

  test("is not granted everywhere: the message leads to --namespace", LIMIT, () =>
    withServer({ grantedNamespace: "team-a" }, async (dev, show) => {
      await assert.rejects(show(), (error) => error instanceof ApiError && error.status === 403 && /name them with --namespace$/.test(error.message));
      addRecord(dev, "a-sync", 1, {}, { namespace: "team-a" });
      assert.equal(rows(await show("--namespace=team-a")).length, 1);
    }));

  test("is begun anew when a page's token has expired", LIMIT, () =>
    withServer({ settings: ["page-bytes=2000"], faults: ["gone:list,after=1,count=1"] }, async (dev, show) => {
      for (let nth = 0; nth < 20; nth++) addRecord(dev, `job-${nth}`, nth, {});
      const { summary } = JSON.parse((await show("-o", "json")).out) as { summary: { read: number; matched: number } };
      assert.deepEqual([summary.read, summary.matched], [20, 20]);
      assert.equal(dev.requests.filter(({ path, query }) => path.endsWith("/historicjobs") && !query.has("continue")).length, 2);
    }));
});
