// What a release says about what it is made of: bills of materials and notices.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { buildFor } from "../../scripts/build.ts";
import { sha256 } from "../../scripts/release/checksums.ts";
import { thirdPartyNotices } from "../../scripts/release/notices.ts";
import { type Bill, billOf, npmBill, reference } from "../../scripts/release/sbom.ts";
import { lockedRuntime } from "../../scripts/release/runtimes.ts";
import { billName, TARGETS, targetName } from "../../scripts/release/targets.ts";
import { BUN, ROOT } from "../../scripts/suites.ts";
import { lock, manifest, release } from "./made.ts";

const { packages, stamp } = buildFor(TARGETS[0]!);
const shipped = Object.entries(lock.packages).filter(([folder, { dev }]) => folder !== "" && dev !== true);

/** `name@version` of a row of the lock file. */
function locked([folder, { version }]: [string, { version: string }]): string {
  return `${folder.replace(/^.*node_modules\//, "")}@${version}`;
}

for (const target of TARGETS) {
  const name = billName(manifest.version, target);

  describe(name, () => {
    const text = readFileSync(join(release.folder, name), "utf8");
    const bill = JSON.parse(text) as Bill;
    const refs = bill.components.map((one) => one["bom-ref"]);
    const bun = `${target.bunPackage}@${manifest.devDependencies.bun}`;

    test("is CycloneDX 1.5 about this very binary", () => {
      assert.deepEqual([bill.bomFormat, bill.specVersion, bill.version], ["CycloneDX", "1.5", 1]);
      assert.match(bill.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(bill.metadata.timestamp, release.stamp.date);
      const { component } = bill.metadata;
      assert.deepEqual([component.name, component.type, component.version], ["job-controller", "application", manifest.version]);
      const binary = readFileSync(release.binaries.get(targetName(target))!);
      assert.deepEqual(component.hashes, [{ alg: "SHA-256", content: sha256(binary) }]);
    });

    test("lists what is in the binary and what is installed with it, and no tool of ours", () => {
      const own = new Set(shipped.map(locked));
      const tools = Object.entries(manifest.devDependencies).map(([name, version]) => `${name}@${version}`);
      assert.deepEqual(refs.filter((ref) => ref !== bun && (!own.has(ref) || tools.includes(ref))), []);
      const wanted = Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`);
      assert.deepEqual([...wanted, ...packages.map(reference), bun].filter((ref) => !refs.includes(ref)), []);
      assert.deepEqual(refs, [...new Set(refs)].sort());
    });

    test("gives Bun by its address and the lock file's hash", () => {
      const { purl, hashes, licenses, type } = bill.components.find((one) => one["bom-ref"] === bun)!;
      assert.equal(purl, `pkg:npm/%40oven/${target.bunPackage.slice("@oven/".length)}@${manifest.devDependencies.bun}`);
      const hash = Buffer.from(lock.packages[`node_modules/${target.bunPackage}`]!.integrity.slice("sha512-".length), "base64");
      assert.deepEqual(hashes, [{ alg: "SHA-512", content: hash.toString("hex") }]);
      assert.deepEqual([licenses, type], [[{ license: { id: "MIT" } }], "platform"]);
    });

    test("tells what is in the binary from what is only installed", () => {
      const inside = bill.components.filter(({ scope }) => scope === "required").map((one) => one["bom-ref"]);
      assert.deepEqual(inside, [...packages.map(reference), bun].sort());
      assert.ok(bill.components.every(({ scope }) => scope === "required" || scope === "excluded"));
    });

    test("points at nothing that it does not list", () => {
      const known = new Set([...refs, bill.metadata.component["bom-ref"]]);
      assert.equal(new Set(bill.dependencies.map(({ ref }) => ref)).size, known.size);
      const named = bill.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
      assert.deepEqual(named.filter((ref) => !known.has(ref)), []);
      assert.ok(bill.dependencies.find(({ ref }) => ref === bill.metadata.component["bom-ref"])?.dependsOn.includes(bun));
    });
  });
}

describe("billOf()", () => {
  test("gives the same bytes for another run of npm, and other ones for another binary", () => {
    const subject = { ...stamp, target: TARGETS[0]!, runtime: lockedRuntime(TARGETS[0]!), packages, sha256: "0".repeat(64) };
    const [first, second] = [npmBill(), npmBill()];
    assert.notEqual(first.serialNumber, second.serialNumber);
    // As npm 10 writes it.
    second.components = second.components.map((one) => ({ ...one, properties: [{ name: "cdx:npm:package:path", value: "x" }] }));
    const one = billOf(first, { ...subject, repository: "" });
    assert.equal(billOf(second, { ...subject, repository: "" }), one);
    assert.notEqual(billOf(second, { ...subject, target: TARGETS[1]!, repository: "" }), one);
  });

  test("names the sources when the repository is known", () => {
    const subject = { ...stamp, target: TARGETS[0]!, runtime: lockedRuntime(TARGETS[0]!), packages, sha256: "0".repeat(64) };
    const bill = JSON.parse(billOf(npmBill(), { ...subject, repository: "https://example.com/a/b" })) as Bill;
    assert.deepEqual(bill.metadata.component.externalReferences, [
      { type: "vcs", url: `https://example.com/a/b/tree/${stamp.commit}` },
    ]);
  });
});

describe("thirdPartyNotices()", () => {
  const notices = thirdPartyNotices(packages);

  test("names each package whose code is inside, once, in order", () => {
    const heads = [...notices.matchAll(/^=+\n(\S+) (\S+)\nLicence: /gm)].map(([, name, version]) => `${name} ${version}`);
    const inside = packages.map((folder) => reference(folder).replace(/@(?=[^@]+$)/, " "));
    assert.deepEqual(heads, [...inside.sort(), `Bun ${manifest.devDependencies.bun}`]);
  });

  test("quotes the licences and notices of each in full", () => {
    for (const folder of packages) {
      const files = readdirSync(join(ROOT, folder)).filter((file) => /licen[sc]e|notice|copying/i.test(file));
      assert.ok(files.length > 0, `${folder} holds no licence`);
      for (const file of files) {
        const text = readFileSync(join(ROOT, folder, file), "utf8").replaceAll("\r", "").trim();
        assert.ok(notices.includes(text), `${folder}/${file}`);
      }
    }
  });

  test("takes what the program loads late, too", () => {
    for (const name of Object.keys(manifest.dependencies)) assert.ok(packages.includes(`node_modules/${name}`), name);
  });

  test("says what Bun is linked with, for the version that is used", () => {
    const said = notices.slice(notices.lastIndexOf(`\nBun ${manifest.devDependencies.bun}\n`));
    assert.ok(said.includes(`/bun-v${lock.packages["node_modules/bun"]!.version}/LICENSE.md`));
    for (const part of ["JavaScriptCore", "boringssl", "zlib-ng", "LGPL"]) assert.ok(said.includes(part), part);
  });

  test("knows nothing of the machine", () => assert.ok(!notices.includes(ROOT) && !notices.includes(BUN)));
});
