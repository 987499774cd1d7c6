// The settings of `verify`: texts in, checked values out. Which checks there are it does not know. Opens nothing.

import { UsageError } from "../base/errors.ts";
import { accessOf, scopeOf } from "./access-config.ts";
import type { AccessConfig, ScopeConfig } from "./access-config.ts";
import { COMMANDS, FAIL_ON, REPORT_FORMATS, VERIFY_PROFILES } from "./flags.ts";
import { parseArguments } from "./parse.ts";
import { Settings } from "./settings.ts";
import type { Environment } from "./settings.ts";
import { countOf, namespaceOf, quoted } from "./values.ts";
import type { Source } from "./values.ts";

export interface VerifyConfig {
  command: "verify";
  profile: (typeof VERIFY_PROFILES)[number];
  /** Ids and areas as they were given, in capitals; empty = all of the profile. */
  focus: string[];
  skip: string[];
  timeoutMs: number;
  failOn: (typeof FAIL_ON)[number];
  reports: ReportTarget[];
  /** File of what was seen before; written where there is none. */
  lock: string | undefined;
  /** File of failures that are accepted. */
  baseline: string | undefined;
  dryRun: boolean;
  /** The checks themselves are tried, on embedded servers. */
  selfTest: { healthyRuns: number } | undefined;
  /** Undefined: the checks are listed, and no server is asked. */
  target: VerifyTarget | undefined;
}

export interface VerifyTarget extends AccessConfig, ScopeConfig {
  namespace: string;
  /** Write though there are jobs of others. */
  yes: boolean;
  lesserTokenFile: string | undefined;
}

/** `github` has no file: it goes to standard output and to the step's summary. */
export interface ReportTarget {
  format: (typeof REPORT_FORMATS)[number];
  file: string | undefined;
}

/** What `smoke` takes at most, unless another time was named. */
const SMOKE_TIMEOUT_MS = 10_000;

/** Reads the arguments of `verify`. @throws UsageError */
export function verifyConfig(argv: readonly string[], env: Environment): VerifyConfig {
  const settings = new Settings(COMMANDS.verify, parseArguments(COMMANDS.verify, argv).given, env);
  const words = (name: string) => settings.list(name).flatMap(({ text }) => text.toUpperCase().split(/[\s,]+/).filter((word) => word !== ""));
  const profile = settings.enum("profile", VERIFY_PROFILES);
  const hurried = profile === "smoke" && settings.named("timeout") === undefined;
  const values = {
    command: "verify" as const,
    profile,
    focus: words("focus"),
    skip: words("skip"),
    timeoutMs: hurried ? SMOKE_TIMEOUT_MS : settings.durationMs("timeout", { atLeastMs: 1_000, least: "at least 1s" }),
    failOn: settings.enum("fail-on", FAIL_ON),
    reports: reportsOf(settings.list("report")),
    lock: settings.named("lock")?.text,
    baseline: settings.named("baseline")?.text,
    dryRun: settings.bool("dry-run"),
  };
  const selfTest = settings.bool("self-test") ? { healthyRuns: countOf(settings.required("healthy-runs"), 0, 100_000) } : undefined;
  return { ...values, selfTest, target: settings.bool("list") || selfTest !== undefined ? undefined : targetOf(settings, env) };
}

function targetOf(settings: Settings, env: Environment): VerifyTarget {
  const { apiVersion, apiVersionNamed } = scopeOf(settings);
  const namespace = namespaceOf(settings.required("namespace"));
  const yes = settings.bool("yes");
  const lesserTokenFile = settings.named("lesser-token-file")?.text;
  return { namespace, yes, lesserTokenFile, namespaces: [namespace], apiVersion, apiVersionNamed, ...accessOf(settings, env) };
}

/** Two reports in one place are none. */
function reportsOf(sources: readonly Source[]): ReportTarget[] {
  const reports = sources.map(reportOf);
  const second = sources.find((_, at) => reports.findIndex(({ file }) => file === reports[at]?.file) < at);
  if (second !== undefined) throw new UsageError(`Cannot use ${second.label} ${quoted(second.text)}: expected a place of its own for each report`);
  return reports;
}

function reportOf(source: Source): ReportTarget {
  const { label, text } = source;
  const [, name = "", file] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const format = REPORT_FORMATS.find((one) => one === name);
  const rule = "json=FILE, junit=FILE, tap=FILE or github";
  if (format === undefined || (format === "github") !== (file === undefined) || file === "") {
    throw new UsageError(`Cannot parse ${label} ${quoted(text)}: expected ${rule}`);
  }
  return { format, file };
}
