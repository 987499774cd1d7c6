// ONE table per command: name, kind, default, help. Source of parsing, help, README tables and environment names.
// Only facts: what a value must look like is in values.ts, which values go together in config.ts.

import { LOG_LEVELS } from "../base/log.ts";

/** Words of the command line, one space between them. */
export type CommandName = "run" | "history" | "verify" | "dev" | FaultCommandName | "dev seed" | "ready" | "version" | "completion" | "help";
export type FaultCommandName = "dev fault add" | "dev fault list" | "dev fault clear";

/** Words that are no command without another one behind them. */
export type GroupName = "dev fault";

/** How the text of a value is read; `list` is text that may be given several times, `parts` a switch that may have a value. */
export type FlagKind = "string" | "bool" | "duration" | "rate" | "enum" | "address" | "list" | "parts";

export interface Flag {
  name: string;
  kind: FlagKind;
  /** Heading under which help and README show it. */
  group: string;
  help: string;
  /** As a user would type it; absent = not set. */
  default?: string;
  /** Stands for the value in help; absent for bool, made of `options` for enum. */
  value?: string;
  /** Values of an enum. */
  options?: readonly string[];
  /** What divides the values of a list in its variable. Default: commas and white space. */
  divider?: "space" | "line";
  /** One letter that stands for the name: `-n`. */
  short?: string;
  /** The value is never shown, not even in an error. */
  secret?: true;
  /** Its variable, where the one made of the name is taken. */
  variable?: string;
}

export interface Command {
  name: CommandName;
  summary: string;
  /** Shell lines for the top of the help page. */
  examples: readonly { what: string; line: string }[];
  flags: readonly Flag[];
  /** Placeholder of the one positional argument, if there may be one. */
  argument?: string;
  /** Whether the argument must be there, or may be several words. */
  arguments?: "required" | "words";
  /** All that the argument may be. */
  argumentOptions?: readonly string[];
}

/** Served versions that `--api-version` takes, the default first. */
export const API_VERSION_NAMES = ["v0alpha1", "v1beta1"] as const;
export const LOG_FORMATS = ["json", "pretty"] as const;
export const MTLS_MODES = ["off", "optional", "required"] as const;
export const VERSION_FORMATS = ["text", "json"] as const;
/** Shells that `completion` writes a script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
/** How a job may end, and how the history is shown. */
export const OUTCOMES = ["success", "warning", "error"] as const;
export const TRAIL_FORMATS = ["table", "wide", "json"] as const;
/** What becomes of a job whose owner has stopped. */
export const ON_EXPIRED = ["requeue", "fail"] as const;

/** How much is checked, what ends `verify` with another code than 0, and how its report may be written. */
export const VERIFY_PROFILES = ["smoke", "standard", "full"] as const;
export const FAIL_ON = ["never", "fail", "error", "skip"] as const;
export const REPORT_FORMATS = ["json", "junit", "tap", "github"] as const;

/** Where `run` serves /livez and /readyz, and where `ready` asks. */
const HEALTH: Flag = {
  name: "health-probe-bind-address", kind: "address", value: "addr", default: ":8081", group: "Operation",
  help: "Address of /livez, /readyz and /metrics; 0 = off. A port that is taken ends the program only if it was named",
};

