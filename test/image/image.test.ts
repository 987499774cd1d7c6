// What the files of the image hold, read by others than made them, and that they come out the same when they are made again.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import { buildFor } from "../../scripts/build.ts";
import { sha256 } from "../../scripts/release/checksums.ts";
import { buildImage, dockerArchiveName, IMAGE_ARCHES, imageLabels, imageName, rootfsName } from "../../scripts/release/image.ts";
import { TARGETS } from "../../scripts/release/targets.ts";
import { type Directory, temporaryDirectory } from "../support/certs.ts";
import { type Layout, openLayout, readIndex, readPlatform, unpackRoot } from "../support/oci-image.ts";
import { release, released, version } from "./made.ts";

const ROOTS = "etc/ssl/certs/ca-certificates.crt";
const LIBRARIES = ["libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0"];
const LOADERS = { amd64: "lib64/ld-linux-x86-64.so.2", arm64: "lib/ld-linux-aarch64.so.1" };
const TRIPLETS = { amd64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };
const MACHINES = { amd64: 62, arm64: 183 };

let directory: Directory;
let layout: Layout;
before(async () => {
  directory = await temporaryDirectory();
  layout = openLayout(join(directory.path, "layout"), released(imageName(version)));
});
after(() => directory[Symbol.asyncDispose]());

function binaryOf(arch: (typeof IMAGE_ARCHES)[number]): string {
  const target = TARGETS.find((one) => one.arch === arch && one.libc === "glibc");
  assert.ok(target !== undefined);
  return buildFor(target).path;
}

/** Names, modes and owners in a tar; folders end in a slash. */
function listing(tar: string): string[] {
  const lines = execFileSync("tar", ["--numeric-owner", "-tvf", tar], { encoding: "utf8" }).trimEnd().split("\n");
  return lines.map((line) => line.replace(/^(\S+) (\S+) .* (\S+)$/, "$1 $2 $3")).sort();
}

function member(tar: string, name: string): Buffer {
  return execFileSync("tar", ["-xOf", tar, name], { maxBuffer: 1 << 28 });
}

describe("the release", () => {
  test("has the image as one archive with an index, and two files for each architecture", () => {
    const each = IMAGE_ARCHES.flatMap((arch) => [dockerArchiveName(version, arch), rootfsName(version, arch)]);
    assert.deepEqual(release.files.filter((name) => /_(?:image|rootfs)_/.test(name)), [imageName(version), ...each].sort());
  });

  test("has the same image when it is built again, in another folder", () => {
    const parts = { stamp: release.stamp, binaries: { amd64: binaryOf("amd64"), arm64: binaryOf("arm64") }, folder: directory.path };
    const { files, libc } = buildImage(parts);
    assert.match(libc, /^\d+\.\d+-\S+$/);
    assert.deepEqual(
      files.map((name) => [name, sha256(readFileSync(join(directory.path, name)))]),
      files.map((name) => [name, sha256(readFileSync(released(name)))]),
    );
  });
});

describe("the index", () => {
  test("names both architectures", () => {
    const { manifests } = readIndex(layout);
    const expected = IMAGE_ARCHES.map((architecture) => ({ architecture, os: "linux" }));
    assert.deepEqual(manifests.map(({ platform }) => platform), expected);
    assert.equal(layout.top.annotations?.["org.opencontainers.image.ref.name"], version);
  });

  test("says what the labels say, and so do the manifests", () => {
    const labels = imageLabels(release.stamp);
    assert.deepEqual(readIndex(layout).annotations, labels);
    for (const arch of IMAGE_ARCHES) {
      const { manifest, config } = readPlatform(layout, arch);
      assert.deepEqual(manifest.annotations, labels);
      assert.deepEqual(config.config.Labels, labels);
    }
  });
});

