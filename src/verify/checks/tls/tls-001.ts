// Clients that verify certificates get through.

import { NetworkError } from "../../../base/errors.ts";
import { type Check, Refuted } from "../../check.ts";

export const TLS_001: Check = {
  id: "TLS-001",
  claim: "a client that verifies the server's certificate gets an answer on a new connection",
  matters: "no request gets through without --tls-insecure, with which anybody in between can read and change everything",
  advice: "give the CA that signed it with --tls-ca-file, or have the certificate replaced",
  severity: "danger",
  source: "RFC 8446; 1.3 Retry and transport",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["tls"],
  breaks: {
    run: { then: "no", words: "the server's certificate is not accepted" },
    prune: { then: "no", words: "the server's certificate is not accepted" },
    drive: { then: "no", words: "the server's certificate is not accepted" },
  },
  async run(at) {
    await at.tls.verifying.request("GET", "/version").catch((error: unknown) => {
      if (error instanceof NetworkError && error.reason.startsWith("tls-")) throw new Refuted(error.message);
      throw error;
    });
  },
};