/** What is shown to the server: every command that asks one has these. */
const CREDENTIAL_FLAGS: readonly Flag[] = [
  { name: "token", kind: "string", value: "secret", secret: true, group: "Credentials (exactly one)",
    help: "Secret that the token exchange accepts. Every user of the machine can see it: prefer --token-file" },
  { name: "token-file", kind: "string", value: "file", group: "Credentials (exactly one)",
    help: "File with that secret, read again when it changes; - reads standard input once. Without any credential, " +
      "$CREDENTIALS_DIRECTORY/token is used" },
  { name: "token-exchange-url", kind: "string", value: "url", group: "Credentials (exactly one)",
    help: "Token exchange endpoint that mints the access token; needed with --token and --token-file" },
  { name: "token-exchange-ca-file", kind: "string", value: "file", group: "Credentials (exactly one)",
    help: "CA certificates (PEM) that the exchange endpoint is verified against, in place of the public ones" },
  { name: "allow-plaintext-token", kind: "bool", default: "false", group: "Credentials (exactly one)",
    help: "Send credentials over plain http to hosts that are not loopback, too" },
  { name: "bearer-token-file", kind: "string", value: "file", group: "Credentials (exactly one)",
    help: "File with a token that is sent as plain Authorization: Bearer, for a stock Grafana; read again when it changes" },
  { name: "kubeconfig", kind: "string", value: "file", group: "Credentials (exactly one)",
    help: "Kubeconfig file with server, CA and bearer token or client certificate" },
  { name: "context", kind: "string", value: "name", group: "Credentials (exactly one)",
    help: "Context of the kubeconfig file, in place of its current one" },
];
const SERVER_URL: Flag = {
  name: "provisioning-server-url", kind: "string", value: "url", group: "Provisioning API",
  help: "Base URL of the provisioning API server, such as https://localhost:6446; needed unless --kubeconfig names it",
};
const NAMESPACE: Flag = {
  name: "namespace", kind: "list", short: "n", value: "name", group: "Provisioning API",
  help: "Watch this namespace only; may be repeated, up to 100 times. Default: all, in one watch",
};
const VERSION_OF_API: Flag = {
  name: "api-version", kind: "enum", options: API_VERSION_NAMES, default: "v0alpha1", group: "Provisioning API",
  help: "Version of the API; v1beta1 is tried by itself where the default is not served",
};
const INSECURE: Flag = {
  name: "tls-insecure", kind: "bool", default: "true", group: "TLS to the provisioning API",
  help: "Skip verification of the server certificate. False as soon as --tls-ca-file is given, and with --kubeconfig",
};
const TLS_FILE_FLAGS: readonly Flag[] = [
  { name: "tls-ca-file", kind: "string", value: "file", group: "TLS to the provisioning API",
    help: "CA certificates (PEM) that the server is verified against, in place of the public ones" },
  { name: "tls-cert-file", kind: "string", value: "file", group: "TLS to the provisioning API",
    help: "Client certificate (PEM) for mutual TLS, read again when it changes; needs --tls-key-file" },
  { name: "tls-key-file", kind: "string", value: "file", group: "TLS to the provisioning API",
    help: "Private key (PEM) of the client certificate; needs --tls-cert-file" },
  { name: "tls-server-name", kind: "string", value: "name", group: "TLS to the provisioning API",
    help: "Name that the server certificate must carry, in place of the URL's host" },
];

