// Our controller beside Grafana's own drivers, as the dev server plays them, on one queue: who did which job, and who did
// one that the other had, attributed to the writer. Times are a tenth of the real ones. In: an era. Out: a tally.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Site } from "../support/binary.ts";
import { eventually } from "../support/apiserver.ts";
import { type Change, changeOf, type JobChange, type Thing } from "./changes.ts";
import { bootMs } from "./clock.ts";
import { readRuns, type Run } from "./side-files.ts";

export const BESIDE_ERAS = ["2025-08", "2026-09"] as const;
export type BesideEra = (typeof BESIDE_ERAS)[number];
export type Side = "ours" | "operator";

export interface BesideOptions {
  era: BesideEra;
  jobs: number;
  /** For side files; emptied first. */
  folder: string;
}

export type PerSide = Record<Side, number>;

export interface Tally {
  era: BesideEra;
  jobs: number;
  /** Jobs by who ended them. */
  ended: PerSide;
  /** Claims that were taken while the other side's was fresh, by who took. */
  taken: PerSide;
  /** Records of jobs that had one, by who wrote the second. */
  second: PerSide;
  /** Jobs that were deleted without a record, by who had them last. */
  vanished: PerSide;
  /** Our workers that found another of ours at the same job. */
  overlaps: number;
}

/** The servers' expiries and renewals: 30 s and 30 s, 60 s and 20 s. Ours: validity 25 s, renewal 8 s, expiry 60 s, settle 2 s. */
const SCALED: Record<BesideEra, { expiryMs: number; settings: string[]; flags: string[] }> = {
  "2025-08": { expiryMs: 3_000, settings: ["lease-expiry=3s", "lease-renewal=3s"], flags: ["--claim-settle=200ms"] },
  "2026-09": { expiryMs: 6_000, settings: ["lease-expiry=6s", "lease-renewal=2s"], flags: [] },
};
const FLAGS = [
  "--drivers=4",
  "--lease-validity=2500ms",
  "--lease-renewal=800ms",
  "--lease-expiry=6s",
  "--job-interval=3s",
  "--worker-env=TORTURE_SIDE",
  "--worker-env=TORTURE_SHORT",
];
const WORKER = fileURLToPath(new URL("./worker.sh", import.meta.url));
/** Names that are used again and again. */
const NAMES = Array.from({ length: 16 }, (_, index) => `repo-${index}-sync`);

export async function beside({ era, jobs, folder }: BesideOptions): Promise<Tally> {
  const { expiryMs, settings, flags } = SCALED[era];
  const side = join(folder, "side");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(side, { recursive: true });
  await using site = await Site.open({ era, settings, simulate: "drivers:3,duration:50ms-700ms,crash:5%,reaps:1s,pulls:off" });
  const { store } = site.devserver;
  const changes: Change[] = [];
  const created = new Set<string>();
  store.onChange(({ type, resource, entry, version }) => {
    if (resource !== "repositories") changes.push(changeOf(type, resource, entry.object as Thing, bootMs(), BigInt(version)));
  });
  const controller = site.start([`--worker=*=exec:${WORKER}`, ...FLAGS, ...flags], { env: { TORTURE_SIDE: side, TORTURE_SHORT: "1" } });
  await controller.started();
  const free = () => NAMES.find((name) => store.get("jobs", "default", name) === undefined);
  while (created.size < jobs) {
    const name = await eventually("a job has ended", async () => free());
    created.add(site.createJob(name).uid);
  }
  await eventually("every job has ended", async () => store.count("jobs") === 0, 120_000);
  const code = await controller.stop();
  if (code !== 0) throw new Error(`the controller ended with ${code}: ${controller.tail()}`);
  return tally(era, changes, readRuns(side), expiryMs);
}

/** Pure. `expiryMs`: an owner that was silent for longer has nothing that could be taken. */
export function tally(era: BesideEra, changes: readonly Change[], runs: readonly Run[], expiryMs: number): Tally {
  const none = (): PerSide => ({ ours: 0, operator: 0 });
  const result: Tally = { era, jobs: 0, ended: none(), taken: none(), second: none(), vanished: none(), overlaps: 0 };
  result.overlaps = runs.filter(({ saw }) => saw.length > 0).length;
  const byUid = Map.groupBy(changes, ({ uid }) => uid);
  result.jobs = byUid.size;
  for (const story of byUid.values()) {
    let records = 0;
    let job: JobChange | undefined;
    for (const change of story) {
      if (change.kind === "record") {
        if (change.type !== "ADDED") continue;
        const writer = change.name.endsWith(change.uid) ? "ours" : "operator";
        if (records++ === 0) result.ended[writer]++;
        else result.second[writer]++;
        continue;
      }
      // Its reaper deletes first, and writes the record then.
      if (change.type === "DELETED") continue;
      const [had, has] = [job && sideOf(job), sideOf(change)];
      if (job !== undefined && had !== undefined && has !== undefined && had !== has && change.atMs - job.atMs < expiryMs) result.taken[has]++;
      job = change;
    }
    if (records === 0) result.vanished[(job && sideOf(job)) ?? "operator"]++;
  }
  return result;
}

/** What must not be: of our side anywhere, of either side where claims are signed and compare-and-swap is atomic. */
export function besideFailures({ era, taken, second, vanished, overlaps }: Tally): string[] {
  const ours = { "second records of ours": second.ours, "jobs of ours that vanished": vanished.ours, "overlaps of ours": overlaps };
  const all = { "claims taken by us": taken.ours, "claims taken by the operator": taken.operator, "second records of the operator": second.operator };
  return Object.entries({ ...ours, ...(era === "2025-08" ? {} : all) }).flatMap(([what, count]) => (count === 0 ? [] : [`${era}: ${count} ${what}`]));
}

/** Whose claim it is: before July 2026 Grafana's drivers did not sign theirs, later with `w` and 13 digits. */
function sideOf({ claim, owner }: JobChange): Side | undefined {
  if (claim === "") return undefined;
  return owner === "" || /^w[0-9a-f]{13}$/.test(owner) ? "operator" : "ours";
}

/** Both sides in each cell: ours + the operator's. */
export function besideTable(tallies: readonly Tally[]): string[] {
  const both = ({ ours, operator }: PerSide) => `${ours} + ${operator}`;
  const rows = [
    ["beside the operator (ours + its)", "jobs", "ended", "taken while fresh", "second records", "vanished", "our overlaps"],
    ...tallies.map(({ era, jobs, ended, taken, second, vanished, overlaps }) => [
      `dev:${era}`,
      String(jobs),
      both(ended),
      both(taken),
      both(second),
      both(vanished),
      String(overlaps),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "));
}
