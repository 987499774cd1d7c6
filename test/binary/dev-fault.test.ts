// The compiled program as a development server, and as the one who breaks it: `dev --fault`, `dev fault add`, `list`, `clear`.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { renderFaults } from "../../src/devserver/behaviour/faults/table.ts";
import type { Ready } from "../../src/devserver/command/ready-file.ts";
import { Output, runBinary, start } from "../support/binary.ts";
import { temporaryDirectory } from "../support/certs.ts";
import { BINARY } from "../support/controller.ts";
import { ended } from "../support/children.ts";
import { send } from "../support/devserver.ts";

describe("dev", () => {
  test("prints itself, in the line to paste, by the path that it was called by", async () => {
    const dev = start(BINARY, ["dev", "--port=0"]);
    const over = ended(dev);
    const [, program = ""] = await new Output(dev).until(/^ {2}(\S+) --token-file=[^]*Stop with Ctrl-C/m);
    dev.kill();
    await over;
    assert.equal(program, BINARY);
  });
});

describe("dev fault", () => {
  test("breaks a running server, tells what is broken, and mends it", async () => {
    await using directory = await temporaryDirectory();
    const readyFile = `${directory.path}/ready.json`;
    const dev = start(BINARY, ["dev", "--port=0", `--ready-file=${readyFile}`, `--state-dir=${directory.path}`, "--fault=lose,count=1", "--fault-seed=9"]);
    const over = ended(dev);
    try {
      const output = new Output(dev);
      await output.until(/Stop with Ctrl-C/);
      assert.match(output.text, /^ {2}faults {4}lose,count=1 \(seed 9\)$/m);
      const ready = JSON.parse(await readFile(readyFile, "utf8")) as Ready;
      const { host } = new URL(ready.adminUrl ?? "");
      const order = async (...argv: string[]) => {
        const { code, stdout, stderr } = await runBinary(["dev", "fault", ...argv], { env: { JOB_CONTROLLER_ADMIN_ADDRESS: host } });
        return [code, stdout, stderr];
      };
      const ask = async () => {
        const ca = await readFile(ready.files.ca, "utf8");
        return (await send("GET", `${ready.apiUrl}/livez`, undefined, { tls: { ca } })).status;
      };
      assert.deepEqual(await order("add", "status:503,path=livez"), [0, "fault 2 added: status:503,path=livez\n", ""]);
      assert.equal(await ask(), 503);
      assert.deepEqual(await order("list"), [0, "ID  HITS  FAULT\n1   0     lose,count=1\n2   1     status:503,path=livez\nseed 9\n", ""]);
      assert.deepEqual(await order("add", "stauts:503"), [
        2, "", 'Error: Cannot use fault "stauts:503": there is no "stauts"; did you mean "status"? dev --list-faults shows them\n',
      ]);
      assert.deepEqual(await order("clear", "7"), [2, "", 'Error: Cannot clear fault "7": there is none of that id; dev fault list (GET /faults) shows them\n']);
      assert.deepEqual(await order("clear"), [0, "2 faults cleared\n", ""]);
      assert.equal(await ask(), 200);
      dev.kill("SIGTERM");
      assert.equal((await over).code, 0);
      const [code, stdout, stderr] = await order("list");
      assert.deepEqual([code, stdout], [7, ""]);
      assert.match(String(stderr), /^Error: Cannot connect to localhost:\d+: connection refused/);
    } finally {
      if (dev.exitCode === null && dev.kill("SIGKILL")) await once(dev, "close");
    }
  });

  test("a fault that is none keeps the server from starting", async () => {
    const { code, stdout, stderr } = await runBinary(["dev", "--port=0", "--fault=cut:rts"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(stderr, 'Error: Cannot use fault "cut:rts": expected how to be fin, rst, end or mid-line, not "rts"\n');
  });

  test("--list-faults prints the table and serves nothing", async () => {
    const { code, stdout, stderr } = await runBinary(["dev", "--list-faults"]);
    assert.deepEqual([code, stdout, stderr], [0, `${renderFaults().join("\n")}\n`, ""]);
  });
});
