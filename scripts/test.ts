// `npm test [-- suite…]`: everything of scripts/suites.ts that this machine can run, some side by side, one line a suite as
// it ends, a closing table, and as the last line the totals. REQUIRE_ALL=1: what is missing ends it at the start, and a skip is a failure.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { build } from "./build.ts";
import { documentBlocks } from "./doc-blocks.ts";
import { judge } from "./junit.ts";
import { onEnding } from "./signals.ts";
import { BUN, DENO, LANES, type Need, nextSuite, ROOT, type Suite, SUITES, tableErrors, testFiles } from "./suites.ts";

interface Outcome {
  suite: string;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  /** Why anything was skipped. */
  why: string[];
  /** What went wrong, in full, for people. */
  trouble: string;
}

/** Lines of a runner that only say that something went well, or nothing at all. */
const CHATTER = [
  /^$/,
  /^\(pass\) /,
  / \.\.\.(?: ok \(.*)?$/,
  /^\S+\.test\.ts:$/,
  /^running \d+ tests? from/,
  /^Stack backtrace:$/,
  /^ +\d+: <unknown>$/,
];

const requireAll = process.env.REQUIRE_ALL === "1";
const logs = join(ROOT, ".cache/test");
const running = new Set<ChildProcess>();

onEnding((code) => {
  running.forEach(killGroup);
  process.exit(code);
});
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  if (args.includes("--list")) return list();
  const unknown = args.filter((name) => !SUITES.some((suite) => matches(suite, name)));
  if (unknown.length > 0) {
    say(`Cannot run "${unknown.join('", "')}": expected --list or one of ${SUITES.map((suite) => suite.name).join(", ")}`);
    return 2;
  }
  const chosen = args.length === 0 ? SUITES : SUITES.filter((suite) => args.some((name) => matches(suite, name)));
  const missing = await missingNeeds(chosen);
  if (requireAll && missing.size > 0) {
    for (const [name, why] of missing) say(`missing: ${name} (${why})`);
    say("REQUIRE_ALL=1: nothing was run");
    return 1;
  }
  mkdirSync(logs, { recursive: true });

  const outcomes: Outcome[] = [];
  const finish = (outcome: Outcome) => {
    outcomes.push(outcome);
    report(outcome);
  };
  if (args.length === 0) finish(checkTable());
  const compiled = chosen.some((suite) => suite.binary) ? compile() : undefined;
  if (compiled !== undefined) finish(compiled);
  const reasons = (needs: Need[] = []) =>
    needs.filter(({ name }) => missing.has(name)).map(({ name }) => `${name}: ${missing.get(name)}`);
  const runnable: Suite[] = [];
  for (const suite of chosen) {
    const uncompiled = suite.binary && compiled !== undefined && compiled.failed > 0;
    const lacks = uncompiled ? ["the binary did not compile"] : reasons(suite.needs);
    if (lacks.length > 0) finish(skippedSuite(suite, lacks));
    // Ahead of all: it may keep the whole machine busy for minutes, beside which no test should run.
    else if (await prepare(suite, finish)) runnable.push(suite);
  }
  await besides(runnable, async (suite) => finish(await run(suite, reasons(suite.wants))));
  return close(outcomes);
}

/** Runs LANES of them at a time, in order but for those that have to wait for another. */
async function besides(suites: readonly Suite[], use: (suite: Suite) => Promise<void>): Promise<void> {
  const waiting = new Set(suites);
  const under = new Map<Suite, Promise<void>>();
  while (waiting.size > 0 || under.size > 0) {
    const suite = under.size < LANES ? nextSuite([...waiting], [...under.keys()]) : undefined;
    if (suite === undefined) {
      await Promise.race(under.values());
      continue;
    }
    waiting.delete(suite);
    under.set(suite, use(suite).finally(() => under.delete(suite)));
  }
}

/** `runtime` means both of its hosts, `runtime deno` (or `runtime-deno`) one of them. */
function matches(suite: Suite, name: string): boolean {
  return suite.name === name.replace("-", " ") || (suite.kind === "test" && suite.name === `${name} deno`);
}

