// deploy/kustomize and the README's lines about it, on a real API server, and read by the program.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseConfig } from "../../src/cli/commands.ts";
import type { RunConfig } from "../../src/cli/config.ts";
import { Cluster } from "./cluster.ts";
import { type Manifest, podOf, secretsOf, type Start, startOf, the } from "./manifests.ts";
import { changedBase, KUSTOMIZE, overlay } from "./overlays.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SECTION = /^## Kubernetes$([^]*?)^## /m.exec(readFileSync(join(ROOT, "README.md"), "utf8"))?.[1] ?? "";
const [OWN, SCRIPT] = [...SECTION.matchAll(/^```(?:yaml|sh no-run)\n([^]*?)^```$/gm)].map(([, text = ""]) => text) as [string, string];
const SERVER = "https://provisioning.example.com:6446";
const SERVERS: Record<string, string> = {
  JOB_CONTROLLER_PROVISIONING_SERVER_URL: SERVER,
  JOB_CONTROLLER_TOKEN_EXCHANGE_URL: "https://auth.example.com/sign/access-token",
};
const WORKER = "pull=exec:/work/pull --all";
const WORKING = { ...SERVERS, JOB_CONTROLLER_WORKER: WORKER };

let cluster: Cluster;
before(async () => {
  cluster = await Cluster.start();
}, { timeout: 60_000 });
after(() => cluster[Symbol.asyncDispose]());

/** An overlay in a new folder. */
const upon = async (resource: string, components: string[] = [], literals = SERVERS) => overlay(await cluster.folder(), resource, literals, components);
const changed = async (text: string, other: string) => changedBase(await cluster.folder(), "base/deployment.yaml", text, other);

/** What the program makes of it. @throws UsageError */
const configOf = ({ args, env }: Start) => parseConfig(args, env) as RunConfig;

const SECRETS = {
  base: ["job-controller/token"],
  mtls: ["job-controller/token", "job-controller-tls/ca.crt", "job-controller-tls/tls.crt", "job-controller-tls/tls.key"],
};
const KINDS: { name: string; folder: () => Promise<string>; secrets: string[]; workers: string[] }[] = [
  { name: "base", folder: () => upon("base"), secrets: SECRETS.base, workers: [] },
  { name: "overlays/mtls", folder: () => upon("overlays/mtls"), secrets: SECRETS.mtls, workers: [] },
  { name: "base with components/driver", folder: () => upon("base", ["components/driver"], WORKING), secrets: SECRETS.base, workers: [WORKER] },
];

for (const { name, folder, secrets, workers } of KINDS) {
  describe(`deploy/kustomize/${name}`, () => {
    let manifests: Manifest[];
    let begun: Start;

    test("is accepted by a strict dry run on the server, without a warning", async () => {
      const { code, stderr, manifests: accepted } = await cluster.dryRun(await folder());
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      manifests = accepted;
      begun = startOf(manifests);
    });
    test("makes a pod that the profile restricted admits", async () => {
      const { status, body } = await cluster.wouldCreate("pods", podOf(manifests));
      assert.equal(status, 201, JSON.stringify(body));
    });
    test("has arguments and variables that the program takes", () => {
      const config = configOf(begun);
      assert.equal(config.server, SERVER);
      assert.equal(config.tls.insecure, false);
      assert.deepEqual(config.drive.workers, workers);
    });
    test("reads files that its Secrets hold", () => assert.deepEqual(secretsOf(begun), secrets));
    test("is probed where the program listens, on pages that it has", () => {
      const { ports: [port], livenessProbe, readinessProbe } = begun.container;
      assert.deepEqual(configOf(begun).healthAddress, { host: "", port: port?.containerPort });
      assert.deepEqual([livenessProbe.httpGet, readinessProbe.httpGet].map((get) => [get.path, get.port]), [["/livez", port?.name], ["/readyz", port?.name]]);
    });
    test("leaves the program the time that it takes to end", () => {
      const needed = configOf(begun).shutdownTimeoutMs / 1000 + (workers.length > 0 ? 20 : 0);
      assert.ok(begun.pod.terminationGracePeriodSeconds > needed, `${begun.pod.terminationGracePeriodSeconds} s, ${needed} needed`);
    });
    test("is of the version of package.json, and asks nothing of the cluster", () => {
      const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
      assert.equal(begun.container.image, `job-controller:${version}`);
      assert.deepEqual([begun.pod.automountServiceAccountToken, the("ServiceAccount", manifests).automountServiceAccountToken], [false, false]);
      assert.deepEqual(manifests.map(({ kind }) => kind).sort(), ["ConfigMap", "Deployment", "ServiceAccount"]);
    });
    test("labels all that it makes", () => {
      for (const { metadata } of manifests) assert.equal(metadata.labels?.["app.kubernetes.io/name"], "job-controller");
    });
  });
}

