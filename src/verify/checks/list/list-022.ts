// Lists of metadata alone.

import { type Check, Unfit } from "../../check.ts";
import { expect, ok, same } from "../../expect.ts";
import { isOwn } from "../../own.ts";

const ACCEPT = { accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" };

export const LIST_022: Check = {
  id: "LIST-022",
  claim: "a list can be had as metadata alone, with uids and labels and without specs",
  matters: "clients that only look at names and ages are sent everything, or fail",
  advice: "give --accept of such clients plain JSON as second choice",
  severity: "oddity",
  source: "6.7 Content negotiation and status envelope",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    const made = await at.job("a");
    const { kind, items, metadata } = ok(await at.get("jobs?limit=500", ACCEPT));
    same(kind, "PartialObjectMetadataList", "the kind of the list");
    const own = items.find((item) => isOwn(at, item));
    if (own === undefined && metadata.continue) throw new Unfit("there are more than 500 jobs");
    expect(own !== undefined, "the job is not in the list");
    same(
      [own.metadata.uid, own.metadata.labels, own.spec],
      [made.metadata.uid, made.metadata.labels, undefined],
      "uid, labels and spec",
    );
  },
};
