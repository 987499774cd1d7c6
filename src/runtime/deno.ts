// The seam on Deno: one HttpClient, that is one pool of connections, per set of TLS material and proxy.
// Knows no deadline and translates no error; says no to what Deno cannot do for one client alone.

import { ConfigError } from "../base/errors.ts";
import { PROXY_VARIABLES } from "./proxy.ts";
import type { Host, HostTransport, TlsMaterial } from "./runtime.ts";

interface HttpClient {
  close(): void;
}

declare const Deno: {
  version: { deno: string };
  createHttpClient(options: {
    caCerts: string[];
    cert?: string;
    key?: string;
    http2: false;
    proxy?: { url: string };
  }): HttpClient;
  env: { get(name: string): string | undefined; set(name: string, value: string): void; delete(name: string): void };
  stdout: { write(bytes: Uint8Array): Promise<number> };
  permissions: { querySync(what: { name: "env"; variable: string }): { state: string } };
};

export const host: Host = {
  name: "deno",
  version: Deno.version.deno,
  makeTransport,
  collectGarbage: () => {},
  shrink: () => {},
  writeOutput,
};

function makeTransport(tls: TlsMaterial): HostTransport {
  if (tls.insecure) {
    throw new ConfigError(
      "Cannot skip certificate verification for one connection under Deno: expected a CA to verify with; " +
        "give it with --tls-ca-file, or start Deno with --unsafely-ignore-certificate-errors=<host>",
    );
  }
  if (tls.serverName !== undefined) {
    throw new ConfigError(
      `Cannot use server name "${tls.serverName}" under Deno: expected the URL's own host; ` +
        "use a URL whose host is in the certificate, or start Deno with --unsafely-ignore-certificate-errors=<host>",
    );
  }
  const clients = new Map<string | false, HttpClient>();
  const clientFor = (proxy: string | false): HttpClient => {
    let client = clients.get(proxy);
    if (client === undefined) {
      client = withoutProxyVariables(() =>
        Deno.createHttpClient({
          caCerts: tls.ca === undefined ? [] : [tls.ca],
          cert: tls.cert,
          key: tls.key,
          http2: false,
          proxy: proxy === false ? undefined : { url: proxy },
        }),
      );
      clients.set(proxy, client);
    }
    return client;
  };
  // Made at once: what is wrong with the material comes out here and not at the first request.
  clientFor(false);
  return {
    fetch(url, { proxy = false, ...init } = {}) {
      const withClient: RequestInit & { client: HttpClient } = { ...init, redirect: "manual", client: clientFor(proxy) };
      return fetch(url, withClient);
    },
    // Idle connections close, bodies being read go on; a later request makes a new client.
    close() {
      for (const client of clients.values()) client.close();
      clients.clear();
    },
  };
}

/** Here node:fs and process.stdout hold everything up until somebody reads. */
async function writeOutput(bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(await Deno.stdout.write(rest));
}

// A client reads the proxy variables when it is made and has no option to ignore them, loopback included. Without the
// permission to read one of them nothing can be done about that one.
function withoutProxyVariables<T>(make: () => T): T {
  const saved = new Map<string, string>();
  for (const variable of PROXY_VARIABLES) {
    if (Deno.permissions.querySync({ name: "env", variable }).state !== "granted") continue;
    const value = Deno.env.get(variable);
    if (value === undefined) continue;
    saved.set(variable, value);
    Deno.env.delete(variable);
  }
  try {
    return make();
  } finally {
    for (const [variable, value] of saved) Deno.env.set(variable, value);
  }
}
