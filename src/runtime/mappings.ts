// Linux's account of a process's own memory, /proc/self/smaps, to those parts of its program file that may be unmapped
// and are read again when they are needed.

/** A part of the address space; both in bytes. */
export interface Mapping {
  start: number;
  length: number;
}

const HEAD = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \S+ *(.*)$/;

/**
 * The mappings of `file` that nobody can write to and of which no page is the process's own: what is dropped of these, the
 * kernel finds in the file again. A page of its own is one that a relocation has changed, or a debugger's or tracer's
 * breakpoint, and would be lost (madvise(2), MADV_DONTNEED).
 */
export function rereadable(smaps: string, file: string): Mapping[] {
  const found: Mapping[] = [];
  let mapping: Mapping | undefined;
  for (const line of smaps.split("\n")) {
    const head = HEAD.exec(line);
    if (head !== null) {
      const [, from = "", to = "", rights = "", path] = head;
      const start = Number.parseInt(from, 16);
      mapping = path === file && rights.startsWith("r-") && rights.endsWith("p") ? { start, length: Number.parseInt(to, 16) - start } : undefined;
    } else if (mapping !== undefined && /^Anonymous: +0 kB$/.test(line)) found.push(mapping);
  }
  return found;
}
