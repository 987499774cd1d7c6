// What an object must hold to be written: a spec in, the causes of a refusal out. Runs on creation and on every update.
// src: apps/provisioning/pkg/jobs/validator.go in grafana/grafana.

import { parseDuration } from "../../base/duration.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import type { Resourced } from "../state/store.ts";
import { invalidObject, invalidValue, required } from "../wire/causes.ts";
import type { Cause } from "../wire/status.ts";
import { type ResourceName, RESOURCES } from "../resources.ts";

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
  check?: (options: Fields, causes: Causes) => void;
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
  const causes = new Causes();
  const spec = object.spec ?? {};
  const action = textOf(spec["action"]);
  if (action === "") causes.required("spec.action", "action must be specified");
  if (textOf(spec["repository"]) === "") causes.required("spec.repository", "repository must be specified");
  if (resource === "jobs" && action !== "") checkAction(action, spec, causes, behaviour);
  if (causes.list.length > 0) throw invalidObject(RESOURCES[resource].kind, object.metadata?.name ?? "", causes.list);
}

function checkAction(action: string, spec: Fields, causes: Causes, { newActions }: Behaviour): void {
  const rule = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (rule === undefined || (rule.recent === true && !newActions)) {
    causes.invalid("spec.action", action, "invalid action");
    return;
  }
  if (rule.options === undefined) return;
  const options = spec[rule.options];
  if (!isFields(options)) {
    if (rule.required === true) causes.required(`spec.${rule.options}`, `${rule.options} options required for ${action} action`);
    return;
  }
  const ref = rule.ref === undefined ? "" : textOf(options[rule.ref]);
  if (ref !== "" && !isBranchName(ref)) causes.invalid(`spec.${rule.options}.${rule.ref}`, ref, "invalid git branch name");
  rule.check?.(options, causes.under(`spec.${rule.options}`));
}

function checkTargets({ paths, resources }: Fields, causes: Causes): void {
  for (const [index, path] of listOf(paths).entries()) {
    const text = textOf(path);
    if (text === "" || text.split("/").includes("..")) causes.invalid(`paths[${index}]`, text, "path contains traversal attempt");
  }
  const refs = listOf(resources);
  if (refs.length > MAX_RESOURCES) causes.invalid("resources", String(refs.length), `at most ${MAX_RESOURCES} resources`);
  for (const [index, ref] of refs.entries()) {
    const kind = isFields(ref) ? ref["kind"] : undefined;
    if (!RESOURCE_KINDS.includes(kind)) causes.invalid(`resources[${index}].kind`, String(kind), "unsupported kind");
  }
}

function checkSomeTarget(options: Fields, causes: Causes): void {
  if (listOf(options["paths"]).length + listOf(options["resources"]).length === 0) {
    causes.required("", "at least one path or resource must be specified");
  }
  checkTargets(options, causes);
}

function checkMove(options: Fields, causes: Causes): void {
  checkSomeTarget(options, causes);
  if (textOf(options["targetPath"]) === "") causes.required("targetPath", "target path is required");
}

function checkTest({ duration }: Fields, causes: Causes): void {
  const ms = parseDuration(textOf(duration)) ?? 0;
  if (ms <= 0 || ms > MAX_TEST_MS) causes.invalid("duration", textOf(duration), "must be more than 0 and at most 20m");
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

// Collects causes in the API's words.
class Causes {
  readonly list: Cause[];
  readonly #path: string;

  constructor(list: Cause[] = [], path = "") {
    this.list = list;
    this.#path = path;
  }

  under(path: string): Causes {
    return new Causes(this.list, path);
  }

  required(field: string, detail: string): void {
    this.list.push(required(this.#at(field), detail));
  }

  invalid(field: string, value: string, detail: string): void {
    this.list.push(invalidValue(this.#at(field), value, detail));
  }

  #at(field: string): string {
    return [this.#path, field].filter((part) => part !== "").join(".");
  }
}
