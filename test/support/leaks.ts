// Canaries and the search for them: whatever a program wrote goes in, the pieces of secrets that it gives away come out,
// in clear or in a form that anybody can undo.

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";

/** Any run of this many characters gives a secret away. */
const PIECE = 12;

/** A text that occurs nowhere else, as a secret of this kind looks. */
export function canary(prefix: string): string {
  return `${prefix}${randomBytes(18).toString("hex")}`;
}

/** A JWT with canaries in its claims and its signature; nobody verifies it. */
export function jwtCanary(nowMs: number, lifeMs = 600_000): string {
  const now = Math.floor(nowMs / 1_000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    aud: ["provisioning.grafana.app"],
    namespace: "*",
    iat: now,
    exp: now + Math.floor(lifeMs / 1_000),
    jti: canary("jti-"),
  };
  return `${part({ alg: "ES256", typ: "at+jwt", kid: "k" })}.${part(claims)}.${randomBytes(64).toString("base64url")}`;
}

/** Names of the secrets that `written` holds a piece of, with the piece; `secrets` by name. */
export function leaksIn(written: string, secrets: Readonly<Record<string, string>>): string[] {
  const views = viewsOf(written);
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const piece = needlesOf(secret).find((needle) => views.some((view) => view.includes(needle)));
    return piece === undefined ? [] : [`${name}: ${piece}`];
  });
}

/** The text as it is, without JSON's or a shell's escapes, without percent-encoding. */
function viewsOf(written: string): string[] {
  const plain = written.replaceAll("\\", "");
  const decoded = written.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return [written, plain, decoded];
}

function needlesOf(secret: string): string[] {
  // Every JWT has the same header, every PEM the same marks.
  const parts = secret.startsWith("eyJ") ? secret.split(".").slice(1) : secret.split(/\n|-----[A-Z ]+-----/);
  return parts.flatMap((part) => {
    const clear = windows(part.replaceAll("\\", "")).concat(windows(part));
    return clear.concat([0, 1, 2].flatMap((shift) => windows(base64Core(part, shift), PIECE + 4)));
  });
}

/** What of the base64 of a longer text this part alone decides, `shift` (or three more) bytes standing before it. */
function base64Core(part: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(part)]);
  return bytes.toString("base64").slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

function windows(text: string, length = PIECE): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length));
}
