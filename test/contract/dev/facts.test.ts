// Every fact on the dev server with --era=kubernetes.

import { startDev } from "../grounds.ts";
import { testFacts } from "../run.ts";

testFacts("dev", () => startDev());
