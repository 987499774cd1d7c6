// The fields of Jobs and HistoricJobs as data.
// src: apps/provisioning/pkg/apis/provisioning/v0alpha1/jobs.go in grafana/grafana.

import { flag, integer, number, object, objects, type Schema, text, texts } from "./schema-parts.ts";

const resources = objects("Resources to work on, each by name; all of them if there are neither these nor paths.", {
  name: text("The resource's name, as in its metadata."),
  kind: text("The resource's kind; Dashboard if empty."),
  group: text("The resource's API group; dashboard.grafana.app if empty."),
});
const paths = texts("Files and folders of the repository to work on, relative to its root.");
const ref = text("Branch, tag or commit of the repository; the configured branch if empty.");
const branch = text("Branch to write to; the configured branch if empty.");
const generateNewFolderIDs = flag("Give folders new identifiers instead of those they have in Grafana.");

export const JOB_SPEC: Schema = object("What is to be done.", {
  action: text(
    "What the job does: pull, push, pr, migrate, delete, move, fixFolderMetadata, releaseResources, deleteResources or test. " +
      "Most have an object of options that bears their name.",
  ),
  repository: text("Name of the repository, in the same namespace, that the job is about."),
  message: text("Title and text of the commits that the job makes."),
  pr: object("Options of action pr: comment on a pull request with what it would change.", {
    ref,
    pr: integer("Number of the pull request."),
    hash: text("Commit that the pull request would merge."),
    url: text("Address of the pull request."),
  }),
  push: object("Options of action push: write what is in Grafana to the repository.", {
    message: text("Title and text of the commit; spec.message takes its place."),
    folder: text("Folder of Grafana to write; everything if empty."),
    branch,
    path: text("Folder of the repository to write below; its root if empty."),
    resources,
    generateNewFolderIDs,
  }),
  pull: object("Options of action pull: bring Grafana to the state of the repository.", {
    incremental: flag("Look only at what has changed since the last pull."),
  }),
  migrate: object("Options of action migrate: move what is in Grafana under the repository's control.", {
    history: flag("Write a commit for each version of a dashboard; older servers only."),
    message: text("Title and text of the commits."),
    resources,
    branch,
    generateNewFolderIDs,
    skipResourceDeletion: flag("Leave resources in Grafana that the repository does not hold."),
  }),
  delete: object("Options of action delete: remove files from the repository.", { ref, paths, resources }),
  move: object("Options of action move: move files within the repository.", {
    ref,
    paths,
    targetPath: text("Folder of the repository to move to."),
    resources,
  }),
  fixFolderMetadata: object("Options of action fixFolderMetadata: write the metadata files that folders lack.", { ref }),
  test: object("Options of action test: keep a worker busy.", {
    duration: text("How long, as in 90s or 5m; at most 20m."),
  }),
}, ["action", "repository"]);

export const JOB_STATUS: Schema = object("How far the job is. Empty until a worker takes it.", {
  state: text("pending, working, success, warning or error; pending if empty. The last three are final."),
  started: integer("When work began, milliseconds since 1970."),
  finished: integer("When work ended, milliseconds since 1970."),
  message: text("What the worker said last."),
  errors: texts("What failed, at most 20 of it."),
  warnings: texts("What went on in spite of trouble."),
  progress: number("How much is done, 0 to 100."),
  progressUpdates: integer("How many times the worker has written its progress."),
  summary: objects("What was done, an element for each kind of resource.", {
    group: text("API group of the resources."),
    kind: text("Kind of the resources."),
    resource: text("Kind of the resources, in the words of older servers."),
    total: integer("Resources that were looked at."),
    totalChanges: integer("Resources that were to be changed."),
    create: integer("Resources that were created."),
    update: integer("Resources that were updated."),
    delete: integer("Resources that were deleted."),
    write: integer("Resources that were written to the repository."),
    error: integer("Resources that failed."),
    warning: integer("Resources that were done in spite of trouble."),
    noop: integer("Resources that were as they should be."),
    errors: texts("What failed, at most 20 of it."),
    warnings: texts("What went on in spite of trouble."),
  }),
  url: object("Where to see the result.", {
    repositoryURL: text("Address of the repository."),
    sourceURL: text("Address of the branch that was written."),
    newPullRequestURL: text("Address at which a pull request for the branch can be opened."),
    compareURL: text("Address at which the branch can be compared."),
  }),
});
