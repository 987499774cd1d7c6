// The guard: orders of its controller in, what becomes of its workers out. It lives as long as somebody holds the other end
// of its input; when that closes it ends its workers and then itself.

import { GuardedChild, type GuardPorts, type Send } from "./guarded-child.ts";
import { type FromGuard, type ToGuard, WIRE_LINE_MAX, wireLine } from "./guard-wire.ts";
import { LineSplitter } from "./lines.ts";

export interface GuardStreams {
  /** Ends when the controller has closed it, or is gone. */
  input: AsyncIterable<Uint8Array>;
  /** A promise means: nothing more until it resolves. Never throws, whether or not anybody reads. */
  write(line: string): Promise<void> | undefined;
}

/** Resolves once the input has ended and nothing runs any more. */
export async function runGuard({ input, write }: GuardStreams, ports: GuardPorts): Promise<void> {
  const children = new Map<number, GuardedChild>();
  const running = new Set<Promise<void>>();
  const send: Send = (message) => write(wireLine({ atMs: ports.clock.monotonic(), ...message } as FromGuard));

  const obey = (order: ToGuard) => {
    if (order.kind !== "start") {
      const child = children.get(order.id);
      if (order.kind === "lease") child?.lease(order.untilMs);
      else child?.cancel(order.reason);
      return;
    }
    const child = new GuardedChild(order, ports, send);
    children.set(order.id, child);
    const run = child.run().then(() => {
      children.delete(order.id);
      running.delete(run);
    });
    running.add(run);
  };

  void send({ kind: "ready" });
  const splitter = new LineSplitter(WIRE_LINE_MAX);
  for await (const chunk of input) {
    for (const { text } of splitter.push(chunk)) obey(JSON.parse(text) as ToGuard);
  }
  for (const child of children.values()) child.orphan();
  await Promise.all(running);
}