describe("imageLabels()", () => {
  const stamp = { version: "1.2.3", commit: "0123abc", date: "2026-11-24T17:00:00Z" };
  const names = (labels: Record<string, string>) => Object.keys(labels).map((key) => key.replace("org.opencontainers.image.", ""));

  test("leaves out where the image is from while that is not known", () => {
    const labels = imageLabels(stamp, "");
    assert.deepEqual(names(labels), ["created", "title", "description", "version", "revision", "licenses"]);
    assert.equal(labels["org.opencontainers.image.created"], stamp.date);
    assert.equal(labels["org.opencontainers.image.version"], stamp.version);
    assert.equal(labels["org.opencontainers.image.revision"], stamp.commit);
  });

  test("names it once it is known", () => {
    const labels = imageLabels(stamp, "https://example.com/owner/job-controller");
    assert.deepEqual(names(labels).slice(6), ["source", "url", "documentation", "vendor"]);
    assert.equal(labels["org.opencontainers.image.documentation"], "https://example.com/owner/job-controller/blob/v1.2.3/README.md");
    assert.equal(labels["org.opencontainers.image.vendor"], "owner");
  });
});

describe("the image", () => {
  for (const arch of IMAGE_ARCHES) {
    test(`for ${arch} is configured for a user without a name, one program, and a volume`, () => {
      const { config } = readPlatform(layout, arch);
      const { Labels: _labels, ...rest } = config.config;
      assert.deepEqual(rest, {
        User: "65532:65532",
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        Entrypoint: ["/job-controller"],
        Volumes: { "/tmp": {} },
      });
      assert.equal(config.created, release.stamp.date);
    });

    test(`for ${arch} holds the binary, the loader and four libraries, the public roots, and nothing else`, () => {
      const platform = readPlatform(layout, arch);
      const [layer = "", ...others] = platform.layers;
      assert.deepEqual(others, []);
      const libraries = `lib/${TRIPLETS[arch]}`;
      const files = ["job-controller", LOADERS[arch], ROOTS, ...LIBRARIES.map((name) => `${libraries}/${name}`)];
      const folders = files.flatMap((file) => file.split("/").slice(0, -1).map((_, depth, parts) => `${parts.slice(0, depth + 1).join("/")}/`));
      const modes = (name: string) => (/job-controller|ld-linux|libc\.so/.test(name) ? "-rwxr-xr-x" : "-rw-r--r--");
      const expected = [
        ...files.map((file) => `${modes(file)} 0/0 ${file}`),
        ...new Set(folders.map((folder) => `drwxr-xr-x 0/0 ${folder}`)),
        "drwxrwxrwt 0/0 tmp/",
      ].sort();
      assert.deepEqual(listing(layer), expected);
      const root = join(directory.path, arch);
      unpackRoot(platform, root);
      for (const name of [LOADERS[arch], ...LIBRARIES.map((library) => `${libraries}/${library}`)]) {
        const elf = readFileSync(join(root, name));
        assert.deepEqual([elf.toString("latin1", 0, 4), elf.readUInt16LE(18)], ["\x7fELF", MACHINES[arch]], name);
      }
      assert.equal(sha256(readFileSync(join(root, "job-controller"))), sha256(readFileSync(binaryOf(arch))));
      const certificates = readFileSync(join(root, ROOTS), "utf8").match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
      assert.deepEqual(certificates, [...rootCertificates]);
      assert.deepEqual(listing(released(rootfsName(version, arch))), expected);
      execFileSync("tar", ["--compare", "-f", released(rootfsName(version, arch)), "-C", root]);
    });

    test(`for ${arch} is the same as a docker-archive`, () => {
      const archive = released(dockerArchiveName(version, arch));
      const [entry, ...others] = JSON.parse(member(archive, "manifest.json").toString()) as { Config: string; RepoTags: string[]; Layers: string[] }[];
      assert.ok(entry !== undefined && others.length === 0);
      assert.match(entry.RepoTags.join(), new RegExp(`^(?:docker\\.io/library/|localhost/)?job-controller:${version}$`));
      const { manifest } = readPlatform(layout, arch);
      assert.equal(`sha256:${sha256(member(archive, entry.Config))}`, manifest.config.digest);
    });
  }
});
