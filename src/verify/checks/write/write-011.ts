// A dry run leaves everything as it was.

import type { Check } from "../../check.ts";
import { expect, ok, same } from "../../expect.ts";
import { otherwise } from "../../objects.ts";

export const WRITE_011: Check = {
  id: "WRITE-011",
  claim: "writes with dryRun=All are answered as others are and change nothing",
  matters: "people who try out a change make it",
  advice: "do not rely on kubectl --dry-run=server here",
  severity: "trouble",
  source: "k8s: reference/using-api/api-concepts, dry-run",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    ok(await at.put(`${path}?dryRun=All`, otherwise(made)));
    ok(await at.del(path, { dryRun: ["All"] }));
    same(
      ok(await at.get(path)).metadata.resourceVersion,
      made.metadata.resourceVersion,
      "the version after a PUT and a DELETE as dry runs",
    );
    ok(await at.post("jobs?dryRun=All", at.draft("b")), 201);
    const { status } = await at.get(`jobs/${at.name("b")}`);
    expect(status === 404, `after a POST as a dry run, a GET was answered with ${status}`);
  },
};
