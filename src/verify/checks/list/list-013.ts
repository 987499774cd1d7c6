// A list is as new as what it holds.

import type { Check } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { isOwn, pages, versionOf, words } from "../../own.ts";

export const LIST_013: Check = {
  id: "LIST-013",
  claim: "a list has a numeric resourceVersion that is no older than any of its objects",
  matters: "a watch that begins at a list's version tells again of what the list has shown",
  advice: "restart the server after a restored backup, and list anew",
  severity: "trouble",
  source: "6.1 resourceVersion",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "what a list has shown can be told again" } },
  async run(at) {
    await at.jobs("a", "b");
    const read = await pages(at, "jobs");
    const own = read.flatMap((page) =>
      page.items.filter((item) => isOwn(at, item)).map((item) => ({ item, version: versionOf(page) }))
    );
    same(words(at, own.map(({ item }) => item)).sort(), ["a", "b"], "own jobs in the list");
    for (const { item, version } of own) {
      expect(version >= versionOf(item), `a list of version ${version} holds an object of version ${item.metadata.resourceVersion}`);
    }
  },
};
