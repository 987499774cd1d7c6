// What is wrong with a field, in the API's words: a path and a reason in, a cause out; and the refusals that causes make.

import { GROUP } from "../../provisioning.ts";
import { type Cause, Refusal, titleOf } from "./status.ts";

/** The field must be there. Without `detail` nothing more is said. */
export function required(field: string, detail = ""): Cause {
  return { reason: "FieldValueRequired", message: detail === "" ? "Required value" : `Required value: ${detail}`, field };
}

export function invalidValue(field: string, value: unknown, detail: string): Cause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${quoted(value)}: ${detail}`, field };
}

/** `found` = the type that the value has. */
export function invalidType(field: string, found: string, expected: string): Cause {
  const message = `Invalid value: "${found}": ${field} in body must be of type ${expected}: "${found}"`;
  return { reason: "FieldValueTypeInvalid", message, field };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): Cause {
  const list = supported.map((word) => JSON.stringify(word)).join(", ");
  return { reason: "FieldValueNotSupported", message: `Unsupported value: ${quoted(value)}: supported values: ${list}`, field };
}

export function tooLong(field: string, maxBytes: number): Cause {
  return { reason: "FieldValueTooLong", message: `Too long: may not be more than ${maxBytes} bytes`, field };
}

/** What may not be said here at all. */
export function forbiddenField(field: string, detail: string): Cause {
  return { reason: "FieldValueForbidden", message: `Forbidden: ${detail}`, field };
}

/** 422: an object breaks the rules of its kind. `kind` and `group` as the object says; empty if it says none. */
export function invalidObject(kind: string, name: string, causes: readonly Cause[], group = GROUP): Refusal {
  const details = { ...(name && { name }), ...(group && { group }), ...(kind && { kind }), causes };
  return new Refusal(422, "Invalid", `${titleOf(kind, group)} ${JSON.stringify(name)} is invalid: ${summary(causes)}`, details);
}

/** @throws Refusal 422 if the parameters of a request cannot be */
export function checkOptions(kind: string, causes: readonly Cause[]): void {
  if (causes.length > 0) throw invalidObject(kind, "", causes, "meta.k8s.io");
}

/** All causes in one line; what is said twice stands there once. */
function summary(causes: readonly Cause[]): string {
  const texts = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  return texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
}

/** As Go quotes: control characters by their byte. */
function quoted(value: unknown): string {
  return JSON.stringify(value).replace(/\\u00([01][0-9a-f])/g, String.raw`\x$1`);
}