describe("a manifest that is wrong", () => {
  test("is refused for a misspelt field", async () => {
    const { code, stderr } = await cluster.dryRun(await changed("readOnlyRootFilesystem", "readOnlyRootFileSystem"));
    assert.equal(code, 1);
    assert.match(stderr, /strict decoding error: unknown field "spec\.template\.spec\.containers\[0\]\.securityContext\.readOnlyRootFileSystem"/);
  });
  test("is warned of, and its pod refused, where it leaves the profile restricted", async () => {
    const { code, stderr, manifests } = await cluster.dryRun(await changed("allowPrivilegeEscalation: false", ""));
    assert.equal(code, 0);
    assert.match(stderr, /^Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false/);
    const { status, body } = await cluster.wouldCreate("pods", podOf(manifests));
    assert.equal(status, 403);
    assert.match(body.message ?? "", /violates PodSecurity/);
  });
  test("is refused by the program for a misspelt flag or variable, and for a missing server", async () => {
    const { manifests } = await cluster.dryRun(await changed("--token-file", "--token-fiel"));
    assert.throws(() => configOf(startOf(manifests)), /Unknown flag --token-fiel: did you mean --token-file\?/);
    const misspelt = await cluster.dryRun(await upon("base", [], { ...SERVERS, JOB_CONTROLLER_HISTORY_EXPIRATON: "24h" }));
    assert.throws(() => configOf(startOf(misspelt.manifests)), /did you mean JOB_CONTROLLER_HISTORY_EXPIRATION\?/);
    const bare = await cluster.dryRun(join(KUSTOMIZE, "base"));
    assert.throws(() => configOf(startOf(bare.manifests)), /Missing --token-exchange-url/);
  });
});

describe("the lines of the README", () => {
  test("apply, in order, and leave a Deployment with all that its pod needs", async () => {
    const folder = await cluster.folder({ "kustomization.yaml": OWN, token: "t", "ca.crt": "c", "tls.crt": "d", "tls.key": "k" });
    await symlink(ROOT, join(folder, "job-controller"));
    const { code, stderr, stdout } = await cluster.shell(SCRIPT, folder);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^deployment\.apps\/job-controller created$/m);

    const at = "namespaces/job-controller";
    const deployment = { ...await cluster.read(`/apis/apps/v1/${at}/deployments/job-controller`), kind: "Deployment" };
    const name = deployment.spec?.template.spec.containers[0]?.envFrom[0]?.configMapRef.name;
    const begun = startOf([deployment, { ...await cluster.read(`/api/v1/${at}/configmaps/${name}`), kind: "ConfigMap" }]);
    assert.equal(begun.container.image, `registry.example.com/job-controller:${begun.container.image.split(":")[1]}`);
    assert.equal(configOf(begun).historyExpirationMs, 24 * 3_600_000);
    for (const secret of secretsOf(begun)) {
      const [held = "", key = ""] = secret?.split("/") ?? [];
      assert.ok((await cluster.read(`/api/v1/${at}/secrets/${held}`)).data?.[key], `${secret}`);
    }
    const { status, body } = await cluster.wouldCreate("pods", podOf([deployment]), "job-controller");
    assert.equal(status, 201, JSON.stringify(body));
  });
});
