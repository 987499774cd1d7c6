// Repositories by their connection.

import { type Check, Unfit } from "../../check.ts";
import { ok, same } from "../../expect.ts";

export const LIST_025: Check = {
  id: "LIST-025",
  claim: "repositories can be selected by the field spec.connection.name",
  matters: "tools of newer versions that look for the repositories of a connection are refused with 400",
  advice: "update Grafana, or select on the client's side",
  severity: "oddity",
  source: "6.3 Selectors",
  eras: ["2026-09", "kubernetes"],
  profile: "standard",
  needs: [],
  breaks: {},
  async run(at) {
    const reply = await at.get("repositories?limit=1&fieldSelector=spec.connection.name%3Dverify-none");
    if (reply.status === 403 || reply.status === 404) throw new Unfit("the repositories cannot be read");
    same(ok(reply).items, [], "repositories of a connection that is not there");
  },
};
