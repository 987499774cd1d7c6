// `dev seed` against a server that runs, as the command does it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError } from "../../../src/base/errors.ts";
import { COMMANDS } from "../../../src/cli/flags.ts";
import { orderSeed } from "../../../src/devserver/command/seed.ts";
import { parseSeed } from "../../../src/devserver/plays/seed-spec.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { send, startDevserver } from "../../support/devserver.ts";

const never = new AbortController().signal;

describe("dev seed", () => {
  test("fills a running server, and says with how much", async () => {
    await using server = await startDevserver({ repositories: [], adminAddress: "127.0.0.1:0" });
    const numbers = { jobs: "30", historic: "1", repositories: "2" };
    const said = await orderSeed({ adminUrl: server.adminUrl ?? "", numbers }, fetch, systemClock, never);
    assert.match(said, /^2 repositories, 30 jobs, 1 historic job added in \d+\.\ds$/);
    const [jobs, history] = await Promise.all(["jobs", "historicjobs"].map((resource) => server.call("GET", resource)));
    assert.deepEqual([jobs?.json.items?.length, history?.json.items?.length], [30, 1]);
  });

  test("is seen by a watch", async () => {
    await using server = await startDevserver({ repositories: [], adminAddress: "127.0.0.1:0" });
    const watch = await server.watch("jobs");
    await orderSeed({ adminUrl: server.adminUrl ?? "", numbers: { jobs: "3" } }, fetch, systemClock, never);
    for (let count = 0; count < 3; count++) assert.equal((await watch.next())?.type, "ADDED");
  });

  test("lets others have their turn meanwhile", async () => {
    await using server = await startDevserver({ repositories: [], adminAddress: "127.0.0.1:0" });
    let filled = false;
    const filling = orderSeed({ adminUrl: server.adminUrl ?? "", numbers: { historic: "20000" } }, fetch, systemClock, never).finally(() => (filled = true));
    let answers = 0;
    for (; !filled; answers++) assert.equal((await server.call("GET", "jobs?limit=1")).status, 200);
    await filling;
    assert.ok(answers > 3, String(answers));
    assert.equal(server.store.count("historicjobs"), 20_000);
  });

  test("is refused with the rule, before and by the server", async () => {
    await using server = await startDevserver({ adminAddress: "127.0.0.1:0" });
    const message = 'Cannot seed jobs "many": expected a whole number from 0 to 500000';
    const refused = (error: unknown) => error instanceof ConfigError && error.message === message;
    await assert.rejects(orderSeed({ adminUrl: "http://127.0.0.1:1", numbers: { jobs: "many" } }, fetch, systemClock, never), refused);
    const type = { "content-type": "application/json" };
    const reply = await send("POST", `${server.adminUrl}/seed`, '{"jobs":"many"}', { headers: type });
    assert.deepEqual([reply.status, JSON.parse(reply.text)], [400, { error: message }]);
  });

  test("has the same numbers and defaults on the command line as in the server", () => {
    const flags = COMMANDS["dev seed"].flags.filter(({ name }) => name !== "admin-address");
    const given = Object.fromEntries(flags.map((flag) => [flag.name, flag.default]));
    assert.deepEqual(parseSeed({ ...given, jobs: "1" }), parseSeed({ jobs: 1 }));
    assert.throws(() => parseSeed({ quux: 1 }), { message: `Cannot seed "quux": expected one of ${flags.map(({ name }) => name).join(", ")}` });
  });
});
