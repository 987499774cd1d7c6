// JSON, and places in its values: `details.causes.0.field`, `items.*.spec`, `metadata.labels["a.b/c"]`.

/** Keys from the root on; `*` stands for every element of an array, or every value of an object. */
export type Path = readonly string[];

/** Reads a path from the start of the text; `rest` is what follows it. */
export function parsePath(text: string): { path: Path; rest: string } {
  const path: string[] = [];
  let rest = text;
  for (;;) {
    const [whole = "", plain, quoted] = /^(?:([\w$*/-]+)|\["((?:[^"\\]|\\.)*)"\])/.exec(rest) ?? [];
    if (whole === "") return { path, rest };
    path.push(plain ?? (JSON.parse(`"${quoted}"`) as string));
    rest = rest.slice(whole.length);
    if (rest.startsWith(".")) rest = rest.slice(1);
    else if (!rest.startsWith("[")) return { path, rest };
  }
}

/** JSON, or undefined. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Puts `value` at every place of the path, making objects on the way; undefined removes. Tells whether anything changed. */
export function setAt(root: unknown, path: Path, value: unknown): boolean {
  const [key, ...deeper] = path;
  if (key === undefined || typeof root !== "object" || root === null) return false;
  const holder = root as Record<string, unknown>;
  if (key === "*") return Object.keys(holder).map((each) => setAt(holder, [each, ...deeper], value)).some(Boolean);
  if (deeper.length > 0) {
    if (holder[key] === undefined && value !== undefined && deeper[0] !== "*") holder[key] = {};
    return setAt(holder[key], deeper, value);
  }
  if (value === undefined) return Object.hasOwn(holder, key) && remove(holder, key);
  if (JSON.stringify(holder[key]) === JSON.stringify(value)) return false;
  holder[key] = value;
  return true;
}

/** The value at a path without `*`; undefined if there is none. */
export function getAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    root,
  );
}

function remove(holder: Record<string, unknown>, key: string): boolean {
  if (Array.isArray(holder)) return holder.splice(Number(key), 1).length > 0;
  return delete holder[key];
}
