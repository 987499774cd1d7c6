// JSON patch (RFC 6902): a document and operations in, the patched document out. Where the API server is laxer than the
// RFC, this is too: `replace` adds a key that is not there, `copy` of a missing key and a missing `value` are null, and a
// negative index counts from the end.

import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";

export interface Operation {
  op?: string | null;
  path?: string | null;
  from?: string | null;
  value?: unknown;
}

/** An operation cannot be applied. */
export class PatchFailure extends Error {}

/** What all copies of a patch may add up to, bytes of JSON: copies of copies double a document with each operation. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

/** The document is not changed. @throws PatchFailure */
export function jsonPatch(document: unknown, operations: readonly (Operation | null)[]): unknown {
  const root: Root = { "": structuredClone(document) };
  let copiedBytes = 0;
  const spend: Spend = (bytes) => {
    copiedBytes += bytes;
    if (copiedBytes > MAX_COPIED_BYTES) throw new PatchFailure(`the copies are larger than ${MAX_COPIED_BYTES} bytes`);
  };
  for (const operation of operations) {
    const op = operation?.op ?? "";
    if (!Object.hasOwn(OPERATIONS, op)) throw new PatchFailure(`"${op}" is no operation`);
    OPERATIONS[op]?.(root, operation ?? {}, spend);
  }
  return root[""];
}

type Container = Record<string, unknown> | unknown[];
/** Holds the document, so that it too is a value under a key. */
type Root = Record<"", unknown>;
/** Counts what is copied. @throws PatchFailure for too much */
type Spend = (bytes: number) => void;

const OPERATIONS: Readonly<Record<string, (root: Root, operation: Operation, spend: Spend) => void>> = {
  add: (root, { path, value }) => add(within(root, path), structuredClone(value ?? null)),
  remove: (root, { path }) => void remove(within(root, path)),
  replace: (root, { path, value }) => replace(place(root, path), structuredClone(value ?? null)),
  move(root, { from, path }) {
    const value = remove(within(root, from));
    add(within(root, path), value);
  },
  copy(root, { from, path }, spend) {
    const text = JSON.stringify(read(place(root, from)) ?? null);
    spend(Buffer.byteLength(text));
    add(within(root, path), JSON.parse(text));
  },
  test(root, { path, value }) {
    if (!isDeepStrictEqual(read(place(root, path)) ?? null, value ?? null)) throw new PatchFailure(`the test of ${path} failed`);
  },
};

/** Where a pointer leads: the last container on the way, and the key in it. */
interface Place {
  container: Container;
  key: string;
}

/** What comes before the first slash is not looked at. */
function place(root: Root, pointer: string | null | undefined): Place {
  if (pointer === undefined || pointer === null) throw new PatchFailure("a pointer is missing");
  const steps = ["", ...pointer.split("/").slice(1).map(unescape)];
  const key = steps.pop() ?? "";
  const container = steps.reduce<unknown>((inner, step) => read({ container: asContainer(inner, pointer), key: step }), root);
  return { container: asContainer(container, pointer), key };
}

/** A place inside the document, not that of the document. */
function within(root: Root, pointer: string | null | undefined): Place {
  const found = place(root, pointer);
  if (found.container === root) throw new PatchFailure("the document itself can only be replaced");
  return found;
}

function asContainer(value: unknown, pointer: string): Container {
  if (typeof value !== "object" || value === null) throw new PatchFailure(`there is no parent for ${pointer}`);
  return value as Container;
}

function read({ container, key }: Place): unknown {
  if (Array.isArray(container)) return container[indexOf(key, container.length - 1)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

function add({ container, key }: Place, value: unknown): void {
  if (!Array.isArray(container)) setKey(container, key, value);
  else if (key === "-") container.push(value);
  else container.splice(indexOf(key, container.length), 0, value);
}

function replace({ container, key }: Place, value: unknown): void {
  if (Array.isArray(container)) container[indexOf(key, container.length - 1)] = value;
  else setKey(container, key, value);
}

function remove({ container, key }: Place): unknown {
  if (Array.isArray(container)) return container.splice(indexOf(key, container.length - 1), 1)[0];
  if (!Object.hasOwn(container, key)) throw new PatchFailure(`there is no key "${key}" to remove`);
  const value = container[key];
  delete container[key];
  return value;
}

/** Any key, `__proto__` too. */
function setKey(container: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

function indexOf(key: string, last: number): number {
  if (!/^-?\d+$/.test(key)) throw new PatchFailure(`"${key}" is no index`);
  const index = Number(key);
  const counted = index < 0 ? index + last + 1 : index;
  if (counted < 0 || counted > last) throw new PatchFailure(`the index ${key} is out of bounds`);
  return counted;
}

function unescape(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
