// A token exchange on loopback with the right wire and a worthless signature, for API servers that do not look at the token.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestExchange {
  url: string;
  /** The secret it accepts. */
  token: string;
  close(): Promise<void>;
}

export async function startExchange(): Promise<TestExchange> {
  const token = "test-exchange-secret";
  const server = createServer((request, response) => {
    request.resume();
    const known = request.method === "POST" && request.headers.authorization === `Bearer ${token}`;
    response.writeHead(known ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(known ? { status: "success", data: { token: unsigned() } } : { status: "error", error: "invalid credentials" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sign/access-token`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function unsigned(): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { aud: ["provisioning.grafana.app"], namespace: "*", iat: now, exp: now + 600 };
  return [{ alg: "ES256", typ: "at+jwt", kid: "test" }, claims, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}
