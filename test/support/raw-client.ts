// A client that is nothing but a TLS connection: what a server sends, byte by byte, and how the connection ends.

import { connect } from "node:tls";
import type { TestDevserver } from "./devserver.ts";

export interface Raw {
  /** Everything that came so far, HTTP framing included. */
  readonly text: string;
  /** How the connection ended: `fin`, `rst`; undefined while it is open. */
  readonly ended: "fin" | "rst" | undefined;
  /** Resolves once the text or the end is as wanted. */
  until(wanted: (raw: Raw) => boolean): Promise<void>;
  /** Sends FIN. */
  finish(): void;
  destroy(): void;
}

/** Sends one GET over HTTP/1.1; the path begins at the resource. */
export async function rawGet(server: TestDevserver, path: string): Promise<Raw> {
  const { hostname, port } = new URL(server.apiUrl);
  const token = await server.mintToken();
  const socket = connect({ host: hostname, port: Number(port), ca: server.certificates.ca, servername: "localhost" });
  let text = "";
  let ended: Raw["ended"];
  let waiting: { wanted: (raw: Raw) => boolean; resolve: () => void }[] = [];
  const raw: Raw = {
    get text() {
      return text;
    },
    get ended() {
      return ended;
    },
    until: (wanted) => (wanted(raw) ? Promise.resolve() : new Promise((resolve) => waiting.push({ wanted, resolve }))),
    finish: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
  const changed = () => {
    waiting = waiting.filter(({ wanted, resolve }) => {
      if (!wanted(raw)) return true;
      resolve();
      return false;
    });
  };
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    text += chunk;
    changed();
  });
  socket.on("error", () => {
    ended ??= "rst";
    changed();
  });
  for (const event of ["end", "close"]) {
    socket.on(event, () => {
      ended ??= "fin";
      changed();
    });
  }
  await new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.once("error", reject);
  });
  socket.write(`GET /apis/provisioning.grafana.app/v0alpha1/${path} HTTP/1.1\r\nHost: localhost\r\nX-Access-Token: ${token}\r\n\r\n`);
  return raw;
}
