// The program's own Api for a dev server: token exchange, transport and all; closed by disposal.

import { readFile } from "node:fs/promises";
import { uncounted } from "../../src/base/counts.ts";
import { Redactor } from "../../src/base/secret.ts";
import { apiOf, connect } from "../../src/connect.ts";
import type { Api } from "../../src/kube/api.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { runOf } from "./command-line.ts";
import type { TestDevserver } from "./devserver.ts";
import { MemoryLog } from "./memory-log.ts";

const host = await detectHost();

/** `dev` must have a state directory. */
export async function openApi(dev: TestDevserver): Promise<Api & Disposable> {
  const config = runOf([
    `--provisioning-server-url=${dev.apiUrl}`,
    `--tls-ca-file=${dev.files?.ca}`,
    "--token=ProvisioningAdminToken",
    `--token-exchange-url=${dev.exchangeUrl}`,
  ]);
  const connection = await connect(config, {
    host,
    clock: systemClock,
    random: Math.random,
    log: new MemoryLog(),
    redactor: new Redactor(),
    readText: (path) => readFile(path, "utf8"),
    env: {},
    count: uncounted,
  });
  return Object.assign(apiOf(config, connection, systemClock), { [Symbol.dispose]: () => connection.close() });
}
