// The continue token of lists, as the API machinery encodes it: a version and the key to go on at, relative to the path.

import { Buffer } from "node:buffer";
import { messageOf } from "../../base/errors.ts";
import { duplicateFields } from "../wire/json-scan.ts";
import { badRequest } from "../wire/status.ts";

export interface Place {
  /** Version of the first page; negative: whatever is newest, which makes an inconsistent list. */
  version: number;
  /** First key that is wanted, `<namespace>/<name>` and what sorts behind it. */
  start: string;
}

const ENCODING = "meta.k8s.io/v1";

/** The token of a list in `namespace`, or in all of them, that goes on behind `lastKey`. */
export function formatToken(version: number, lastKey: string, namespace: string | undefined): string {
  return encode(version, `/${below(`${lastKey}\0`, namespace)}`);
}

/** The token with which an expired list goes on with what there is now. */
export function inconsistentToken({ start }: Place, namespace: string | undefined): string {
  return encode(-1, below(start, namespace));
}

/** @throws Refusal 400 */
export function parseToken(text: string, namespace: string | undefined): Place {
  const { v: encoding = "", rv = 0, start = "" } = decode(text);
  if (typeof encoding !== "string" || typeof start !== "string" || typeof rv !== "number") {
    throw unusable("json: cannot unmarshal a field of storage.continueToken");
  }
  if (encoding !== ENCODING) throw unusable(`server does not recognize this encoded version ${encoding}`);
  if (rv === 0) throw unusable(`incorrect encoded start resourceVersion (version ${ENCODING})`);
  if (start === "") throw unusable(`encoded start key empty (version ${ENCODING})`);
  const path = start.replace(/^\//, "");
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) throw unusable(start);
  return { version: rv, start: namespace === undefined ? path : `${namespace}/${path}` };
}

function encode(rv: number, start: string): string {
  return Buffer.from(JSON.stringify({ v: ENCODING, rv, start })).toString("base64url");
}

function decode(text: string): Record<string, unknown> {
  const illegal = /[^A-Za-z0-9_-]/.exec(text)?.index ?? (text.length % 4 === 1 ? text.length - 1 : undefined);
  if (illegal !== undefined) throw unusable(`illegal base64 data at input byte ${illegal}`);
  const json = Buffer.from(text, "base64url").toString();
  const value = parse(json);
  const type = Array.isArray(value) ? "array" : typeof value;
  if (type !== "object") throw unusable(`json: cannot unmarshal ${type} into Go value of type storage.continueToken`);
  return (value ?? {}) as Record<string, unknown>;
}

function parse(json: string): unknown {
  try {
    duplicateFields(json);
    return JSON.parse(json);
  } catch (error) {
    throw unusable(messageOf(error));
  }
}

function below(key: string, namespace: string | undefined): string {
  return namespace === undefined ? key : key.slice(namespace.length + 1);
}

function unusable(why: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}
