// A unit file of systemd, and its drop-ins, to what its service starts with. Pure.

/** Values of each key, in order; sections do not matter, as no key is in two of them. */
export function keysOf(...texts: string[]): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const [, key = "", value = ""] of texts.join("\n").matchAll(/^(\w+)=(.*)$/gm)) keys.set(key, [...(keys.get(key) ?? []), value]);
  return keys;
}

/** Seconds of a span such as 50s. */
export function secondsOf(span: string | undefined): number {
  const [, digits] = /^(\d+)s$/.exec(span ?? "") ?? [];
  return Number(digits);
}

/** The words behind the program, and the environment that systemd would give it with its credentials in `directory`. */
export function startOf(keys: Map<string, string[]>, directory: string, file: Record<string, string> = {}): { args: string[]; env: Record<string, string> } {
  const [, ...args] = (keys.get("ExecStart")?.at(-1) ?? "").replaceAll("%d", directory).split(" ");
  const pairs = (keys.get("Environment") ?? []).map((pair) => pair.replaceAll("%d", directory).split("=") as [string, string]);
  return { args, env: { CREDENTIALS_DIRECTORY: directory, ...Object.fromEntries(pairs), ...file } };
}

/** Names of the credentials that are loaded. */
export function credentialsOf(keys: Map<string, string[]>): string[] {
  return (keys.get("LoadCredential") ?? []).map((value) => value.split(":")[0] ?? "");
}
