// The clients that checks are lent beside the one that was configured: with another token, a forged one, none, or without a
// client certificate.

import { bearerValue } from "./auth/credential.ts";
import { NetworkError, UsageError } from "./base/errors.ts";
import type { Fetch } from "./base/http.ts";
import { Secret } from "./base/secret.ts";
import type { VerifyTarget } from "./cli/verify-config.ts";
import type { Connection } from "./connect.ts";
import { Unfit } from "./verify/check.ts";
import type { SessionOptions } from "./verify/session.ts";

/** Other clients of the same server. */
export async function tlsOf({ server, tls, otherwise, look }: Connection): Promise<Pick<SessionOptions, "tls" | "anonymous">> {
  const verifying = await otherwise({ insecure: false });
  const uncertified = tls.certFile === undefined ? undefined : await otherwise({ certFile: undefined, keyFile: undefined });
  const host = tls.serverName ?? new URL(server).hostname.replace(/^\[|\]$/g, "");
  return {
    tls: { host, look: async () => (await look())?.peer, verifying: verifying.fetch, uncertified: uncertified?.fetch },
    ...(uncertified && { anonymous: anonymous(uncertified.bare) }),
  };
}

/** Clients without a certificate; where the handshake ends them, nothing is learnt of what comes after it. */
function anonymous(bare: Fetch): SessionOptions["anonymous"] {
  const nobody: Fetch = (url, init) =>
    bare(url, init).catch((error: unknown) => {
      if (error instanceof NetworkError && error.reason === "tls-client-cert") throw new Unfit("nobody gets in without a client certificate");
      throw error;
    });
  return { forged: withForged(nobody, "Authorization"), nobody };
}

/** The same access with another token of the same kind. @throws UsageError with a kubeconfig */
export function withToken(target: VerifyTarget, path: string): VerifyTarget {
  const { credential } = target;
  switch (credential.kind) {
    case "exchange":
      return { ...target, credential: { ...credential, token: { kind: "file", path } } };
    case "bearer":
      return { ...target, credential: { kind: "bearer", path } };
    case "kubeconfig":
      throw new UsageError("Cannot combine --lesser-token-file with --kubeconfig: expected a token as credential");
  }
}

/** A token that nobody has issued, in the shape of one. */
export function withForged(fetch: Fetch, header: string): Fetch {
  const part = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
  const forged = new Secret(`${part({ alg: "ES256", typ: "at+jwt" })}.${part({ sub: "access-policy:forged", exp: 4_102_444_800 })}.${"A".repeat(86)}`);
  return (url, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set(header, bearerValue(forged));
    return fetch(url, { ...init, headers });
  };
}
