// The certificate names the host.

import { type Check, Unfit } from "../../check.ts";
import { expect } from "../../expect.ts";

export const TLS_003: Check = {
  id: "TLS-003",
  claim: "the server's certificate names the host of the URL",
  matters: "clients cannot tell the server from another one whose certificate is good for something else",
  advice: "have it issued for this name, or give the name that it has with --tls-server-name",
  severity: "danger",
  source: "RFC 9525 6.3",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["tls"],
  breaks: {
    run: { then: "no", words: "the server's certificate is for another name" },
    prune: { then: "no", words: "the server's certificate is for another name" },
    drive: { then: "no", words: "the server's certificate is for another name" },
  },
  async run(at) {
    const { host, look } = at.tls;
    const shown = await look();
    if (shown === undefined) throw new Unfit("the server's certificate was not seen");
    const covers = (name: string) => name === host || (name.startsWith("*.") && name.slice(1) === host.replace(/^[^.]+/, ""));
    const seen = `it is for ${shown.names.join(", ") || "no name at all"}, not for ${host}`;
    expect(shown.names.some((name) => covers(name.toLowerCase())), seen);
  },
};
