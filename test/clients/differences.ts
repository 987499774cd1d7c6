// The one table of what the servers may print differently. Anything else that differs is a defect of the dev server; an entry that
// no longer differs is a defect of the table.

/** A place in the transcript of a step. */
export interface Difference {
  title: string;
  /** Lines of the real server's transcript, one after another. */
  real: readonly string[];
  /** What stands in their place in the dev server's. */
  dev: readonly string[];
  why: string;
}

const PATCHES = "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json";
const BODIES = "the body of the request was in an unknown format - accepted media types include: application/json";
const APPLY = "the dev server refuses server-side apply honestly, and does not name it among the patches that it takes";
const JSON_ALONE = "the dev server speaks JSON alone, as do all clients that send objects of these kinds";

export const DIFFERENCES: readonly Difference[] = [
  // kubectl
  {
    title: "create in a namespace that is not there",
    real: ['Error from server (NotFound): error when creating "STDIN": namespaces "missing-<namespace>" not found'],
    dev: ["job.provisioning.grafana.app/lost created"],
    why: "Grafana's namespaces are its organizations and stacks, which are no objects: the dev server takes any name",
  },
  {
    title: "apply --server-side",
    real: ["job.provisioning.grafana.app/sided serverside-applied", "exit 0"],
    dev: [`! error: Server-side apply not available on the server: (${PATCHES})`, "exit 1"],
    why: APPLY,
  },
  {
    title: "patch --type=strategic",
    real: [
      `! error: application/strategic-merge-patch+json is not supported by provisioning.grafana.app/v0alpha1, Kind=Job: ${PATCHES}, application/apply-patch+yaml`,
    ],
    dev: [`! error: application/strategic-merge-patch+json is not supported by provisioning.grafana.app/v0alpha1, Kind=Job: ${PATCHES}`],
    why: APPLY,
  },
  // client-go
  {
    title: "objects",
    real: [`patched with application/strategic-merge-patch+json {}: 415 UnsupportedMediaType: ${PATCHES}, application/apply-patch+yaml`],
    dev: [`patched with application/strategic-merge-patch+json {}: 415 UnsupportedMediaType: ${PATCHES}`],
    why: APPLY,
  },
  {
    title: "objects",
    real: ["applied: ok"],
    dev: [`applied: 415 UnsupportedMediaType: ${PATCHES}`],
    why: APPLY,
  },
  {
    title: "metadata",
    real: ['  item: "" "" one'],
    dev: ['  item: "meta.k8s.io/v1" "PartialObjectMetadata" one'],
    why: "the real server answers client-go's metadata client in protobuf, whose items have no kind; the dev server speaks JSON alone",
  },
  // client-node
  {
    title: "objects",
    real: [`strategic patch: 415 UnsupportedMediaType: ${PATCHES}, application/apply-patch+yaml`],
    dev: [`strategic patch: 415 UnsupportedMediaType: ${PATCHES}`],
    why: APPLY,
  },
  // curl
  {
    title: "patch with curl's own content type",
    real: [`  "message": "${PATCHES}, application/apply-patch+yaml",`],
    dev: [`  "message": "${PATCHES}",`],
    why: APPLY,
  },
  {
    title: "create with curl's own content type",
    real: [`  "message": "${BODIES}, application/yaml, application/vnd.kubernetes.protobuf",`],
    dev: [`  "message": "${BODIES}",`],
    why: JSON_ALONE,
  },
  {
    title: "create YAML",
    real: ["! HTTP/2 201 application/json"],
    dev: ["! HTTP/2 415 application/json"],
    why: JSON_ALONE,
  },
];