const RUN_FLAGS: readonly Flag[] = [
  ...CREDENTIAL_FLAGS,
  SERVER_URL,
  NAMESPACE,
  VERSION_OF_API,
  { name: "resync-interval", kind: "duration", value: "duration", default: "60s", group: "Provisioning API",
    help: "Time between two complete lists that verify the watch; at least 1s" },
  { name: "startup-timeout", kind: "duration", value: "duration", default: "0", group: "Provisioning API",
    help: "End with code 7 or 124 if the first list is not complete after this time; 0 = wait for ever" },
  INSECURE,
  ...TLS_FILE_FLAGS,

  { name: "history-expiration", kind: "duration", value: "duration", default: "0", group: "History",
    help: "Delete HistoricJobs older than this (30s, 15m, 24h); zero or negative = off, as for history kept in Loki" },
  { name: "history-sweep-interval", kind: "duration", value: "duration", group: "History",
    help: "Time between two sweeps; at least 1s. Default: a quarter of the expiration, within 10s and 10m" },
  { name: "history-delete-rate", kind: "rate", value: "number", default: "100", group: "History",
    help: "Deletions per second at most; 0 = no limit" },
  { name: "dry-run", kind: "bool", default: "false", group: "History",
    help: "Delete nothing, say what would be deleted" },

  { name: "worker", kind: "list", divider: "line", value: "actions=worker", group: "Getting jobs done",
    help: "Do jobs of these actions (commas between them, * = every action) with this worker: exec:<command> or builtin:test; may be " +
      "repeated. Without any, no job is claimed; the variable has one a line" },
  { name: "worker-env", kind: "list", value: "name", group: "Getting jobs done",
    help: "Variable of our own environment that commands get, too; may be repeated" },
  { name: "drivers", kind: "string", value: "number", default: "3", group: "Getting jobs done",
    help: "Jobs that are worked on at once, 1 to 100" },
  { name: "job-timeout", kind: "duration", value: "duration", default: "20m", group: "Getting jobs done",
    help: "A job that takes longer is ended as failed; at least 1s" },
  { name: "job-interval", kind: "duration", value: "duration", default: "30s", group: "Getting jobs done",
    help: "Time between two searches for jobs that nothing has told of; at least 1s" },
  { name: "max-attempts", kind: "string", value: "number", default: "5", group: "Getting jobs done",
    help: "Times that a job is begun before it is ended as failed, 1 to 1000" },
  { name: "on-expired", kind: "enum", options: ON_EXPIRED, default: "requeue", group: "Getting jobs done",
    help: "What becomes of a job whose owner has stopped: begun again, or ended as failed, as Grafana itself does" },
  { name: "lease-validity", kind: "duration", value: "duration", default: "25s", group: "Getting jobs done",
    help: "Our work on a job ends when its lease was not renewed for this long" },
  { name: "lease-renewal", kind: "duration", value: "duration", default: "8s", group: "Getting jobs done",
    help: "Pause between two renewals; at most a third of --lease-validity" },
  { name: "lease-expiry", kind: "duration", value: "duration", default: "60s", group: "Getting jobs done",
    help: "An owner that was silent for this long has stopped; more than --lease-validity. Other controllers may hold 60s" },
  { name: "claim-settle", kind: "duration", value: "duration", default: "0", group: "Getting jobs done",
    help: "Time between claim and work, after which the claim is read again; 2s with Grafana before October 2025; at most a third of " +
      "--lease-validity" },

  HEALTH,
  { name: "shutdown-timeout", kind: "duration", value: "duration", default: "25s", group: "Operation",
    help: "Time that the first signal leaves to work in flight; the second signal leaves none" },
  { name: "log-format", kind: "enum", options: LOG_FORMATS, default: "json", group: "Operation",
    help: "Lines for programs or for people" },
  { name: "log-level", kind: "enum", options: LOG_LEVELS, default: "info", group: "Operation",
    help: "Least level that is written; notifications always are" },
];

const HISTORY_FLAGS: readonly Flag[] = [
  shownFlag("repository", { kind: "string", value: "name", help: "Jobs of this repository only" }),
  shownFlag("outcome", { kind: "enum", options: OUTCOMES, help: "Jobs that ended so only" }),
  { ...NAMESPACE, group: "What is shown", help: "Jobs of this namespace only; may be repeated. Default: all" },
  shownFlag("since", { kind: "duration", value: "duration", help: "Jobs that ended within this time only, such as 24h" }),
  shownFlag("limit", { kind: "string", value: "number", default: "50", help: "The newest jobs, so many of them; 1 to 10000" }),
  shownFlag("output", { kind: "enum", short: "o", options: TRAIL_FORMATS, default: "table",
    help: "A table, one with names and times in full, or a document for programs" }),

  ...CREDENTIAL_FLAGS,
  SERVER_URL,
  VERSION_OF_API,
  { ...INSECURE, default: "false", help: "Skip verification of the server certificate" },
  ...TLS_FILE_FLAGS,
];

/** The name of its variable says that it is about history: other commands have flags of that name. */
function shownFlag(name: string, flag: Omit<Flag, "name" | "group" | "variable">): Flag {
  return { name, group: "What is shown", variable: `JOB_CONTROLLER_HISTORY_${name.toUpperCase()}`, ...flag };
}

