// A directory full of files that a run of Bun in it would obey.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Directory, temporaryDirectory } from "../support/certs.ts";

/** `ran` is a file that is there once any of them has been executed. */
export type HostileDirectory = Directory & { ran: string };

export async function hostileDirectory(): Promise<HostileDirectory> {
  const directory = await temporaryDirectory();
  const ran = join(directory.path, "ran");
  const write = `require("node:fs").writeFileSync(${JSON.stringify(ran)}, "");\n`;
  const env = "NODE_TLS_REJECT_UNAUTHORIZED=0\nJOB_CONTROLLER_TOKEN=from-the-file\nJOB_CONTROLLER_LOG_LEVEL=debug\n";
  const preload = 'preload = ["./preload.js"]\n[run]\nbun = true\n';
  await mkdir(join(directory.path, "node_modules/citty"), { recursive: true });
  const files = {
    ".env": env,
    ".env.local": env,
    ".env.production": env,
    "bunfig.toml": preload,
    ".bunfig.toml": preload,
    "preload.js": write,
    "package.json": JSON.stringify({ type: "commonjs", imports: { "#*": "./preload.js" }, preload: "./preload.js" }),
    "tsconfig.json": JSON.stringify({ compilerOptions: { paths: { "*": ["./preload.js"] }, jsx: "react", jsxImportSource: "./preload.js" } }),
    "node_modules/citty/package.json": JSON.stringify({ name: "citty", version: "0.0.0", main: "index.js" }),
    "node_modules/citty/index.js": write,
  };
  for (const [name, text] of Object.entries(files)) await directory.write(name, text);
  return { ...directory, ran };
}
