// What the Linux kernel says of a process. The readings are pure; `facts` takes a process id and reads its files.

import { readFileSync } from "node:fs";

export interface Facts {
  /** MB of 1,048,576 bytes, as all memory here. */
  residentMB: number;
  dirtyMB: number;
  /** The most that was ever resident. */
  peakMB: number;
  /** Both of user and system. */
  cpuSeconds: number;
}

export function facts(pid: number): Facts {
  const text = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
  const rollup = text("smaps_rollup");
  return {
    residentMB: megabytes(rollup, "Rss"),
    dirtyMB: megabytes(rollup, "Private_Dirty"),
    peakMB: megabytes(text("status"), "VmHWM"),
    cpuSeconds: cpuSeconds(text("stat")),
  };
}

/** `key` of a file of lines `<key>: <number> kB`; NaN where it is missing. src: proc_pid_status(5), proc_pid_smaps(5) */
export function megabytes(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1_024;
}

/** utime and stime are 14th and 15th; the name in brackets before them may hold anything. A tick is 10 ms. src: proc_pid_stat(5) */
export function cpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
