// What a PUT answers with is what is there.

import type { Check } from "../../check.ts";
import { expect, ok, same } from "../../expect.ts";
import { withStatus } from "../../objects.ts";

export const WRITE_003: Check = {
  id: "WRITE-003",
  claim: "a PUT answers with the object as a GET shows it afterwards, under a new resourceVersion",
  matters: "a worker goes on from the answer, and each of its next writes is refused or lost",
  advice: "look for a cache between the program and the server, and take it away",
  severity: "loss",
  source: "4.4 Lease",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "no", words: "workers cannot go on from what they wrote" } },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const sentMs = at.clock.monotonic();
    const written = ok(await at.put(path, withStatus(made, { state: "working", message: "from the answer" })));
    at.observeMs("a write", at.clock.monotonic() - sentMs);
    expect(
      written.metadata.resourceVersion !== made.metadata.resourceVersion,
      `the resourceVersion stayed ${made.metadata.resourceVersion}`,
    );
    const read = ok(await at.get(path));
    for (const field of ["resourceVersion", "uid", "labels"]) {
      same(read.metadata[field], written.metadata[field], `the ${field} that GET shows`);
    }
    for (const part of ["spec", "status"]) same(read[part], written[part], `the ${part} that GET shows`);
  },
};
