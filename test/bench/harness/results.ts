// What was measured in, the text of RESULTS.md out. Pure.

import type { Claim } from "./claim.ts";
import { type Figure, judge, numberText, table } from "./figure.ts";

export interface Measured {
  claim: Pick<Claim, "name" | "title" | "how">;
  figures: readonly Figure[];
  /** What the claim took, s; one that stands on the series of another takes nothing. */
  seconds: number;
  /** Why there are no figures. */
  failure?: string;
}

/** Names and what they stand for: machine, versions, the day. */
export type Circumstances = Readonly<Record<string, string>>;

export function results(circumstances: Circumstances, measured: readonly Measured[]): string {
  const figures = measured.flatMap(({ figures: some }) => some);
  const held = figures.map((figure) => judge(figure).met).filter((met) => met !== undefined);
  return [
    "# Results",
    "",
    "Written by `npm run bench`. A figure is the median of the runs, with the range in brackets; subjects take turns, ABBA. Resident",
    "and dirty memory are the kernel's, in MB of 1,048,576 bytes. Quote ratios: the seconds belong to one machine.",
    "",
    ...Object.entries(circumstances).map(([name, value]) => `- ${name}: ${value}`),
    "",
    `${held.filter(Boolean).length} of ${held.length} targets are met.`,
    ...listed("Not met:", measured, (figure) => judge(figure).met === false),
    ...listed("Where the rival's figure is better than ours:", measured, (figure) => judge(figure).rivalWins),
    ...measured.flatMap(section),
    "",
  ].join("\n");
}

/** A claim's heading, what was done, the table and the command. */
export function section({ claim, figures, seconds, failure }: Measured): string[] {
  const found = failure === undefined ? table(figures) : [`Not measured: ${failure}`];
  return ["", `## ${claim.title}`, "", claim.how, "", ...found, "", `\`npm run bench -- ${claim.name}\`, ${Math.round(seconds)} s`];
}

function listed(head: string, measured: readonly Measured[], which: (figure: Figure) => boolean): string[] {
  const lines = measured.flatMap(({ claim, figures }) =>
    figures.filter(which).map((figure) => `- ${claim.title}: ${figure.what}${ratio(figure)}`),
  );
  return lines.length === 0 ? [] : ["", head, "", ...lines];
}

function ratio(figure: Figure): string {
  const { toRival, toLimit } = judge(figure);
  const parts = [[toRival, "of the rival"], [toLimit, "of the limit"]] as const;
  const said = parts.filter(([value]) => !Number.isNaN(value)).map(([value, what]) => `${numberText(value)} ${what}`);
  return said.length === 0 ? "" : ` (${said.join(", ")})`;
}
