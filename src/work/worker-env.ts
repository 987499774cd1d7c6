// What stands in a worker's environment: a fixed list of names, those that --worker-env adds, and the job. All else of
// ours, tokens first of all, stays out because it is not on a list.

import type { WorkOrder } from "./worker.ts";

/** What every worker gets of our environment, as far as it is set. */
export const PASSED_VARIABLES = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TZ"] as const;

/** Where nobody says where programs are. */
const PATH_DEFAULT = "/usr/local/bin:/usr/bin:/bin";

/** The part of a worker's environment that is the same for all jobs. A name that is not set stays unset. */
export function baseEnv(env: Readonly<Record<string, string | undefined>>, named: readonly string[] = []): Record<string, string> {
  const base: Record<string, string> = { PATH: PATH_DEFAULT };
  for (const name of [...PASSED_VARIABLES, ...named]) {
    const value = env[name];
    if (value !== undefined) base[name] = value;
  }
  return base;
}

type JobVariable = `JOB_${"UID" | "NAME" | "NAMESPACE" | "REPOSITORY" | "ACTION" | "ATTEMPT"}`;
type OrderFacts = Pick<WorkOrder, "uid" | "name" | "namespace" | "repository" | "action" | "attempt">;

/** What a simple worker has to know of its job. */
export function jobEnv({ uid, name, namespace, repository, action, attempt }: OrderFacts): Record<JobVariable, string> {
  return {
    JOB_UID: uid,
    JOB_NAME: name,
    JOB_NAMESPACE: namespace,
    JOB_REPOSITORY: repository,
    JOB_ACTION: action,
    JOB_ATTEMPT: String(attempt),
  };
}
