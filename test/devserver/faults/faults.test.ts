import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { ConfigError } from "../../../src/base/errors.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { temporaryDirectory } from "../../support/certs.ts";
import { type Lines, send, startDevserver, type TestDevserver } from "../../support/devserver.ts";
import { addJobs } from "./wire.ts";

/** Waits are recorded and end when the test says so. */
class HeldClock implements Clock {
  readonly waits: { ms: number; end: () => void }[] = [];
  now = () => systemClock.now();
  monotonic = () => systemClock.monotonic();
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waits.push({ ms, end: resolve });
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
  }
  /** Ends the waits of that length. */
  async end(ms: number): Promise<void> {
    for (const wait of this.waits.filter((one) => one.ms === ms)) wait.end();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const statusOf = async (server: TestDevserver, query = "") => (await server.call("GET", `jobs${query}`)).status;
const nameOf = async (lines: Lines) => (await lines.next())?.object.metadata.name;

describe("Devserver.faults", () => {
  test("come and go while it runs; the list says which, and how often each struck", async () => {
    await using server = await startDevserver({ faults: ["status:503,verb=list"], faultSeed: 3 });
    assert.equal(server.faults.seed, 3);
    assert.equal(await statusOf(server), 503);
    assert.deepEqual(await server.faults.add("status:418,verb=get"), { id: "2", fault: "status:418,verb=get", hits: 0 });
    assert.equal(await statusOf(server), 503);
    assert.equal((await server.call("GET", "namespaces/default/repositories/test6")).status, 418);
    assert.deepEqual(server.faults.list(), [
      { id: "1", fault: "status:503,verb=list", hits: 2 },
      { id: "2", fault: "status:418,verb=get", hits: 1 },
    ]);
    assert.equal(await server.faults.clear("1"), 1);
    assert.equal(await server.faults.clear("1"), 0);
    assert.equal(await statusOf(server), 200);
    assert.equal((await server.faults.add("lose")).id, "3");
    assert.equal(await server.faults.clear(), 2);
    assert.deepEqual(server.faults.list(), []);
  });

  test("are refused, at the start and later, without harm", async () => {
    await assert.rejects(startDevserver({ faults: ["lose", "ct:rst"] }), (error) => error instanceof ConfigError && /there is no "ct"/.test(error.message));
    await using server = await startDevserver();
    await assert.rejects(server.faults.add("cut:lins=3"), ConfigError);
    await assert.rejects(server.faults.add("set:page-siz=3"), { message: /^Cannot use setting "page-siz=3": there is no "page-siz"; did you mean "page-size"\?/ });
    await assert.rejects(server.faults.add("set:versions=counter"), {
      message: 'Cannot set "versions" while the server runs: expected it from the start, as --set versions=counter',
    });
    assert.deepEqual(server.faults.list(), []);
    assert.equal(await statusOf(server), 200);
  });

  test("step into watches that are open already, and out of them", async () => {
    await using server = await startDevserver();
    const lines = await server.watch("jobs");
    await server.watching(1);
    await server.faults.add("lose");
    addJobs(server, "j1");
    await server.faults.clear();
    addJobs(server, "j2");
    await server.faults.add("double,resource=repositories");
    addJobs(server, "j3");
    await server.faults.add("gone:event");
    assert.deepEqual([await nameOf(lines), await nameOf(lines), (await lines.next())?.type, await lines.next()], ["j2", "j3", "ERROR", undefined]);
  });

  test("end by themselves after their time", async () => {
    const clock = new HeldClock();
    await using server = await startDevserver({ clock, faults: ["status:503,for=7s"] });
    assert.equal(await statusOf(server), 503);
    await clock.end(7_000);
    assert.deepEqual(server.faults.list(), []);
    assert.equal(await statusOf(server), 200);
  });

  test("of the server as a whole begin after their time", async () => {
    const clock = new HeldClock();
    await using server = await startDevserver({ clock, faults: ["set:page-size=1,after=7s"] });
    addJobs(server, "j1", "j2");
    const listed = async () => (await server.call("GET", "jobs")).json.items?.length;
    assert.equal(await listed(), 2);
    await clock.end(7_000);
    assert.equal(await listed(), 1);
    await server.faults.clear();
    assert.equal(await listed(), 2);
  });

  test("set behaviours in layers: the last one counts, and each is undone alone", async () => {
    await using server = await startDevserver({ settings: ["page-size=4"] });
    addJobs(server, "j1", "j2", "j3", "j4", "j5");
    const listed = async () => (await server.call("GET", "jobs")).json.items?.length;
    await server.faults.add("set:page-size=1");
    await server.faults.add("set:page-size=2");
    assert.equal(await listed(), 2);
    await server.faults.clear("1");
    assert.equal(await listed(), 2);
    await server.faults.clear("2");
    assert.equal(await listed(), 4);
  });

  test("that stopped the exchange let it listen again, on the same port", async () => {
    await using server = await startDevserver({ faults: ["exchange-down"] });
    const ask = () => send("GET", server.exchangeUrl).then(({ status }) => status, (error: { code: string }) => error.code);
    assert.equal(await ask(), "ECONNREFUSED");
    await server.faults.clear();
    assert.equal(await ask(), 405);
    await server.faults.add("exchange-down");
    assert.equal(await ask(), "ECONNREFUSED");
    await server.close();
    assert.equal(await ask(), "ECONNREFUSED");
  });

  test("that lose the history lose the simulation's, too", async () => {
    await using server = await startDevserver({ simulate: "duration:1ms", faults: ["history-lost,count=1"] });
    const done = new Promise<void>((resolve) => {
      let left = 2;
      server.store.onChange(({ type, resource }) => {
        if (resource === "jobs" && type === "DELETED" && --left === 0) resolve();
      });
    });
    addJobs(server, "j1", "j2");
    await done;
    assert.equal(server.store.count("historicjobs"), 1);
  });

  test("that rotate the CA renew the clients' files, and put them back", async () => {
    await using directory = await temporaryDirectory();
    await using server = await startDevserver({ stateDir: directory.path });
    const { ca } = server.certificates;
    const file = async () => readFile(`${directory.path}/ca.pem`, "utf8");
    const meet = async (pem: string) =>
      send("GET", `${server.apiUrl}/livez`, undefined, { tls: { ca: pem, cert: server.certificates.client.cert, key: server.certificates.client.key } })
        .then(({ status }) => status, () => "refused");
    assert.equal(await file(), ca);
    await server.faults.add("certificate-rotated:ca");
    assert.notEqual(await file(), ca);
    assert.deepEqual([await meet(ca), await meet(await file())], ["refused", 200]);
    await server.faults.clear();
    assert.equal(await file(), ca);
    assert.deepEqual([await meet(ca), await meet(await file())], [200, 200]);
    await server.faults.add("certificate-rotated:ca,files=off");
    assert.equal(await file(), ca);
  });

  test("that rotate a certificate break open connections, unless told not to", async () => {
    await using server = await startDevserver();
    const kept = await server.watch("jobs");
    await server.watching(1);
    await server.faults.add("certificate-rotated:leaf,cut=off");
    addJobs(server, "j1");
    assert.equal(await nameOf(kept), "j1");
    await server.faults.add("certificate-rotated:leaf");
    await assert.rejects(kept.next());
  });

  test("stand in the access log of the calls they took part in", async () => {
    const log: string[] = [];
    await using server = await startDevserver({ logRequests: true, write: (line) => log.push(line), faults: ["status:503,count=1", "ignore:query.limit"] });
    await statusOf(server, "?limit=1");
    await statusOf(server, "?limit=1");
    await statusOf(server);
    const took = log.map((line) => /^api GET \S+ (\d+) .*?(?:faults=(\S+))?$/.exec(line)?.slice(1));
    assert.deepEqual(took, [["503", "status:503,count=1"], ["200", "ignore:query.limit"], ["200", undefined]]);
  });

  test("leave what a test records of requests as the client sent it", async () => {
    await using server = await startDevserver({ faults: ["ignore:query.limit", "ignore:header.user-agent"] });
    await server.call("GET", "jobs?limit=1", undefined, { headers: { "user-agent": "x" } });
    assert.equal(server.requests[0]?.query.get("limit"), "1");
    assert.equal(server.requests[0]?.headers["user-agent"], "x");
  });
});

describe("a run with the same seed", () => {
  async function run(faultSeed: number): Promise<string> {
    await using server = await startDevserver({ faultSeed, faults: ["status:503,share=30%,verb=list", "lose,share=40%", "double,share=40%"] });
    const statuses: number[] = [];
    for (let index = 0; index < 20; index++) statuses.push(await statusOf(server));
    const lines = await server.watch("jobs");
    const names = Array.from({ length: 20 }, (_, index) => `j${index}`);
    addJobs(server, ...names);
    await server.faults.clear();
    addJobs(server, "last");
    const seen: string[] = [];
    while (seen.at(-1) !== "last") seen.push(String(await nameOf(lines)));
    lines.close();
    return `${statuses.join()} ${seen.join()}`;
  }

  test("meets the same faults, with another seed others", async () => {
    const first = await run(5);
    assert.equal(await run(5), first);
    assert.notEqual(await run(6), first);
    assert.match(first, /503/);
  });

  test("throws other dice for each of its faults", async () => {
    await using server = await startDevserver({ faultSeed: 9, faults: ["answer-header:a=1,share=50%", "answer-header:b=1,share=50%"] });
    const seen = [];
    for (let index = 0; index < 20; index++) {
      const { a, b } = (await server.call("GET", "jobs")).headers as Record<string, string | undefined>;
      seen.push(a === b);
    }
    assert.ok(seen.includes(true) && seen.includes(false));
  });

  test("draws for each fault alone: one more changes nothing for the others", async () => {
    const statuses = async (...more: string[]) => {
      await using server = await startDevserver({ faultSeed: 9, faults: ["status:503,share=50%,verb=list", ...more] });
      const seen: number[] = [];
      for (let index = 0; index < 20; index++) seen.push(await statusOf(server));
      return seen.join();
    };
    assert.equal(await statuses("answer-header:x=1,share=50%"), await statuses());
  });
});
