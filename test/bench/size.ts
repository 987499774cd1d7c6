// Claim: over a program that does nothing, compiled as ours is, we take at most 4 MB on the disk, 12 MB resident and 15 ms to begin.

import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Claim } from "./harness/claim.ts";
import { pause, Running, type Subject } from "./harness/running.ts";
import { compared } from "./harness/stage.ts";
import { inTurns } from "./harness/statistics.ts";
import { syncsOf } from "./harness/syncs.ts";

const STARTS = 10;
const MB = 1_048_576;

export const size: Claim = {
  name: "size",
  title: "What the program adds to its runtime",
  how:
    "The limit is a program that writes one line, compiled with the same flags. A controller has begun when its first request, to the token exchange, " +
    "has come in; the empty program, and `version`, when the first byte has. No Job on the server.",
  async measure(stage) {
    const { ours, rivals, empty } = stage;
    const idle = await syncsOf(stage, 0);
    const subjects = [ours, ...rivals, empty];
    const versions = await inTurns([{ ...ours, args: ["version"] }, empty], STARTS, firstByte);
    const starts = await inTurns(subjects, STARTS, (subject) => (subject === empty ? firstByte(empty) : firstRequest(subject)));
    const memory = await inTurns([empty], stage.scale.rounds, (subject) => resident(subject, stage.scale.restSeconds));
    const bytes = new Map(subjects.map(({ name, binary }) => [name, [statSync(binary).size / MB]]));
    const limitOf = (series: ReadonlyMap<string, number[]>) => ({ name: empty.name, runs: series.get(empty.name) ?? [] });
    const figure = (what: string, series: ReadonlyMap<string, number[]>, atMost: number) => ({
      what,
      ours: series.get(ours.name) ?? [],
      rivals: Object.fromEntries(rivals.map(({ name }) => [name, series.get(name) ?? []])),
      limit: limitOf(series),
      target: { measure: "beyond limit", atMost } as const,
    });
    return [
      figure("binary, MB", bytes, 4),
      {
        what: "idle resident, MB",
        ...compared(idle, ({ rested }) => rested.residentMB),
        limit: limitOf(memory),
        target: { measure: "beyond limit", atMost: 12 },
      },
      figure("start to first request, ms", starts, 15),
      figure("start to the first byte of `version`, ms", versions, 15),
    ];
  },
};

async function firstByte(subject: Subject): Promise<number> {
  await using running = new Running(subject);
  await running.until(() => running.firstMs !== undefined, 10_000);
  return running.firstMs ?? Number.NaN;
}

/** To an exchange of its own, which never answers. */
async function firstRequest(subject: Subject): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const exchange = `--token-exchange-url=http://127.0.0.1:${(server.address() as AddressInfo).port}/sign/access-token`;
  const asked = once(server, "request");
  const args = subject.args.map((flag) => (flag.startsWith("--token-exchange-url=") ? exchange : flag));
  try {
    await using running = new Running({ ...subject, args });
    await asked;
    return performance.now() - running.spawnedAt;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function resident(subject: Subject, restSeconds: number): Promise<number> {
  await using running = new Running(subject);
  await running.until(() => running.firstMs !== undefined, 10_000);
  await pause(restSeconds * 1_000);
  return running.facts().residentMB;
}
