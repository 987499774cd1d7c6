// A Mach-O program's signature → whether it fits the program's bytes: macOS ends a process at a page whose hash does not, on arm64
// also one without signature. After Apple's cs_blobs.h.

import { createHash } from "node:crypto";

const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const SHA256 = 2;
const AD_HOC = 2;

export interface Signed {
  /** Pages of the program that it covers, and those whose hash is another. */
  pages: number;
  wrong: number;
  /** How many bytes, from the first, are covered. */
  limit: number;
  /** Whether anybody stands for it: nobody does where it is ad hoc. */
  identity: "ad hoc" | "somebody";
}

/** @throws Error if there is no directory of SHA-256 hashes at `offset` */
export function checkSignature(bytes: Buffer, offset: number): Signed {
  if (bytes.readUInt32BE(offset) !== SUPER_BLOB) throw new Error("Cannot check a signature: no blob is where it should be");
  const entries = Array.from({ length: bytes.readUInt32BE(offset + 8) }, (_, nth) => offset + 16 + nth * 8);
  const directories = entries.map((entry) => offset + bytes.readUInt32BE(entry));
  const at = directories.find((blob) => bytes.readUInt32BE(blob) === CODE_DIRECTORY && bytes.readUInt8(blob + 37) === SHA256);
  if (at === undefined) throw new Error("Cannot check a signature: it holds no hashes of SHA-256");
  const [hashes, pages, limit] = [at + bytes.readUInt32BE(at + 16), bytes.readUInt32BE(at + 28), bytes.readUInt32BE(at + 32)];
  const [width, size] = [bytes.readUInt8(at + 36), 2 ** bytes.readUInt8(at + 39)];
  let wrong = 0;
  for (let page = 0; page < pages; page++) {
    const hash = createHash("sha256").update(bytes.subarray(page * size, Math.min((page + 1) * size, limit))).digest();
    if (!hash.equals(bytes.subarray(hashes + page * width, hashes + (page + 1) * width))) wrong++;
  }
  return { pages, wrong, limit, identity: (bytes.readUInt32BE(at + 12) & AD_HOC) === 0 ? "somebody" : "ad hoc" };
}
