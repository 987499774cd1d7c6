// Tokens hold the audience and namespaces that were asked for.

import type { Check } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { ASKED, newToken } from "../../token.ts";

export const EXCHANGE_003: Check = {
  id: "EXCHANGE-003",
  claim: "an access token is good for the audience that was asked for, in all namespaces",
  matters: "lists over all namespaces are refused, and nothing is heard of jobs",
  advice: "grant the access policy all namespaces, or name the granted ones with --namespace",
  severity: "trouble",
  source: "1.6 JWT content; 1.7 Audiences, namespaces, identities",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "smoke",
  needs: ["exchange"],
  breaks: {
    run: { then: "limited", words: "only with --namespace" },
    prune: { then: "limited", words: "only with --namespace" },
    drive: { then: "limited", words: "only with --namespace" },
  },
  async run(at) {
    const { aud, namespace } = (await newToken(at)).claims;
    const audiences = [aud].flat();
    expect(ASKED.audiences.every((one) => audiences.includes(one)), `the audience is ${JSON.stringify(aud)}`);
    same(namespace, ASKED.namespace, "the claim namespace");
  },
};
