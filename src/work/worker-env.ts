// What stands in a worker's environment: a fixed list of names, those that --worker-env adds, and the job. All else of
// ours, tokens first of all, stays out because it is not on a list.

import { UsageError } from "../base/errors.ts";
import type { WorkOrder } from "./worker.ts";

/** What every worker gets of our environment, as far as it is set. */
export const PASSED_VARIABLES = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TZ"] as const;

/** Where nobody says where programs are. */
const PATH_DEFAULT = "/usr/local/bin:/usr/bin:/bin";

/**
 * Names that --worker-env lists, separated by commas; the flag is repeatable.
 * @throws UsageError on what is no name, and on names that are ours to set.
 */
export function parseWorkerEnv(texts: readonly string[], flag = "--worker-env"): string[] {
  return texts.flatMap((text) =>
    text.split(",").map((part) => {
      const name = part.trim();
      // Whatever stands behind a = may be a secret: it is not repeated.
      const refuse = (rule: string) => new UsageError(`Cannot use ${flag} "${name.replace(/=[\s\S]*$/, "=…")}": expected ${rule}`);
      if (!/^[A-Za-z_]\w*$/.test(name)) throw refuse("names of environment variables alone, such as GIT_TOKEN; their values are taken from our environment");
      if (name in jobEnv(NO_ORDER)) throw refuse("another name: this one tells the worker its job");
      return name;
    })
  );
}

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
const NO_ORDER: OrderFacts = { uid: "", name: "", namespace: "", repository: "", action: "", attempt: 1 };

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
