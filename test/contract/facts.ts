// All facts, in the order of their areas. A new file of facts gets its line here.

import type { Fact } from "./fact.ts";
import { ACCESS } from "./facts/access.ts";
import { CREATE } from "./facts/create.ts";
import { CUSTOM } from "./facts/custom.ts";
import { DELETE } from "./facts/delete.ts";
import { DISCOVERY } from "./facts/discovery.ts";
import { FORMS } from "./facts/forms.ts";
import { LIST } from "./facts/list.ts";
import { PATCH } from "./facts/patch.ts";
import { SELECTORS } from "./facts/selectors.ts";
import { UPDATE } from "./facts/update.ts";
import { VALIDATION } from "./facts/validation.ts";
import { WATCH } from "./facts/watch.ts";

/** By the name under which an area can be run alone. */
export const AREAS: Readonly<Record<string, readonly Fact[]>> = {
  discovery: DISCOVERY,
  access: ACCESS,
  create: CREATE,
  validation: VALIDATION,
  update: UPDATE,
  patch: PATCH,
  delete: DELETE,
  list: LIST,
  selectors: SELECTORS,
  watch: WATCH,
  forms: FORMS,
  custom: CUSTOM,
};

export const FACTS: readonly Fact[] = Object.values(AREAS).flat();

/** Facts that hold for a server; `areas` are names of areas or ids of facts, separated by commas, empty = all. */
export function factsFor(server: "dev" | "real", areas = ""): readonly Fact[] {
  const wanted = areas.split(",").filter((area) => area !== "");
  const chosen = wanted.length === 0 ? FACTS : wanted.flatMap((area) => AREAS[area] ?? FACTS.filter(({ id }) => id === area));
  return chosen.filter(({ only }) => only === undefined || only.server === server);
}
