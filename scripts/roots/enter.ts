// A root and a binary → the command that runs the binary with the root as /. It takes the rights of root. What is mounted is seen
// by that process alone and goes with it.

import { tmpdir } from "node:os";
import type { Root } from "./roots.ts";

const MOUNT = `
root=$1 binary=$2 shared=$3 emulator=$4
shift 4
mkdir -p "$root$shared"
mount --bind "$shared" "$root$shared"
mount --bind "$binary" "$root/job-controller"
mount -t proc proc "$root/proc"
`;

/** The folder of temporary files keeps its path, and so does a working directory in it; in place of any other comes /. */
const RUN = `
case $PWD/ in "$shared"/*) ;; *) cd / ;; esac
exec unshare --root="$root" --wd="$PWD" $emulator /job-controller "$@"
`;

const RUN_OFTEN = `
times=$1
shift
until [ "$times" = 0 ]; do
  date +%s%N
  unshare --root="$root" $emulator /job-controller "$@" >/dev/null
  times=$((times - 1))
done
date +%s%N
`;

/** A command and what stands before its arguments. */
export type Prefix = readonly [command: string, ...before: string[]];

/** The arguments of the binary follow. */
export function entering(root: Root, binary: string): Prefix {
  return prefix(RUN, root, binary);
}

/** What follows says how many times, then the arguments. Writes the time before each run and after the last, ns. */
export function enteringOften(root: Root, binary: string): Prefix {
  return prefix(RUN_OFTEN, root, binary);
}

function prefix(what: string, { folder, emulator = "" }: Root, binary: string): Prefix {
  return ["unshare", "--mount", "sh", "-euc", MOUNT + what, "sh", folder, binary, tmpdir(), emulator];
}
