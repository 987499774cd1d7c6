// Reads the protobuf that Kubernetes clients send: bytes in, the fields of a Shape out as JSON would have them. Knows
// lengths and texts alone, which is all that reviews are made of.
// src: pkg/runtime/generated.proto of k8s.io/apimachinery (Unknown).

/** Fields by number: the name of a text, or the name and the shape of a message. */
export interface Shape {
  readonly [field: number]: string | readonly [name: string, shape: Shape];
}

export const PROTOBUF_TYPE = "application/vnd.kubernetes.protobuf";

/** `k8s` and a zero stand before the envelope. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];
const TYPE: Shape = { 1: "apiVersion", 2: "kind" };

/** The object in the envelope, with its `apiVersion` and `kind`; undefined for bytes that are no envelope of such an object. */
export function decodeObject(bytes: Uint8Array, shape: Shape): Record<string, unknown> | undefined {
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) return undefined;
  try {
    let type = {};
    let object = {};
    for (const [field, content] of lengthDelimited(bytes.subarray(MAGIC.length))) {
      if (field === 1) type = decode(content, TYPE);
      if (field === 2) object = decode(content, shape);
    }
    return { ...type, ...object };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Empty texts are left out, as JSON does. */
function decode(bytes: Uint8Array, shape: Shape): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [field, content] of lengthDelimited(bytes)) {
    const known = shape[field];
    if (typeof known === "string" && content.length > 0) object[known] = new TextDecoder().decode(content);
    if (Array.isArray(known)) object[known[0] as string] = decode(content, known[1] as Shape);
  }
  return object;
}

/** Number and content of each field that has a length; others are passed over. @throws RangeError where bytes end too early */
function* lengthDelimited(bytes: Uint8Array): Generator<[field: number, content: Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    for (let value = 0, factor = 1;; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("the message ends too early");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  const skip = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError("the message ends too early");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wireType] = [Math.floor(tag / 8), tag % 8];
    if (wireType === 0) varint();
    else if (wireType === 1) skip(8);
    else if (wireType === 2) yield [field, skip(varint())];
    else if (wireType === 5) skip(4);
    else throw new RangeError(`the wire type ${wireType} is not in use`);
  }
}
