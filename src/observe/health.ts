// Facts about the program in, answers for /livez, /readyz and /healthz out, in the form of Kubernetes' own.
// Knows no HTTP server and asks nobody: whoever learns something says it here.

import type { Clock } from "../base/clock.ts";

/** What readiness depends on, in the order of the verbose page. */
export const READY_CHECKS = ["token", "jobs-list", "jobs-watch"] as const;
/** Shown, but never a reason to be unready. */
export const INFORMATIONAL_CHECKS = ["history"] as const;
export type CheckName = (typeof READY_CHECKS)[number] | (typeof INFORMATIONAL_CHECKS)[number];

export interface HealthPage {
  /** 200, 503, or 404 for a path that is none of ours. */
  status: number;
  /** Plain text. */
  body: string;
}

export interface Health {
  /** The state of a check; `detail` is one line for people, without secrets, and matters when not ok. */
  set(name: CheckName, ok: boolean, detail?: string): void;
  /** The event loop turned. From the first call on, /livez fails when the last is ten seconds old. */
  beat(): void;
  /** From the first signal on: not ready, for good. */
  draining(): void;
  /** Whether /readyz answers 200. */
  readonly ready: boolean;
  /** The answer to a GET; `query` understands `verbose` and, repeatable, `exclude=<check>`. */
  page(path: string, query: URLSearchParams): HealthPage;
}

const BEAT_EVERY_MS = 1_000;
const LAG_MAX_MS = 10_000;

interface Check {
  name: string;
  ok: boolean;
  detail: string;
  informational?: boolean;
}

export function createHealth(clock: Pick<Clock, "monotonic">): Health {
  const facts = new Map<CheckName, { ok: boolean; detail: string }>(
    READY_CHECKS.map((name) => [name, { ok: false, detail: "not yet" }]),
  );
  let beatMs: number | undefined;
  let drains = false;

  function readiness(): Check[] {
    const checks: Check[] = READY_CHECKS.map((name) => ({ name, ...(facts.get(name) ?? { ok: false, detail: "not yet" }) }));
    checks.push({ name: "shutdown", ok: !drains, detail: "draining" });
    for (const name of INFORMATIONAL_CHECKS) {
      const fact = facts.get(name);
      if (fact !== undefined) checks.push({ name, ...fact, informational: true });
    }
    return checks;
  }

  function liveness(): Check[] {
    const lagMs = beatMs === undefined ? 0 : clock.monotonic() - beatMs;
    return [
      { name: "ping", ok: true, detail: "" },
      { name: "event-loop", ok: lagMs < LAG_MAX_MS, detail: `last turned ${Math.round(lagMs / 1_000)} s ago` },
    ];
  }

  return {
    set(name, ok, detail = "") {
      facts.set(name, { ok, detail });
    },
    beat() {
      beatMs = clock.monotonic();
    },
    draining() {
      drains = true;
    },
    get ready() {
      return readiness().every((check) => check.ok || check.informational);
    },
    page(path, query) {
      if (path === "/readyz") return render("readyz", readiness(), query);
      if (path === "/livez") return render("livez", liveness(), query);
      if (path === "/healthz") return render("healthz", liveness(), query);
      return { status: 404, body: "not found; there are /livez, /readyz, /healthz and /metrics\n" };
    },
  };
}

/** Says each second that the event loop turns, until aborted. */
export async function beatEvery(health: Pick<Health, "beat">, clock: Pick<Clock, "sleep">, signal: AbortSignal): Promise<void> {
  for (;;) {
    health.beat();
    await clock.sleep(BEAT_EVERY_MS, signal);
  }
}

/** As kube-apiserver prints it: https://kubernetes.io/docs/reference/using-api/health-checks/ */
function render(page: string, checks: readonly Check[], query: URLSearchParams): HealthPage {
  const excluded = new Set(query.getAll("exclude"));
  const counts = (check: Check) => !check.informational && !excluded.has(check.name);
  const passed = checks.every((check) => check.ok || !counts(check));
  if (passed && !query.has("verbose")) return { status: 200, body: "ok" };
  const lines = checks.map((check) => {
    if (excluded.has(check.name)) return `[+]${check.name} excluded: ok`;
    if (check.ok) return `[+]${check.name} ok`;
    const detail = check.detail === "" ? "" : `: ${check.detail}`;
    return check.informational ? `[+]${check.name} ok (informational)${detail}` : `[-]${check.name} failed${detail}`;
  });
  const strangers = [...excluded].filter((name) => checks.every((check) => check.name !== name)).map((name) => JSON.stringify(name));
  if (strangers.length > 0) lines.push(`warn: some health checks cannot be excluded: no matches for ${strangers.join(",")}`);
  lines.push(`${page} check ${passed ? "passed" : "failed"}`);
  return { status: passed ? 200 : 503, body: `${lines.join("\n")}\n` };
}