const VERIFY_FLAGS: readonly Flag[] = [
  verifyFlag("profile", { kind: "enum", options: VERIFY_PROFILES, default: "standard",
    help: "How much is checked: smoke only reads and is over within seconds, full also takes what is slow or loads the server" }),
  verifyFlag("focus", { kind: "list", value: "checks", help: "These checks only, by id or area, such as WATCH or LIST-001; may be repeated" }),
  verifyFlag("skip", { kind: "list", value: "checks", help: "All but these checks; may be repeated" }),
  verifyFlag("list", { kind: "bool", default: "false", help: "Print the checks, what each claims and needs and where that comes from, and exit" }),
  verifyFlag("timeout", { kind: "duration", value: "duration", default: "5m", help: "What has not been decided by then counts as not decided; 10s of the profile smoke" }),
  verifyFlag("self-test", { kind: "bool", default: "false",
    help: "Ask no server but embedded ones: each check on broken ones where it must fail and on healthy ones where it must not; prints what notices what" }),
  verifyFlag("healthy-runs", { kind: "string", value: "number", default: "21", help: "Runs of --self-test on healthy servers that are slow, busy or throttled; 0 to 100000" }),

  verifyFlag("namespace", { kind: "string", short: "n", value: "name", default: "default", group: "What is written",
    help: "Where checks make jobs and records of their own, and delete them again" }),
  verifyFlag("dry-run", { kind: "bool", default: "false", group: "What is written", help: "Ask no server, print what would be written where" }),
  verifyFlag("yes", { kind: "bool", default: "false", group: "What is written", help: "Write to the namespace though it holds jobs of others" }),
  verifyFlag("lesser-token-file", { kind: "string", value: "file", group: "What is written",
    help: "A second token of the same kind with fewer rights, for checks of what is refused" }),

  verifyFlag("report", { kind: "list", value: "format=file", group: "Verdict",
    help: "Write a report, too: json=FILE, junit=FILE, tap=FILE (- = standard output), or github for annotations and step summary; may be repeated" }),
  verifyFlag("fail-on", { kind: "enum", options: FAIL_ON, default: "error", group: "Verdict",
    help: "Which verdicts end it with a code other than 0: none, fail, error (not decided) as well, or skip as well; that nothing was checked always does" }),
  verifyFlag("lock", { kind: "string", value: "file", group: "Verdict",
    help: "Write what the server does to this file; where it is there, fail on what has changed, and on nothing else" }),
  verifyFlag("baseline", { kind: "string", value: "file", group: "Verdict",
    help: "Accept the failures that this file names, each with a reason and a last day" }),

  ...CREDENTIAL_FLAGS,
  SERVER_URL,
  VERSION_OF_API,
  { ...INSECURE, default: "false", help: "Skip verification of the server certificate" },
  ...TLS_FILE_FLAGS,
];

/** Its variable says whose it is: other commands have flags of that name. */
function verifyFlag(name: string, { group = "What is checked", ...flag }: Omit<Flag, "name" | "group" | "variable"> & { group?: string }): Flag {
  return { name, group, variable: `JOB_CONTROLLER_VERIFY_${name.toUpperCase().replaceAll("-", "_")}`, ...flag };
}

/** Where `dev` takes orders, and where `dev fault` and the like give them. */
const ADMIN: Flag = {
  name: "admin-address", kind: "address", value: "addr", default: "localhost:6447", group: "Addresses",
  help: "Where faults are added and cleared while it runs, with plain http and on loopback only; 0 = off",
};

