// The `history` command: a configuration in, lines out. One look at the server; nothing is written to it.

import { uncounted } from "./base/counts.ts";
import { createLogger, type LineSink } from "./base/log.ts";
import type { HistoryConfig } from "./cli/history-config.ts";
import { advised, apiOf, connect, type ConnectEnv } from "./connect.ts";
import { frugalList } from "./kube/frugal-list.ts";
import { documentText } from "./trail/document.ts";
import { readTrail, type Trail } from "./trail/read.ts";
import { tableLines } from "./trail/table.ts";

/** What the process lends. */
export interface ShowEnv extends Omit<ConnectEnv, "count" | "log"> {
  /** The answer. */
  out: (text: string) => void;
  /** What else there is to say. */
  err: LineSink;
  signal: AbortSignal;
}

const COLLECT_BYTES = 4 * 1024 * 1024;

/** @throws ConfigError, TokenError, ApiError, NetworkError, ProtocolError, IncompatibleError, the signal's reason */
export async function showHistory(config: HistoryConfig, env: ShowEnv): Promise<void> {
  const { clock, redactor, out, err, signal } = env;
  const sink: LineSink = { write: (line, level) => err.write(redactor.apply(line), level) };
  const log = createLogger({ sink, clock, level: "warn", format: "pretty", name: "history" });
  const connection = await connect(config, { ...env, log, count: uncounted });
  try {
    const listPage = frugalList(apiOf(config, connection, clock), env.host.collectGarbage, COLLECT_BYTES);
    const trail = await readTrail({ listPage }, clock, config, signal).catch((error: unknown) => {
      throw config.namespaces.length === 0 ? advised(error) : error;
    });
    const text = config.output === "json" ? documentText(trail) : tableText(trail, config);
    if (text !== "") out(redactor.apply(text));
    if (config.output !== "json") for (const line of remarks(trail)) err.write(line, "info");
  } finally {
    connection.close();
  }
}

function tableText({ jobs, nowMs }: Trail, { output, namespaces }: HistoryConfig): string {
  return jobs.length === 0 ? "" : tableLines(jobs, { wide: output === "wide", namespace: namespaces.length !== 1, nowMs }).join("\n");
}

/** What a table leaves unsaid. */
function remarks({ jobs, read, matched }: Trail): string[] {
  if (read === 0) return ["There are no HistoricJobs: no job has ended, or what is left of them was pruned"];
  if (matched === 0) return [`HistoricJobs that match: none of ${read}`];
  return matched > jobs.length ? [`Older ones that are not shown: ${matched - jobs.length}; give a larger --limit`] : [];
}
