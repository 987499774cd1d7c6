// Files → the bytes of a .tar.gz or a .zip that depend on nothing but names, modes, contents and one time. Written here, not
// by the machine's tar and zip, whose versions differ in their headers and in how they compress.

import { promisify } from "node:util";
import { crc32, deflateRaw, gzip } from "node:zlib";

export interface Entry {
  /** With `/` between folders, at most 99 bytes of ASCII. */
  name: string;
  executable: boolean;
  data: Uint8Array;
}

const BLOCK = 512;
const LEVEL = { level: 9 };

/**
 * POSIX ustar, gzipped; all files owned by 0, in the order of their names.
 * @param seconds Since 1970.
 * @throws Error for a long name.
 */
export async function tarGz(entries: readonly Entry[], seconds: number): Promise<Uint8Array> {
  const end = Buffer.alloc(2 * BLOCK);
  const blocks = sorted(entries).flatMap((entry) => [
    tarHeader(entry, seconds),
    entry.data,
    Buffer.alloc((BLOCK - (entry.data.length % BLOCK)) % BLOCK),
  ]);
  return await promisify(gzip)(Buffer.concat([...blocks, end]), LEVEL);
}

function tarHeader({ name, executable, data }: Entry, seconds: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(plainName(name), 0);
  header.write(octal(executable ? 0o755 : 0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(data.length, 11), 124);
  header.write(octal(seconds, 11), 136);
  header.write(" ".repeat(8), 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** Deflated, with Unix modes, in the order of the names; the time is UTC, in steps of 2 s. @throws Error for a long name. */
export async function zip(entries: readonly Entry[], seconds: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, executable, data } of sorted(entries)) {
    const packed = await promisify(deflateRaw)(data, LEVEL);
    const file = Buffer.from(plainName(name));
    const common = zipFields(dosTime(seconds), crc32(data), packed.length, data.length, file.length);
    const mode = 0o100000 | (executable ? 0o755 : 0o644);

    parts.push(Buffer.concat([Buffer.from("PK\x03\x04"), common, file]), packed);
    const entry = Buffer.alloc(46 - 6 - common.length);
    entry.writeUInt16LE(mode, entry.length - 6);
    entry.writeUInt32LE(offset, entry.length - 4);
    // Made by version 2.0 on Unix, which is how readers know that modes are there.
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), common, entry, file]));
    offset += 4 + common.length + file.length + packed.length;
  }
  const size = directory.reduce((total, { length }) => total + length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** What a local header and the directory say in the same words: from "version needed" to the length of the extra field. */
function zipFields(time: number, crc: number, packed: number, size: number, name: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(time, 6);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(packed, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(name, 22);
  return fields;
}

/** Date in the upper half, time in the lower. */
function dosTime(seconds: number): number {
  const at = new Date(seconds * 1000);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return date * 0x10000 + time;
}

function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function plainName(name: string): string {
  if (/^[\x21-\x7e]{1,99}$/.test(name)) return name;
  throw new Error(`Cannot put "${name}" into an archive: expected at most 99 characters of ASCII`);
}
