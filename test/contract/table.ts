// `bun test/contract/table.ts` tries every fact on the dev server with its flip and prints which assertion noticed it.

import process from "node:process";
import { FACTS, factsFor } from "./facts.ts";
import { countSorts, flipAll, renderFlips } from "./flips.ts";
import { CHOSEN } from "./trial.ts";

const flipped = await Promise.all(flipAll(factsFor("dev", CHOSEN)).values());
const alone = FACTS.filter(({ only }) => only !== undefined);
const fell = flipped.filter(({ outcome }) => outcome === "fell").length;
process.stdout.write([
  ...renderFlips(flipped),
  "",
  `${fell} of ${flipped.length} facts fail with their flip, by their own assertion:`,
  ...countSorts(flipped),
  "",
  "Facts that hold for one server alone, and do not count:",
  ...alone.map(({ id, claim, only }) => `${id}  ${claim}: ${only?.server} only, as ${only?.because}`),
  "",
].join("\n"));
process.exit(fell === flipped.length ? 0 : 1);
