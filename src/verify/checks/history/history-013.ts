// No records is a list, too.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";

export const HISTORY_013: Check = {
  id: "HISTORY-013",
  claim: "a list of no records has an empty array of items",
  matters: "clients that read items without a look fail where there is no history yet",
  advice: "take items that are absent for none, as this program does",
  severity: "oddity",
  source: "9 HTTP transcripts",
  eras: ["kubernetes"],
  profile: "full",
  needs: ["history"],
  breaks: {},
  async run(at) {
    const reply = await at.get("historicjobs?labelSelector=job-controller%2Ftrial%3Dnone");
    ok(reply);
    same((JSON.parse(reply.text) as { items?: unknown }).items, [], "items of a list of no records");
  },
};
