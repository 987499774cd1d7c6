// A TCP hop that can be cut: bytes pass both ways until cut(), then every connection breaks and new ones are closed at once.

import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpLink {
  port: number;
  /** Connections accepted so far, those cut off included. */
  readonly accepted: number;
  /** Breaks every connection and those to come. */
  cut(): void;
  /** Lets connections through again. */
  mend(): void;
  close(): Promise<void>;
}

export async function openLink(targetPort: number): Promise<TcpLink> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let whole = true;
  let accepted = 0;
  const server = createServer((near) => {
    accepted++;
    near.on("error", () => near.destroy());
    if (!whole) {
      near.destroy();
      return;
    }
    const far = connect(targetPort, "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    far.on("error", () => far.destroy());
    for (const [from, to] of [[near, far], [far, near]] as const) {
      from.on("data", (chunk) => void to.write(chunk));
      from.on("close", () => (pairs.delete(pair), to.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const breakAll = () => {
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    cut() {
      whole = false;
      breakAll();
    },
    mend() {
      whole = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        breakAll();
      }),
  };
}
