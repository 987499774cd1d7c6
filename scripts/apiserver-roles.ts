// The rights that README.md asks for, read out of it as they are printed: what a reader applies is what every test on a
// real API server runs with.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const README = fileURLToPath(new URL("../README.md", import.meta.url));
const API_GROUP = "rbac.authorization.k8s.io";
export const RBAC = `/apis/${API_GROUP}/v1`;

export interface Role {
  name: string;
  yaml: string;
}

/** Each adds to those before it. @throws Error if the README does not print all of them */
export function shippedRoles(): { watch: Role; prune: Role; drive: Role } {
  const documents = [...readFileSync(README, "utf8").matchAll(/^```yaml\n([^]*?)^```$/gm)].flatMap(([, text = ""]) => text.split(/^---\n/m));
  const roles = documents.filter((yaml) => /^kind: ClusterRole$/m.test(yaml)).map((yaml) => ({ name: /^ {2}name: (\S+)$/m.exec(yaml)?.[1] ?? "", yaml }));
  const [watch, prune, drive] = roles;
  if (watch === undefined || prune === undefined || drive === undefined) throw new Error(`Cannot read ${README}: expected three ClusterRoles in it`);
  return { watch, prune, drive };
}

/** Gives the members of a group a ClusterRole, as a ClusterRoleBinding or RoleBinding. */
export function bindingOf(group: string, role: string): object {
  return {
    metadata: { name: `${group}-${role}` },
    roleRef: { apiGroup: API_GROUP, kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: API_GROUP, kind: "Group", name: group }],
  };
}
