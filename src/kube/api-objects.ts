// Calls on one object: read, create, replace, delete. Objects go in and come out as whole as JSON holds them, so that
// what this program does not know survives a PUT. Retries nothing; knows neither ofetch nor which version is served.
//
// The hosts repeat a request on a new connection when a kept one breaks, without a word (both GET, PUT and DELETE, Deno
// POST too). So a write may reach the server twice: 409 and 404 may be the answer to the echo of one that was carried out,
// and "connection refused" proves nothing about an earlier sending.

import { ProtocolError } from "../base/errors.ts";
import { parseExact } from "./exact-json.ts";
import type { Collection, KubeObject } from "./types.ts";

export interface ObjectName {
  namespace: string;
  name: string;
}

export interface DeleteTarget extends ObjectName {
  /** Precondition: the object must still be this one. */
  uid: string;
  /** Precondition: it must still have this resourceVersion. */
  version?: string;
}

/** An object as the server has it, after a read or a write. */
export interface ObjectAnswer<T extends KubeObject = KubeObject> {
  object: T;
  /** HTTP status: of a create that is done, 201. */
  status: number;
  /** The response's `Date` header, ms since the epoch, whole seconds; undefined without one. */
  serverTimeMs: number | undefined;
  /** When the request that was answered went out, on our monotonic clock, ms. */
  sentAtMs: number;
}

type Resource = Pick<Collection, "resource">;

/**
 * `onSend` as in FetchInit; a call that fails without having called it has changed nothing, see isUnsent().
 * All reject with ApiError | NetworkError | ProtocolError | TokenError | the signal's reason; an object that has no
 * namespace or name, or lacks or holds a resourceVersion against the rule, is a bug of ours and a TypeError.
 */
export interface ObjectCalls {
  getObject<T extends KubeObject>(resource: Resource, at: ObjectName, signal: AbortSignal, onSend?: () => void): Promise<ObjectAnswer<T>>;
  /** POST to the object's namespace; without resourceVersion. */
  createObject<T extends KubeObject>(resource: Resource, object: T, signal: AbortSignal, onSend?: () => void): Promise<ObjectAnswer<T>>;
  /** PUT in place of what has the object's name, uid and resourceVersion: never without the latter, as that would overwrite or even create. */
  replaceObject<T extends KubeObject>(resource: Resource, object: T, signal: AbortSignal, onSend?: () => void): Promise<ObjectAnswer<T>>;
  /** The same for its `/status` alone, which repositories have; jobs have none. */
  replaceStatus<T extends KubeObject>(resource: Resource, object: T, signal: AbortSignal, onSend?: () => void): Promise<ObjectAnswer<T>>;
  /** DELETE with preconditions; resolves on any 2xx, unless that names another uid. */
  deleteObject(resource: Resource, target: DeleteTarget, signal: AbortSignal, onSend?: () => void): Promise<void>;
}

/** One request: `path` is below the version, as in `/namespaces/a/jobs/b`. */
export type SendRequest = (
  doing: string,
  path: string,
  init: { method: string; body?: string; signal: AbortSignal; onSend?: () => void },
) => Promise<{ text: string; status: number; serverTimeMs: number | undefined; sentAtMs: number }>;

