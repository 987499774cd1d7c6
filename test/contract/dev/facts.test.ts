// Every fact on the dev server with --era=kubernetes.

import { startDev } from "../ground-dev.ts";
import { testFacts } from "../run.ts";

testFacts("dev", (kind) => startDev(kind));
