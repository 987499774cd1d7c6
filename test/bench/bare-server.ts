// The limit that the dev server is held against: node:http2 alone, which answers the same bytes and does nothing for them.
// A list is the file that was named; what is posted or put is the answer and the line of every watch. Prints its URL.

import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { createCertificates } from "../../src/devserver/access/certificates.ts";

const [caFile = "", listFile = ""] = process.argv.slice(2);
const certificates = await createCertificates(Date.now(), ["localhost", "127.0.0.1"]);
const list = listFile === "" ? "{}" : readFileSync(listFile, "utf8");
const types: Record<string, string> = { POST: "ADDED", PUT: "MODIFIED", DELETE: "DELETED" };
const watches = new Set<ServerResponse>();
const headers = (text: string) => ({ "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) });

const listener = (request: IncomingMessage, response: ServerResponse): void => {
  if (request.method === "GET") {
    if (request.url?.includes("watch=1") !== true) {
      response.writeHead(200, headers(list)).end(list);
      return;
    }
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    watches.add(response);
    response.on("close", () => watches.delete(response));
    return;
  }
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk)).on("end", () => {
    const object = body === "" ? "{}" : body;
    const line = `{"type":"${types[request.method ?? ""]}","object":${object}}\n`;
    for (const watch of watches) watch.write(line);
    response.writeHead(200, headers(object)).end(object);
  });
};

const { cert, key } = certificates.server;
const server = createSecureServer({ allowHTTP1: true, cert, key }, listener as unknown as Parameters<typeof createSecureServer>[1]);
server.listen(0, "127.0.0.1", () => {
  writeFileSync(caFile, certificates.ca);
  process.stdout.write(`https://localhost:${(server.address() as AddressInfo).port}\n`);
});