const DEV_FLAGS: readonly Flag[] = [
  // Kubernetes sets JOB_CONTROLLER_PORT for a Service of that name.
  { name: "port", kind: "string", value: "port", variable: "JOB_CONTROLLER_DEV_PORT", group: "Addresses",
    help: "Port of the API, over that of --api-address; 0 = any free ones, for the other addresses too" },
  { name: "api-address", kind: "address", value: "addr", default: "localhost:6446", group: "Addresses",
    help: "Where the provisioning API listens, with TLS" },
  { name: "exchange-address", kind: "address", value: "addr", default: "localhost:6481", group: "Addresses",
    help: "Where the token exchange listens, with plain http" },
  ADMIN,
  { name: "token", kind: "string", value: "secret", secret: true, default: "ProvisioningAdminToken", group: "Access",
    help: "Secret that the token exchange accepts" },
  { name: "bearer-token", kind: "string", value: "secret", secret: true, group: "Access",
    help: "Token that the API takes as Authorization: Bearer, with all rights, as a stock Grafana does" },
  { name: "token-lifetime", kind: "duration", value: "duration", default: "10m", group: "Access",
    help: "Life of the tokens that are signed; at least 1s" },
  { name: "mtls", kind: "enum", options: MTLS_MODES, default: "optional", group: "Access",
    help: "Whether the API asks for client certificates" },
  { name: "repository", kind: "list", value: "name", default: "test6", group: "Objects",
    help: "Healthy repository that is there from the start: name (in namespace default) or namespace/name; may be repeated" },
  { name: "simulate", kind: "parts", value: "parts", default: "off", group: "Objects",
    help: "Play Grafana's drivers, reaper and repository controller: jobs take 2s and succeed, unless parts say otherwise, as in " +
      "errors:10%,duration:2s-20s,pulls:30s,crash:2%" },
  { name: "era", kind: "string", value: "era", default: "2026-09", group: "Behaviour",
    help: "Behave as Grafana of 2025-08, Grafana of 2026-09, or as a Kubernetes API server (kubernetes)" },
  { name: "set", kind: "list", value: "name=value", group: "Behaviour",
    help: "Set one behaviour alone, such as page-size=3; may be repeated. --list-eras shows the names" },
  { name: "list-eras", kind: "bool", default: "false", group: "Behaviour",
    help: "Print the table of behaviours, their values in each era and their sources, and exit" },
  { name: "fault", kind: "list", value: "fault", divider: "space", group: "Behaviour",
    help: "Break something, such as cut:rst or status:503,share=10%; may be repeated. --list-faults shows the names" },
  { name: "fault-seed", kind: "string", value: "number", group: "Behaviour",
    help: "Seed of the dice of faults, so that a run can be had again. Default: a new one, which is printed" },
  { name: "list-faults", kind: "bool", default: "false", group: "Behaviour",
    help: "Print the table of faults, their arguments, what they model and where that was seen, and exit" },
  { name: "state-dir", kind: "string", value: "dir", group: "Operation",
    help: "Directory for certificates, tokens and a kubeconfig, which are removed at the end. Default: a new one among the temporary files" },
  { name: "ready-file", kind: "string", value: "file", group: "Operation",
    help: "JSON with URLs, paths and pid: written when the server serves, removed at the end" },
  { name: "print-env", kind: "bool", default: "false", group: "Operation",
    help: "Serve nothing: wait up to 30 seconds for the server of --ready-file and print its environment for eval" },
  { name: "log-requests", kind: "bool", default: "false", group: "Operation",
    help: "Write one line per request" },
];

const ADMIN_FLAGS: readonly Flag[] = [
  { ...ADMIN, group: "Flags", help: "Admin address of the development server" },
];

const SEED_FLAGS: readonly Flag[] = [
  seedFlag("jobs", "number", "0", "Jobs to add; 500000 at most"),
  seedFlag("historic", "number", "0", "HistoricJobs to add; 500000 at most"),
  seedFlag("repositories", "number", "20", "Healthy repositories that these are for; what is missing of them is added, too"),
  seedFlag("namespaces", "number", "1", "Namespaces that the repositories are spread over: default, org-2, org-3 and so on"),
  seedFlag("job-age", "ages", "0-10m", "How old the jobs are"),
  seedFlag("history-age", "ages", "0-24h", "How old the HistoricJobs are"),
  seedFlag("claimed", "share", "0%", "Share of the jobs that are claimed and halfway through; half of the claims have expired"),
  seedFlag("random-seed", "number", "", "Number from which all chances follow; the same number, the same objects"),
  ...ADMIN_FLAGS,
];

/** A number of `dev seed`. Its variable says so: some names are those of other flags, but for an s. */
function seedFlag(name: string, value: string, standard: string, help: string): Flag {
  const variable = `JOB_CONTROLLER_SEED_${name.toUpperCase().replaceAll("-", "_")}`;
  return { name, kind: "string", value, variable, group: "Flags", help, ...(standard === "" ? {} : { default: standard }) };
}