async function missingNeeds(suites: readonly Suite[]): Promise<Map<string, string>> {
  const needs = new Set<Need>(suites.flatMap((suite) => [...suite.needs, ...(suite.wants ?? [])]));
  const missing = new Map<string, string>();
  for (const need of needs) {
    const why = await need.missing();
    if (why !== undefined) missing.set(need.name, why);
  }
  return missing;
}

async function list(): Promise<number> {
  const missing = await missingNeeds(SUITES);
  const named = (need: Need) => (missing.has(need.name) ? `${need.name} (MISSING: ${missing.get(need.name)})` : need.name);
  const rows = SUITES.map((suite) => [
    suite.name,
    suite.kind === "check" ? "the whole project" : suite.folders.map((folder) => `test/${folder}`).join(" "),
    [...suite.needs, ...(suite.wants ?? [])].map(named).join(", "),
  ]);
  say(table([["suite", "what", "needs"], ...rows]));
  return 0;
}

function checkTable(): Outcome {
  const errors = tableErrors();
  return outcomeOf("suites", { passed: errors.length === 0 ? 1 : 0, failed: errors.length, trouble: errors.join("\n") });
}

function compile(): Outcome {
  const started = performance.now();
  try {
    build();
    return outcomeOf("build", { passed: 1, seconds: since(started) });
  } catch (error) {
    return outcomeOf("build", { failed: 1, seconds: since(started), trouble: messageOf(error) });
  }
}

function skippedSuite(suite: Suite, why: string[]): Outcome {
  return outcomeOf(suite.name, { skipped: 1, why: why.map((reason) => `all: ${reason}`) });
}

async function prepare(suite: Suite, finish: (outcome: Outcome) => void): Promise<boolean> {
  const started = performance.now();
  try {
    await suite.prepare?.((line) => say(`      ${suite.name}: ${line}`));
    return true;
  } catch (error) {
    finish(outcomeOf(suite.name, { failed: 1, seconds: since(started), trouble: `cannot prepare it: ${messageOf(error)}` }));
    return false;
  }
}

async function run(suite: Suite, lacks: string[]): Promise<Outcome> {
  const started = performance.now();
  const files = testFiles(suite);
  if (suite.kind === "test" && files.length === 0) {
    const folders = suite.folders.map((folder) => `test/${folder}`).join(", ");
    return outcomeOf(suite.name, { failed: 1, trouble: `no test files in ${folders}` });
  }
  const base = join(logs, suite.name.replaceAll(" ", "-"));
  const junit = `${base}.xml`;
  rmSync(junit, { force: true });
  const { code, output, timedOut } = await spawnSuite(
    suite,
    [...command(suite, junit), ...files.map((file) => `./${file}`)],
    `${base}.log`,
  );
  const outcome =
    suite.kind === "check"
      ? outcomeOf(suite.name, code === 0 ? { passed: 1 } : { failed: 1 })
      : judged(suite, files, junit, code, output);
  outcome.seconds = since(started);
  if (timedOut) {
    outcome.failed += outcome.failed === 0 ? 1 : 0;
    outcome.trouble += `\nended after ${suite.suiteMs / 60_000} min, the limit of this suite`;
  }
  if (outcome.failed > 0) outcome.trouble = `${withoutChatter(output)}\n${outcome.trouble}`.trim();
  if (outcome.skipped > 0) outcome.why.push(...lacks);
  return outcome;
}

function command(suite: Suite, junit: string): string[] {
  if (suite.kind === "check") return suite.host === "bun" ? [BUN, "check"] : [DENO, "check", "--quiet", "src", "test", "scripts"];
  return suite.host === "bun"
    ? [BUN, "test", "--only-failures", `--timeout=${suite.testMs}`, "--reporter=junit", `--reporter-outfile=${junit}`]
    : [DENO, "test", "-A", "--no-check", "--quiet", `--junit-path=${junit}`];
}

