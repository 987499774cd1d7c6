// A child process: a TLS server on node:tls that asks for a client certificate and says which one it saw. Run by Bun, whichever
// runtime the test runs on. argv: certificate file, key file, CA file, and `refuse` to close without an alert on a bad client certificate.
//   GET /serial  the client certificate's serial number
//   GET /stream  the same as a first line, then one line for each POST /push, on a response that does not end
//   any line on stdin: the number of connections since the start, on stdout

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createServer, type TLSSocket } from "node:tls";

const [certFile = "", keyFile = "", caFile = "", refuse = "", version = "TLSv1.3"] = process.argv.slice(2);
const streams = new Set<TLSSocket>();
let connections = 0;

const server = createServer(
  {
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    ca: readFileSync(caFile),
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: version as "TLSv1.2" | "TLSv1.3",
    maxVersion: version as "TLSv1.2" | "TLSv1.3",
  },
  (socket) => {
    connections++;
    socket.on("error", () => {});
    if (refuse === "refuse" && !socket.authorized) {
      socket.destroy();
      return;
    }
    const serial = socket.getPeerCertificate()?.serialNumber ?? "none";
    let head = "";
    socket.on("data", (bytes: Buffer) => {
      head += bytes.toString("latin1");
      for (let end = head.indexOf("\r\n\r\n"); end !== -1; end = head.indexOf("\r\n\r\n")) {
        const path = head.split(" ")[1];
        head = head.slice(end + 4);
        answer(socket, path ?? "/", serial);
      }
    });
    socket.on("close", () => streams.delete(socket));
  },
);

function answer(socket: TLSSocket, path: string, serial: string): void {
  if (path === "/stream") {
    streams.add(socket);
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    socket.write(chunk(`${serial}\n`));
    return;
  }
  if (path === "/push") for (const stream of streams) stream.write(chunk("pushed\n"));
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${serial.length}\r\n\r\n${serial}`);
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`listening ${typeof address === "object" && address !== null ? address.port : 0}\n`);
});
createInterface({ input: process.stdin })
  .on("line", () => process.stdout.write(`${connections}\n`))
  .on("close", () => process.exit(0));
