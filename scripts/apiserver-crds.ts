// The three kinds of the provisioning API as CustomResourceDefinitions: names, columns, and the fields of their schemas as
// data. What a CRD cannot do (the sub-resource /jobs of a repository, rules on names, admission) is not here.

const GROUP = "provisioning.grafana.app";
const VERSION = "v0alpha1";

/** A field of a schema; source of all: provisioning-api.md, sections 2.2 to 2.7. */
export interface Schema {
  type: "object" | "array" | "string" | "integer" | "number" | "boolean";
  description?: string;
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  "x-kubernetes-preserve-unknown-fields"?: true;
}

const text = (description: string): Schema => ({ type: "string", description });
const flag = (description: string): Schema => ({ type: "boolean", description });
const count = (description: string): Schema => ({ type: "integer", format: "int64", description });
const list = (description: string, items: Schema): Schema => ({ type: "array", description, items });
const object = (description: string, properties: Record<string, Schema>): Schema => ({ type: "object", description, properties });
/** Any fields beside those that are named. */
const open = (description: string, properties: Record<string, Schema> = {}): Schema => ({
  ...object(description, properties),
  "x-kubernetes-preserve-unknown-fields": true,
});

const resources = list("Single resources instead of all.", {
  type: "object",
  properties: { name: text("Name of the resource."), kind: text("Kind of the resource."), group: text("API group of the resource.") },
});
const paths = list("Files and folders of the repository.", { type: "string" });
const ref = text("Branch, tag or commit.");
const branch = text("Branch to write to.");
const newFolderIds = flag("Give folders new identifiers.");

const SPEC: Record<string, Schema> = {
  action: text("What the job does: pull, push, pr, migrate, delete, move and others."),
  repository: text("Name of a repository in the same namespace."),
  message: text("Message of the commit."),
  pull: object("Options of action pull.", { incremental: flag("Only what has changed since the last pull.") }),
  push: object("Options of action push.", {
    message: text("Message of the commit."),
    folder: text("Folder of Grafana to export."),
    branch,
    path: text("Folder of the repository to write to."),
    resources,
    generateNewFolderIDs: newFolderIds,
  }),
  pr: object("Options of action pr.", {
    ref,
    pr: count("Number of the pull request."),
    hash: text("Commit of the pull request."),
    url: text("Address of the pull request."),
  }),
  migrate: object("Options of action migrate.", {
    history: flag("Keep the history of dashboards."),
    message: text("Message of the commit."),
    resources,
    branch,
    generateNewFolderIDs: newFolderIds,
    skipResourceDeletion: flag("Leave what was there before."),
  }),
  delete: object("Options of action delete.", { ref, paths, resources }),
  move: object("Options of action move.", { ref, paths, targetPath: text("Where they go."), resources }),
  fixFolderMetadata: object("Options of action fixFolderMetadata.", { ref }),
  test: object("Options of action test.", { duration: text("How long the job works, such as 30s.") }),
};

const counters = ["total", "totalChanges", "create", "update", "delete", "write", "error", "warning", "noop"];

const STATUS: Record<string, Schema> = {
  state: text("pending, working, success, warning or error; empty is pending."),
  started: count("Start, milliseconds since 1970."),
  finished: count("End, milliseconds since 1970."),
  message: text("What was last said of it."),
  errors: list("Errors, the first 20.", { type: "string" }),
  warnings: list("Warnings.", { type: "string" }),
  progress: { type: "number", description: "Percent done." },
  progressUpdates: count("How often progress was written."),
  summary: list("What was done, for each kind of resource.", {
    type: "object",
    properties: {
      group: text("API group of the resources."),
      kind: text("Kind of the resources."),
      resource: text("Kind of the resources, as older servers name it."),
      ...Object.fromEntries(counters.map((name) => [name, count(`Number of resources: ${name}.`)])),
      errors: list("Errors.", { type: "string" }),
      warnings: list("Warnings.", { type: "string" }),
    },
  }),
  url: object("Addresses of what was done.", {
    repositoryURL: text("The repository."),
    sourceURL: text("The branch."),
    newPullRequestURL: text("Where to open a pull request."),
    compareURL: text("Where to compare the branch."),
  }),
};

const JOB: Record<string, Schema> = {
  spec: { ...object("What is to be done.", SPEC), required: ["action", "repository"] },
  status: object("What has been done.", STATUS),
};
const REPOSITORY: Record<string, Schema> = {
  spec: open("Where the repository is and how it is synchronized.", {
    connection: open("How the repository is reached.", { name: text("Name of a connection in the same namespace.") }),
  }),
  status: open("Health and last synchronization."),
};

interface Column {
  name: string;
  type: "string";
  jsonPath: string;
}

const column = (name: string, jsonPath: string): Column => ({ name, type: "string", jsonPath });
// As text, not as an age: so does Grafana.
const CREATED = column("Created At", ".metadata.creationTimestamp");
const JOB_COLUMNS = [
  CREATED,
  column("Action", ".spec.action"),
  column("State", ".status.state"),
  column("Message", ".status.message"),
];

/** The kinds; without a status sub-resource the status is written through the object, as that of Jobs is. */
export const KINDS = [
  {
    names: { plural: "jobs", singular: "job", kind: "Job", listKind: "JobList" },
    description: "A job in the queue.",
    fields: JOB,
    required: ["spec"],
    columns: JOB_COLUMNS,
    selectable: [],
    subresources: {},
  },
  {
    names: { plural: "historicjobs", singular: "historicjob", kind: "HistoricJob", listKind: "HistoricJobList" },
    description: "A job that has ended.",
    fields: JOB,
    required: ["spec"],
    columns: JOB_COLUMNS,
    selectable: [],
    subresources: {},
  },
  {
    names: { plural: "repositories", singular: "repository", kind: "Repository", listKind: "RepositoryList" },
    description: "Files that Grafana is provisioned from.",
    fields: REPOSITORY,
    required: [],
    columns: [CREATED],
    selectable: [".spec.connection.name"],
    subresources: { status: {} },
  },
];

/** What the API server is given. */
export const DEFINITIONS = KINDS.map(({ names, description, fields, required, columns, selectable, subresources }) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${names.plural}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: "Namespaced",
    names,
    versions: [{
      name: VERSION,
      served: true,
      storage: true,
      subresources,
      additionalPrinterColumns: columns,
      selectableFields: selectable.map((jsonPath) => ({ jsonPath })),
      schema: { openAPIV3Schema: { type: "object", description, properties: fields, required } },
    }],
  },
}));
