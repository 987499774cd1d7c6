// Who creates an object does not choose its identity.

import type { Check } from "../../check.ts";
import { expect, ok, same } from "../../expect.ts";

export const WRITE_013: Check = {
  id: "WRITE-013",
  claim: "uid, creationTimestamp and generation of a new object are the server's, whatever the client sends",
  matters: "an archived job keeps the age of its original: records are pruned at once, and uids come twice",
  advice: "keep history with --history-expiration=0 until it is repaired",
  severity: "loss",
  source: "4.9 Writing history",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { prune: { then: "no", words: "the age of records is what their writer says" } },
  async run(at) {
    const given = { uid: "11111111-1111-4111-8111-111111111111", creationTimestamp: "2001-01-01T00:00:00Z", generation: 7 };
    const { metadata } = ok(await at.post("jobs", at.draft("a", { metadata: given })), 201);
    const { uid, creationTimestamp = "", generation } = metadata;
    expect(uid !== "" && uid !== given.uid, `the uid is "${uid}", which was sent`);
    expect(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(creationTimestamp),
      `the creationTimestamp is "${creationTimestamp}": expected a time of whole seconds in UTC`,
    );
    expect(creationTimestamp !== given.creationTimestamp, "the creationTimestamp is the one that was sent");
    same(generation, 1, "the generation of a new object");
    same(ok(await at.get(`jobs/${metadata.name}`)).metadata.uid, uid, "the uid that GET shows");
  },
};
