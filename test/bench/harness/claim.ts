// What a file of test/bench is: a claim with a name, how it is measured, and figures at the end.

import type { Figure } from "./figure.ts";
import type { Stage } from "./stage.ts";

export interface Claim {
  /** As `npm run bench -- <name>` takes it: that of its file. */
  name: string;
  title: string;
  /** What was done to get the figures, for whoever judges them. */
  how: string;
  measure(stage: Stage): Promise<Figure[]>;
}
