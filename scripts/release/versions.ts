// What must say the same version before anything is published: package.json, lock file, changelog, Kubernetes manifests,
// tag, program, file names. Texts in, sentences out.

export interface Versions {
  /** Texts of package.json, package-lock.json, CHANGELOG.md and deploy/kustomize/base/kustomization.yaml. */
  manifest: string;
  lock: string;
  changelog: string;
  kustomization: string;
  /** Tags of the commit. */
  tags: string[];
}

/** Each disagreement with package.json, a sentence. */
export function versionErrors({ manifest, lock, changelog, kustomization, tags }: Versions): string[] {
  const { version } = JSON.parse(manifest) as { version: string };
  const locked = JSON.parse(lock) as { version: string; packages: { "": { version: string } } };
  const heading = /^## (.*)$/m.exec(changelog)?.[1] ?? "";
  const found: [string, string][] = [
    ["package-lock.json's version", locked.version],
    ["package-lock.json's version of the project", locked.packages[""].version],
    ["CHANGELOG.md's first heading", heading],
    ["the image's tag in deploy/kustomize/base", /^ *newTag: "?([^"\n]*)/m.exec(kustomization)?.[1] ?? ""],
    ...tags.filter((tag) => /^v\d/.test(tag)).map((tag): [string, string] => ["the commit's tag", tag.slice(1)]),
  ];
  return found
    .filter(([, said]) => said !== version)
    .map(([where, said]) => `Cannot release version "${version}" of package.json: expected the same as ${where}, "${said}"`);
}

/** Of what `job-controller version` printed, if it is another version. */
export function printedErrors(version: string, commit: string, printed: string): string[] {
  return printed.startsWith(`job-controller ${version} (${commit},`)
    ? []
    : [`Cannot release version "${version}" of commit ${commit}: expected the program to say so, not "${printed.trim()}"`];
}

/** Of files that are not named after the version. */
export function nameErrors(version: string, files: readonly string[]): string[] {
  return files
    .filter((file) => !file.startsWith(`job-controller_${version}_`))
    .map((file) => `Cannot release "${file}" in version "${version}": expected a name that begins job-controller_${version}_`);
}
