// The resourceVersion that a request names, read and compared with what the store has reached.

import type { Behaviour } from "../behaviour/eras.ts";
import type { Store } from "../state/store.ts";
import { parseVersion } from "../state/versions.ts";
import { badRequest, Refusal } from "../wire/status.ts";
import { isZero } from "./list-options.ts";

const MAX_VERSION = 2n ** 64n;

/** Undefined if the text says no more than: something. `refuse` makes the answer to a text that is no version. */
export function askedVersion(text: string, refuse: (why: string) => Refusal): number | undefined {
  if (isZero(text)) return undefined;
  const wrong = !/^\d+$/.test(text) ? "invalid syntax" : BigInt(text) >= MAX_VERSION ? "value out of range" : undefined;
  if (wrong === undefined) return parseVersion(text);
  const quoted = JSON.stringify(text);
  throw refuse(`resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: ${wrong}`);
}

/** How a list refuses a version that is none. */
export function refuseListVersion(why: string): Refusal {
  return badRequest(`invalid resource version: ${why}`);
}

/** How a watch, or a read of one object, refuses a version that is none. */
export function refuseVersion(behaviour: Behaviour): (why: string) => Refusal {
  return (why) => (behaviour.malformedVersion === "500" ? new Refusal(500, "", why) : refuseListVersion(why));
}

/** The answer to a version that the store has not reached, `text` as it was named. */
export function tooLarge(text: string, store: Store, { versionTooLarge }: Behaviour): Refusal {
  const message = `Too large resource version: ${text}, current: ${store.versionText()}`;
  const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }];
  if (versionTooLarge === "400") return new Refusal(400, "BadRequest", message, { causes });
  return new Refusal(504, "Timeout", `Timeout: ${message}`, { causes, retryAfterSeconds: 1 });
}

/** @throws Refusal 400, 504 for a version that the store has not reached, `text` as it was named */
export function checkReached(version: number | undefined, text: string, store: Store, behaviour: Behaviour): void {
  if (version !== undefined && version > store.version) throw tooLarge(text, store, behaviour);
}
