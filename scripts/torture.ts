// `npm run torture -- --minutes 10 [--seed N] [--server dev:2026-09]…`: three controllers and 20 workers under torture on
// each server in turn; without --server also beside the operator's drivers. Prints tables, and exits with 1 where anything
// was broken that must never be.

import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { beside, BESIDE_ERAS, besideFailures, besideTable, type Tally } from "../test/torture/beside.ts";
import { complaints, sufferings, table } from "../test/torture/report.ts";
import { SERVER_NAMES, type ServerName } from "../test/torture/server.ts";
import { failures, type Outcome, torture } from "../test/torture/torture.ts";
import { BINARY } from "../test/support/controller.ts";
import { build } from "./build.ts";
import { onEnding } from "./signals.ts";
import { ROOT } from "./suites.ts";

const USAGE = `usage: npm run torture -- [--minutes 10] [--seed N] [--server ${SERVER_NAMES.join("|")}]…`;

/** Where each server's logs and findings are left. */
const FOLDER = ".cache/torture";
const BESIDE_JOBS = 400;

interface Arguments {
  minutes: number;
  seed: number;
  servers: readonly ServerName[];
}

// Whatever ends this process ends what it started.
onEnding((code) => process.exit(code));
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const read = argumentsOf(args);
  if (read === undefined) {
    say(USAGE);
    return 2;
  }
  if (process.env["JOB_CONTROLLER_BINARY"] === undefined) build();
  if (!existsSync(BINARY)) throw new Error(`there is no ${BINARY}`);
  const { minutes, seed, servers } = read;
  const outcomes: Outcome[] = [];
  for (const server of servers) {
    const folder = join(FOLDER, server.replace(":", "-"));
    const outcome = await torture({
      server,
      seed,
      lengthMs: minutes * 60_000,
      drivers: [7, 7, 6],
      repositories: 9,
      jobsPerSecond: 12,
      everyMs: 3_000,
      folder: join(ROOT, folder),
      say,
    });
    outcomes.push(outcome);
    complaints(outcome, folder).forEach(say);
  }
  say("");
  [...table(outcomes), "", ...sufferings(outcomes)].forEach(say);
  const tallies = servers === SERVER_NAMES ? await besideAll() : [];
  const broken = outcomes.some((outcome) => failures(outcome).length > 0) || tallies.some((tally) => besideFailures(tally).length > 0);
  if (broken) say(`\nbroken; the same plan again: npm run torture -- --minutes ${minutes} --seed ${seed}`);
  return broken ? 1 : 0;
}

async function besideAll(): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const era of BESIDE_ERAS) tallies.push(await beside({ era, jobs: BESIDE_JOBS, folder: join(ROOT, FOLDER, `beside-${era}`) }));
  ["", ...besideTable(tallies), ...tallies.flatMap(besideFailures)].forEach(say);
  return tallies;
}

function argumentsOf(args: string[]): Arguments | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { minutes: { type: "string", default: "10" }, seed: { type: "string" }, server: { type: "string", multiple: true } },
    });
    const minutes = Number(values.minutes);
    const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
    const servers = (values.server ?? SERVER_NAMES) as readonly ServerName[];
    const fits = minutes > 0 && Number.isInteger(seed) && servers.every((name) => SERVER_NAMES.includes(name));
    return fits ? { minutes, seed, servers } : undefined;
  } catch {
    return undefined;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
