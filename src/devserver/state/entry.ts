// One version of an object. Immutable: its text is what is kept, and the rest is read from it when it is asked for, so
// that 100,000 of them weigh little more than they say.

import { Buffer } from "node:buffer";
import { MARK, pack, unpack } from "./phrases.ts";
import type { Stored } from "./object.ts";

type Labels = Readonly<Record<string, string>>;

const NO_LABELS: Labels = {};

export class Entry {
  /** `namespace/name`. */
  readonly key: string;
  readonly version: number;
  /** Size of the tail. */
  readonly bytes: number;
  /** The tail, its labels between two marks. */
  readonly #packed: string;

  constructor(object: Stored, version: number) {
    const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object;
    const { namespace, name, labels } = metadata;
    const tail = JSON.stringify({ metadata, ...rest }).slice(1);
    this.key = keyOf(namespace, name);
    this.version = version;
    this.bytes = Buffer.byteLength(tail);
    this.#packed = pack(marked(tail, labels));
  }

  get namespace(): string {
    return this.key.slice(0, this.key.indexOf("/"));
  }

  get name(): string {
    return this.key.slice(this.key.indexOf("/") + 1);
  }

  /** A copy; parsed each time. */
  get labels(): Labels {
    const from = this.#packed.indexOf(MARK) + 1;
    return from === 0 ? NO_LABELS : (JSON.parse(unpack(this.#packed.slice(from, this.#packed.indexOf(MARK, from)))) as Labels);
  }

  get uid(): string {
    // The quotes of a text within JSON are escaped: what matches is a key, and the first of these is metadata's.
    const [, uid = '""'] = /"uid":("(?:[^"\\]|\\.)*")/.exec(this.tail) ?? [];
    return JSON.parse(uid) as string;
  }

  /** JSON without `kind`, `apiVersion` and the opening brace, so that each API version prepends its own. */
  get tail(): string {
    return unpack(this.#packed);
  }

  /** A copy; parsed each time. */
  get object(): Stored {
    return JSON.parse(`{${this.tail}`) as Stored;
  }

  /** The whole object as text. */
  text(kind: string, apiVersion: string): string {
    return `{"kind":"${kind}","apiVersion":"${apiVersion}",${this.tail}`;
  }

  /** This state under the version of a later one. */
  at({ version, object: { metadata: { resourceVersion } } }: Entry): Entry {
    const { metadata, ...rest } = this.object;
    return new Entry({ ...rest, metadata: { ...metadata, resourceVersion } }, version);
  }
}

export function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** Marks the labels. Should the same key and value stand elsewhere before, it is the same value. */
function marked(tail: string, labels: Labels | undefined): string {
  if (labels === undefined) return tail;
  const text = JSON.stringify(labels);
  const at = tail.indexOf(`"labels":${text}`) + '"labels":'.length;
  return tail.slice(0, at) + MARK + text + MARK + tail.slice(at + text.length);
}
