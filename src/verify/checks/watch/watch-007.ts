// A deletion shows what was deleted.

import type { Check } from "../../check.ts";
import { expect, ok, same, sameParts } from "../../expect.ts";
import { ownEvent, versionOf, watching } from "../../own.ts";
import type { Body } from "../../body.ts";

export const WATCH_007: Check = {
  id: "WATCH-007",
  claim: "DELETED carries the last state of the job, under a version that is newer",
  matters: "a client cannot tell which of two jobs of one name is gone, and resumes at a version where the job is still there",
  advice: "confirm with GET that a job is gone",
  severity: "trouble",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "a deletion can be told late" } },
  async run(at) {
    const made = await at.job("a");
    const last = ok(await at.patch(`jobs/${made.metadata.name}`, { status: { state: "working", message: "last" } }));
    const watch = await watching(at, last.metadata.resourceVersion);
    ok(await at.del(`jobs/${made.metadata.name}`));
    const { type, object } = await ownEvent(at, watch);
    same(type, "DELETED", "the type of the event");
    const parts = ({ metadata: { uid, labels }, spec, status }: Body) => ({ uid, labels, spec, status });
    sameParts(parts(object), parts(last), "the object of DELETED");
    expect(
      versionOf(object) > versionOf(last),
      `its version ${object.metadata.resourceVersion} is not newer than ${last.metadata.resourceVersion}, that of the last change`,
    );
  },
};