const READY_FLAGS: readonly Flag[] = [
  { ...HEALTH, group: "Flags", help: "Address that run was given; a port on all interfaces is asked on loopback" },
  { name: "timeout", kind: "duration", value: "duration", default: "5s", group: "Flags",
    help: "How long to wait for the answer" },
];

const VERSION_FLAGS: readonly Flag[] = [
  { name: "output", kind: "enum", short: "o", options: VERSION_FORMATS, default: "text", group: "Flags",
    help: "Form of the answer" },
];

/** Understood by every command and left out of its table; they name no setting, so they have no environment name. */
export const COMMON_FLAGS: readonly Flag[] = [
  { name: "help", kind: "bool", short: "h", default: "false", group: "Common", help: "Print the help of the command" },
  { name: "version", kind: "bool", default: "false", group: "Common", help: "Print version and commit" },
];

const EXCHANGE = "--token-exchange-url=http://localhost:6481/sign/access-token";
const SERVER = "--provisioning-server-url=https://localhost:6446";

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  run: {
    name: "run",
    summary: "Watch provisioning Jobs, write one line per created job, get jobs done, prune HistoricJobs",
    examples: [
      { what: "One line per created job, no pruning",
        line: `job-controller --token=ProvisioningAdminToken ${EXCHANGE} ${SERVER}` },
      { what: "The same, and delete HistoricJobs older than a day",
        line: `job-controller --token-file=/run/secrets/token ${EXCHANGE} ${SERVER} --history-expiration=24h` },
      { what: "Mutual TLS, server verified",
        line: `job-controller --token-file=/run/secrets/token ${EXCHANGE} ${SERVER} ` +
          "--tls-ca-file=ca.pem --tls-cert-file=client.pem --tls-key-file=client-key.pem" },
      { what: "Pull and push jobs done by a command",
        line: `job-controller --token-file=/run/secrets/token ${EXCHANGE} ${SERVER} --worker='pull,push=exec:./sync.sh'` },
      { what: "A stock Grafana with a service account token",
        line: "job-controller --bearer-token-file=/run/secrets/grafana --provisioning-server-url=https://grafana.example.com " +
          "--tls-insecure=false --namespace=default" },
    ],
    flags: RUN_FLAGS,
  },
  history: {
    name: "history",
    summary: "Show how jobs ended: outcome, time, changes, first error and link",
    examples: [
      { what: "The newest 50", line: `job-controller history --token-file=/run/secrets/token ${EXCHANGE} ${SERVER} --tls-ca-file=ca.pem` },
      { what: "What went wrong with a repository since yesterday, from a stock Grafana",
        line: "job-controller history --bearer-token-file=/run/secrets/grafana --provisioning-server-url=https://grafana.example.com " +
          "--namespace=default --repository=dashboards --outcome=error --since=24h" },
    ],
    flags: HISTORY_FLAGS,
  },
  verify: {
    name: "verify",
    summary: "Say whether a provisioning server can be relied upon, and where not, what that breaks",
    examples: [
      { what: "In a namespace for trials", line: `job-controller verify --token-file=/run/secrets/token ${EXCHANGE} ${SERVER} ` +
        "--tls-ca-file=ca.pem --namespace=scratch" },
      { what: "Read only, within seconds, a stock Grafana",
        line: "job-controller verify --profile=smoke --bearer-token-file=/run/secrets/grafana --provisioning-server-url=https://grafana.example.com" },
      { what: "In CI, with a report for its pages", line: "job-controller verify --kubeconfig=scratch.yaml --report=junit=verify.xml --report=github" },
    ],
    flags: VERIFY_FLAGS,
  },
  dev: {
    name: "dev",
    summary: "Serve the provisioning API and the token exchange from memory, for trials and tests",
    examples: [
      { what: "Defaults: API on https://localhost:6446, exchange on http://localhost:6481", line: "job-controller dev" },
      { what: "Client certificates required, jobs completed after five seconds",
        line: "job-controller dev --mtls=required --state-dir=state --simulate=duration:5s" },
    ],
    flags: DEV_FLAGS,
  },
  "dev fault add": {
    name: "dev fault add",
    summary: "Break something in a running development server",
    examples: [
      { what: "Reset every watch after its third line", line: "job-controller dev fault add cut:rst,lines=3,verb=watch" },
      { what: "One answer in ten is 503, for half a minute", line: "job-controller dev fault add status:503,share=10%,for=30s" },
    ],
    flags: ADMIN_FLAGS,
    argument: "fault",
    arguments: "required",
  },
  "dev fault list": {
    name: "dev fault list",
    summary: "List what is broken in a running development server, and how often it struck",
    examples: [{ what: "Ids, faults and hits", line: "job-controller dev fault list" }],
    flags: ADMIN_FLAGS,
  },
  "dev fault clear": {
    name: "dev fault clear",
    summary: "Mend what is broken in a running development server",
    examples: [
      { what: "Everything", line: "job-controller dev fault clear" },
      { what: "The fault that the list shows as 2", line: "job-controller dev fault clear 2" },
    ],
    flags: ADMIN_FLAGS,
    argument: "id",
  },
  "dev seed": {
    name: "dev seed",
    summary: "Fill a running development server with jobs and history",
    examples: [
      { what: "A full queue and a long history", line: "job-controller dev seed --jobs=10000 --historic=100000" },
      { what: "A week of history in three namespaces", line: "job-controller dev seed --historic=5000 --namespaces=3 --history-age=0-168h" },
    ],
    flags: SEED_FLAGS,
  },
  ready: {
    name: "ready",
    summary: "Ask a running controller whether it is ready, for images without a shell",
    examples: [{ what: "In a container's health check", line: "job-controller ready --timeout=2s" }],
    flags: READY_FLAGS,
  },
  version: {
    name: "version",
    summary: "Print version, commit and runtime",
    examples: [{ what: "For programs", line: "job-controller version -o json" }],
    flags: VERSION_FLAGS,
  },
  completion: {
    name: "completion",
    summary: "Print a script that completes command lines of this program in a shell",
    examples: [
      { what: "For ~/.bashrc, in source <(…)", line: "job-controller completion bash" },
      { what: "For the file _job-controller in a folder of fpath", line: "job-controller completion zsh" },
      { what: "For ~/.config/fish/completions/job-controller.fish", line: "job-controller completion fish" },
    ],
    flags: [],
    argument: "shell",
    arguments: "required",
    argumentOptions: SHELLS,
  },
  help: {
    name: "help",
    summary: "Print the help of a command",
    examples: [{ what: "Flags of the dev server", line: "job-controller help dev" }],
    flags: [],
    argument: "command",
    arguments: "words",
  },
};

