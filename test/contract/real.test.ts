// Every fact on the real API server, the referee.

import { startReal } from "./grounds.ts";
import { testFacts } from "./run.ts";

testFacts("real", startReal);
