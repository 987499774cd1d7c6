// A Secret's volume as the kubelet lays it out: keys are links through `..data` to a folder that is changed as a whole.

import { mkdir, mkdtemp, rename, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** Puts these keys in place of those before, all at once. */
export async function writeVolume(mount: string, keys: Record<string, string>): Promise<void> {
  const first = (await mkdir(mount, { recursive: true })) !== undefined;
  const folder = await mkdtemp(join(mount, "..version-"));
  for (const [key, text] of Object.entries(keys)) {
    await writeFile(join(folder, key), text, { mode: 0o440 });
    if (first) await symlink(join("..data", key), join(mount, key));
  }
  await symlink(basename(folder), join(mount, "..data_tmp"));
  await rename(join(mount, "..data_tmp"), join(mount, "..data"));
}
