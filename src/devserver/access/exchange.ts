// The token exchange: `POST /sign/access-token` with the configured credential gives a signed access token.
// src: authlib authn/token_exchange.go (the client's side of it).

import type { Secret } from "../../base/secret.ts";
import type { Answer, Call } from "../wire/call.ts";
import { Refusal } from "../wire/status.ts";
import { ACCESS_POLICY } from "./access.ts";
import type { Tokens } from "./tokens.ts";

export const EXCHANGE_PATH = "/sign/access-token";

interface ExchangeContext {
  token: Secret;
  tokens: Tokens;
  tokenLifetimeMs: number;
  /** Claim `permissions` of every token. */
  permissions: readonly string[];
  /** Claim `namespace` of every token; undefined = as asked for. */
  grantedNamespace: string | undefined;
}

export async function exchange(call: Call, context: ExchangeContext): Promise<Answer> {
  if (call.path !== EXCHANGE_PATH) return failure(404, "not found");
  if (call.method !== "POST") return failure(405, "method not allowed");
  let body: Record<string, unknown>;
  try {
    body = (await call.json()) ?? {};
  } catch (error) {
    if (error instanceof Refusal) return failure(error.code, error.message);
    throw error;
  }
  const [scheme, credential] = (call.header("authorization") ?? "").split(" ", 2);
  if (scheme?.toLowerCase() !== "bearer" || credential !== context.token.reveal()) return failure(401, "invalid credentials");

  const { namespace, audiences, expiresIn } = body;
  if (typeof namespace !== "string" || namespace === "") return failure(400, "missing required namespace");
  if (!isTexts(audiences) || audiences.length === 0) return failure(400, "missing required audiences");
  if (expiresIn !== undefined && !Number.isSafeInteger(expiresIn)) return failure(400, "expiresIn must be whole seconds");
  const claims = {
    subject: ACCESS_POLICY,
    namespace: context.grantedNamespace ?? namespace,
    audiences,
    permissions: context.permissions,
  };
  const lifetimeMs = expiresIn === undefined ? context.tokenLifetimeMs : Number(expiresIn) * 1_000;
  const token = await context.tokens.mint(claims, lifetimeMs);
  return { status: 200, body: JSON.stringify({ data: { token }, status: "success" }) };
}

function failure(status: number, error: string): Answer {
  return { status, body: JSON.stringify({ status: "error", error }) };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string" && text !== "");
}
