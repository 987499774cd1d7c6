// The form of a commit message: `type(room): imperative summary`.

const TYPES = ["feat", "fix", "perf", "refactor", "test", "docs", "build", "chore"];
const FORM = /^([a-z]+)(?:\(([a-z0-9-]+)\))?: (.+)$/;
/** First words that tell what was done instead of what the commit does. */
const NOT_IMPERATIVE = /^(?:\w+(?:[^s]ed|[^r]ing)|adds|fixes|makes|removes|updates|changes|moves|uses|allows|adding|fixing)\b/i;
const IMPERATIVE_ALL_THE_SAME = /^(?:embed|feed|need|seed|speed|shed|bring|string|ring|sing|swing|spring|ping|exceed|proceed)\b/;

export interface Commit {
  hash: string;
  /** Subject, empty line, body. */
  message: string;
}

/** Breaches of the form, each with the commit. `scopes` are the names that may stand in parentheses. */
export function commitErrors(commits: readonly Commit[], scopes: readonly string[]): string[] {
  return commits.flatMap(({ hash, message }) =>
    problems(message, scopes).map((what) => `${hash.slice(0, 10)} "${message.split("\n")[0]}": ${what}`),
  );
}

function problems(message: string, scopes: readonly string[]): string[] {
  const [subject = "", second, ...body] = message.trimEnd().split("\n");
  const [, type = "", scope, summary = ""] = FORM.exec(subject) ?? [];
  if (summary === "") return ["expected type(room): summary"];
  const found: string[] = [];
  if (!TYPES.includes(type)) found.push(`type "${type}" is none of ${TYPES.join(", ")}`);
  if (scope !== undefined && !scopes.includes(scope)) found.push(`"${scope}" is no room`);
  if (subject.length > 72) found.push(`${subject.length} columns, at most 72`);
  if (summary.endsWith(".")) found.push("ends with a full stop");
  if (NOT_IMPERATIVE.test(summary) && !IMPERATIVE_ALL_THE_SAME.test(summary)) found.push("is not in the imperative");
  if (/^[A-Z][a-z]/.test(summary) && !/^(?:Bun|Deno|Go|Grafana|Kubernetes|Node)\b/.test(summary))
    found.push("begins with a capital");
  if (second !== undefined && second !== "") found.push("no empty line before the body");
  if (second === "" && body.join("").trim() === "") found.push("an empty body");
  return found;
}