export const GROUPS: Readonly<Record<GroupName, string>> = {
  "dev fault": "Break and mend a running development server; dev --list-faults shows what can be broken",
};

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];
export const GROUP_NAMES = Object.keys(GROUPS) as readonly GroupName[];

/** `JOB_CONTROLLER_HISTORY_EXPIRATION` for `history-expiration`. */
export function environmentName(flag: Flag): string {
  return flag.variable ?? `JOB_CONTROLLER_${flag.name.toUpperCase().replaceAll("-", "_")}`;
}

/** What stands for the argument: `<bash|zsh|fish>`, `[id]`; undefined where there is none. */
export function argumentPlaceholder({ argument, arguments: how, argumentOptions }: Command): string | undefined {
  if (argument === undefined) return undefined;
  const text = argumentOptions?.join("|") ?? argument;
  return how === "required" ? `<${text}>` : `[${text}]`;
}

/** What stands for the value in help: `<url>`, `<json|pretty>`; `[=<parts>]` if it can be left out, empty for a switch. */
export function placeholder(flag: Flag): string {
  if (flag.kind === "bool") return "";
  if (flag.kind === "parts") return `[=<${flag.value ?? flag.name}>]`;
  return `<${flag.options?.join("|") ?? flag.value ?? flag.name}>`;
}
