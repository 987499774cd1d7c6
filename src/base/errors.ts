// The taxonomy: one class per decision that a caller takes. Thrown at the border where the fact is understood;
// cli/exit.ts is the only switch over `kind`.

export type ErrorKind = "usage" | "config" | "token" | "api" | "network" | "protocol" | "timeout";

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
  constructor(message: string, facts: { status: number; reason?: string; retryAfterMs?: number; cause?: unknown }) {
    super(message, facts);
    this.status = facts.status;
    this.reason = facts.reason ?? "";
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** What stopped a request from being answered; the message is one sentence a person can act on. */
export type NetworkReason =
  | "refused"
  | "dns"
  | "unreachable"
  | "timeout"
  | "silence"
  | "closed"
  | "tls-untrusted"
  | "tls-self-signed"
  | "tls-expired"
  | "tls-not-yet-valid"
  | "tls-name"
  | "tls-client-cert"
  | "tls-handshake"
  | "not-tls"
  | "proxy"
  | "other";

/** No answer, or the body broke off: refused, DNS, TLS, a deadline of ours, connection lost. */
export class NetworkError extends AppError {
  readonly kind = "network";
  readonly reason: NetworkReason;
  constructor(message: string, reason: NetworkReason, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/** An answer that breaks the contract: HTML instead of JSON, a list without items, a huge line. */
export class ProtocolError extends AppError {
  readonly kind = "protocol";
}

/** A time limit that the user set has passed; the cause is what stood in the way last. */
export class TimeoutError extends AppError {
  readonly kind = "timeout";
}

/** Message of anything thrown, without stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
