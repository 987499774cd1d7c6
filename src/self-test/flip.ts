// What breaks a claim on the embedded server, and which checks must notice. Pure.

import type { Check, Era } from "../verify/check.ts";

/** A row of the server's table of behaviours, perhaps with others that it needs (`--set`, parted by spaces), a fault (`--fault`), its age (`--era`), or `--mtls`. */
export type Flip = { set: string } | { fault: string } | { era: Era } | { mtls: "optional" };

/** A check and the flips each of which it must notice, on the server of `eraOf`. */
export type Row = readonly [check: Check, ...flips: readonly Flip[]];

/** As `dev` is told: `--set page-size=3`. */
export function flipText(flip: Flip): string {
  const [[flag, value]] = Object.entries(flip) as [[string, string]];
  return ("set" in flip ? value.split(" ") : [value]).map((one) => `--${flag} ${one}`).join(" ");
}

/** The row or fault that a flip is about: `page-size`, `lose`; else the flag. */
export function subjectOf(flip: Flip): string {
  const [text = ""] = "set" in flip ? flip.set.split("=") : "fault" in flip ? flip.fault.split(/[:,]/) : Object.keys(flip);
  return text;
}

/** The server on which a check's flips are set: the newest one of Grafana's that its claim holds for. */
export function eraOf({ eras }: Pick<Check, "eras">): Era {
  return eras.includes("2026-09") ? "2026-09" : (eras[0] ?? "2026-09");
}
