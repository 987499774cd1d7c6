// What others obey in the environment: variables that switch verification off, show requests, add roots or name proxies.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { sideBySide, Site } from "../support/binary.ts";
import { createAuthority } from "../support/certs.ts";
import type { Program } from "../support/controller.ts";
import { loopbackProxy } from "../support/servers.ts";

const SET = (name: string, why: string) => `environment variable ${name} is set: it ${why}`;
/** Of a server whose CA is in no list of roots. */
export const UNTRUSTED = /its certificate was issued by "CN=job-controller dev CA", which this machine does not trust/;
const NO_PAGES = "--health-probe-bind-address=0";
/** Tests at a time: each mostly waits for a program. */
const LANES = 2;

const ROOTS_OF_TRUST: [name: string, of: (file: string) => string][] = [
  ["NODE_EXTRA_CA_CERTS", (file) => file],
  ["SSL_CERT_FILE", (file) => file],
  ["SSL_CERT_DIR", hashedDirectory],
];

/** Declares the tests, whose program is started as `program` says. */
export function hostileVariables(program: Program): void {
  const open = () => Site.open({}, program);

  describe("variables that others obey", () => {
    sideBySide(LANES, {
      async "NODE_TLS_REJECT_UNAUTHORIZED=0 switches no verification off and is named"() {
        await using site = await open();
        const flags = [...site.credential, site.address, "--tls-insecure=false", NO_PAGES];
        const controller = site.launch(flags, { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } });
        const { error } = await controller.until(({ msg }) => msg === "provisioning API not usable, retrying");
        assert.match(String(error), UNTRUSTED);
        assert.equal(controller.lines[0]?.msg, SET("NODE_TLS_REJECT_UNAUTHORIZED", "has no effect here: use --tls-insecure"));
        assert.equal(site.devserver.requests.filter(({ server }) => server === "api").length, 0);
      },

      ...Object.fromEntries(ROOTS_OF_TRUST.map(([name, of]) => [`${name} adds roots of trust: this is not closed`, async () => {
        await using site = await open();
        const flags = [...site.credential, site.address, "--tls-insecure=false", NO_PAGES];
        const controller = site.launch(flags, { env: { [name]: of(site.files.ca) } });
        await controller.started();
        assert.equal(await controller.stop(), 0);
      }])),

      async "they add none to those of --tls-ca-file"() {
        await using site = await open();
        const other = await site.directory.write("other.pem", (await createAuthority()).cert);
        const env = Object.fromEntries(ROOTS_OF_TRUST.map(([name, of]) => [name, of(site.files.ca)]));
        const controller = site.launch([...site.credential, site.address, `--tls-ca-file=${other}`, NO_PAGES], { env });
        const { error } = await controller.until(({ msg }) => msg === "provisioning API not usable, retrying");
        assert.match(String(error), /its certificate was issued by "CN=job-controller dev CA"/);
      },

      async "BUN_CONFIG_VERBOSE_FETCH=curl shows no request, so no secret, and is named"() {
        await using site = await open();
        const controller = site.start(["--log-level=debug"], { env: { BUN_CONFIG_VERBOSE_FETCH: "curl" } });
        await controller.started();
        assert.equal(await controller.stop(), 0);
        assert.deepEqual([controller.garbage, controller.stderr], [[], ""]);
        const sent = site.devserver.requests.flatMap(({ headers }) => headers.authorization ?? headers["x-access-token"] ?? []);
        assert.equal(new Set(sent).size, 2);
        const written = JSON.stringify(controller.lines);
        for (const value of sent) assert.equal(written.includes(value.replace("Bearer ", "")), false);
        const why = "has no effect here: requests are not dumped, as they carry tokens";
        assert.equal(controller.lines[0]?.msg, SET("BUN_CONFIG_VERBOSE_FETCH", why));
      },

      async "SSLKEYLOGFILE gets no keys"() {
        await using site = await open();
        const file = join(site.directory.path, "keys");
        const controller = site.start([], { env: { SSLKEYLOGFILE: file } });
        await controller.started();
        assert.equal(await controller.stop(), 0);
        assert.equal(existsSync(file), false);
      },

      async "proxies are for other machines: never for loopback"() {
        await using site = await open();
        const dead = `http://127.0.0.1:${await closedPort()}`;
        const env = { HTTP_PROXY: dead, HTTPS_PROXY: dead, ALL_PROXY: dead, http_proxy: dead, https_proxy: dead, all_proxy: dead };
        const controller = site.start([], { env });
        await controller.started();
        assert.equal(await controller.stop(), 0);
      },

      async "proxies are used for other machines"() {
        await using site = await open();
        await using proxy = await loopbackProxy();
        const { port } = new URL(site.devserver.apiUrl);
        const address = `--provisioning-server-url=https://provisioning.example:${port}`;
        const flags = [...site.credential, address, `--tls-ca-file=${site.files.ca}`, "--tls-server-name=localhost"];
        const controller = site.launch([...flags, NO_PAGES], { env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } });
        await controller.started();
        assert.equal(await controller.stop(), 0);
        assert.deepEqual([...new Set(proxy.requests)], [`CONNECT provisioning.example:${port}`]);
      },
    });
  });
}

/** A folder beside the file where OpenSSL finds it, by the hash of its subject. */
function hashedDirectory(file: string): string {
  const { stdout } = spawnSync("openssl", ["x509", "-noout", "-hash", "-in", file], { encoding: "utf8" });
  const directory = join(dirname(file), "hashed");
  mkdirSync(directory);
  copyFileSync(file, join(directory, `${stdout.trim()}.0`));
  return directory;
}
