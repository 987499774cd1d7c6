// The parameters of writes: a query in, what is to be done differently out. A manager of fields is checked, then forgotten:
// no managed fields are kept.

import { checkOptions, forbiddenField, invalidValue, notSupported, tooLong } from "../wire/causes.ts";
import type { Cause } from "../wire/status.ts";

/** What is said of fields that a kind does not have, and of those that are there twice: nothing, a warning, a refusal. */
export type FieldValidation = "Ignore" | "Warn" | "Strict";

interface WriteOptions {
  /** Answer as if, and leave everything as it is. */
  dryRun: boolean;
  fieldValidation: FieldValidation;
}

const FIELD_VALIDATIONS = ["", "Ignore", "Strict", "Warn"];
const MAX_MANAGER_BYTES = 128;

/** @throws Refusal 422 */
export function parseWriteOptions(kind: "CreateOptions" | "UpdateOptions" | "PatchOptions", query: URLSearchParams): WriteOptions {
  const dryRun = query.getAll("dryRun");
  const fieldValidation = query.get("fieldValidation") ?? "";
  const causes = [
    ...(kind === "PatchOptions" && query.has("force") ? [forbiddenField("force", "may not be specified for non-apply patch")] : []),
    ...managerCauses(query.get("fieldManager") ?? ""),
    ...dryRunCauses(dryRun),
    ...(FIELD_VALIDATIONS.includes(fieldValidation) ? [] : [notSupported("fieldValidation", fieldValidation, FIELD_VALIDATIONS)]),
  ];
  checkOptions(kind, causes);
  return { dryRun: dryRun.length > 0, fieldValidation: (fieldValidation || "Warn") as FieldValidation };
}

export function dryRunCauses(given: readonly string[]): Cause[] {
  return given.every((value) => value === "All") ? [] : [notSupported("dryRun", given, ["All"])];
}

function managerCauses(manager: string): Cause[] {
  if (new TextEncoder().encode(manager).length > MAX_MANAGER_BYTES) return [tooLong("fieldManager", MAX_MANAGER_BYTES)];
  const position = [...manager].findIndex((character) => !/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character));
  if (position < 0) return [];
  const code = ([...manager][position]?.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return [invalidValue("fieldManager", manager, `invalid character U+${code} (at position ${position})`)];
}
