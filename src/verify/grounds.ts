// What a check is lent of a server: clients of several credentials, the token exchange, the certificate. Types alone.

import type { Clock } from "../base/clock.ts";
import type { Wire } from "./wire.ts";

/** Who calls: the credential that was given, the second one, a token that nobody has issued, or no credential. */
export type Identity = "self" | "lesser" | "forged" | "nobody";

export interface Grounds {
  clock: Clock;
  /** Version under which the API is served, such as `v0alpha1`. */
  version: string;
  /** Where objects are made. */
  namespace: string;
  /** Prefix of everything that this run makes. */
  run: string;
  wires: Readonly<Record<Identity, Wire | undefined>>;
  /** The token exchange, bare: without a credential unless the call gives one. */
  exchange?: ExchangeGround;
  /** What there is to be tried of the server's TLS. */
  tls?: TlsGround;
}

export interface ExchangeGround {
  wire: Wire;
  /** The credential as the header's value. It must not be shown. */
  authorization: () => Promise<string>;
}

export interface TlsGround {
  /** Whom the certificate must name. */
  host: string;
  /** The certificate that is shown to whoever connects, unverified; undefined if none came. */
  look: () => Promise<ShownCertificate | undefined>;
  /** With the credential, on new connections, and verifying whatever `self` does. */
  verifying: Wire;
  /** With the credential, but without the client certificate; undefined where none was given. */
  uncertified: Wire | undefined;
}

export interface ShownCertificate {
  /** DNS names and IP addresses that it is good for. */
  names: readonly string[];
  issuer: string;
  notBeforeMs: number;
  notAfterMs: number;
}
