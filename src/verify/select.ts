// Which checks are run: words of a person to checks of the table. Pure.

import { nearest } from "../base/suggest.ts";
import { areaOf, type Check, type Profile, PROFILES } from "./check.ts";

export interface Choice {
  profile: Profile;
  /** Ids or areas in capitals; empty = all of the profile. Naming a check takes it whatever the profile. */
  focus: readonly string[];
  skip: readonly string[];
}

/** In the order of the table. */
export function selected(checks: readonly Check[], { profile, focus, skip }: Choice): Check[] {
  const depth = (one: Profile) => PROFILES.indexOf(one);
  return checks.filter((check) => {
    if (skip.some((word) => matches(check, word))) return false;
    if (focus.includes(check.id)) return true;
    return depth(check.profile) <= depth(profile) && (focus.length === 0 || focus.some((word) => matches(check, word)));
  });
}

/** The words of the focus that choose nothing, and why; a sentence each. */
export function idleWords(checks: readonly Check[], choice: Choice): string[] {
  const { profile, focus, skip } = choice;
  const chosen = selected(checks, choice);
  return focus.filter((word) => !chosen.some((check) => matches(check, word))).map((word) => {
    const left = checks.filter((check) => matches(check, word) && !skip.some((other) => matches(check, other)));
    const least = PROFILES.find((one) => left.some((check) => check.profile === one));
    return `--focus=${word} chooses nothing: ${least === undefined ? "--skip leaves none of it" : `its checks are of --profile=${least}, not ${profile}`}`;
  });
}

/** What is wrong with a word: it names no check and no area. Undefined if nothing is. */
export function unknownWord(checks: readonly Check[], word: string): string | undefined {
  if (checks.some((check) => matches(check, word))) return undefined;
  const guess = nearest(word, [...new Set(checks.flatMap((check) => [check.id as string, areaOf(check)]))]);
  return guess === undefined ? "expected an id or an area that --list shows" : `did you mean ${guess}?`;
}

function matches(check: Check, word: string): boolean {
  return check.id === word || areaOf(check) === word;
}
