// Figures of one claim in, a table of our figure, the rivals', the limit, the ratios and the verdict out. Pure: what was
// measured and how is not known here.

import { median } from "./statistics.ts";

/** One value a run. */
export type Runs = readonly number[];

/** What is held against a target: our figure itself, it over that of the better rival or the limit, or how far it is beyond the limit. */
export type Measure = "figure" | "to rival" | "to limit" | "beyond limit";

export interface Target {
  measure: Measure;
  atMost?: number;
  atLeast?: number;
}

export interface Figure {
  /** With its unit. */
  what: string;
  ours: Runs;
  /** By name: of these the better one counts. */
  rivals?: Readonly<Record<string, Runs>>;
  limit?: { name: string; runs: Runs };
  /** Absent: the figure is there to be seen beside others. */
  target?: Target;
  /** Whether more is better, as with what is done a second. Default: less. */
  more?: boolean;
}

export interface Verdict {
  ours: number;
  /** Our figure over that of the better rival; NaN without one. */
  toRival: number;
  toLimit: number;
  beyondLimit: number;
  /** Undefined without a target. */
  met: boolean | undefined;
  /** Whether the better rival's figure is better than ours. */
  rivalWins: boolean;
}

export function judge({ ours: runs, rivals = {}, limit, target, more = false }: Figure): Verdict {
  const ours = median(runs);
  const others = Object.values(rivals).map(median).filter((value) => !Number.isNaN(value));
  const rival = others.length === 0 ? Number.NaN : more ? Math.max(...others) : Math.min(...others);
  const limits = limit === undefined ? Number.NaN : median(limit.runs);
  const toRival = ratio(ours, rival);
  const toLimit = ratio(ours, limits);
  const beyondLimit = ours - limits;
  const held: Record<Measure, number> = { figure: ours, "to rival": toRival, "to limit": toLimit, "beyond limit": beyondLimit };
  return { ours, toRival, toLimit, beyondLimit, met: target && holds(target, held[target.measure]), rivalWins: more ? ours < rival : ours > rival };
}

/** NaN where one is no quantity, as a difference below zero. */
function ratio(value: number, of: number): number {
  return value >= 0 && of > 0 ? value / of : Number.NaN;
}

/** False for what could not be measured. */
function holds({ atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }: Target, value: number): boolean {
  return value <= atMost && value >= atLeast;
}

const MEASURES: Record<Measure, string> = {
  figure: "itself",
  "to rival": "of the rival",
  "to limit": "of the limit",
  "beyond limit": "over the limit",
};

/** Lines of Markdown, padded so that they can be read as they are. */
export function table(figures: readonly Figure[]): string[] {
  const rivals = [...new Set(figures.flatMap(({ rivals = {} }) => Object.keys(rivals)))];
  const head = ["", "job-controller", ...rivals, "limit", "of the better rival", "of the limit", "target", "met"];
  return padded([head, ...figures.map((figure) => row(figure, rivals))]);
}

function row(figure: Figure, rivals: readonly string[]): string[] {
  const { what, ours, limit, target } = figure;
  const verdict = judge(figure);
  return [
    what,
    runsText(ours),
    ...rivals.map((name) => runsText(figure.rivals?.[name] ?? [])),
    limit === undefined ? "-" : `${runsText(limit.runs)} ${limit.name}`,
    numberText(verdict.toRival),
    numberText(verdict.toLimit),
    target === undefined ? "-" : targetText(target),
    verdict.met === undefined ? "-" : verdict.met ? "yes" : "NO",
  ];
}

function targetText({ measure, atMost, atLeast }: Target): string {
  return `${atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`} ${MEASURES[measure]}`;
}

/** The median, and in brackets from where to where the runs went. */
export function runsText(runs: Runs): string {
  if (runs.length < 2) return numberText(median(runs));
  return `${numberText(median(runs))} (${numberText(Math.min(...runs))}–${numberText(Math.max(...runs))})`;
}

/** Three digits, or all before the point. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

/** The first column is words and stands left, the others stand right. */
function padded(lines: readonly string[][]): string[] {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0), 3)) ?? [];
  const text = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const pad = (cell: string, column: number) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0));
  const [head = [], ...body] = lines;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [text(head.map(pad)), text(rule), ...body.map((line) => text(line.map(pad)))];
}
