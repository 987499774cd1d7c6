// A finding as a person reads it: a line for each move, and what the server holds where that has changed.

import type { Finding } from "./explore.ts";
import { LAWS, type Move, type Setting, type World } from "./world.ts";

export function renderStory({ law, story }: Finding, { roles }: Setting): string[] {
  const lines = story.map((move, index) => {
    const held = heldBy(move.world);
    const before = index === 0 ? "" : heldBy(story[index - 1]!.world);
    return `  ${nameOf(move, roles)}${move.what}${move.kind === "step" ? "" : ` (${move.kind})`}${held === before ? "" : `  → ${held}`}`;
  });
  return [...lines, `  so ${LAWS[law]}`];
}

/** Drivers are D1, D2, a reaper is R, replicas are P1, P2. */
function nameOf({ who }: Move, roles: Setting["roles"]): string {
  const role = roles[who];
  if (role === undefined) return "";
  const letter = role.drives ? (role.reaps ? "P" : "D") : "R";
  const alike = roles.filter(({ drives, reaps }) => drives === role.drives && reaps === role.reaps);
  const number = roles.slice(0, who + 1).filter(({ drives, reaps }) => drives === role.drives && reaps === role.reaps).length;
  return `${letter}${alike.length > 1 ? number : ""} `;
}

function heldBy({ job, records }: World): string {
  const kept = records.filter(({ there }) => there).map(({ uid }) => ` and record of job ${uid}`).join("");
  if (job === undefined) return `no job${kept}`;
  const { uid, version, claim, owner, attempt, finished } = job.view;
  return `job ${uid} at version ${version}, ${claim === "" ? "unclaimed" : `claim ${owner}`}, attempt ${attempt}${finished ? ", finished" : ""}${kept}`;
}
