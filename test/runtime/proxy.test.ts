import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Environment, proxyFor } from "../../src/runtime/proxy.ts";

const PROXY = "http://proxy.example:3128";

function address(url: string, env: Environment): string | false {
  const choice = proxyFor(new URL(url), env);
  if (choice === false) return false;
  return "mistake" in choice ? choice.mistake : `${choice.address} by ${choice.variable}`;
}

describe("proxyFor()", () => {
  for (const [name, url, env, expected] of [
    ["takes none without variables", "https://api.example/", {}, false],
    ["takes HTTPS_PROXY for https", "https://api.example/", { HTTPS_PROXY: PROXY }, "proxy.example:3128 by HTTPS_PROXY"],
    ["takes https_proxy too", "https://api.example/", { https_proxy: PROXY }, "proxy.example:3128 by https_proxy"],
    ["takes HTTP_PROXY for http only", "https://api.example/", { HTTP_PROXY: PROXY }, false],
    ["takes HTTP_PROXY for http", "http://api.example/", { HTTP_PROXY: PROXY }, "proxy.example:3128 by HTTP_PROXY"],
    ["takes ALL_PROXY for both", "http://api.example/", { ALL_PROXY: PROXY }, "proxy.example:3128 by ALL_PROXY"],
    ["prefers the scheme's own", "https://api.example/", { ALL_PROXY: "http://other:1", https_proxy: PROXY }, "proxy.example:3128 by https_proxy"],
    ["takes empty for unset", "https://api.example/", { HTTPS_PROXY: " ", ALL_PROXY: PROXY }, "proxy.example:3128 by ALL_PROXY"],
    ["reads an address without a scheme", "https://api.example/", { HTTPS_PROXY: "proxy.example:3128" }, "proxy.example:3128 by HTTPS_PROXY"],
    ["knows the default ports", "https://api.example/", { HTTPS_PROXY: "https://proxy.example" }, "proxy.example:443 by HTTPS_PROXY"],
    ["prints no password", "https://api.example/", { HTTPS_PROXY: "http://u:canary@proxy.example:1" }, "proxy.example:1 by HTTPS_PROXY"],
  ] as [string, string, Environment, string | false][]) {
    test(name, () => assert.equal(address(url, env), expected));
  }

  for (const value of ["socks5://proxy.example:1080", "http://", "http://proxy example", "://"]) {
    test(`refuses ${value}`, () => {
      assert.equal(
        address("https://api.example/", { HTTPS_PROXY: value }),
        "Cannot use the proxy in HTTPS_PROXY: expected an address such as http://proxy.example:3128; correct or unset HTTPS_PROXY",
      );
    });
  }

  for (const [host, entry, direct] of [
    ["api.example", "*", true],
    ["api.example", "api.example", true],
    ["api.example", "API.Example", true],
    ["v1.api.example", "api.example", true],
    ["api.example", ".example", true],
    ["api.example", "*.example", true],
    ["myapi.example", "api.example", false],
    ["api.example", "v1.api.example", false],
    ["api.example", "other.example, api.example", true],
    ["api.example", "other.example api.example", true],
    ["api.example", "api.example:6446", true],
    ["api.example", "api.example:443", false],
    ["api.example", ",, ,", false],
    ["api.example", ".", false],
    ["api.example.", "api.example", true],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["10.1.2.3", "10.0.0.0/99", false],
    ["[fd00::1]", "fd00:0::1", true],
    ["[fd00::1]", "[fd00::1]:6446", true],
    ["[fd00::1]", "fd00::/8", true],
    ["[fe00::1]", "fd00::/8", false],
  ] as const) {
    test(`goes ${direct ? "straight" : "through the proxy"} to ${host} with NO_PROXY=${entry}`, () => {
      const choice = proxyFor(new URL(`https://${host}:6446/`), { ALL_PROXY: PROXY, no_proxy: entry });
      assert.equal(choice === false, direct);
    });
  }

  for (const host of ["localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "localhost."]) {
    test(`goes straight to ${host}`, () => assert.equal(address(`https://${host}/`, { ALL_PROXY: PROXY }), false));
  }
});
