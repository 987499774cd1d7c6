// A token of one namespace does not see all.

import { type Check, Unfit } from "../../check.ts";
import { brief, expect, ok } from "../../expect.ts";
import { ASKED, bearing, exchanged, tokenOf } from "../../token.ts";

export const RIGHTS_012: Check = {
  id: "RIGHTS-012",
  claim: "a token for this namespace can list its jobs, and not those of all namespaces",
  matters: "tenants can read each other's jobs, or a controller of one tenant cannot work",
  advice: "take the server off the network until it is repaired",
  severity: "danger",
  source: "1.6 JWT content",
  eras: ["2025-08", "2026-09"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {},
  async run(at) {
    const reply = await exchanged(at, { ...ASKED, namespace: at.namespace });
    if (reply.status >= 400) throw new Unfit("the exchange gives this credential no single namespace");
    const token = bearing(tokenOf(reply));
    ok(await at.as("nobody").get("jobs?limit=1", token));
    const all = await at.as("nobody").get(`${at.api}/jobs?limit=1`, token);
    expect(all.status === 401 || all.status === 403, `all namespaces: expected 401 or 403, got ${brief(all)}`);
  },
};
