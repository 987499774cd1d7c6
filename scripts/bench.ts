// `npm run bench [-- <claim>…] [--quick] [--list]`: measures the claims of test/bench beside their rivals and limits on one real API
// server, prints a table each, and, where it was all of them in full size, writes test/bench/RESULTS.md. Missed targets are no failure.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { CLAIMS } from "../test/bench/claims.ts";
import type { Claim } from "../test/bench/harness/claim.ts";
import { circumstances } from "../test/bench/harness/machine.ts";
import { type Measured, results, section } from "../test/bench/harness/results.ts";
import { FULL, QUICK } from "../test/bench/harness/scale.ts";
import { openStage, type Stage } from "../test/bench/harness/stage.ts";
import { BINARY } from "../test/support/controller.ts";
import { build } from "./build.ts";
import { onEnding } from "./signals.ts";
import { ROOT } from "./suites.ts";

const USAGE = `usage: npm run bench -- [--quick] [--list] [${CLAIMS.map(({ name }) => name).join("|")}]…`;
const RESULTS = "test/bench/RESULTS.md";

interface Arguments {
  claims: readonly Claim[];
  quick: boolean;
  list: boolean;
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
  if (read.list) {
    for (const { name, title } of CLAIMS) say(`${name.padEnd(12)} ${title}`);
    return 0;
  }
  if (process.env["JOB_CONTROLLER_BINARY"] === undefined) build();
  if (!existsSync(BINARY)) throw new Error(`Cannot measure "${BINARY}": expected a program; npm run build makes it`);
  const where = circumstances();
  const measured = await measureAll(read);
  const failed = measured.some(({ failure }) => failure !== undefined);
  if (!read.quick && read.claims === CLAIMS) {
    writeFileSync(join(ROOT, RESULTS), results(where, measured));
    say(`\n${RESULTS} is written`);
  }
  return failed ? 1 : 0;
}

async function measureAll({ claims, quick }: Arguments): Promise<Measured[]> {
  await using stage = await openStage(quick ? QUICK : FULL, say);
  const measured: Measured[] = [];
  for (const claim of claims) {
    const one = await measure(claim, stage);
    section(one).forEach(say);
    measured.push(one);
  }
  return measured;
}

/** A claim that fails takes no other one with it. */
async function measure(claim: Claim, stage: Stage): Promise<Measured> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  try {
    const figures = await claim.measure(stage);
    return { claim, figures, seconds: seconds() };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    for (const resource of ["jobs", "historicjobs"] as const) await stage.population.clear(resource);
    return { claim, figures: [], seconds: seconds(), failure: error instanceof Error ? error.message : String(error) };
  }
}

function argumentsOf(args: string[]): Arguments | undefined {
  try {
    const options = { quick: { type: "boolean", default: false }, list: { type: "boolean", default: false } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const chosen = CLAIMS.filter(({ name }) => positionals.includes(name));
    if (new Set(positionals).size !== chosen.length) return undefined;
    return { ...values, claims: positionals.length === 0 ? CLAIMS : chosen };
  } catch {
    return undefined;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
