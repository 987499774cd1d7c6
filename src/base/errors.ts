// The taxonomy: one class per decision that a caller takes. Thrown at the border where the fact is understood;
// cli/exit.ts is the only switch over `kind`.

export type ErrorKind = "usage" | "config" | "token" | "api" | "network" | "protocol" | "incompatible" | "timeout";

/** Base of every error that this program raises on purpose; anything else is a bug. */
export abstract class AppError extends Error {
  abstract readonly kind: ErrorKind;
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The command line or environment breaks a rule. Message: value, rule; hint: the next step. */
export class UsageError extends AppError {
  readonly kind = "usage";
  readonly hint: string | undefined;
  constructor(message: string, options?: { cause?: unknown; hint?: string }) {
    super(message, options);
    this.hint = options?.hint;
  }
}

/** A file or setting that was named cannot be used: unreadable, not PEM, key does not match. */
export class ConfigError extends AppError {
  readonly kind = "config";
}

/** The token exchange refused, or answered without a token. `status` is the HTTP status, if one came. */
export class TokenError extends AppError {
  readonly kind = "token";
  readonly status: number | undefined;
  constructor(message: string, options?: { cause?: unknown; status?: number }) {
    super(message, options);
    this.status = options?.status;
  }
}

/** The API answered, but not with success; also an ERROR event of a watch. */
export class ApiError extends AppError {
  readonly kind = "api";
  /** HTTP status, or `code` of the Status. */
  readonly status: number;
  /** `reason` of the Status, `""` when the body was none. */
  readonly reason: string;
  /** From `Retry-After` or `details.retryAfterSeconds`, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** `details.name` of the Status: the object that the server speaks of; `""` without. */
  readonly object: string;
  constructor(message: string, facts: { status: number; reason?: string; retryAfterMs?: number; object?: string; cause?: unknown }) {
    super(message, facts);
    this.status = facts.status;
    this.reason = facts.reason ?? "";
    this.retryAfterMs = facts.retryAfterMs;
    this.object = facts.object ?? "";
  }
  /** The version or continue token is no longer in the server's history: HTTP 410, or an ERROR event that says so. */
  get expired(): boolean {
    return this.status === 410 || this.reason === "Expired" || this.reason === "Gone";
  }
}

/** What kept a request from any answer. */
export const CONNECTION_REASONS = [
  "refused",
  "dns",
  "unreachable",
  "timeout",
  "closed",
  "tls-untrusted",
  "tls-self-signed",
  "tls-expired",
  "tls-not-yet-valid",
  "tls-name",
  "tls-client-cert",
  "tls-handshake",
  "not-tls",
  "proxy",
  "other",
] as const;

/**
 * What stopped a request from being answered; the message is one sentence a person can act on. Within an answer: `cut` = the
 * connection broke, `mid-line` = it did so within an event of a watch, `silence` = no byte came for too long.
 */
export type NetworkReason = (typeof CONNECTION_REASONS)[number] | "cut" | "mid-line" | "silence";

/** No answer, or the body broke off: refused, DNS, TLS, a deadline of ours, connection lost. */
export class NetworkError extends AppError {
  readonly kind = "network";
  readonly reason: NetworkReason;
  /** Certain that nothing of the request left this process. */
  readonly unsent: boolean;
  constructor(message: string, reason: NetworkReason, options?: { cause?: unknown; unsent?: boolean }) {
    super(message, options);
    this.reason = reason;
    this.unsent = options?.unsent ?? false;
  }
  /** The same of a request that waited for this one, as for its token, and never went out. */
  asUnsent(): NetworkError {
    return this.unsent ? this : new NetworkError(this.message, this.reason, { cause: this.cause, unsent: true });
  }
}

/**
 * How an answer breaks the contract: `not-json` = HTML or other text, as from a proxy; `malformed` = JSON that is cut off or
 * damaged; `oversized` = a line beyond the limit; `other-object` = a delete that hit another object than was meant;
 * `unexpected` = all else: the wrong kind, no items, a redirect.
 */
export type ProtocolReason = "not-json" | "malformed" | "oversized" | "other-object" | "unexpected";

/** An answer that breaks the contract: HTML instead of JSON, a list without items, a huge line. */
export class ProtocolError extends AppError {
  readonly kind = "protocol";
  readonly reason: ProtocolReason;
  constructor(message: string, options?: { cause?: unknown; reason?: ProtocolReason }) {
    super(message, options);
    this.reason = options?.reason ?? "unexpected";
  }
}

/** The server does not serve what the command is for. */
export class IncompatibleError extends AppError {
  readonly kind = "incompatible";
}

/** A time limit that the user set has passed; the cause is what stood in the way last. */
export class TimeoutError extends AppError {
  readonly kind = "timeout";
}

/** Message of anything thrown, without stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
