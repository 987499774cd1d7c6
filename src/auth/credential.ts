// What authorises a request: a header's name and a source of secrets to put there.
// Knows no HTTP; a secret that could not travel in a header is refused here, before a host's own error could quote it.

import { ConfigError } from "../base/errors.ts";
import { fitsHeader, Secret } from "../base/secret.ts";
import type { TokenSource } from "./token-source.ts";

/** A secret that may change during the life of the process. */
export interface SecretSource {
  /** The secret to use now. */
  current(signal?: AbortSignal): Promise<Secret>;
  /** After `rejected` was refused: another one to try once, undefined if there is none. */
  renewed(rejected: Secret, signal?: AbortSignal): Promise<Secret | undefined>;
}

/** A source with the header that carries its secrets as `Bearer <secret>`. */
export interface Credential extends SecretSource {
  readonly header: "X-Access-Token" | "Authorization";
}

/** Minted tokens travel in `X-Access-Token`. src: grafana apps/provisioning/pkg/auth/round_tripper.go */
export function accessToken(source: TokenSource): Credential {
  return {
    header: "X-Access-Token",
    current: (signal) => source.token(signal),
    renewed: (rejected, signal) => {
      source.invalidate(rejected);
      return source.token(signal);
    },
  };
}

/** Tokens of a file or a kubeconfig travel in `Authorization` (RFC 6750), as a stock Grafana and Kubernetes expect. */
export function bearer(source: SecretSource): Credential {
  return {
    header: "Authorization",
    current: (signal) => source.current(signal),
    renewed: (rejected, signal) => source.renewed(rejected, signal),
  };
}

/** A source that never changes. */
export function fixedSecret(secret: Secret): SecretSource {
  return { current: async () => secret, renewed: async () => undefined };
}

/** Wraps `text`, surrounding space removed. @throws ConfigError that names `name`, never the text */
export function headerSecret(text: string, name: string): Secret {
  const trimmed = text.trim();
  if (trimmed === "") throw new ConfigError(`Cannot use ${name}: it is empty`);
  if (!fitsHeader(trimmed)) throw new ConfigError(`Cannot use ${name}: expected one line of printable ASCII without spaces`);
  return new Secret(trimmed);
}

/** The header's value: where a secret leaves its wrapper. @throws ConfigError, without the text, if no header can hold it */
export function bearerValue(secret: Secret): string {
  const text = secret.reveal();
  if (!fitsHeader(text)) throw new ConfigError("Cannot send a token: expected one line of printable ASCII without spaces");
  return `Bearer ${text}`;
}
