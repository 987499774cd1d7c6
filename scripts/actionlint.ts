// Out: the path of actionlint, the linter of GitHub's workflows, built once with Go into the user's cache.

import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, run } from "./apiserver-binaries.ts";

const MODULE = "github.com/rhysd/actionlint";
const VERSION = "v1.7.12";

/** Progress goes to `say`. @throws Error if Go is missing or cannot build it */
export async function actionlintBinary(say: (line: string) => void): Promise<string> {
  const target = join(cacheDirectory(), `actionlint-${VERSION}`);
  if (await access(target).then(() => true, () => false)) return target;
  say(`building actionlint ${VERSION} once (cold: about 15 seconds)`);
  await mkdir(cacheDirectory(), { recursive: true });
  const made = await mkdtemp(join(cacheDirectory(), "build-"));
  try {
    await run("env", [`GOBIN=${made}`, "go", "install", `${MODULE}/cmd/actionlint@${VERSION}`], {});
    await rename(join(made, "actionlint"), target);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return target;
}
