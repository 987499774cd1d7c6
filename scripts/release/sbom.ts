// npm's own list of what package-lock.json ships, and one binary → that binary's CycloneDX document. npm's list says neither
// which packages the compiler took nor which Bun it put beneath; its random number, its clock, the folder's name and what differs
// between its versions are left out.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "./checksums.ts";
import type { LockedRuntime } from "./runtimes.ts";
import { type Target, targetName } from "./targets.ts";
import { runTool } from "./tool.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The members of CycloneDX 1.5 that are read or written here. */
export interface Bill {
  bomFormat: string;
  specVersion: string;
  serialNumber: string;
  version: number;
  metadata: { timestamp: string; lifecycles: { phase: string }[]; tools: unknown[]; component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

export interface Component {
  "bom-ref": string;
  type: string;
  name: string;
  version: string;
  /** `excluded`: in the tree that npm installs, but no code of it is in the binary. */
  scope?: "required" | "optional" | "excluded";
  purl: string;
  hashes: { alg: string; content: string }[];
  licenses: { license: { id: string } }[];
  externalReferences?: { type: string; url: string }[];
}

/** The binary that a document is about. */
export interface Subject {
  target: Target;
  runtime: LockedRuntime;
  version: string;
  commit: string;
  /** RFC 3339. */
  date: string;
  /** SHA-256 of the binary, hexadecimal. */
  sha256: string;
  /** Folders under node_modules whose code is inside. */
  packages: readonly string[];
  /** Address of the repository, "" if it is not known. */
  repository: string;
}

/** What `npm sbom` prints of everything that is no dev dependency. @throws Error if npm fails. */
export function npmBill(): Bill {
  const args = ["--prefix", ROOT, "sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only"];
  return JSON.parse(runTool("npm", args, "list the packages that are shipped").toString()) as Bill;
}

/** `name@version` of a package, as npm writes references. */
export function reference(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Record<string, string>;
  return `${name}@${version}`;
}

/** The document of one binary: the same bytes for the same binary. */
export function billOf(npm: Bill, subject: Subject): string {
  const { target, runtime, version, date } = subject;
  const inside = new Set(subject.packages.map(reference));
  const bun = runtimeComponent(target, runtime);
  const program = programComponent(npm.metadata.component, subject);
  const bill: Bill = {
    ...npm,
    serialNumber: serialNumber(`${version} ${subject.commit} ${targetName(target)}`),
    metadata: {
      timestamp: date,
      lifecycles: [{ phase: "build" }],
      tools: [{ vendor: "npm", name: "cli" }],
      component: program,
    },
    components: [...npm.components.map((one) => packageComponent(one, inside)), bun].sort((a, b) =>
      a["bom-ref"] < b["bom-ref"] ? -1 : 1,
    ),
    dependencies: [
      ...npm.dependencies.map(({ ref, dependsOn }) => ({
        ref,
        dependsOn: ref === program["bom-ref"] ? [...dependsOn, bun["bom-ref"]] : dependsOn,
      })),
      { ref: bun["bom-ref"], dependsOn: [] },
    ],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

/** Of npm's members those that every version of it writes alike. */
function packageComponent(npm: Component, inside: Set<string>): Component {
  const { "bom-ref": ref, type, name, version, purl, hashes, licenses } = npm;
  return { "bom-ref": ref, type, name, version, scope: inside.has(ref) ? "required" : "excluded", purl, hashes, licenses };
}

function runtimeComponent({ bunPackage }: Target, { version, integrity, license }: LockedRuntime): Component {
  return {
    "bom-ref": `${bunPackage}@${version}`,
    type: "platform",
    name: bunPackage,
    version,
    scope: "required",
    purl: `pkg:npm/${bunPackage.replace("@", "%40")}@${version}`,
    hashes: [{ alg: "SHA-512", content: Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex") }],
    licenses: [{ license: { id: license } }],
  };
}

/** The project is in no registry, so that its `npm` address would name somebody else's package. */
function programComponent(npm: Component, { version, commit, sha256, repository }: Subject): Component {
  return {
    "bom-ref": npm["bom-ref"],
    type: "application",
    name: "job-controller",
    version,
    purl: `pkg:generic/job-controller@${version}`,
    hashes: [{ alg: "SHA-256", content: sha256 }],
    licenses: npm.licenses,
    externalReferences: repository === "" ? [] : [{ type: "vcs", url: `${repository}/tree/${commit}` }],
  };
}

/** A UUID of version 8 (RFC 9562), made of a hash. */
function serialNumber(of: string): string {
  const hex = sha256(of);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
