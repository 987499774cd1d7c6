// JWT-shaped texts for tests: nobody verifies them.

import { Buffer } from "node:buffer";

/** `header.claims.signature` with these claims; `alg: none` has an empty signature. */
export function jwt(claims: Record<string, unknown>, alg = "ES256"): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg, typ: "at+jwt", kid: "k1" })}.${part(claims)}.${alg === "none" ? "" : "c2lnbmF0dXJl"}`;
}
