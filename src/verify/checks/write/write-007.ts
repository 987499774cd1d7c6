// A deletion that is meant for another object of the name is refused.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";

export const WRITE_007: Check = {
  id: "WRITE-007",
  claim: "a DELETE with the uid of a predecessor is refused with 409 Conflict",
  matters: "a worker that is late deletes the next job of that name, which is then never run",
  advice: "run one worker at a time, and update the server",
  severity: "danger",
  source: "6.6 Delete",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    drive: { then: "no", words: "a late worker deletes the next job of that name" },
    prune: { then: "limited", words: "a record that took the name of an old one can be deleted" },
  },
  async run(at) {
    const first = await at.job("a");
    const path = `jobs/${first.metadata.name}`;
    ok(await at.del(path));
    const second = await at.job("a");
    refused(await at.del(path, { preconditions: { uid: first.metadata.uid } }), 409, "Conflict");
    same(ok(await at.get(path)).metadata.uid, second.metadata.uid, "the uid of what is there");
  },
};
