// What an object must hold to be written: a spec in, the causes of a refusal out. Runs on creation and on every update.
// src: apps/provisioning/pkg/jobs/validator.go in grafana/grafana.

import { parseDuration } from "../../base/duration.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { type ResourceName, RESOURCES } from "../resources.ts";
import type { Resourced } from "../state/object.ts";
import { invalidObject, invalidValue, required } from "../wire/causes.ts";
import type { Cause } from "../wire/status.ts";

type Fields = Record<string, unknown>;

interface ActionRule {
  /** The option object that belongs to the action. */
  options?: string;
  /** Whether it must be there. */
  required?: boolean;
  /** Which of its fields names a git ref. */
  ref?: string;
  /** Needs the repository to allow writing. */
  writes?: boolean;
  /** Came later than the others. */
  recent?: boolean;
  /** What is wrong with the options, which are at `path`. */
  check?: (options: Fields, path: string) => Cause[];
}

export const ACTIONS: Readonly<Record<string, ActionRule>> = {
  pull: { options: "pull", required: true },
  push: { options: "push", required: true, ref: "branch", writes: true, check: checkTargets },
  pr: { options: "pr", required: true, ref: "ref" },
  migrate: { options: "migrate", required: true, ref: "branch", writes: true, check: checkTargets },
  delete: { options: "delete", required: true, ref: "ref", writes: true, check: checkSomeTarget },
  move: { options: "move", required: true, ref: "ref", writes: true, check: checkMove },
  fixFolderMetadata: { options: "fixFolderMetadata", ref: "ref", writes: true, recent: true },
  releaseResources: { recent: true },
  deleteResources: { recent: true },
  test: { options: "test", required: true, recent: true, check: checkTest },
};

const MAX_RESOURCES = 100;
const RESOURCE_KINDS: readonly unknown[] = [undefined, "", "Dashboard", "Folder"];
const MAX_TEST_MS = 20 * 60_000;

/** @throws Refusal 422 */
export function admit(resource: ResourceName, object: Resourced, behaviour: Behaviour): void {
  if (resource === "repositories" || !behaviour.admission) return;
  const spec = object.spec ?? {};
  const action = textOf(spec["action"]);
  const causes = [
    ...(action === "" ? [required("spec.action", "action must be specified")] : []),
    ...(textOf(spec["repository"]) === "" ? [required("spec.repository", "repository must be specified")] : []),
    ...(resource === "jobs" && action !== "" ? actionCauses(action, spec, behaviour) : []),
  ];
  if (causes.length > 0) throw invalidObject(RESOURCES[resource].kind, object.metadata?.name ?? "", causes);
}

function actionCauses(action: string, spec: Fields, { newActions }: Behaviour): Cause[] {
  const rule = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (rule === undefined || (rule.recent === true && !newActions)) return [invalidValue("spec.action", action, "invalid action")];
  if (rule.options === undefined) return [];
  const path = `spec.${rule.options}`;
  const options = spec[rule.options];
  if (!isFields(options)) return rule.required === true ? [required(path, `${rule.options} options required for ${action} action`)] : [];
  const ref = rule.ref === undefined ? "" : textOf(options[rule.ref]);
  return [
    ...(ref === "" || isBranchName(ref) ? [] : [invalidValue(`${path}.${rule.ref}`, ref, "invalid git branch name")]),
    ...(rule.check?.(options, path) ?? []),
  ];
}

function checkTargets({ paths, resources }: Fields, path: string): Cause[] {
  const refs = listOf(resources);
  return [
    ...listOf(paths).map(textOf).flatMap((text, index) => {
      const leaves = text === "" || text.split("/").includes("..");
      return leaves ? [invalidValue(`${path}.paths[${index}]`, text, "path contains traversal attempt")] : [];
    }),
    ...(refs.length > MAX_RESOURCES ? [invalidValue(`${path}.resources`, String(refs.length), `at most ${MAX_RESOURCES} resources`)] : []),
    ...refs.flatMap((ref, index) => {
      const kind = isFields(ref) ? ref["kind"] : undefined;
      return RESOURCE_KINDS.includes(kind) ? [] : [invalidValue(`${path}.resources[${index}].kind`, String(kind), "unsupported kind")];
    }),
  ];
}

function checkSomeTarget(options: Fields, path: string): Cause[] {
  const none = listOf(options["paths"]).length + listOf(options["resources"]).length === 0;
  return [...(none ? [required(path, "at least one path or resource must be specified")] : []), ...checkTargets(options, path)];
}

function checkMove(options: Fields, path: string): Cause[] {
  const nowhere = textOf(options["targetPath"]) === "";
  return [...checkSomeTarget(options, path), ...(nowhere ? [required(`${path}.targetPath`, "target path is required")] : [])];
}

function checkTest({ duration }: Fields, path: string): Cause[] {
  const ms = parseDuration(textOf(duration)) ?? 0;
  if (ms > 0 && ms <= MAX_TEST_MS) return [];
  return [invalidValue(`${path}.duration`, textOf(duration), "must be more than 0 and at most 20m")];
}

/** Git's rules for ref names, as far as branches are concerned. */
function isBranchName(name: string): boolean {
  return !/^[/.-]|[/.]$|\.\.|\/[/.]|@\{|[\x00-\x20\x7f~^:?*[\\]|\.lock(?:\/|$)/.test(name) && name !== "@";
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
