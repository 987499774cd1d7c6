// Of many writes of one version one succeeds.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { withMetadata } from "../../objects.ts";

const WRITERS = 50;

export const WRITE_001: Check = {
  id: "WRITE-001",
  claim: `of ${WRITERS} racing writes that name the same resourceVersion one succeeds and the others are refused with 409`,
  matters: "two drivers can claim one job, and its work is done twice at the same time",
  advice: "give every controller --claim-settle=2s, and update Grafana to 2025-10 or later",
  severity: "danger",
  source: "6.5 Create and update; #111866",
  eras: ["2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "two workers can own one job: use --claim-settle=2s" } },
  async run(at) {
    const job = await at.job("a");
    // Connections that are open already, so that the writes do meet.
    await Promise.all(Array.from({ length: WRITERS }, () => at.get(`jobs/${job.metadata.name}`)));
    const writer = (_: unknown, index: number) =>
      at.put(
        `jobs/${job.metadata.name}`,
        withMetadata(job, { annotations: { ...job.metadata.annotations, writer: String(index) } }),
      );
    const statuses = (await Promise.all(Array.from({ length: WRITERS }, writer))).map(({ status }) => status);
    const winners = statuses.flatMap((status, index) => (status === 200 ? [String(index)] : []));
    same(
      [winners.length, statuses.filter((status) => status === 409).length],
      [1, WRITERS - 1],
      "writes that succeeded, writes refused with 409",
    );
    const { metadata } = ok(await at.get(`jobs/${job.metadata.name}`));
    same(metadata.annotations?.writer, winners[0], "the writer whose write is there");
  },
};
