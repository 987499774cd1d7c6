// Which proxy a URL goes through, after the variables that curl, Go and Node.js read. Pure: the environment comes in as a record.

import { BlockList, isIP } from "node:net";
import { isLoopback } from "../base/http.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every variable that names a proxy or an exception, both cases. */
export const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

/** A proxy to use, and the variable that named it. `url` may hold a password: print `address`. */
export interface ProxyChoice {
  url: string;
  /** `host:port`. */
  address: string;
  variable: string;
}

/** The value of a proxy variable is not an http or https address. */
export interface ProxyMistake {
  mistake: string;
}

/** The proxy for `url`, `false` for none. Loopback hosts are never proxied, whatever the variables say. */
export function proxyFor(url: URL, env: Environment): ProxyChoice | ProxyMistake | false {
  const host = bareHost(url);
  if (isLoopback(url)) return false;
  const [name, value] = firstSet(env, url.protocol === "https:" ? ["HTTPS_PROXY", "ALL_PROXY"] : ["HTTP_PROXY", "ALL_PROXY"]);
  if (value === "") return false;
  const [, exceptions] = firstSet(env, ["NO_PROXY"]);
  if (isException(host, portOf(url), exceptions)) return false;
  const parsed = parseProxy(value);
  if (parsed === undefined) {
    return { mistake: `Cannot use the proxy in ${name}: expected an address such as http://proxy.example:3128; correct or unset ${name}` };
  }
  return { url: parsed.href, address: hostPort(parsed), variable: name };
}

function firstSet(env: Environment, names: readonly string[]): [name: string, value: string] {
  for (const upper of names) {
    for (const name of [upper, upper.toLowerCase()]) {
      const value = env[name]?.trim();
      if (value !== undefined && value !== "") return [name, value];
    }
  }
  return ["", ""];
}

function parseProxy(value: string): URL | undefined {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "" ? url : undefined;
}

// Entries: `*`, `example.com` (and names under it), `.example.com`, `*.example.com`, an IP, a CIDR block, any of them with `:port`.
function isException(host: string, port: number, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return inBlock(entry, host);
  const [, name = entry, only] = /^(.*?):(\d+)$/.exec(isIP(entry) === 6 ? "" : entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  const plain = name.replace(/^\[|\]$/g, "");
  if (isIP(plain) !== 0) return canonicalIp(plain) === canonicalIp(host);
  const suffix = plain.replace(/^\*?\./, "");
  return suffix !== "" && (host === suffix || host.endsWith(`.${suffix}`));
}

function inBlock(entry: string, host: string): boolean {
  const [base = "", bits = ""] = entry.split("/");
  const kind = isIP(base);
  if (kind === 0 || kind !== isIP(host) || !/^\d{1,3}$/.test(bits) || Number(bits) > (kind === 6 ? 128 : 32)) return false;
  const type = kind === 6 ? "ipv6" : "ipv4";
  const block = new BlockList();
  block.addSubnet(base, Number(bits), type);
  return block.check(host, type);
}

function canonicalIp(ip: string): string {
  return isIP(ip) === 6 ? new URL(`http://[${ip}]/`).hostname.slice(1, -1) : ip;
}

/** The URL's host without the brackets of IPv6. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** The URL's port, the scheme's own if none is written. */
export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

/** `host:port`, always with the port. */
export function hostPort(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}
