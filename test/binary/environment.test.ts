// Surroundings that mean harm, around the binary of this machine; and that they do, to Bun.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { start } from "../support/binary.ts";
import { ended } from "../support/children.ts";
import { BINARY } from "../support/controller.ts";
import { BUN } from "../support/servers.ts";
import { hostileDirectory } from "./hostile-directory.ts";
import { hostileSurroundings } from "./hostile.ts";

describe("Bun itself", () => {
  test("obeys a hostile working directory", async () => {
    await using hostile = await hostileDirectory();
    const { stdout } = await ended(start(BUN, ["-e", "console.log(process.env.JOB_CONTROLLER_TOKEN)"], { cwd: hostile.path }));
    assert.deepEqual([stdout, existsSync(hostile.ran)], ["from-the-file\n", true]);
  });
});

hostileSurroundings([BINARY]);
