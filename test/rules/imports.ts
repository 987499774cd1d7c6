// Who may import whom: the table of ARCHITECTURE.md, and the rules that hold the sources to it.

import { posix } from "node:path";
import { at, codeOf, type SourceFile } from "./source.ts";

/** `kube/types.ts as type` allows that one file, in `import type` alone. */
export interface Room {
  room: string;
  imports: string[];
  /** What of Node.js it may use: nothing, computing, or everything. */
  node: "none" | "pure" | "any";
}

/** Every file of src belongs to one of these rooms; `main` are the files that join them. */
export const ROOMS: readonly Room[] = [
  { room: "base", imports: [], node: "none" },
  { room: "provisioning.ts", imports: ["kube/types.ts as type"], node: "none" },
  { room: "runtime", imports: ["base"], node: "any" },
  { room: "auth", imports: ["base"], node: "pure" },
  { room: "cli", imports: ["base"], node: "none" },
  { room: "kube", imports: ["base"], node: "none" },
  { room: "observe", imports: ["base"], node: "none" },
  { room: "jobs", imports: ["base", "kube", "provisioning.ts"], node: "none" },
  { room: "history", imports: ["base", "kube", "provisioning.ts"], node: "none" },
  { room: "trail", imports: ["base", "kube", "provisioning.ts"], node: "none" },
  { room: "verify", imports: ["base", "provisioning.ts"], node: "none" },
  { room: "work", imports: ["base"], node: "pure" },
  { room: "drive", imports: ["base", "kube", "work", "provisioning.ts"], node: "none" },
  { room: "devserver", imports: ["base", "provisioning.ts", "kube/types.ts as type"], node: "any" },
  { room: "self-test", imports: ["base", "verify", "devserver", "provisioning.ts"], node: "none" },
  { room: "main", imports: ["everything"], node: "any" },
];

/** Files of the room `main`. */
export const MAIN_FILES = ["src/main.ts", "src/guard.ts", "src/run.ts", "src/driving.ts", "src/scopes.ts", "src/connect.ts", "src/show-history.ts", "src/verifying.ts", "src/verify-clients.ts", "src/self-testing.ts", "src/vocabulary.ts"];

/** Modules of Node.js that neither read nor write anything. */
const PURE_MODULES = ["node:buffer", "node:path", "node:util"];

/** The only rooms that may name process, timers and the host; devserver has sockets and files but is handed the rest. */
export const HOST_ROOMS = ["runtime", "main"];
const HOST_MODULES =
  /^node:(?:process|timers(?:\/promises)?|child_process|worker_threads|cluster|perf_hooks|readline(?:\/promises)?|test|assert.*)$/;

/** Packages of dependencies, the files that may import them, and how. `type` = in `import type` alone. */
export const PACKAGES: Record<string, { files: string[]; as: "value" | "dynamic" | "type" }[]> = {
  "@kubernetes/client-node": [
    { files: ["src/kube/types.ts", "src/auth/kubeconfig.ts"], as: "type" },
    // 935 modules, 16 MB resident: loaded only when --kubeconfig is given.
    { files: ["src/auth/kubeconfig.ts"], as: "dynamic" },
  ],
  citty: [{ files: ["src/cli/commands.ts", "src/cli/parse.ts"], as: "value" }],
  consola: [{ files: ["src/base/log.ts"], as: "value" }],
  jose: [{ files: ["src/devserver/access/tokens.ts"], as: "value" }],
  ofetch: [{ files: ["src/kube/api.ts", "src/auth/exchange.ts"], as: "value" }],
  selfsigned: [{ files: ["src/devserver/access/certificates.ts"], as: "value" }],
};

/** A package is imported in at most this many files of src, so that it can be replaced. */
export const FILES_PER_PACKAGE = 2;

/** Markers between which ARCHITECTURE.md holds what renderImportTable() gives. */
export const TABLE_BEGIN = "<!-- BEGIN imports -->";
export const TABLE_END = "<!-- END imports -->";

/** The table as Markdown, without the markers, with a line end. */
export function renderImportTable(): string {
  const rows = ROOMS.map(({ room, imports }) => {
    const files = room === "main" ? MAIN_FILES.map((file) => `\`${posix.basename(file)}\``).join(", ") : `\`${room}\``;
    return `| ${files} | ${imports.length === 0 ? "nothing of ours" : imports.map(cell).join(", ")} |`;
  });
  return ["| room | may import |", "|---|---|", ...rows, ""].join("\n");
}

