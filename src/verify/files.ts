// The files of a run: what is known of the server beforehand, and the reports. It is handed ways to read and write them.

import { ConfigError, messageOf } from "../base/errors.ts";
import type { LineSink } from "../base/log.ts";
import { parseBaseline, withBaseline } from "./baseline.ts";
import { lockOf, lockText, parseLock, withLock } from "./lock.ts";
import { decided } from "./outcome.ts";
import { githubAnnotations, githubSummary } from "./reports/github.ts";
import { githubOutputs } from "./reports/github-outputs.ts";
import { type Ending, jsonReport } from "./reports/json.ts";
import { junitReport } from "./reports/junit.ts";
import { tapReport } from "./reports/tap.ts";
import type { Report } from "./result.ts";

/** `-` is standard output. `github` has no file: it goes there and to the step's summary. */
export interface ReportTarget {
  format: "json" | "junit" | "tap" | "github";
  file: string | undefined;
}

export interface KnownFiles {
  lock: string | undefined;
  baseline: string | undefined;
}

export interface Files {
  readText: (path: string) => Promise<string>;
  /** Writes a file anew, or at its end. */
  writeText: (path: string, text: string, how: "anew" | "append") => Promise<void>;
  /** Lines of standard output. */
  out: (text: string) => void;
  err: LineSink;
  /** Where GitHub wants the step's summary and its outputs; undefined elsewhere. */
  summaryFile: string | undefined;
  outputFile: string | undefined;
  nowMs: () => number;
  /** Takes secrets out of texts. */
  clean: (text: string) => string;
}

export interface Expectations {
  /** The report with what is known held against it. */
  judge: (report: Report) => Report;
  /** Writes the lock where there was none. False where that failed. */
  keep: (report: Report) => Promise<boolean>;
}

/** What is known of the server beforehand, and what is kept of it for the next time. @throws ConfigError */
export async function expectations({ lock: path, baseline }: KnownFiles, ids: readonly string[], env: Files): Promise<Expectations> {
  const read = async (file: string, what: string) => {
    try {
      return await env.readText(file);
    } catch (error) {
      if (what === "lock" && (error as { code?: unknown }).code === "ENOENT") return undefined;
      throw new ConfigError(`Cannot read ${what} "${file}": ${messageOf(error)}`);
    }
  };
  const [locked, accepts] = [path && (await read(path, "lock")), baseline && (await read(baseline, "baseline"))];
  const lock = path && locked !== undefined ? parseLock(locked, path) : undefined;
  const accepted = baseline && accepts !== undefined ? parseBaseline(accepts, baseline, ids) : [];
  return {
    judge(report) {
      const compared = lock === undefined || path === undefined ? report : withLock(report, lock, path);
      const kept = `${path} holds what was seen: keep it, and the next run compares`;
      const news = path === undefined || lock !== undefined ? [] : [worthKeeping(report) ? kept : `${path} was not written: not all was checked`];
      return withBaseline({ ...compared, notes: [...(compared.notes ?? []), ...news] }, accepted, env.nowMs());
    },
    async keep(report) {
      return path === undefined || lock !== undefined || !worthKeeping(report) || write(path, lockText(lockOf(report)), "anew", env);
    },
  };
}

/** A lock of little would let the next run say that nothing has changed. */
function worthKeeping(report: Report): boolean {
  return report.cut === undefined && decided(report) > 0;
}

/** Whether all of them were written. */
export async function writeReports(reports: readonly ReportTarget[], report: Report, ending: Ending, env: Files): Promise<boolean> {
  const written: boolean[] = [];
  for (const { format, file } of reports) {
    if (file === "-" && format !== "github") {
      env.out(env.clean(FORMATS[format](report, ending).trimEnd()));
      continue;
    }
    if (format !== "github") {
      written.push(await write(file ?? "", FORMATS[format](report, ending), "anew", env));
      continue;
    }
    for (const line of githubAnnotations(report)) env.out(env.clean(line));
    const { summaryFile, outputFile } = env;
    if (summaryFile) written.push(await write(summaryFile, githubSummary(report), "append", env));
    if (outputFile) written.push(await write(outputFile, githubOutputs(report, ending, namesOf(reports)), "append", env));
  }
  return !written.includes(false);
}

/** Files of the reports, by format. */
function namesOf(reports: readonly ReportTarget[]): Record<string, string> {
  return Object.fromEntries(reports.flatMap(({ format, file }) => (file === undefined || file === "-" ? [] : [[format, file]])));
}

const FORMATS: Readonly<Record<Exclude<ReportTarget["format"], "github">, (report: Report, ending: Ending) => string>> = {
  json: jsonReport,
  junit: junitReport,
  tap: tapReport,
};

/** A file that cannot be written is said, and makes a success a failure. */
async function write(path: string, text: string, how: "anew" | "append", { writeText, clean, err }: Files): Promise<boolean> {
  try {
    await writeText(path, clean(text), how);
    return true;
  } catch (error) {
    err.write(`Error: Cannot write "${path}": ${messageOf(error)}`, "error");
    return false;
  }
}
