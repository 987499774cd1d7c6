// `verify --self-test`: what the process lends to trials on embedded servers, and the code that they come to.

import type { VerifyEnv } from "./verifying.ts";
import { EXIT } from "./cli/exit.ts";
import { systemClock } from "./runtime/clock.ts";
import { probe } from "./runtime/probe.ts";
import type { Host } from "./runtime/runtime.ts";
import { createTransport } from "./runtime/transport.ts";
import { FLIPS } from "./self-test/flips.ts";
import { selfTest } from "./self-test/self-test.ts";
import type { Lent } from "./self-test/trial.ts";
import type { Check } from "./verify/check.ts";
import { CHECKS } from "./verify/checks.ts";

/** Servers at a time. A healthy run takes two seconds of processor time in a minute, and 50 MB. */
const SERVERS = { broken: 8, healthy: 32 };

/** The exit code. */
export async function testChecks(checks: readonly Check[], healthyRuns: number, { host, out, err, signal }: Pick<VerifyEnv, "host" | "out" | "err" | "signal">): Promise<number> {
  const { lines, passed } = await selfTest({
    ...lend(host),
    checks,
    rows: FLIPS.filter(([check]) => checks.includes(check)),
    whole: checks.length === CHECKS.length,
    healthyRuns,
    servers: SERVERS,
    signal,
    say: (line) => err.write(line, "info"),
  });
  for (const line of lines) out(line);
  return passed ? EXIT.ok : EXIT.failed;
}

/** The way of this process to servers that it started itself. */
export function lend(host: Host): Lent {
  return {
    clock: systemClock,
    random: Math.random,
    connect: (tls) => createTransport({ host, tls: { ...tls, insecure: false }, clock: systemClock, env: {} }),
    look: async (url) => (await probe({ url, tls: { insecure: true }, clock: systemClock, mode: "look" }))?.peer,
  };
}
