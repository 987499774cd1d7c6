// Access tokens as checks get and read them: an answer of the exchange in, the token and what it says out. Verifies nothing.

import { ALL_NAMESPACES, AUDIENCE } from "../provisioning.ts";
import { expect, ok } from "./expect.ts";
import type { Place } from "./place.ts";
import type { Headers, Reply } from "./wire.ts";

/** What this program asks the exchange for. */
export const ASKED = { namespace: ALL_NAMESPACES, audiences: [AUDIENCE] };

export interface Token {
  /** Secret. */
  text: string;
  header: Record<string, unknown>;
  /** Times are seconds since the epoch. */
  claims: Record<string, unknown>;
}

/** The exchange's answer to a request with the credential. */
export async function exchanged({ exchange }: Place, body: unknown = ASKED): Promise<Reply> {
  return exchange.wire.request("POST", "", body, { authorization: await exchange.authorization() });
}

/** A token that the exchange gave. @throws Refuted where it gave none */
export async function newToken(at: Place, body?: unknown): Promise<Token> {
  return tokenOf(await exchanged(at, body));
}

/** @throws Refuted where there is none */
export function tokenOf(reply: Reply): Token {
  const text = (ok(reply)["data"] as { token?: unknown } | undefined)?.token;
  expect(typeof text === "string", "the answer has no text as data.token");
  const parts = text.split(".");
  const signed = parts.length === 3 && parts.every((part) => /^[\w-]+$/.test(part));
  expect(signed, `data.token is no signed JWT: it has ${parts.length} parts`);
  const [header, claims] = parts.slice(0, 2).map(decoded);
  return { text, header: header ?? {}, claims: claims ?? {} };
}

/** Headers that show a token to the API, or none. */
export function bearing({ text }: Pick<Token, "text">): Headers {
  return { "x-access-token": `Bearer ${text}` };
}

/** Every signed token, and whatever an exchange gives as one, is left out, also where the text was cut within it. */
export function withoutTokens(text: string): string {
  return text.replace(/("token"\s*:\s*")[^"]*/g, "$1<token>").replace(/\beyJ[\w-]{8,}(?:\.[\w-]*)*/g, "<token>");
}

function decoded(part: string): Record<string, unknown> {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    expect(false, "a part of data.token is no base64url of JSON");
  }
}