function cell(name: string): string {
  return name === "everything" ? name : name.replace(/^\S+/, (path) => `\`${path}\``);
}

export interface Import {
  specifier: string;
  as: "value" | "dynamic" | "type";
  index: number;
}

/** Every import and re-export of a file. `import { type A }` still loads the module, so it is a value. */
export function importsOf(file: SourceFile): Import[] {
  const code = codeOf(file.text, "keep");
  const plain = codeOf(file.text, "blank");
  const found: Import[] = [];
  for (const match of code.matchAll(/\b(?:import|export)(\s+type\b)?\s*(?:[\w*{][^"';]*?\bfrom\s*)?"([^"\n]+)"/g)) {
    // The keyword must be code, not part of a string.
    if (!/^(?:import|export)/.test(plain.slice(match.index))) continue;
    found.push({ specifier: match[2] ?? "", as: match[1] === undefined ? "value" : "type", index: match.index });
  }
  for (const match of code.matchAll(/(?<!typeof\s)\bimport\(\s*"([^"\n]+)"/g)) {
    if (plain.startsWith("import(", match.index)) found.push({ specifier: match[1] ?? "", as: "dynamic", index: match.index });
  }
  return found;
}

/** The room of a file below src, undefined if it belongs to none. */
export function roomOf(path: string): Room | undefined {
  const name = MAIN_FILES.includes(path) ? "main" : (/^src\/([^/]+)/.exec(path)?.[1] ?? "");
  return ROOMS.find(({ room }) => room === name);
}

/** Breaches of the table, of the use of Node.js and of the packages, each with its place. */
export function importErrors(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    if (room === undefined) return [`${file.path}:1: belongs to no room of test/rules/imports.ts`];
    return importsOf(file).flatMap((one) => {
      const why = one.specifier.startsWith(".")
        ? ownError(file.path, room, one)
        : one.specifier.startsWith("node:")
          ? nodeError(room, one)
          : packageError(file.path, one);
      return why === undefined ? [] : [at(file, one.index, why)];
    });
  });
}

function ownError(path: string, room: Room, { specifier, as }: Import): string | undefined {
  if (!specifier.endsWith(".ts")) return `"${specifier}" must name its .ts file`;
  const target = posix.join(posix.dirname(path), specifier);
  const other = roomOf(target);
  if (other === undefined) return `"${specifier}" is outside of src or in no room`;
  if (other === room || room.imports.includes("everything") || room.imports.includes(other.room)) return undefined;
  const narrow = `${target.replace(/^src\//, "")} as type`;
  if (as === "type" && room.imports.includes(narrow)) return undefined;
  return `${room.room} may not import "${specifier}"${room.imports.includes(narrow) ? " but with import type" : ""}`;
}

function nodeError(room: Room, { specifier }: Import): string | undefined {
  if (room.node === "none" || (room.node === "pure" && !PURE_MODULES.includes(specifier)))
    return `${room.room} may not use ${specifier}`;
  return HOST_ROOMS.includes(room.room) || !HOST_MODULES.test(specifier)
    ? undefined
    : `${room.room} may not use ${specifier}: it is handed what it needs`;
}

function packageError(path: string, { specifier, as }: Import): string | undefined {
  const name = packageName(specifier);
  const rules = PACKAGES[name];
  if (rules === undefined) return `the package "${name}" is not in the table of test/rules/imports.ts`;
  if (rules.some((rule) => rule.files.includes(path) && (rule.as === as || as === "type"))) return undefined;
  return `${path} may not import "${specifier}" as ${as}: see the table of test/rules/imports.ts`;
}

/** `@scope/name/sub` to `@scope/name`, `name/sub` to `name`. */
export function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Groups of files that need each other as values to load, each as a path of files. */
export function cycles(files: readonly SourceFile[]): string[] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter(({ specifier, as }) => specifier.startsWith(".") && as === "value")
        .map(({ specifier }) => posix.join(posix.dirname(file.path), specifier)),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: string[]) => {
    const start = trail.indexOf(path);
    if (start !== -1) {
      found.push([...trail.slice(start), path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}
