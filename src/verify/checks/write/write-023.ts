// A write that names no version minds the uid still.

import type { Check } from "../../check.ts";
import { brief, expect, ok, same } from "../../expect.ts";
import { otherwise, withMetadata } from "../../objects.ts";

export const WRITE_023: Check = {
  id: "WRITE-023",
  claim: "a PUT without resourceVersion that has the uid of a predecessor is refused",
  matters: "Grafana takes writes without a version for orders to overwrite: one that is late hits the next job of the name",
  advice: "send the resourceVersion with every PUT, as this program does",
  severity: "trouble",
  source: "6.5 Create and update",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const first = await at.job("a");
    const path = `jobs/${first.metadata.name}`;
    ok(await at.del(path));
    const second = await at.job("a");
    const late = await at.put(path, withMetadata(otherwise(first), { resourceVersion: undefined }));
    expect([409, 422].includes(late.status), `expected 409 or 422, got ${brief(late)}`);
    same(ok(await at.get(path)).spec["pull"], second.spec["pull"], "options of the successor");
    const bare = await at.put(path, withMetadata(otherwise(second), { resourceVersion: undefined }));
    at.observe("answer to a PUT without a version", bare.status);
    const free = await at.put(`jobs/${at.name("b")}`, at.draft("b"));
    at.observe("answer to a PUT without a version under a free name", free.status);
  },
};
