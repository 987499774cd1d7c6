// The connections of a server, found again by their client's end, and what can be done to them beside HTTP. Knows
// nothing of what they carry.

import type { Socket } from "node:net";

/** What a connection can be made to do. */
export interface Connection {
  /** FIN after what was written. */
  fin(): void;
  /** RST; hosts that cannot send one send FIN. */
  reset(): void;
  /** Not read any more, and not closed when the peer closes. What was written gets out. */
  freeze(): void;
  destroy(): void;
}

export class Connections {
  readonly #sockets = new Set<Socket>();
  readonly #byPeer = new Map<string, Connection>();

  /** Of a TLS connection first the socket below, then its own. */
  add(socket: Socket): void {
    const peer = peerOf(socket);
    this.#sockets.add(socket);
    const connection = connectionOf(socket);
    this.#byPeer.set(peer, connection);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    });
    // A client that breaks off is no fault of the server.
    socket.on("error", () => {});
  }

  /** The connection of a socket, or of what HTTP/2 gives out for one; the same each time. */
  of(socket: Socket | undefined): Connection | undefined {
    return socket === undefined ? undefined : this.#byPeer.get(peerOf(socket));
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function connectionOf(socket: Socket): Connection {
  return {
    fin: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    freeze() {
      socket.pause();
      // Bun's HTTP/2 reads from below the socket.
      (socket as { _handle?: { pause?(): void } })._handle?.pause?.();
    },
    destroy: () => void socket.destroy(),
  };
}

function peerOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`;
}
