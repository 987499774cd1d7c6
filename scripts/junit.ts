// What `bun test` and `deno test` leave behind, to a verdict. Their JUnit files have gaps: Bun's names neither files that
// failed to load nor hooks that threw, Deno's counts every describe() as a test; exit code, text and file list fill them.

export interface TestFailure {
  /** Names from the outermost describe() inwards. */
  name: string;
  file: string | undefined;
  text: string;
}

export interface TestReport {
  passed: number;
  failures: TestFailure[];
  /** Names of tests that were skipped or are still to do. */
  skipped: string[];
  /** Files that reported at least one test. */
  files: string[];
}

export interface Verdict {
  passed: number;
  failed: number;
  skipped: string[];
  /** One line for each failure. */
  failures: string[];
  /** Files worth running again. */
  files: string[];
}

/** Whatever the report does not explain is a failure of its own. `xml` is undefined if the runner left none. */
export function judge(run: { files: readonly string[]; xml: string | undefined; code: number; output: string }): Verdict {
  if (run.xml === undefined) {
    return { passed: 0, failed: 1, skipped: [], failures: [`the runner exited with ${run.code} and left no report`], files: [] };
  }
  const report = parseJunit(run.xml);
  const silent = run.files.filter((file) => !report.files.includes(file));
  // Bun's text alone counts the errors outside of tests; a file that did not load is one of them, and silent too.
  const errors = Number(/^ (\d+) errors?$/m.exec(run.output)?.[1] ?? 0);
  const failures = [
    ...report.failures.map(({ name, file }) => `${file ?? "?"}: ${name}`),
    ...silent.map((file) => `${file}: reported no test`),
    ...Array.from({ length: Math.max(0, errors - silent.length) }, () => "an error outside of any test"),
  ];
  if (failures.length === 0 && run.code !== 0) failures.push(`the runner exited with ${run.code}`);
  const files = [...report.failures.flatMap(({ file }) => file ?? []), ...silent];
  return { passed: report.passed, failed: failures.length, skipped: report.skipped, failures, files: [...new Set(files)] };
}

interface TestCase {
  name: string;
  file: string | undefined;
  outcome: "passed" | "failed" | "skipped";
  text: string;
}

export function parseJunit(xml: string): TestReport {
  const cases = readCases(xml);
  // In Deno's file a describe() stands beside its tests, which repeat its name in front of theirs.
  const isGroup = (name: string) => cases.some((other) => other.name.startsWith(`${name} > `));
  for (const one of cases)
    one.file ??= cases.find((top) => top.file !== undefined && one.name.startsWith(`${top.name} > `))?.file;
  const leaves = cases.filter(
    (one) => !isGroup(one.name) || (one.outcome === "failed" && !/^\d+ test steps? failed/.test(one.text)),
  );
  return {
    passed: leaves.filter((one) => one.outcome === "passed").length,
    failures: leaves.filter((one) => one.outcome === "failed"),
    skipped: leaves.filter((one) => one.outcome === "skipped").map((one) => one.name),
    files: [...new Set(cases.map((one) => one.file).filter((file) => file !== undefined))],
  };
}

function readCases(xml: string): TestCase[] {
  return [...xml.matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(([, head = "", body = ""]) => {
    const attributes = readAttributes(head);
    const classname = attributes.classname ?? "";
    const failure = /<(?:failure|error)\b[^>]*?(?:\/>|>([\s\S]*?)<\/(?:failure|error)>)/.exec(body);
    return {
      // Bun: file apart, `classname` from the inside out. Deno: names joined already, `classname` the file.
      name:
        attributes.file === undefined
          ? (attributes.name ?? "")
          : [...classname.split(" > ").reverse(), attributes.name].filter(Boolean).join(" > "),
      file: attributes.file ?? (classname.startsWith("./") ? classname.slice(2) : undefined),
      outcome: failure !== null ? "failed" : body.includes("<skipped") ? "skipped" : "passed",
      text: unescape(failure?.[1] ?? ""),
    };
  });
}

function readAttributes(text: string): Record<string, string | undefined> {
  return Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value = ""]) => [name, unescape(value)]));
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescape(text: string): string {
  return text.replace(/&(?:#(x?)([\da-f]+)|(\w+));/gi, (whole, hex: string, code: string, name: string) =>
    name === undefined ? String.fromCodePoint(parseInt(code, hex === "" ? 10 : 16)) : (ENTITIES[name] ?? whole),
  );
}
