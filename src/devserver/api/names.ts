// Names that the server gives.

import { randomBytes } from "node:crypto";

/** The API machinery's: no vowels, nothing that looks like another character. */
export const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
export const SUFFIX_LENGTH = 5;
/** Characters of an object's name. */
export const MAX_NAME = 253;
const MAX_GENERATED = 63;

/** `generateName` plus five random characters; a long base is cut. */
export function generateName(base: string): string {
  return base.slice(0, MAX_GENERATED - SUFFIX_LENGTH) + shortId();
}

/** The name under which a repository's job is queued: one per class, so that a class never runs twice at a time. */
export function jobName(repository: string, action: string, spec: Record<string, unknown>): string {
  if (action === "pull" || action === "migrate") return `${repository}-sync`;
  if (action === "pr") return `${repository}-pr-${String((spec["pr"] as { pr?: unknown } | undefined)?.pr ?? 0)}`;
  return action === "test" ? `${repository}-test-${shortId()}` : `${repository}-${action}`;
}

/** Whether the text may name an object: lower-case DNS labels with dots; upper case too, as actions occur in job names. */
export function isObjectName(name: string): boolean {
  return name.length <= MAX_NAME && /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name);
}

function shortId(): string {
  return Array.from(randomBytes(SUFFIX_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
