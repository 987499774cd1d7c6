// What scripts/build.ts bakes into the binary. Run from source nothing is baked in, and all three say "dev".

declare const JOB_CONTROLLER_VERSION: string | undefined;
declare const JOB_CONTROLLER_COMMIT: string | undefined;
declare const JOB_CONTROLLER_DATE: string | undefined;

export interface BuildInfo {
  /** `version` of package.json. */
  version: string;
  /** Full hash, with `-dirty` when the sources differed from it; `unknown` when built outside a checkout. */
  commit: string;
  /** When that commit was made, RFC 3339 in UTC: the same for everybody who builds it. `unknown` as above. */
  date: string;
}

export const buildInfo: BuildInfo = {
  version: typeof JOB_CONTROLLER_VERSION === "string" ? JOB_CONTROLLER_VERSION : "dev",
  commit: typeof JOB_CONTROLLER_COMMIT === "string" ? JOB_CONTROLLER_COMMIT : "dev",
  date: typeof JOB_CONTROLLER_DATE === "string" ? JOB_CONTROLLER_DATE : "dev",
};
