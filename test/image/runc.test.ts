// The image as runc runs it: read-only, without capabilities, as a user that is nobody; its servers are outside. An image of
// the other architecture runs on an emulator that is mounted into it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { IMAGE_ARCHES, imageName, rootfsName } from "../../scripts/release/image.ts";
import { HOST } from "../../scripts/roots/machines.ts";
import { makeRoots, ROOTS } from "../../scripts/roots/roots.ts";
import { runBinary, Site } from "../support/binary.ts";
import { type BundleOptions, Runc } from "../support/bundle.ts";
import type { Controller } from "../support/controller.ts";
import { openLayout, type Platform, readPlatform, unpackRoot } from "../support/oci-image.ts";
import { eventually } from "../support/work-site.ts";
import { Builder } from "./builder.ts";
import { readmeBlocks, released, version } from "./made.ts";

let site: Site;
let runc: Runc;
let secrets: string;
let imageFiles: string[];
const images = new Map<string, { platform: Platform; root: string }>();

before(async () => {
  site = await Site.open({ mtls: "required" });
  const { path } = site.directory;
  runc = new Runc(path);
  const layout = openLayout(join(path, "layout"), released(imageName(version)));
  for (const arch of IMAGE_ARCHES) {
    const platform = readPlatform(layout, arch);
    unpackRoot(platform, join(path, arch));
    images.set(arch, { platform, root: join(path, arch) });
  }
  // runc makes places for what it mounts.
  imageFiles = filesOf(join(path, HOST));
  secrets = join(path, "secrets");
  const { ca, client } = site.devserver.certificates;
  const files = { "ca.pem": ca, "client.pem": client.cert, "client-key.pem": client.key, token: site.token };
  execFileSync("install", ["-d", "-o", "65532", "-m", "500", secrets]);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(secrets, name), text, { mode: 0o400 });
    execFileSync("chown", ["65532", join(secrets, name)]);
  }
  makeRoots(() => {});
});
after(async () => {
  runc[Symbol.dispose]();
  await site[Symbol.asyncDispose]();
});

function bundle(arch: string, options: BundleOptions): ReturnType<Runc["bundle"]> {
  const image = images.get(arch);
  assert.ok(image !== undefined);
  return runc.bundle(image.platform.config, image.root, options);
}

function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
}

/** Flags of a controller in a container, which finds its secrets where an orchestrator would mount them. */
function flags(): string[] {
  return [
    "--token-file=/secrets/token",
    `--token-exchange-url=${site.devserver.exchangeUrl}`,
    site.address,
    "--tls-ca-file=/secrets/ca.pem",
    "--tls-cert-file=/secrets/client.pem",
    "--tls-key-file=/secrets/client-key.pem",
  ];
}

