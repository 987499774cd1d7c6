// The `verify` command: a configuration in, a report out, and the code that it comes to.

import { uncounted } from "./base/counts.ts";
import { messageOf, UsageError } from "./base/errors.ts";
import { createLogger, type LineSink } from "./base/log.ts";
import { bearerValue } from "./auth/credential.ts";
import { endingOf, EXIT } from "./cli/exit.ts";
import type { VerifyConfig, VerifyTarget } from "./cli/verify-config.ts";
import { connect, type Connection, type ConnectEnv } from "./connect.ts";
import type { StatusLine } from "./runtime/status-line.ts";
import { API_VERSIONS } from "./provisioning.ts";
import type { Check } from "./verify/check.ts";
import { CHECKS } from "./verify/checks.ts";
import { expectations, type Files, writeReports } from "./verify/files.ts";
import { decided, outcomeOf } from "./verify/outcome.ts";
import { githubShield } from "./verify/reports/github.ts";
import { progressLine, terminalReport } from "./verify/reports/terminal.ts";
import { counted } from "./verify/reports/text.ts";
import { count, type Report } from "./verify/result.ts";
import { idleWords, selected, unknownWord } from "./verify/select.ts";
import { RUN_PREFIX, session } from "./verify/session.ts";
import { tlsOf, withForged, withToken } from "./verify-clients.ts";

/** What the process lends. */
export interface VerifyEnv extends Omit<ConnectEnv, "count" | "log"> {
  /** The report. */
  out: (text: string) => void;
  /** What else there is to say, and where it is. */
  err: StatusLine;
  /** Writes a file anew, or at its end. */
  writeText: (path: string, text: string, how: "anew" | "append") => Promise<void>;
  signal: AbortSignal;
}

/** The exit code. @throws UsageError, ConfigError, TokenError, ApiError, NetworkError, IncompatibleError */
export async function verify(config: VerifyConfig, env: VerifyEnv): Promise<number> {
  refuseUnknown("--focus", config.focus);
  refuseUnknown("--skip", config.skip);
  if (config.selfTest !== undefined) {
    const { testChecks } = await import("./self-testing.ts");
    return testChecks(selected(CHECKS, { ...config, profile: "full" }), config.selfTest.healthyRuns, env);
  }
  const checks = selected(CHECKS, config);
  const { target } = config;
  const idle = idleWords(CHECKS, config);
  if (target === undefined) {
    for (const line of checks.flatMap(listing)) env.out(line);
    for (const line of idle) env.err.write(line, "warn");
    return EXIT.ok;
  }
  if (config.dryRun) {
    for (const line of plan(checks, target)) env.out(line);
    return EXIT.ok;
  }
  const github = { summaryFile: env.env["GITHUB_STEP_SUMMARY"] || undefined, outputFile: env.env["GITHUB_OUTPUT"] || undefined };
  const files: Files = { ...env, ...github, nowMs: () => env.clock.now(), clean: (text) => env.redactor.apply(text) };
  const known = await expectations(config, CHECKS.map(({ id }) => id), files);
  let report: Report;
  try {
    const omitted = selected(CHECKS, { profile: "standard", focus: [], skip: [] }).filter((check) => !checks.includes(check));
    report = known.judge({ ...(await verified(config, target, checks, env)), omitted, notes: idle });
  } catch (error) {
    const { code, message } = env.signal.aborted ? { code: EXIT.cancelled, message: messageOf(env.signal.reason) } : endingOf(error);
    await writeReports(config.reports, untried(config, target, checks, env.clock.now(), message), { exitCode: code, reason: message }, files);
    throw error;
  }
  const code = codeOf(report, config, env.signal);
  const kept = await known.keep(report);
  const ending = { exitCode: code, reason: report.cut ?? outcomeOf(report).words };
  const shield = config.reports.some(({ format }) => format === "github") ? githubShield(report.run + tokenOf(env.random)) : undefined;
  const lines = [shield?.before, ...terminalReport(report), shield?.after];
  // Whoever pipes a report has standard output for it alone.
  const say = config.reports.some(({ file }) => file === "-") ? (line: string) => env.err.write(line, "info") : env.out;
  for (const line of lines) if (line !== undefined) say(env.redactor.apply(line));
  const written = await writeReports(config.reports, report, ending, files);
  return code === EXIT.ok && !(written && kept) ? EXIT.failed : code;
}

