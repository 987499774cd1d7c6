// The fields of Repositories as data. Only those that jobs have to do with: the rest is kept as it comes.
// src: apps/provisioning/pkg/apis/provisioning/v0alpha1/types.go in grafana/grafana.

import { flag, integer, objects, open, type Schema, text, texts } from "./schema-parts.ts";

export const REPOSITORY_SPEC: Schema = open("Where the files are, and how they get into Grafana.", {
  title: text("Name for people."),
  description: text("What the repository is for."),
  type: text("local, github, githubEnterprise, git, bitbucket or gitlab; the object of that name holds the address."),
  workflows: texts("How Grafana may write: write commits to the configured branch, branch to another one. Read-only if empty."),
  sync: open("When the repository is pulled, and where to.", {
    enabled: flag("Pull without being asked."),
    target: text("instance, folder or folderless: what of Grafana the repository fills."),
    intervalSeconds: integer("Pause between pulls, seconds."),
  }),
  connection: open("The connection whose credentials are used.", { name: text("Name of a Connection in the same namespace.") }),
  local: open("A folder of the server's disk.", { path: text("The folder.") }),
  github: open("A repository at GitHub."),
  githubEnterprise: open("A repository at a GitHub of one's own."),
  git: open("Any Git repository over HTTPS."),
  bitbucket: open("A repository at Bitbucket."),
  gitlab: open("A repository at GitLab."),
});

export const REPOSITORY_STATUS: Schema = open("What the server has seen of the repository.", {
  observedGeneration: integer("The metadata.generation that this was seen of."),
  fieldErrors: objects("Which fields of the spec the test of the configuration refused.", {
    type: text("What kind of error it is."),
    field: text("Path of the field."),
    detail: text("What is wrong with it."),
    origin: text("Who refused it."),
  }),
  conditions: objects("What holds, in the form that Kubernetes has for it.", {
    type: text("What is said."),
    status: text("True, False or Unknown."),
    observedGeneration: integer("The metadata.generation that this was seen of."),
    lastTransitionTime: text("When status changed last."),
    reason: text("Why, as one word."),
    message: text("Why, for people."),
  }),
  health: open("Whether the repository can be used. Jobs are refused for one that is not healthy.", {
    healthy: flag("Whether the last check went well."),
    error: text("What failed: health or hook."),
    checked: integer("When it was checked, milliseconds since 1970."),
    message: texts("What the check found."),
  }),
  sync: open("The last pull.", {
    state: text("pending, working, success, warning or error."),
    job: text("Name of the job."),
    started: integer("When it began, milliseconds since 1970."),
    finished: integer("When it ended, milliseconds since 1970."),
    scheduled: integer("When the next one is due, milliseconds since 1970."),
    message: texts("What it said."),
    lastRef: text("The commit that it has brought Grafana to."),
    incremental: flag("Whether it looked only at what had changed."),
  }),
  stats: objects("How many resources the repository has in Grafana.", {
    group: text("API group of the resources."),
    resource: text("Kind of the resources, as in URLs."),
    count: integer("How many there are."),
  }),
  webhook: open("The webhook that tells of pushes."),
  token: open("The short-lived credential for the repository."),
  quota: open("How many resources and repositories there may be."),
  deleteError: text("Why the repository could not be deleted."),
  deletion: open("How far its deletion is."),
});
