// Claim: a sweep holds one page, so its peak does not grow with the history. Peak resident memory of the controller over
// three sweeps of histories of growing size, first with nothing expired, then with everything.

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY, Controller } from "../support/controller.ts";
import { options, printTable, type Row } from "./support.ts";

const { small, large, repeat, sweeps } = options({ small: 1_000, large: 100_000, repeat: 3, sweeps: 3 });
const API = "/apis/provisioning.grafana.app/v0alpha1";
const SUMMARY = "history sweep complete";

if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: npm run build`);
const directory = mkdtempSync(join(tmpdir(), "history-memory-"));
const token = join(directory, "token");
writeFileSync(token, "bench");
try {
  const rows: Row[] = [];
  for (const records of [small, Math.round(Math.sqrt(small * large)), large]) {
    rows.push({ name: `${records} records`, values: { "kept, peak MB": await peak(records, false), "all deleted, peak MB": await peak(records, true) } });
  }
  printTable(`peak resident over ${sweeps} sweeps, lowest of ${repeat} runs`, rows, rows[0]?.name ?? "");
} finally {
  rmSync(directory, { recursive: true });
}

/** The lowest of some runs: what the collector left lying about by chance is no need of the program. */
async function peak(records: number, expire: boolean): Promise<number> {
  const peaks: number[] = [];
  for (let run = 0; run < repeat; run++) peaks.push(await once(records, expire));
  return Math.min(...peaks);
}

async function once(records: number, expire: boolean): Promise<number> {
  const watches = new Set<ServerResponse>();
  const gone = new Set<string>();
  const created = new Date(Date.now() - (expire ? 3_600_000 : 60_000)).toISOString().replace(/\.\d+Z/, "Z");
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("Content-Type", "application/json");
    if (request.method === "DELETE") {
      request.resume();
      gone.add(url.pathname.split("/").at(-1) ?? "");
      response.end('{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}');
    } else if (url.searchParams.has("watch")) {
      watches.add(response);
      response.flushHeaders();
    } else if (url.pathname === `${API}/historicjobs`) {
      const from = Number(url.searchParams.get("continue") ?? 0);
      const limit = Number(url.searchParams.get("limit"));
      const items: unknown[] = [];
      let next = from;
      for (; next < records && items.length < limit; next++) if (!gone.has(nameOf(next))) items.push(record(next, created));
      response.end(JSON.stringify({ kind: "HistoricJobList", metadata: { resourceVersion: "1", continue: next < records ? String(next) : "" }, items }));
    } else {
      response.end(JSON.stringify({ kind: "JobList", metadata: { resourceVersion: "1" }, items: [] }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const controller = new Controller([
    `--provisioning-server-url=http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    `--bearer-token-file=${token}`,
    "--health-probe-bind-address=0",
    "--history-expiration=30m",
    "--history-sweep-interval=1s",
    "--history-delete-rate=0",
  ]);
  try {
    let seen = 0;
    await controller.until(({ msg }) => msg === SUMMARY && ++seen > sweeps - 1, 300_000);
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${controller.pid}/status`, "utf8"))?.[1]) / 1024;
  } finally {
    await controller.stop();
    for (const watch of watches) watch.end();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function nameOf(index: number): string {
  return `repository-sync-${String(index).padStart(7, "0")}`;
}

/** About 900 bytes, as Grafana writes one. */
function record(index: number, creationTimestamp: string): unknown {
  const name = nameOf(index);
  const uid = `77aa0000-0001-4a70-9f00-${String(index).padStart(12, "0")}`;
  return {
    metadata: {
      name,
      namespace: "default",
      uid,
      resourceVersion: String(1_756_111_240_100_001 + index),
      creationTimestamp,
      labels: { "provisioning.grafana.app/repository": "repository", "provisioning.grafana.app/original-uid": `5f0e${uid.slice(4)}`, "provisioning.grafana.app/claim": "1756111239000" },
      annotations: { "grafana.app/createdBy": "access-policy:provisioning", "grafana.app/updatedTimestamp": creationTimestamp },
    },
    spec: { action: "pull", repository: "repository", pull: { incremental: true } },
    status: {
      state: "success",
      started: 1_756_111_239_000,
      finished: 1_756_111_240_000,
      message: "completed successfully",
      progress: 100,
      summary: [{ group: "dashboard.grafana.app", kind: "Dashboard", total: 12, create: 3, update: 4, delete: 5, write: 12 }],
    },
  };
}