/** Runs in a process group of its own, so that nothing it started outlives it. Output goes to a file: no pipe can fill up. */
function spawnSuite(
  suite: Suite,
  [program = "", ...args]: string[],
  log: string,
): Promise<{ code: number; output: string; timedOut: boolean }> {
  const file = openSync(log, "w");
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", file, file],
    detached: true,
  });
  closeSync(file);
  running.add(child);
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    killGroup(child);
  }, suite.suiteMs);
  return new Promise((resolve) => {
    const done = (code: number) => {
      clearTimeout(limit);
      killGroup(child);
      running.delete(child);
      resolve({ code, output: readFileSync(log, "utf8").trimEnd(), timedOut });
    };
    child.once("error", () => done(127));
    child.once("close", (code) => done(code ?? 1));
  });
}

function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is empty: nothing was left behind.
  }
}

function judged(suite: Suite, files: string[], junit: string, code: number, output: string): Outcome {
  const verdict = judge({ files, xml: existsSync(junit) ? readFileSync(junit, "utf8") : undefined, code, output });
  const again = verdict.files.map((file) => `run it again: ${rerun(suite, file)}`);
  const trouble = [...verdict.failures.map((line) => `failed: ${line}`), ...again].join("\n");
  const { passed, failed, skipped } = verdict;
  return outcomeOf(suite.name, { passed, failed, skipped: skipped.length, why: [...skipped], trouble });
}

function rerun(suite: Suite, file: string): string {
  return suite.host === "bun"
    ? `node_modules/.bin/bun test --timeout=${suite.testMs} ./${file}`
    : `node_modules/.bin/deno test -A --no-check ./${file}`;
}

function withoutChatter(output: string): string {
  return output
    .split("\n")
    .filter((line) => !CHATTER.some((pattern) => pattern.test(line)))
    .join("\n");
}

function report(outcome: Outcome): void {
  const counts = [
    `${outcome.passed} passed`,
    outcome.failed > 0 && `${outcome.failed} failed`,
    outcome.skipped > 0 && `${outcome.skipped} skipped`,
  ];
  const verdict = outcome.failed > 0 ? "FAIL" : outcome.passed > 0 ? "ok" : "skip";
  if (outcome.failed > 0) say(`\n${outcome.trouble}\n`);
  const facts = `${verdict.padEnd(5)} ${outcome.suite.padEnd(15)} ${counts.filter(Boolean).join(", ").padEnd(36)}`;
  say(`${facts} ${outcome.seconds.toFixed(1).padStart(6)} s`);
}

/** The table and the totals; returns the exit code. */
function close(outcomes: Outcome[]): number {
  const sum = (key: "passed" | "failed" | "skipped" | "seconds") => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const head = ["suite", "passed", "failed", "skipped", "seconds", "why skipped"];
  const place = (name: string) => SUITES.findIndex((suite) => suite.name === name);
  const rows = outcomes.toSorted((a, b) => place(a.suite) - place(b.suite)).flatMap(({ suite, passed, failed, skipped, seconds, why: [first = "", ...rest] }) => [
    [suite, `${passed}`, `${failed}`, `${skipped}`, seconds.toFixed(1), first],
    ...rest.map((why) => ["", "", "", "", "", why]),
  ]);
  const noRun = noRunPlaces();
  say(`\n${table([head, ...rows])}`);
  say(`\nsh blocks of the documents marked no-run: ${[String(noRun.length), ...noRun].join(" ")}`);
  if (requireAll && sum("skipped") > 0) say("REQUIRE_ALL=1: a skip is a failure");
  say(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  return sum("failed") > 0 || (requireAll && sum("skipped") > 0) ? 1 : 0;
}

/** A document that cannot be read fails in the suite docs, not here. */
function noRunPlaces(): string[] {
  try {
    return documentBlocks(ROOT).noRun.map(({ place }) => place);
  } catch (error) {
    return [messageOf(error)];
  }
}

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const numeric = /^[\d.]+$|^(passed|failed|skipped|seconds)$/;
  const cell = (text: string, column: number) =>
    numeric.test(text) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join("  ").trimEnd()).join("\n");
}

function outcomeOf(suite: string, facts: Partial<Outcome>): Outcome {
  return { suite, passed: 0, failed: 0, skipped: 0, seconds: 0, why: [], trouble: "", ...facts };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function since(started: number): number {
  return (performance.now() - started) / 1000;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
