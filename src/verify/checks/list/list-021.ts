// Lists for people.

import { type Check, Unfit } from "../../check.ts";
import { expect, ok, same } from "../../expect.ts";
import { isOwn } from "../../own.ts";
import type { Body } from "../../body.ts";

const ACCEPT = { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" };

export const LIST_021: Check = {
  id: "LIST-021",
  claim: "a list can be had as a Table whose rows have a cell for each column",
  matters: "kubectl shows jobs as errors, or in columns that do not fit",
  advice: "use kubectl with -o yaml",
  severity: "oddity",
  source: "6.7 Content negotiation and status envelope",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    await at.job("a");
    const reply = await at.get("jobs?limit=500", ACCEPT);
    const { kind, columnDefinitions = [], rows = [] } = ok(reply) as Body & {
      columnDefinitions?: unknown[];
      rows?: { cells: unknown[]; object?: Body }[];
    };
    same(kind, "Table", "the kind of the list");
    const row = rows.find(({ object }) => object !== undefined && object !== null && isOwn(at, object));
    if (row === undefined && reply.json.metadata.continue) throw new Unfit("there are more than 500 jobs");
    expect(row !== undefined, "the job has no row");
    same([row.cells.length, row.cells[0]], [columnDefinitions.length, at.name("a")], "the cells of a row, the first of them");
  },
};
