// A name is used again, a uid is not.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

export const NAME_001: Check = {
  id: "NAME-001",
  claim: "a name is free again once its job is gone, and the next job of the name has another uid",
  matters: "names of jobs come again with every pull: a new job is taken for the old one, and nobody is told of it",
  advice: "do not rely on notifications, and compare creation times",
  severity: "loss",
  source: "3.4 Names",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "no", words: "a new job of a known name is not told of" },
    drive: { then: "no", words: "a new job of a known name is not run" },
  },
  async run(at) {
    const first = await at.job("a");
    ok(await at.del(`jobs/${first.metadata.name}`));
    const second = ok(await at.post("jobs", at.draft("a")), 201);
    expect(second.metadata.uid !== first.metadata.uid, `both jobs have uid ${first.metadata.uid}`);
  },
};
