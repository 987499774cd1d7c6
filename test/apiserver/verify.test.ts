// `verify` on a real API server: whole, behind proxies with flaws, over storage that stops, and without rights.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { bindingOf, RBAC } from "../../scripts/apiserver-roles.ts";
import { API, type ClientCertificate } from "../../scripts/apiserver.ts";
import { eventually, RealServer } from "../support/apiserver.ts";
import { runBinary } from "../support/binary.ts";
import { type Flaw, openGateway } from "../support/gateway.ts";

interface Written {
  exitCode: number;
  reason: string;
  summary: Record<string, number | string>;
  checks: { id: string; verdict: string; seen: string }[];
}

let server: RealServer;
let runs = 0;
before(async () => {
  server = await RealServer.start();
  // What custom resources look like is told a while after they are served.
  await eventually("OpenAPI has the group", async () => JSON.stringify((await server.api.request("GET", "/openapi/v3")).body).includes(API.slice(1)));
});
afterEach(() => server.reset());
after(() => server.stop());

/** A kubeconfig for this server or one before it. */
async function kubeconfig({ url = server.api.url, ca, user = server.api.admin }: { url?: string; ca?: string; user?: ClientCertificate } = {}): Promise<string> {
  const path = join(server.api.directory, `verify-${++runs}.kubeconfig`);
  const trust = ca === undefined ? { "certificate-authority": server.api.caFile } : { "certificate-authority-data": Buffer.from(ca).toString("base64") };
  await writeFile(path, JSON.stringify({
    apiVersion: "v1", kind: "Config", "current-context": "c", contexts: [{ name: "c", context: { cluster: "s", user: "u" } }],
    clusters: [{ name: "s", cluster: { server: url, ...trust } }],
    users: [{ name: "u", user: { "client-certificate": user.certFile, "client-key": user.keyFile } }],
  }));
  return path;
}

/** How it ends, what it prints, and the verdicts of its report by id. */
async function verified(config: string, ...flags: string[]) {
  const file = `${config}.json`;
  const { code, stdout, stderr } = await runBinary(["verify", `--kubeconfig=${config}`, `--report=json=${file}`, ...flags]);
  const report = JSON.parse(await readFile(file, "utf8").catch(() => "null")) as Written | null;
  const checks = report?.checks ?? [];
  return { code, stdout, stderr, checks, ids: (verdict: string) => checks.filter((check) => check.verdict === verdict).map(({ id }) => id) };
}

async function behind(flaw: Flaw, ...flags: string[]) {
  await using gateway = await openGateway(server.api, flaw);
  return await verified(await kubeconfig(gateway), ...flags);
}

/** What a failure looks like to a person. */
function told(stdout: string, id: string): string {
  return new RegExp(`^FAIL ${id} [^]*?(?=\\n\\n)`, "m").exec(stdout)?.[0] ?? "";
}

async function names(): Promise<string[]> {
  return [...(await server.names("jobs")), ...(await server.names("historicjobs"))];
}

