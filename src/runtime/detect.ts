// Picks the host. The only file that asks which one this is.

import type { Host } from "./runtime.ts";

/** The host this program runs on. Literal paths, so that the bundler finds both. */
export async function detectHost(): Promise<Host> {
  if ("Bun" in globalThis) return (await import("./bun.ts")).host;
  if ("Deno" in globalThis) return (await import("./deno.ts")).host;
  throw new Error("This program runs on Bun or Deno only");
}
