// A short list is whole.

import type { Check } from "../../check.ts";
import { expect, ok } from "../../expect.ts";

const FEW = 50;
const SMALL = 1_000_000;

export const LIST_024: Check = {
  id: "LIST-024",
  claim: `a list without limit of less than ${FEW} objects and ${SMALL / 1_000_000} MB comes whole`,
  matters: "clients that do not follow continue when they asked for no limit take a handful of jobs for all of them",
  advice: "follow continue also on lists without limit, as this program does",
  severity: "trouble",
  source: "6.2 Lists and paging; #110356, #125342",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    await at.jobs("a", "b", "c", "d");
    const reply = await at.get("jobs");
    const { items, metadata } = ok(reply);
    const whole = (metadata.continue ?? "") === "";
    expect(
      whole || items.length >= FEW || reply.text.length >= SMALL,
      `a list without limit was cut after ${items.length} objects and ${reply.text.length} characters`,
    );
  },
};
