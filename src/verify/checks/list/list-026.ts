// Version 0 is no excuse.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

export const LIST_026: Check = {
  id: "LIST-026",
  claim: "a list from version 0 minds its limit",
  matters: "informers begin with such lists: what was meant to come in pages comes at once",
  advice: "leave resourceVersion=0 out, as this program does",
  severity: "oddity",
  source: "6.1 resourceVersion",
  eras: ["2025-08", "2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    await at.jobs("a", "b", "c");
    const { items, metadata } = ok(await at.get("jobs?limit=1&resourceVersion=0"));
    expect(
      items.length === 1 && metadata.continue !== undefined,
      `a page with limit=1 held ${items.length} objects, ${metadata.continue ? "and" : "without"} continue`,
    );
  },
};