describe("verify, on a real API server", () => {
  test("finds that what holds for Kubernetes holds, skips what is Grafana's own and says so, and leaves nothing behind", async () => {
    const { code, stdout, stderr, checks, ids } = await verified(await kubeconfig());
    assert.deepEqual([code, stderr, ids("fail"), ids("error")], [0, "", [], []], stdout);
    assert.match(stdout, /^Yes: all of \d+ checks hold \(\d+ skipped\)\n/);
    assert.ok(ids("pass").length >= 85, stdout);
    const reasons = new Set(checks.filter(({ verdict }) => verdict === "skip").map(({ seen }) => seen));
    assert.deepEqual([...reasons].sort(), [
      "no --lesser-token-file was given",
      "no token exchange was given",
      "this is Grafana's own behaviour, and the server is a plain Kubernetes API server",
    ]);
    assert.deepEqual(await names(), []);
  });

  test("holds through a proxy without a flaw", async () => {
    const { code, stdout, ids } = await behind({}, "--skip=TLS-004,RIGHTS");
    assert.deepEqual([code, ids("fail"), ids("error")], [0, [], []], stdout);
  });

  test("finds out a proxy that lets in whoever calls", async () => {
    const { code, ids, stdout } = await behind({}, "--focus=RIGHTS,TLS-004");
    assert.equal(code, 1);
    assert.deepEqual(ids("fail"), ["TLS-004", "RIGHTS-001", "RIGHTS-002", "RIGHTS-003", "RIGHTS-004"]);
    assert.match(told(stdout, "RIGHTS-001"), /do: .*take the server off the network/);
  });

  test("finds out a proxy that strips Date", async () => {
    const { code, stdout, ids } = await behind({ strips: "date" }, "--focus=CLOCK,LIST,DISCOVERY");
    assert.equal(code, 1);
    assert.deepEqual([ids("fail"), ids("error")], [["CLOCK-001"], []], stdout);
    assert.match(told(stdout, "CLOCK-001"), /Date/);
  });

  test("finds out a proxy that buffers", async () => {
    const { code, stdout, ids } = await behind({ buffers: true }, "--focus=WATCH-001,WATCH-002,WATCH-003,LIST,WRITE");
    assert.equal(code, 1);
    assert.deepEqual([ids("fail"), ids("error")], [["WATCH-001", "WATCH-002", "WATCH-003"], []], stdout);
    assert.match(told(stdout, "WATCH-001"), /seen: .*no event of its own came within 10000 ms\n.*\n.*do: .*buffers/);
    assert.match(stdout, /^ {2}run: limited, notifications can be as late as --resync-interval, 60s by default/m);
  });

  test("finds out a proxy that cuts watches", async () => {
    const { code, stdout, ids } = await behind({ cutsAfterMs: 2_000 }, "--focus=WATCH-013,WATCH-001");
    assert.equal(code, 1);
    assert.deepEqual([ids("fail"), ids("pass")], [["WATCH-013"], ["WATCH-001"]], stdout);
  });

  test("finds out a proxy that answers 502 to some requests, with its words", async () => {
    const { code, stdout, ids } = await behind({ fails: 20 }, "--focus=LIST,WRITE");
    assert.equal(code, 1);
    assert.ok(ids("fail").length > 0, stdout);
    assert.match(stdout, /seen: .*502/);
    assert.deepEqual(await names(), []);
  });

  test("ends with 1 and the answer where a proxy answers nothing but 502", async () => {
    const { code, stdout, stderr } = await behind({ fails: 1 });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^Error: Cannot verify the server: GET \/apis\/provisioning\.grafana\.app\/\S+ was answered with 502/);
  });

  test("is cut short where the storage stops, says what may be left behind, and the next run passes", async () => {
    const config = await kubeconfig();
    const running = verified(config, "--timeout=2s", "--focus=WRITE,LEASE,WATCH,LIST");
    await eventually("a job of the run is there", async () => (await names()).some((name) => name.startsWith("verify-")));
    const thaw = server.api.freezeEtcd();
    const { code, stdout, ids } = await running.finally(thaw);
    assert.equal(code, 124, stdout);
    assert.match(stdout, /^The run was cut short: --timeout 2s is over$/m);
    assert.ok(ids("error").length > 0, stdout);
    assert.match(stdout, /^Left behind, delete it by hand:\n( {2}.*verify-.*\n)+/m);
    await eventually("the server answers again", async () => (await server.api.request("GET", "/readyz")).status === 200);
    const again = await verified(config, "--focus=WRITE");
    assert.deepEqual([again.code, again.ids("fail"), again.ids("error")], [0, [], []], again.stdout);
  });

  test("ends with 3 and names the right for a certificate without any", async () => {
    const user = await server.api.issue("nobody", "none");
    const { code, stdout, stderr } = await verified(await kubeconfig({ user }));
    assert.deepEqual([code, stdout], [3, ""]);
    assert.match(stderr, /was answered with 403: jobs\.provisioning\.grafana\.app is forbidden: User "nobody" cannot list resource "jobs"/);
  });

  test("skips what a certificate that may only read cannot try, and says why", async () => {
    const role = { metadata: { name: "readers" }, rules: [{ apiGroups: ["provisioning.grafana.app"], resources: ["jobs", "historicjobs"], verbs: ["get", "list", "watch"] }] };
    for (const [kind, object] of [["clusterroles", role], ["clusterrolebindings", bindingOf("readers", "readers")]] as const) {
      assert.equal((await server.api.request("POST", `${RBAC}/${kind}`, object)).status, 201);
    }
    const user = await server.api.issue("reader", "readers");
    const config = await kubeconfig({ user });
    await eventually("the right is there", async () => {
      const { code } = await verified(config, "--focus=LIST-010");
      return code === 0;
    });
    const { checks, ids, stdout } = await verified(config, "--focus=WRITE");
    assert.deepEqual([ids("fail"), ids("error"), ids("pass")], [[], [], []], stdout);
    assert.ok(checks.every(({ seen }) => seen === "the credential may not create jobs"), stdout);
    assert.match(stdout, /^Not known: nothing was checked/);
    const smoke = await verified(config, "--profile=smoke");
    assert.deepEqual([smoke.code, smoke.ids("fail"), smoke.ids("error")], [0, [], []], smoke.stdout);
    assert.equal((await server.api.request("GET", `${API}/jobs`)).body.items?.length, 0);
  });
});
