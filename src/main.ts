// The process: argv and environment in, exit code out. Signals, standard streams and the end are dealt with here and
// nowhere else; what a command does is in run.ts, devserver/ and observe/.

import { appendFile, readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { formatDuration } from "./base/duration.ts";
import { createLogger, type Logger } from "./base/log.ts";
import { Redactor } from "./base/secret.ts";
import { buildInfo } from "./cli/build-info.ts";
import { dispatch, type Handlers } from "./cli/commands.ts";
import type { DevConfig, RunConfig } from "./cli/config.ts";
import type { HistoryConfig } from "./cli/history-config.ts";
import { viewOf, wantsColor } from "./cli/help.ts";
import { endingOf, endingText, EXIT } from "./cli/exit.ts";
import type { VerifyConfig } from "./cli/verify-config.ts";
import { LAST_STEPS_MS } from "./driving.ts";
import { beGuard } from "./guard.ts";
import { checkReady } from "./observe/ready.ts";
import { runController } from "./run.ts";
import { systemClock } from "./runtime/clock.ts";
import { detectHost } from "./runtime/detect.ts";
import { readableEnvironment } from "./runtime/environment.ts";
import { guardStarter } from "./runtime/guard-process.ts";
import { assertNoRuntimeOptions, dangerousVariables, isCompiled } from "./runtime/hardening.ts";
import { readerGone } from "./runtime/pipe-reader.ts";
import type { Host } from "./runtime/runtime.ts";
import { installProcessEvents, onHangUp } from "./runtime/signals.ts";
import { createStdoutSink } from "./runtime/sink.ts";
import { statusLine } from "./runtime/status-line.ts";
import { createTransport } from "./runtime/transport.ts";
import { showHistory } from "./show-history.ts";
import { GUARD_WORD } from "./work/guard-wire.ts";

if (process.argv[2] === GUARD_WORD) await beGuard();

const FLUSH_MS = 2_000;

const clock = systemClock;
const env = readableEnvironment(process.env);
const redactor = new Redactor();
const stdout = createStdoutSink(process.stdout, {
  onDropped(count) {
    if (log === undefined) stderr.write(`${count} lines of the access log were dropped, their reader is slow`, "warn");
    else log.warn("debug lines dropped, their reader is slow", { count });
  },
});
const stderr = createStdoutSink(process.stderr);
const stop = new AbortController();
let log: Logger | undefined;
/** Why standard output is closed: EPIPE when its reader left. */
let outputLost: string | undefined;
let ending = false;
/** What must not stay behind however the process ends. */
const leftovers: (() => void)[] = [];

/** The one way out: what was written is flushed, what was decided is the code, unless success could not be written. */
async function exit(decided: number, flushMs = FLUSH_MS): Promise<never> {
  for (const clean of leftovers.splice(0)) clean();
  const taken = await stdout.end(flushMs);
  const code = decided === EXIT.ok ? codeOfOutput(taken) : decided;
  await stderr.end(FLUSH_MS);
  process.exit(code);
}

function codeOfOutput(taken: boolean): number {
  if (outputLost === "EPIPE") return EXIT.brokenPipe;
  if (outputLost === undefined && taken) return EXIT.ok;
  stderr.write(`Error: Cannot write to standard output: ${outputLost ?? "its reader has stopped, the last lines are lost"}`, "error");
  return EXIT.failed;
}

async function fail(error: unknown): Promise<never> {
  const end = endingOf(error);
  log?.error(redactor.apply(end.message), { kind: end.kind, code: end.code });
  stderr.write(redactor.apply(endingText(end)).trimEnd(), "error");
  return exit(end.code);
}

installProcessEvents({
  drain(signal) {
    log?.info("Received shutdown signal, stopping controllers", { signal });
    stop.abort(new Error(`stopped by ${signal}`));
  },
  force: (code) => void exit(code),
  crash(error) {
    if (ending) return;
    ending = true;
    void fail(error);
  },
});

function loseOutput(code: string): void {
  outputLost ??= code;
  stop.abort(new Error(`cannot write to standard output: ${code}`));
}

void stdout.closed.then(loseOutput);

/** Sees the reader leave also while there is nothing to write. */
function watchReader(host: Host): void {
  readerGone(1, host, clock, stop.signal).then(() => loseOutput("EPIPE"), () => {});
}

const handlers: Handlers = {
  async run(config: RunConfig) {
    const name = "provisioning-job-controller";
    const sink = { write: (line: string, level: Parameters<typeof stdout.write>[1]) => stdout.write(redactor.apply(line), level) };
    log = createLogger({ sink, clock, level: config.logLevel, format: config.logFormat, name, color: wantsColor(env, process.stdout.isTTY === true) });
    for (const warning of dangerousVariables(env)) log.warn(warning);
    const host = await detectHost();
    watchReader(host);
    const running = runController(config, {
      host,
      clock,
      random: Math.random,
      log,
      redactor,
      readText,
      env,
      drained: (signal) => stdout.ready(signal),
      signal: stop.signal,
      startGuard: guardStarter(host.name, GUARD_WORD, env, (line) => log?.warn("the guard of the workers says", { text: line })),
    });
    let stoppedAt = clock.monotonic();
    stop.signal.addEventListener("abort", () => (stoppedAt = clock.monotonic()), { once: true });
    const overdue = drainDeadline(config.shutdownTimeoutMs + (config.drive.workers.length > 0 ? LAST_STEPS_MS : 0));
    const inTime = await Promise.race([running.then(() => true), overdue]);
    // Lines that wait for their reader are work in flight, too.
    if (inTime || outputLost !== undefined) return exit(EXIT.ok, Math.max(stoppedAt + config.shutdownTimeoutMs - clock.monotonic(), FLUSH_MS));
    log.warn("shutdown timeout exceeded, forcing exit", { timeout: formatDuration(config.shutdownTimeoutMs) });
    return EXIT.failed;
  },

  async history(config: HistoryConfig) {
    const host = await detectHost();
    watchReader(host);
    const out = (text: string) => stdout.write(text, "info");
    await showHistory(config, { host, clock, random: Math.random, redactor, readText, env, out, err: stderr, signal: stop.signal });
    return EXIT.ok;
  },

  async verify(config: VerifyConfig) {
    const { verify } = await import("./verifying.ts");
    // A terminal that closes leaves nothing behind on the server. Self-tests ask none, and may go on without it.
    if (config.selfTest === undefined) onHangUp(() => stop.abort(new Error("stopped by SIGHUP")));
    const host = await detectHost();
    watchReader(host);
    const out = (text: string) => stdout.write(text, "info");
    const err = statusLine(process.stderr, stderr, env);
    return verify(config, { host, clock, random: Math.random, redactor, readText, env, out, err, writeText, signal: stop.signal });
  },

  async dev(config: DevConfig) {
    const { printEnvironment, runDevserver } = await import("./devserver/command/run.ts");
    // A terminal would break the lines anywhere.
    const width = process.stdout.isTTY === true ? process.stdout.columns || 80 : undefined;
    const tables = [
      ...(config.listEras ? (await import("./devserver/behaviour/eras.ts")).renderEras(width) : []),
      ...(config.listFaults ? (await import("./devserver/behaviour/faults/table.ts")).renderFaults(width) : []),
    ];
    if (tables.length > 0) {
      for (const line of tables) stdout.write(line, "info");
      return EXIT.ok;
    }
    watchReader(await detectHost());
    const write = (line: string) => stdout.write(line, "info");
    if (config.printEnv) await printEnvironment(config, { clock, write, signal: stop.signal });
    else {
      const lines = { write, log: (line: string) => stdout.write(line, "debug") };
      const atExit = (clean: () => void) => void leftovers.push(clean);
      await runDevserver(config, { clock, random: Math.random, ...lines, signal: stop.signal, program: programName(), pid: process.pid, atExit });
    }
    return EXIT.ok;
  },

  async fault(config) {
    const { orderFault } = await import("./devserver/command/fault.ts");
    const transport = createTransport({ host: await detectHost(), tls: { insecure: false }, clock, env: {} });
    for (const line of await orderFault(config, transport.fetch, stop.signal)) stdout.write(line, "info");
    return EXIT.ok;
  },

  async seed(config) {
    const { orderSeed } = await import("./devserver/command/seed.ts");
    const transport = createTransport({ host: await detectHost(), tls: { insecure: false }, clock, env: {} });
    stdout.write(await orderSeed(config, transport.fetch, clock, stop.signal), "info");
    return EXIT.ok;
  },

  async ready({ url, timeoutMs }) {
    const transport = createTransport({ host: await detectHost(), tls: { insecure: false }, clock, env: {} });
    const { code, line } = await checkReady(transport.fetch, url, timeoutMs, stop.signal);
    if (code === EXIT.ok) stdout.write(line, "info");
    else stderr.write(line, "error");
    return code;
  },

  async version({ output }) {
    const host = await detectHost();
    const facts = { ...buildInfo, runtime: `${host.name} ${host.version}`, os: process.platform, arch: process.arch };
    stdout.write(
      output === "json" ? JSON.stringify(facts) : `job-controller ${facts.version} (${facts.commit}, ${facts.date}) ${facts.runtime} ${facts.os}/${facts.arch}`,
      "info",
    );
    return EXIT.ok;
  },

  async completion({ shell }) {
    const [{ completionScript }, { vocabulary }] = await Promise.all([import("./cli/completion/script.ts"), import("./vocabulary.ts")]);
    stdout.write(completionScript(shell, vocabulary()).trimEnd(), "info");
    return EXIT.ok;
  },

  async help(page) {
    stdout.write(page.trimEnd(), "info");
    return EXIT.ok;
  },
};

/** Resolves to false once the time after the first signal is over. */
async function drainDeadline(timeoutMs: number): Promise<false> {
  await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
  await clock.sleep(timeoutMs);
  return false;
}

/** What a shell finds this program under: its path if that is how it was called. */
function programName(): string {
  return isCompiled(process.argv[1]) && process.argv0.includes("/") ? process.execPath : "job-controller";
}

async function writeText(path: string, content: string, how: "anew" | "append"): Promise<void> {
  await (how === "anew" ? writeFile : appendFile)(path, content);
}

async function readText(path: string): Promise<string> {
  return path === "-" ? text(process.stdin) : readFile(path, "utf8");
}

try {
  if (isCompiled(process.argv[1])) assertNoRuntimeOptions(process.execArgv);
  await exit(await dispatch(process.argv.slice(2), env, handlers, viewOf(env, process.stdout.isTTY === true)));
} catch (error) {
  // A command that was to answer once has nothing to say when it is stopped.
  if (stop.signal.aborted && error === stop.signal.reason) await exit(outputLost === undefined ? EXIT.cancelled : EXIT.ok);
  await fail(error);
}
