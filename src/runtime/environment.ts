// The environment, as far as it may be read. Deno grants variables one by one and throws at any other.

import type { Environment } from "./proxy.ts";

/** `env` itself where all of it may be read; else a view in which what was not granted counts as unset, and nothing can be listed. */
export function readableEnvironment(env: Environment): Environment {
  try {
    Object.keys(env);
    return env;
  } catch {
    return new Proxy<Record<string, string | undefined>>({}, {
      get(_target, name) {
        try {
          return env[String(name)];
        } catch {
          return undefined;
        }
      },
    });
  }
}
