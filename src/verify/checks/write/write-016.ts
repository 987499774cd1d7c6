// A JSON patch is applied whole or not at all.

import type { Check } from "../../check.ts";
import { ok, refused, same } from "../../expect.ts";

const JSON_PATCH = { "content-type": "application/json-patch+json" };

export const WRITE_016: Check = {
  id: "WRITE-016",
  claim: "a JSON patch is applied if all its tests hold, and otherwise refused with 422 and not at all",
  matters: "the guard of a patch does not guard: an object is changed that is another one by now",
  advice: "write whole objects with PUT instead of patches",
  severity: "trouble",
  source: "k8s: reference/using-api/api-concepts, JSON patch; RFC 6902, section 5",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    const guarded = (uid: string) => [
      { op: "replace", path: "/spec/pull/incremental", value: true },
      { op: "test", path: "/metadata/uid", value: uid },
    ];
    refused(await at.patch(path, guarded("of another"), JSON_PATCH), 422, "Invalid");
    same(ok(await at.get(path)).spec["pull"], { incremental: false }, "options after a patch whose test does not hold");
    ok(await at.patch(path, guarded(made.metadata.uid), JSON_PATCH));
    same(ok(await at.get(path)).spec["pull"], { incremental: true }, "options after a patch whose test holds");
  },
};
