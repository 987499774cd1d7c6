// A token of one namespace does not reach another.

import { type Check, Unfit } from "../../check.ts";
import { brief, expect } from "../../expect.ts";
import { ASKED, bearing, exchanged, tokenOf } from "../../token.ts";

export const RIGHTS_011: Check = {
  id: "RIGHTS-011",
  claim: "a token for another namespace is refused here with 401 or 403",
  matters: "tenants can read each other's jobs",
  advice: "take the server off the network until it is repaired",
  severity: "danger",
  source: "1.6 JWT content; 1.7 Audiences, namespaces, identities",
  eras: ["2025-08", "2026-09"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const reply = await exchanged(at, { ...ASKED, namespace: at.namespace === "org-999999" ? "org-999998" : "org-999999" });
    if (reply.status >= 400) throw new Unfit("the exchange gives this credential no single namespace");
    const list = await at.as("nobody").get("jobs?limit=1", bearing(tokenOf(reply)));
    expect(list.status === 401 || list.status === 403, `expected 401 or 403, got ${brief(list)}`);
  },
};
