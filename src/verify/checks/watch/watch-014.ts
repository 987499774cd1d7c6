// Who reads slowly misses nothing, or is sent away.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";
import { isOwn, watching } from "../../own.ts";

const CHANGES = 160;
const LENGTH = 100_000;
const WRITE_MS = 20_000;
const READ_MS = 10_000;

export const WATCH_014: Check = {
  id: "WATCH-014",
  claim: `a watch that is not read while up to ${
    (CHANGES * LENGTH) / 1_000_000
  } MB are written is ended, or tells of all of it, but leaves nothing out`,
  matters: "a client that was busy for a moment goes on with holes in what it knows",
  advice: "keep --resync-interval at a minute or less",
  severity: "loss",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "when much happens notifications can be as late as --resync-interval, 60s by default" } },
  alone: true,
  limitMs: 60_000,
  async run(at) {
    const { metadata } = await at.job("a");
    const watch = await watching(at, metadata.resourceVersion);
    const written: string[] = [];
    const writeUntilMs = at.clock.monotonic() + WRITE_MS;
    for (let nth = 0; nth < CHANGES && at.clock.monotonic() < writeUntilMs; nth++) {
      const padding = `${nth} `.padEnd(LENGTH, "x");
      written.push(ok(await at.patch(`jobs/${metadata.name}`, { metadata: { annotations: { padding } } })).metadata.resourceVersion);
    }
    const seen: string[] = [];
    const readUntilMs = at.clock.monotonic() + READ_MS;
    while (seen.length < written.length && at.clock.monotonic() < readUntilMs) {
      const came = await watch.during(500);
      if (came.length === 0) break;
      seen.push(...came.flatMap(({ object }) => (isOwn(at, object) ? [object.metadata.resourceVersion] : [])));
    }
    const hole = seen.findIndex((version, nth) => version !== written[nth]);
    expect(
      hole === -1,
      `after ${hole} events in order one was left out, told twice or out of order: ${seen[hole]} in place of ${written[hole]}`,
    );
  },
};
