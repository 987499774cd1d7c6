// Names that a server makes up.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";
import { many } from "../../own.ts";

const MADE = 20;

export const NAME_004: Check = {
  id: "NAME-004",
  claim: "generateName gives each object a name of its own that begins with it",
  matters: "records of finished jobs are named so: they cannot be written, or overwrite each other",
  advice: "see whether the storage of history is Loki; otherwise report it",
  severity: "loss",
  source: "4.9 Writing history",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "results cannot be recorded" } },
  async run(at) {
    const base = `${at.name("a")}-`;
    const made = await many(
      MADE,
      async () => ok(await at.post("jobs", at.draft("a", { metadata: { name: undefined, generateName: base } })), 201),
    );
    const named = made.map(({ metadata }) => metadata.name);
    for (const name of named) {
      expect(name.startsWith(base) && name.length > base.length, `expected a name that begins with ${base}, got ${name}`);
    }
    expect(new Set(named).size === MADE, `of ${MADE} names ${new Set(named).size} differ`);
  },
};
