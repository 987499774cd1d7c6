// Access tokens as Grafana's signer makes them, and their verification. One ES256 key pair per server, in memory.

import { randomUUID } from "node:crypto";
import { generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../../base/clock.ts";

export interface Claims {
  subject: string;
  /** `*` or one namespace. */
  namespace: string;
  audiences: readonly string[];
  permissions: readonly string[];
}

/** What a verified token says, with its limits in seconds since the epoch. */
interface Verified extends Claims {
  notBefore: number;
  expires: number;
}

/** The JOSE library's leeway on `exp` and `nbf` at the server that this stands for, seconds. */
const LEEWAY_S = 60;
const CACHED_TOKENS = 1_000;

export class Tokens {
  readonly #clock: Pick<Clock, "now">;
  readonly #keys: Awaited<ReturnType<typeof generateKeyPair>>;
  readonly #keyId = randomUUID();
  readonly #verified = new Map<string, Verified>();

  private constructor(clock: Pick<Clock, "now">, keys: Awaited<ReturnType<typeof generateKeyPair>>) {
    this.#clock = clock;
    this.#keys = keys;
  }

  static async create(clock: Pick<Clock, "now">): Promise<Tokens> {
    return new Tokens(clock, await generateKeyPair("ES256"));
  }

  /** A signed JWT that lives for `lifetimeMs` (whole seconds; may be negative). */
  mint({ subject, namespace, audiences, permissions }: Claims, lifetimeMs: number): Promise<string> {
    const now = Math.floor(this.#clock.now() / 1_000);
    return new SignJWT({ namespace, permissions, serviceIdentity: "provisioning" })
      .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: this.#keyId })
      .setIssuer("https://localhost")
      .setSubject(subject)
      .setAudience([...audiences])
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + Math.floor(lifetimeMs / 1_000))
      .setJti(randomUUID())
      .sign(this.#keys.privateKey);
  }

  /** The claims of a token of ours that is valid now; undefined for any other text. */
  async verify(token: string): Promise<Claims | undefined> {
    const verified = this.#verified.get(token) ?? (await this.#check(token));
    if (verified === undefined) return undefined;
    const now = this.#clock.now() / 1_000;
    return now < verified.expires + LEEWAY_S && now >= verified.notBefore - LEEWAY_S ? verified : undefined;
  }

  async #check(token: string): Promise<Verified | undefined> {
    let payload: JWTPayload;
    try {
      const currentDate = new Date(this.#clock.now());
      ({ payload } = await jwtVerify(token, this.#keys.publicKey, { typ: "at+jwt", clockTolerance: LEEWAY_S, currentDate }));
    } catch {
      return undefined;
    }
    const { sub = "", aud = [], namespace, permissions, nbf = 0, exp = 0 } = payload;
    const verified = {
      subject: sub,
      namespace: typeof namespace === "string" ? namespace : "",
      audiences: typeof aud === "string" ? [aud] : aud,
      permissions: Array.isArray(permissions) ? (permissions as string[]) : [],
      notBefore: nbf,
      expires: exp,
    };
    const oldest = this.#verified.keys().next().value;
    if (this.#verified.size >= CACHED_TOKENS && oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.set(token, verified);
    return verified;
  }
}
