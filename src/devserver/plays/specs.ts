// Specs and repositories as people and Grafana's own controllers make them up. Pure: random in, objects out.

import type { Random } from "../../base/clock.ts";
import { oneOf, wholeBetween } from "../../base/random.ts";
import { ALPHABET, SUFFIX_LENGTH } from "../api/names.ts";
import type { Resourced } from "../state/object.ts";

const HEX = "0123456789abcdef";

/** How often an action is asked for among a hundred jobs. */
const ACTIONS: readonly (readonly [action: string, weight: number])[] = [
  ["pull", 60],
  ["pr", 20],
  ["push", 8],
  ["move", 4],
  ["delete", 4],
  ["migrate", 3],
  ["fixFolderMetadata", 1],
];

/** An action, the usual ones more often; none that is new unless the server knows those. */
export function someAction(random: Random, newActions: boolean): string {
  let left = random() * 100;
  const action = ACTIONS.find(([, weight]) => (left -= weight) < 0)?.[0] ?? "pull";
  return action === "fixFolderMetadata" && !newActions ? "push" : action;
}

/** A spec of this action that admission takes. */
export function specOf(random: Random, action: string, repository: string): Record<string, unknown> {
  const path = `team-${wholeBetween(random, 1, 20)}/dashboard-${wholeBetween(random, 1, 99)}.json`;
  const options: Record<string, unknown> = {
    pull: { incremental: random() < 0.8 },
    pr: { ref: `change-${someText(random, HEX, 6)}`, pr: wholeBetween(random, 1, 99_999), hash: someHash(random) },
    push: { branch: `export-${wholeBetween(random, 1, 99)}`, path: "grafana" },
    migrate: { message: "Move dashboards under version control" },
    delete: { paths: [path] },
    move: { paths: [path], targetPath: "archive/" },
    fixFolderMetadata: {},
  }[action] as Record<string, unknown>;
  return { action, repository, [action]: options };
}

/** A healthy repository that allows every workflow. */
export function repositoryOf(name: string, namespace: string, checkedMs: number): Resourced {
  return {
    metadata: { name, namespace },
    spec: {
      title: name,
      type: "local",
      workflows: ["write", "branch"],
      sync: { enabled: false, target: "folder", intervalSeconds: 60 },
      local: { path: `/repositories/${name}` },
    },
    status: { observedGeneration: 1, health: { healthy: true, checked: Math.floor(checkedMs) }, sync: {} },
  };
}

/** `default`, `org-2`, `org-3` and so on: one for each organisation. */
export function namespaceNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? "default" : `org-${index + 1}`));
}

/** A version 4 UUID. */
export function someUid(random: Random): string {
  const hex = someText(random, HEX, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${oneOf(random, ["8", "9", "a", "b"])}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** What the server appends to a generateName. */
export function someSuffix(random: Random): string {
  return someText(random, ALPHABET, SUFFIX_LENGTH);
}

/** A Git commit. */
export function someHash(random: Random): string {
  return someText(random, HEX, 40);
}

/** The opaque name of a worker, as claim-owner has it. */
export function someOwner(random: Random): string {
  return `w${someText(random, HEX, 13)}`;
}

function someText(random: Random, alphabet: string, length: number): string {
  let text = "";
  for (let count = 0; count < length; count++) text += alphabet[Math.floor(random() * alphabet.length)] ?? "";
  return text;
}
