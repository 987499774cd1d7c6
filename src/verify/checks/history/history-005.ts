// Names that the server makes.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

export const HISTORY_005: Check = {
  id: "HISTORY-005",
  claim: "records with a generateName get names of their own that begin with it",
  matters: "Grafana's own drivers write records so: the second result of a job replaces the first, or is refused",
  advice: "look at the server's log for name collisions",
  severity: "trouble",
  source: "4.9 Writing history",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write", "history"],
  breaks: { history: { then: "limited", words: "records of Grafana's own drivers can be missing" } },
  async run(at) {
    const { metadata: { name: _, ...metadata }, ...draft } = at.recordDraft("a");
    const write = async () =>
      ok(await at.post("historicjobs", { ...draft, metadata: { ...metadata, generateName: at.name("made-") } }), 201).metadata.name;
    const [one, other] = [await write(), await write()];
    for (const name of [one, other]) {
      expect(
        name.startsWith(at.name("made-")) && name.length > at.name("made-").length,
        `a record of generateName ${at.name("made-")} is named ${name}`,
      );
    }
    expect(one !== other, `two records are named ${one}`);
  },
};
