// A Mach-O program → the same with an ad hoc signature over all its bytes: hashes of its pages, signed by nobody. Bun makes one
// for arm64 alone; elsewhere it leaves that of the bare runtime, which fits no more, and a Mac that checks it ends the program.
// After Apple's loader.h and cs_blobs.h.

import { createHash } from "node:crypto";

const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const PAGE = 4096;
const HASH_BYTES = 32;
/** Of a blob that holds one code directory and nothing else. */
const BLOB_BYTES = 20;
/** Of a code directory in version 2.4. */
const DIRECTORY_BYTES = 88;
const IDENTIFIER = "a.out\0";

/** @throws Error if there is no signature to take the place of */
export function signAdHoc(program: Buffer): Buffer {
  const signature = commandsOf(program).find((at) => program.readUInt32LE(at) === LC_CODE_SIGNATURE);
  if (signature === undefined) throw new Error("Cannot sign the program: expected Mach-O with a signature that can be replaced");
  const limit = program.readUInt32LE(signature + 8);
  const pages = Math.ceil(limit / PAGE);
  const length = BLOB_BYTES + DIRECTORY_BYTES + IDENTIFIER.length + pages * HASH_BYTES;
  const signed = Buffer.concat([program.subarray(0, limit), Buffer.alloc(length)]);

  // What is hashed says how long the signature is.
  signed.writeUInt32LE(length, signature + 12);
  const link = segment(signed, "__LINKEDIT");
  const linkBytes = limit + length - link.offset;
  signed.writeBigUInt64LE(BigInt(Math.ceil(linkBytes / PAGE) * PAGE), link.at + 32);
  signed.writeBigUInt64LE(BigInt(linkBytes), link.at + 48);

  writeDirectory(signed.subarray(limit), segment(signed, "__TEXT"), { limit, pages });
  const hashes = limit + length - pages * HASH_BYTES;
  for (let page = 0; page < pages; page++) {
    const bytes = signed.subarray(page * PAGE, Math.min((page + 1) * PAGE, limit));
    createHash("sha256").update(bytes).digest().copy(signed, hashes + page * HASH_BYTES);
  }
  return signed;
}

/** Everything but the hashes. */
function writeDirectory(blob: Buffer, text: Segment, { limit, pages }: { limit: number; pages: number }): void {
  const [hashesAt, adHocByLinker, mainBinary] = [DIRECTORY_BYTES + IDENTIFIER.length, 0x20002, 1n];
  const outer = [0xfade0cc0, blob.length, 1, 0, BLOB_BYTES];
  const inner = [0xfade0c02, blob.length - BLOB_BYTES, 0x20400, adHocByLinker, hashesAt, DIRECTORY_BYTES, 0, pages, limit];
  [...outer, ...inner].forEach((word, nth) => blob.writeUInt32BE(word, nth * 4));
  const directory = blob.subarray(BLOB_BYTES);
  // SHA-256, no platform, pages of 2 ** 12 bytes.
  directory.set([HASH_BYTES, 2, 0, 12], 36);
  [BigInt(text.offset), BigInt(text.length), mainBinary].forEach((value, nth) => directory.writeBigUInt64BE(value, 64 + nth * 8));
  directory.write(IDENTIFIER, DIRECTORY_BYTES, "latin1");
}

/** Where the load commands begin. */
function commandsOf(program: Buffer): number[] {
  const found: number[] = [];
  for (let nth = 0, at = 32; nth < program.readUInt32LE(16); nth++, at += program.readUInt32LE(at + 4)) found.push(at);
  return found;
}

/** A segment's load command, and its part of the file. */
interface Segment {
  at: number;
  offset: number;
  length: number;
}

function segment(program: Buffer, name: string): Segment {
  const named = (command: number) => program.toString("latin1", command + 8, command + 24).startsWith(`${name}\0`);
  const at = commandsOf(program).find((command) => program.readUInt32LE(command) === LC_SEGMENT_64 && named(command));
  if (at === undefined) throw new Error(`Cannot sign the program: expected a segment ${name}`);
  return { at, offset: Number(program.readBigUInt64LE(at + 40)), length: Number(program.readBigUInt64LE(at + 48)) };
}
