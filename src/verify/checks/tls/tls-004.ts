// No client certificate, no access.

import { NetworkError } from "../../../base/errors.ts";
import { type Check, Unfit } from "../../check.ts";
import { brief, expect } from "../../expect.ts";

export const TLS_004: Check = {
  id: "TLS-004",
  claim: "a client that has the token but not the client certificate is refused",
  matters: "a stolen token is enough to act as the controller, though a certificate was meant to be needed too",
  advice: "let the server require and verify client certificates",
  severity: "oddity",
  source: "RFC 8446 4.4.2.4",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "full",
  needs: ["tls"],
  breaks: {},
  async run(at) {
    const { uncertified } = at.tls;
    if (uncertified === undefined) throw new Unfit("no client certificate was given");
    const reply = await uncertified.request("GET", at.path("jobs?limit=1")).catch((error: unknown) => {
      if (error instanceof NetworkError) return undefined;
      throw error;
    });
    expect(reply === undefined || reply.status === 401 || reply.status === 403, `it was answered with ${reply && brief(reply)}`);
  },
};
