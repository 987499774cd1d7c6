// The first bytes of a program → for which system and processor it is, as the headers of its format say. Nothing is run.

export interface Executable {
  format: "ELF" | "Mach-O" | "PE";
  arch: string;
  /** Path of the program that loads it (ELF). */
  interpreter?: string;
  /** Where its signature begins and ends (Mach-O). */
  signature?: { offset: number; end: number };
  /** 3 is a console program (PE). */
  subsystem?: number;
}

/** By e_machine (ELF), cputype (Mach-O, mach/machine.h) and Machine (PE). */
const ARCHES: Record<string, string> = {
  "ELF 62": "amd64",
  "ELF 183": "arm64",
  "Mach-O 16777223": "amd64",
  "Mach-O 16777228": "arm64",
  "PE 34404": "amd64",
  "PE 43620": "arm64",
};

/** @throws Error if it is no 64-bit little-endian program of these formats */
export function readExecutable(bytes: Buffer): Executable {
  if (bytes.readUInt32LE(0) === 0xfeedfacf && bytes.readUInt32LE(12) === MH_EXECUTE) return machO(bytes);
  if (bytes.toString("latin1", 0, 6) === "\x7fELF\x02\x01") return elf(bytes);
  if (bytes.toString("latin1", 0, 2) === "MZ") return pe(bytes);
  throw new Error(`Cannot read the format of a program: it begins with ${bytes.toString("hex", 0, 16)}`);
}

const MH_EXECUTE = 2;
const LC_CODE_SIGNATURE = 0x1d;
const PT_INTERP = 3;

function archOf(format: string, machine: number): string {
  return ARCHES[`${format} ${machine}`] ?? `machine ${machine}`;
}

function elf(bytes: Buffer): Executable {
  const [table, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  const headers = Array.from({ length: count }, (_, nth) => table + nth * size);
  const at = headers.find((header) => bytes.readUInt32LE(header) === PT_INTERP);
  const arch = archOf("ELF", bytes.readUInt16LE(18));
  if (at === undefined) return { format: "ELF", arch };
  const [offset, length] = [Number(bytes.readBigUInt64LE(at + 8)), Number(bytes.readBigUInt64LE(at + 32))];
  return { format: "ELF", arch, interpreter: bytes.toString("latin1", offset, offset + length - 1) };
}

function machO(bytes: Buffer): Executable {
  const arch = archOf("Mach-O", bytes.readUInt32LE(4));
  for (let nth = 0, at = 32; nth < bytes.readUInt32LE(16); nth++, at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) !== LC_CODE_SIGNATURE) continue;
    const offset = bytes.readUInt32LE(at + 8);
    return { format: "Mach-O", arch, signature: { offset, end: offset + bytes.readUInt32LE(at + 12) } };
  }
  return { format: "Mach-O", arch };
}

function pe(bytes: Buffer): Executable {
  const at = bytes.readUInt32LE(0x3c);
  if (bytes.toString("latin1", at, at + 4) !== "PE\0\0") throw new Error("Cannot read the format of a program: no PE header");
  return { format: "PE", arch: archOf("PE", bytes.readUInt16LE(at + 4)), subsystem: bytes.readUInt16LE(at + 24 + 68) };
}
