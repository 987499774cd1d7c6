// What the pod of deploy/kustomize runs, run here: the arguments, variables, Secrets and probes that kustomize prints, on a dev server.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { kubectlBinary } from "../../scripts/apiserver-binaries.ts";
import { closedPort } from "../../scripts/ports.ts";
import { eventually } from "../support/apiserver.ts";
import { Site, start } from "../support/binary.ts";
import { ended } from "../support/children.ts";
import type { Controller } from "../support/controller.ts";
import { bytesOf, type Manifest, type Start, startOf } from "./manifests.ts";
import { overlay } from "./overlays.ts";
import { writeVolume } from "./secret-volume.ts";

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
    root = site.directory.path;
    const folder = join(root, "overlay");
    await mkdir(folder);
    await overlay(folder, "overlays/mtls", {
      JOB_CONTROLLER_PROVISIONING_SERVER_URL: apiUrl,
      JOB_CONTROLLER_TOKEN_EXCHANGE_URL: exchangeUrl,
      JOB_CONTROLLER_RESYNC_INTERVAL: "1s",
    });
    const { stdout } = await ended(start(await kubectlBinary(() => {}), ["kustomize", folder]));
    begun = startOf(parseAllDocuments(stdout).map((document) => document.toJS() as Manifest));
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