async function verified(config: VerifyConfig, target: VerifyTarget, checks: readonly Check[], env: VerifyEnv): Promise<Report> {
  const { clock, redactor, err, random } = env;
  const sink: LineSink = { write: (line, level) => err.write(redactor.apply(line), level) };
  const log = createLogger({ sink, clock, level: "warn", format: "pretty", name: "verify" });
  const connections: Connection[] = [];
  const open = async (access: VerifyTarget) => {
    const connection = await connect(access, { ...env, log, count: uncounted });
    connections.push(connection);
    return connection;
  };
  try {
    const self = await open(target);
    const lesser = target.lesserTokenFile === undefined ? undefined : await open(withToken(target, target.lesserTokenFile));
    const { exchange, server, header, bare } = self;
    const tls = server.startsWith("https:") ? await tlsOf(self) : {};
    return await session({
      clock,
      server,
      fetches: { self: self.fetch, ...(lesser && { lesser: lesser.fetch }), ...(header && { forged: withForged(bare, header), nobody: bare }) },
      ...(exchange && { exchange: { ...exchange, authorization: async () => bearerValue(await exchange.subject.current()) } }),
      ...tls,
      versions: target.apiVersionNamed ? [target.apiVersion] : API_VERSIONS,
      namespace: target.namespace,
      yes: target.yes,
      run: RUN_PREFIX + tokenOf(random),
      profile: config.profile,
      checks,
      timeoutMs: config.timeoutMs,
      signal: env.signal,
      clean: (text) => redactor.apply(text),
      onStep: (step) => err.show(progressLine(step)),
    });
  } finally {
    err.clear();
    for (const connection of connections) connection.close();
  }
}

function refuseUnknown(flag: string, words: readonly string[]): void {
  for (const word of words) {
    const wrong = unknownWord(CHECKS, word);
    if (wrong !== undefined) throw new UsageError(`Cannot use ${flag} "${word}": ${wrong}`);
  }
}

function listing({ id, claim, needs, source, profile }: Check): string[] {
  return [`${id}  ${claim}`, `           ${profile}; needs ${needs.length === 0 ? "reading" : needs.join(", ")}; ${source}`];
}

function plan(checks: readonly Check[], { namespace }: VerifyTarget): string[] {
  const writing = checks.filter(({ needs }) => needs.includes("write"));
  const rest = `${counted(checks.length - writing.length, "check")} without writing`;
  if (writing.length === 0) return [rest];
  const made = writing.map(({ id, makes }) => `  ${id}: ${makes ?? `objects named ${RUN_PREFIX}<run>-${id.toLowerCase()}-…`}`);
  return [`Would write to namespace ${namespace}, and delete again:`, ...made, rest];
}

/** The report of a run that came to nothing. */
function untried({ profile }: VerifyConfig, target: VerifyTarget, checks: readonly Check[], startedMs: number, why: string): Report {
  const { server = "", apiVersion, namespace } = target;
  const results = checks.map((check) => ({ check, verdict: "error" as const, seen: `not tried: ${why}`, evidence: [], observed: {}, ms: 0 }));
  const where = { server, serverVersion: "", apiVersion, flavour: "unknown" as const, namespace };
  return { ...where, profile, run: "", startedMs, ms: 0, results, left: [], cut: why };
}

function codeOf(report: Report, { failOn }: VerifyConfig, signal: AbortSignal): number {
  if (signal.aborted) return EXIT.cancelled;
  if (report.cut !== undefined) return EXIT.timeout;
  if (decided(report) === 0) return EXIT.failed;
  const [failed, undecided, skipped] = [outcomeOf(report).answer === "no", count(report, "error") > 0, count(report, "skip") > 0];
  if (failOn === "never") return EXIT.ok;
  if (failed) return EXIT.failed;
  if (undecided && failOn !== "fail") return EXIT.partial;
  return skipped && failOn === "skip" ? EXIT.partial : EXIT.ok;
}

/** Six characters. */
function tokenOf(random: () => number): string {
  return Math.floor(random() * 36 ** 6).toString(36).padStart(6, "0");
}
