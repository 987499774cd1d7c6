// The original's README from end to end with the compiled program in both parts: `dev` at its defaults, and the
// controller started word for word.

import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Directory, temporaryDirectory } from "../support/certs.ts";
import { Output, start } from "../support/binary.ts";
import { BINARY } from "../support/controller.ts";
import { CONTROLLER_COMMANDS, JOB_COMMAND, NOTIFICATION_LINE, shell, TLS_COMMANDS, TOKEN_COMMAND } from "../support/original-readme.ts";

describe("the original's README", () => {
  let directory: Directory;
  let dev: ReturnType<typeof start>;
  before(async () => {
    directory = await temporaryDirectory();
    await mkdir(join(directory.path, "bin"));
    await symlink(BINARY, join(directory.path, "bin/job-controller"));
    dev = start(BINARY, ["dev", "--state-dir=certs", "--simulate=duration:0"], { cwd: directory.path });
    await new Output(dev).until(/Stop with Ctrl-C/);
  });
  after(async () => {
    dev.kill();
    await directory[Symbol.asyncDispose]();
  });

  // What stands for the reader's own server and files there is ours here.
  const certs = { "provisioning.example.com": "localhost", "/path/to/ca-cert.pem": "certs/ca.pem", "/path/to/client-cert.pem": "certs/client.pem", "/path/to/client-key.pem": "certs/client-key.pem" };
  const replaced = TLS_COMMANDS.map((command) => Object.entries(certs).reduce((text, [from, to]) => text.replace(from, to), command));

  for (const command of [...CONTROLLER_COMMANDS, ...replaced]) {
    test(`${command.replace(/\s*\\\n\s*/g, " ")} tells of the job that curl creates`, async () => {
      const controller = start("sh", ["-c", `exec ${command}`], { cwd: directory.path });
      const output = new Output(controller);
      await output.until(/"msg":"jobs controller started"/);
      const { metadata } = JSON.parse(await shell(TOKEN_COMMAND + JOB_COMMAND)) as { metadata: { uid: string } };
      const [line] = await output.until(new RegExp(`^.*"uid":"${metadata.uid}".*$`, "m"));
      assert.match(line, /^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)",/);
      assert.ok(line.includes(NOTIFICATION_LINE), line);
      controller.kill("SIGINT");
      await output.until(/"msg":"Received shutdown signal, stopping controllers"/);
    });
  }
});
