// Every fact on the real API server, the referee.

import type { GroundKind } from "./fact.ts";
import { startReal } from "./ground-real.ts";
import type { Ground } from "./place.ts";
import { testFacts } from "./run.ts";

let plain: Promise<Ground> | undefined;

// It has custom resources and built-in kinds at once.
testFacts("real", (kind: GroundKind) => (kind === "aged" ? startReal("aged") : (plain ??= startReal())));