export function objectCalls(send: SendRequest): ObjectCalls {
  async function call<T extends KubeObject>(
    doing: string,
    path: string,
    init: Parameters<SendRequest>[2],
    expected: { name?: string; uid?: string },
  ): Promise<ObjectAnswer<T>> {
    const { text, ...facts } = await send(doing, path, init);
    return { object: parseObject<T>(doing, text, expected), ...facts };
  }

  async function replace<T extends KubeObject>(what: string, suffix: string, ...args: Parameters<ObjectCalls["replaceObject"]>): Promise<ObjectAnswer<T>> {
    const [{ resource }, object, signal, onSend] = args;
    const { namespace, name, uid, resourceVersion } = object.metadata ?? {};
    const doing = `${what} ${resource} ${namespace}/${name}`;
    if (!namespace || !name || !resourceVersion) throw new TypeError(`Cannot ${doing}: expected namespace, name and resourceVersion in its metadata`);
    const path = `${pathOf(resource, { namespace, name })}${suffix}`;
    return call(doing, path, { method: "PUT", body: JSON.stringify(object), signal, onSend }, { name, uid });
  }

  return {
    getObject({ resource }, at, signal, onSend) {
      return call(`get ${resource} ${at.namespace}/${at.name}`, pathOf(resource, at), { method: "GET", signal, onSend }, { name: at.name });
    },

    async createObject({ resource }, object, signal, onSend) {
      const { namespace, name, generateName, resourceVersion } = object.metadata ?? {};
      const doing = `create ${resource} ${namespace}/${name ?? `${generateName}…`}`;
      if (!namespace || !(name || generateName) || resourceVersion) {
        throw new TypeError(`Cannot ${doing}: expected namespace and name, and no resourceVersion, in its metadata`);
      }
      return call(doing, pathOf(resource, { namespace }), { method: "POST", body: JSON.stringify(object), signal, onSend }, { name });
    },

    replaceObject: (...args) => replace("replace", "", ...args),
    replaceStatus: (...args) => replace("replace status of", "/status", ...args),

    async deleteObject({ resource }, target, signal, onSend) {
      const { uid, version } = target;
      const preconditions = version === undefined ? { uid } : { uid, resourceVersion: version };
      const body = JSON.stringify({ kind: "DeleteOptions", apiVersion: "v1", preconditions });
      const doing = `delete ${resource} ${target.namespace}/${target.name}`;
      const { text } = await send(doing, pathOf(resource, target), { method: "DELETE", body, signal, onSend });
      const deleted = deletedUid(text);
      if (deleted === undefined || deleted === uid) return;
      throw new ProtocolError(`Cannot ${doing}: server deleted another object of that name, against the precondition`, { reason: "other-object" });
    },
  };
}

function pathOf(resource: string, { namespace, name }: { namespace: string; name?: string }): string {
  const at = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  return `/namespaces/${encodeURIComponent(namespace)}/${resource}${at}`;
}

/** An answer counts only as the object that was meant, with what the next write of it needs. */
function parseObject<T extends KubeObject>(doing: string, text: string, expected: { name?: string; uid?: string }): T {
  let value: { kind?: unknown; metadata?: { name?: unknown; uid?: unknown; resourceVersion?: unknown } | null } | null;
  try {
    value = parseExact(text) as typeof value;
  } catch (cause) {
    const reason = text.trim() === "" || text.trimStart().startsWith("{") ? "malformed" : "not-json";
    throw new ProtocolError(`Cannot ${doing}: expected JSON, got ${reason === "malformed" ? "some that is cut off or damaged" : "other text"}`, { reason, cause });
  }
  const { name, uid, resourceVersion } = value?.metadata ?? {};
  if (value?.kind === "Status" || !isText(name) || !isText(uid) || !isText(resourceVersion)) {
    throw new ProtocolError(`Cannot ${doing}: expected the object, with name, uid and resourceVersion, in the answer`);
  }
  if (name !== (expected.name ?? name) || uid !== (expected.uid ?? uid)) {
    throw new ProtocolError(`Cannot ${doing}: server answered with another object`, { reason: "other-object" });
  }
  return value as T;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** The uid that the answer to a DELETE names: in the details of a Status, or as the object itself; undefined if it does not. */
function deletedUid(text: string): string | undefined {
  let value: { kind?: unknown; details?: { uid?: unknown } | null; metadata?: { uid?: unknown } | null } | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const uid = value?.kind === "Status" ? value.details?.uid : value?.metadata?.uid;
  return isText(uid) ? uid : undefined;
}
