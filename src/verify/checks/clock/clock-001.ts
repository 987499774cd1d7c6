// Answers say when they were made.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";

export const CLOCK_001: Check = {
  id: "CLOCK-001",
  claim: "answers carry a Date that can be read",
  matters: "this program cannot tell how far the server's clock is from its own, and takes leases for good that have ended",
  advice: "let the proxy before the server leave the header Date alone",
  severity: "trouble",
  source: "RFC 9110 6.6.1; 4.4 Lease",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: [],
  breaks: { drive: { then: "limited", words: "leases are judged by this machine's clock alone" } },
  async run(at) {
    const date = (await at.get("jobs?limit=1")).header("date");
    expect(!Number.isNaN(Date.parse(date)), date === "" ? "there is no Date" : `it is "${date.slice(0, 60)}"`);
  },
};