describe("under runc, the image", () => {
  for (const arch of IMAGE_ARCHES) {
    test(`for ${arch} has all that the binary is linked with`, async () => {
      const emulator = ROOTS.find(({ target }) => target.arch === arch && target.libc === "glibc");
      const options: BundleOptions = emulator?.emulator === undefined ? {} : {
        entrypoint: ["/emulator", "/job-controller"],
        binds: { "/emulator": join(emulator.folder, emulator.emulator) },
      };
      const { program } = bundle(arch, { ...options, args: ["version", "-o", "json"] });
      const { code, stdout, stderr } = await runBinary([], { program });
      assert.deepEqual([code, stderr], [0, ""]);
      const facts = JSON.parse(stdout) as Record<string, unknown>;
      assert.equal(facts.version, version);
    });
  }

  test("notifies once and prunes once, as a user that is nobody, and answers probes", async () => {
    const kept = site.createRecord("young", 1_000);
    site.createRecord("old", 7_200_000);
    const { id, program } = bundle(HOST, {
      args: [...flags(), "--history-expiration=1h"],
      env: [`JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS=127.0.0.1:${await closedPort()}`],
      binds: { "/secrets": secrets },
    });
    const controller = site.launch([], { program });
    await controller.started();
    assertConfined(runc.pid(id));
    const job = site.createJob("one");
    await controller.notified(job.uid);
    const { seen, expired, deleted, failed } = await controller.until(({ msg }) => msg === "history sweep complete");
    assert.deepEqual({ seen, expired, deleted, failed }, { seen: 2, expired: 1, deleted: 1, failed: 0 });

    const asked = await runBinary(["/job-controller", "ready"], { program: runc.exec(id) });
    assert.deepEqual(asked, { code: 0, signal: null, stdout: "ready\n", stderr: "" });
    const shell = await runBinary(["/bin/sh", "-c", "true"], { program: runc.exec(id) });
    assert.notEqual(shell.code, 0);
    assert.match(shell.stderr, /no such file or directory/);

    await assertGoodEnd(controller);
    assert.deepEqual([...controller.counts()], [[job.uid, 1]]);
    assert.deepEqual(site.history, [kept.name]);
  });

  test("has jobs done by the worker that README.md adds", async () => {
    const platform = workerImage();
    const root = join(site.directory.path, "with-worker");
    unpackRoot(platform, root);
    const { program } = runc.bundle(platform.config, root, {
      args: [...flags(), "--worker=pull=exec:/sync.sh", "--health-probe-bind-address=0"],
      binds: { "/secrets": secrets },
    });
    const controller = site.launch([], { program });
    await controller.started();
    const job = site.createJob("worked");
    const { text } = await controller.until(({ msg, uid }) => msg === "worker says" && uid === job.uid);
    assert.equal(text, "pull test6, attempt 1");
    const { outcome } = await controller.until(({ msg, uid }) => msg === "job finished" && uid === job.uid);
    assert.equal(outcome, "success");
    await eventually(() => site.history.find((name) => name.startsWith("worked-")));
    await assertGoodEnd(controller);
  });

  test("is the same when it is made of the root alone, as README.md makes it", () => {
    const recipe = readmeBlocks("dockerfile").find((text) => text.startsWith("FROM scratch")) ?? "";
    const made = new Builder(site.directory.path).build(recipe, [rootfsName(version, HOST)]);
    const { Labels: _ours, ...expected } = images.get(HOST)?.platform.config.config ?? {};
    const { Labels: _theirs, ...found } = made.config.config;
    assert.deepEqual(found, expected);
    const root = join(site.directory.path, "from-root");
    unpackRoot(made, root);
    assert.deepEqual(filesOf(root), imageFiles);
  });
});

/** The image with a worker, out of README.md's recipe and script; busybox is Debian's. */
function workerImage(): Platform {
  const recipe = readmeBlocks("dockerfile").find((text) => text.includes("busybox")) ?? "";
  const script = readmeBlocks("sh").find((text) => text.startsWith("#!/bin/busybox sh")) ?? "";
  const [, busybox = ""] = /^FROM (\S*busybox:\S+)/m.exec(recipe) ?? [];
  const builder = new Builder(site.directory.path);
  builder.load();
  builder.makeBusybox(busybox);
  return builder.build(recipe, [], { "sync.sh": script });
}

/** The process is what it is said to be: no user of this machine, without a capability or a way to one, on a root that is read-only. */
function assertConfined(pid: number): void {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  for (const line of [/^Uid:(?:\t65532){4}$/m, /^Gid:(?:\t65532){4}$/m, /^CapEff:\t0+$/m, /^CapBnd:\t0+$/m, /^NoNewPrivs:\t1$/m, /^NSpid:\t\d+\t1$/m]) {
    assert.match(status, line);
  }
  const mounts = readFileSync(`/proc/${pid}/mounts`, "utf8").split("\n").map((line) => line.split(" "));
  assert.equal(mounts.find(([, at]) => at === "/")?.[3]?.split(",")[0], "ro");
}

async function assertGoodEnd(controller: Controller): Promise<void> {
  assert.equal(await controller.stop(), 0);
  assert.deepEqual(controller.lines.filter(({ level }) => level !== "INFO"), []);
  assert.deepEqual([controller.garbage, controller.stderr], [[], ""]);
}
