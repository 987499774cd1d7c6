// The connections of a server, found again by their client's end, and what can be done to them beside HTTP. Knows
// nothing of what they carry.

import type { Socket } from "node:net";

/** What a connection can be made to do. */
export interface Connection {
  /** FIN after what was written. */
  fin(): void;
  /** RST; hosts that cannot send one send FIN. */
  reset(): void;
  /** Neither read nor written any more, nor closed. */
  freeze(): void;
  destroy(): void;
}

export class Connections {
  readonly #sockets = new Set<Socket>();
  readonly #byPeer = new Map<string, Socket>();

  /** Of a TLS connection first the socket below, then its own. */
  add(socket: Socket): void {
    const peer = peerOf(socket);
    this.#sockets.add(socket);
    this.#byPeer.set(peer, socket);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (this.#byPeer.get(peer) === socket) this.#byPeer.delete(peer);
    });
    // A client that breaks off is no fault of the server.
    socket.on("error", () => {});
  }

  /** The connection of a socket, or of what HTTP/2 gives out for one. */
  of(socket: Socket | undefined): Connection | undefined {
    const found = socket === undefined ? undefined : this.#byPeer.get(peerOf(socket));
    if (found === undefined) return undefined;
    return {
      fin: () => void found.end(),
      reset: () => void found.resetAndDestroy(),
      freeze() {
        found.pause();
        found.cork();
      },
      destroy: () => void found.destroy(),
    };
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function peerOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`;
}
