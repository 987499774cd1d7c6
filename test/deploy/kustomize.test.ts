// deploy/kustomize and the README's lines about it, on a real API server; what a pod would run, run here.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { closedPort } from "../../scripts/ports.ts";
import { parseConfig } from "../../src/cli/commands.ts";
import type { RunConfig } from "../../src/cli/config.ts";
import { eventually } from "../support/apiserver.ts";
import { Site } from "../support/binary.ts";
import type { Controller } from "../support/controller.ts";
import { Cluster } from "./cluster.ts";
import { bytesOf, type Manifest, podOf, secretsOf, type Start, startOf, the } from "./manifests.ts";
import { writeVolume } from "./secret-volume.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const KUSTOMIZE = join(ROOT, "deploy/kustomize");
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

/** A folder with a kustomization of our own upon parts of deploy/kustomize. */
async function overlay(resource: string, components: string[] = [], literals = SERVERS): Promise<string> {
  const folder = await cluster.folder();
  const lines = Object.entries(literals).map(([name, value]) => `${name}=${value}`);
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify({
    resources: [relative(folder, join(KUSTOMIZE, resource))],
    components: components.map((name) => relative(folder, join(KUSTOMIZE, name))),
    configMapGenerator: [{ name: "job-controller", behavior: "merge", literals: lines }],
  }));
  return folder;
}

/** A copy of deploy/kustomize whose base differs in one text. */
async function changed(file: string, text: string, other: string): Promise<string> {
  const copy = join(await cluster.folder(), "kustomize");
  await cp(KUSTOMIZE, copy, { recursive: true });
  const before = await readFile(join(copy, file), "utf8");
  assert.ok(before.includes(text));
  await writeFile(join(copy, file), before.replace(text, other));
  return join(copy, "base");
}

/** What the program makes of it. @throws UsageError */
const configOf = ({ args, env }: Start) => parseConfig(args, env) as RunConfig;

const SECRETS = {
  base: ["job-controller/token"],
  mtls: ["job-controller/token", "job-controller-tls/ca.crt", "job-controller-tls/tls.crt", "job-controller-tls/tls.key"],
};
const KINDS: { name: string; folder: () => Promise<string>; secrets: string[]; workers: string[] }[] = [
  { name: "base", folder: () => overlay("base"), secrets: SECRETS.base, workers: [] },
  { name: "overlays/mtls", folder: () => overlay("overlays/mtls"), secrets: SECRETS.mtls, workers: [] },
  { name: "base with components/driver", folder: () => overlay("base", ["components/driver"], WORKING), secrets: SECRETS.base, workers: [WORKER] },
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
    const { code, stderr } = await cluster.dryRun(await changed("base/deployment.yaml", "readOnlyRootFilesystem", "readOnlyRootFileSystem"));
    assert.equal(code, 1);
    assert.match(stderr, /strict decoding error: unknown field "spec\.template\.spec\.containers\[0\]\.securityContext\.readOnlyRootFileSystem"/);
  });
  test("is warned of, and its pod refused, where it leaves the profile restricted", async () => {
    const { code, stderr, manifests } = await cluster.dryRun(await changed("base/deployment.yaml", "allowPrivilegeEscalation: false", ""));
    assert.equal(code, 0);
    assert.match(stderr, /^Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false/);
    const { status, body } = await cluster.wouldCreate("pods", podOf(manifests));
    assert.equal(status, 403);
    assert.match(body.message ?? "", /violates PodSecurity/);
  });
  test("is refused by the program for a misspelt flag or variable, and for a missing server", async () => {
    const { manifests } = await cluster.dryRun(await changed("base/deployment.yaml", "--token-file", "--token-fiel"));
    assert.throws(() => configOf(startOf(manifests)), /Unknown flag --token-fiel: did you mean --token-file\?/);
    const misspelt = await cluster.dryRun(await overlay("base", [], { ...SERVERS, JOB_CONTROLLER_HISTORY_EXPIRATON: "24h" }));
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

describe("what the pod of overlays/mtls runs", () => {
  let site: Site;
  let begun: Start;
  let root: string;
  let controller: Controller;
  let port: number;

  /** The overlay's second Secret with this certificate. */
  const writeTls = ({ cert, key }: { cert: string; key: string }) =>
    writeVolume(join(root, "run/job-controller-tls"), { "ca.crt": site.devserver.certificates.ca, "tls.crt": cert, "tls.key": key });

  before(async () => {
    site = await Site.open({ mtls: "required" });
    const { apiUrl, exchangeUrl, certificates } = site.devserver;
    const folder = await overlay("overlays/mtls", [], {
      JOB_CONTROLLER_PROVISIONING_SERVER_URL: apiUrl,
      JOB_CONTROLLER_TOKEN_EXCHANGE_URL: exchangeUrl,
      JOB_CONTROLLER_RESYNC_INTERVAL: "1s",
    });
    begun = startOf((await cluster.dryRun(folder)).manifests);
    root = site.directory.path;
    await writeVolume(join(root, "run/job-controller"), { token: site.token });
    await writeTls(certificates.client);
    // The node lends a root and a network of its own; here it is a folder and a free port.
    port = await closedPort();
    controller = site.launch(begun.args.map((arg) => arg.replace("=/run/", `=${root}/run/`).replace(/:8081$/, `:${port}`)), { env: begun.env });
    await controller.started();
  }, { timeout: 60_000 });
  after(() => site[Symbol.asyncDispose]());

  test("notifies", async () => void (await controller.notified(site.createJob("one").uid)));
  test("is alive and ready where it is probed", async () => {
    for (const { httpGet } of [begun.container.livenessProbe, begun.container.readinessProbe]) {
      assert.equal((await fetch(`http://127.0.0.1:${port}${httpGet.path}`)).status, 200, httpGet.path);
    }
  });
  test("takes a renewed certificate from its Secret", { timeout: 60_000 }, async () => {
    const renewed = await site.devserver.certificates.issueClient("renewed");
    await writeTls(renewed);
    await eventually("a request with the new certificate", async () => site.devserver.requests.some(({ serial }) => serial === renewed.serial));
  });
  test("keeps within its memory", async () => {
    const peakKb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${controller.pid}/status`, "utf8"))?.[1]);
    assert.ok(peakKb * 1024 < bytesOf(begun.container.resources.limits.memory), `${peakKb} kB`);
  });
  test("ends in order", async () => assert.equal(await controller.stop(), 0, controller.tail()));
});
