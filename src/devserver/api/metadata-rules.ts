// What metadata may say, on creation and on update: metadata in, causes of a refusal out, worded as the API machinery does.
// src: pkg/api/validation/objectmeta.go in k8s.io/apimachinery.

import type { Behaviour } from "../behaviour/eras.ts";
import type { Metadata } from "../state/object.ts";
import { forbiddenField, invalidValue, required, tooLong } from "../wire/causes.ts";
import type { Cause } from "../wire/status.ts";
import { keyErrors, SUBDOMAIN, SUBDOMAIN_RULE, valueErrors } from "./label-rules.ts";
import { isObjectName, MAX_NAME } from "./names.ts";

const MAX_ANNOTATIONS_BYTES = 262_144;
const FROZEN = ["uid", "deletionTimestamp", "deletionGracePeriodSeconds"];
const OWNER_FIELDS = ["apiVersion", "kind", "name", "uid"];
/** Finalizers of the machinery itself need no domain. */
const KNOWN_FINALIZERS: readonly string[] = ["orphan", "foregroundDeletion", "kubernetes"];

/** Of an object that is created; the name has been made. */
export function creationCauses(metadata: Metadata, behaviour: Behaviour): Cause[] {
  const { name = "", generateName = "" } = metadata;
  const prefix = generateName.endsWith("-") ? `${generateName.slice(0, -1)}a` : generateName;
  return [
    ...(generateName === "" ? [] : invalid("metadata.generateName", generateName, nameErrors(prefix, behaviour))),
    ...(name === ""
      ? [required("metadata.name", "name or generateName is required")]
      : invalid("metadata.name", name, nameErrors(name, behaviour))),
    ...commonCauses(metadata),
    ...finalizerCauses(metadata),
  ];
}

/** Of an object that takes the place of `before`. Custom kinds have their metadata checked three times, and all is heard. */
export function updateCauses(metadata: Metadata, before: Metadata, { kinds }: Behaviour): Cause[] {
  const causes = changeCauses(metadata, before);
  return kinds === "built-in" ? causes : [...causes, ...causes, ...commonCauses(metadata), ...finalizerCauses(metadata)];
}

function changeCauses(metadata: Metadata, before: Metadata): Cause[] {
  const added = (metadata.finalizers ?? []).filter((finalizer) => before.finalizers?.includes(finalizer) !== true);
  const frozen = FROZEN.filter((field) => (metadata[field] ?? null) !== (before[field] ?? null));
  return [
    ...(before.deletionTimestamp === undefined || added.length === 0 ? [] : [lateFinalizers(added)]),
    ...frozen.map((field) => invalidValue(`metadata.${field}`, metadata[field] ?? null, "field is immutable")),
    ...commonCauses(metadata),
  ];
}

/** What is allowed though it is not wise: of finalizers that were not there before. */
export function finalizerWarnings(metadata: Metadata, before?: Metadata): string[] {
  const added = (metadata.finalizers ?? []).filter((finalizer) => before?.finalizers?.includes(finalizer) !== true);
  return [...new Set(added)].sort().flatMap((finalizer) => {
    const warn = (text: string) => `metadata.finalizers: ${JSON.stringify(finalizer)}: ${text}`;
    const hint = finalizer.includes(".") ? " including a path (/)" : "";
    const advice = `prefer a domain-qualified finalizer name${hint} to avoid accidental conflicts with other finalizer writers`;
    return [
      ...keyErrors(finalizer).map(warn),
      ...(finalizer.includes("/") || KNOWN_FINALIZERS.includes(finalizer) ? [] : [warn(advice)]),
    ];
  });
}

function commonCauses({ labels = {}, annotations = {}, ownerReferences = [] }: Metadata): Cause[] {
  const size = new TextEncoder().encode(Object.entries(annotations).flat().join("")).length;
  return [
    ...Object.entries(labels).flatMap(([key, value]) => [
      ...invalid("metadata.labels", key, keyErrors(key)),
      ...invalid("metadata.labels", value, valueErrors(value)),
    ]),
    // The case of an annotation's key does not matter.
    ...Object.keys(annotations).flatMap((key) => invalid("metadata.annotations", key, keyErrors(key.toLowerCase()))),
    ...(size > MAX_ANNOTATIONS_BYTES ? [tooLong("metadata.annotations", MAX_ANNOTATIONS_BYTES)] : []),
    ...(ownerReferences as Record<string, unknown>[]).flatMap((owner, index) => {
      const lacking = OWNER_FIELDS.filter((field) => (owner[field] ?? "") === "");
      return lacking.map((field) => required(`metadata.ownerReferences[${index}].${field}`, "must not be empty"));
    }),
  ];
}

function finalizerCauses({ finalizers = [] }: Metadata): Cause[] {
  return finalizers.flatMap((finalizer) => invalid("metadata.finalizers", finalizer, keyErrors(finalizer)));
}

function lateFinalizers(added: readonly string[]): Cause {
  const list = [...new Set(added)].sort().map((finalizer) => JSON.stringify(finalizer)).join(", ");
  const rule = "no new finalizers can be added if the object is being deleted";
  return forbiddenField("metadata.finalizers", `${rule}, found new finalizers []string{${list}}`);
}

function invalid(field: string, value: string, errors: readonly string[]): Cause[] {
  return errors.map((error) => invalidValue(field, value, error));
}

function nameErrors(name: string, { names }: Behaviour): string[] {
  if (names === "any-case") return isObjectName(name) ? [] : ["must consist of alphanumeric characters, '-' or '.'"];
  return [
    ...(name.length > MAX_NAME ? [`must be no more than ${MAX_NAME} characters`] : []),
    ...(SUBDOMAIN.test(name) ? [] : [SUBDOMAIN_RULE]),
  ];
}
