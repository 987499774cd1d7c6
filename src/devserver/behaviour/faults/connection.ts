// Faults of the connection under a body: it ends, stops, dies or crawls. They take watches and plain answers alike.

import type { Stream } from "../../wire/call.ts";
import type { Connection } from "../../wire/connections.ts";
import { choice, COUNT, DURATION, SWITCH } from "../rows.ts";
import { type Fault, fault, maybe, optional, type Scene, type Tools } from "./fault.ts";
import { NUMBER } from "./kinds.ts";
import { blackHole, holding, upTo } from "./streams.ts";

const LINES = maybe(COUNT, "Lines of the body that pass first");
const BYTES = maybe(COUNT, "Bytes of the body that pass first");
const DELAY = optional(DURATION, 0, "Time that passes after them");

type Way = "fin" | "rst" | "end" | "mid-line";

const CUT = fault({
  name: "cut",
  main: "how",
  args: {
    how: optional(choice("fin", "rst", "end", "mid-line"), "fin",
      "A closed connection, a reset one, a polite end before its time, or that within a line"),
    lines: LINES,
    bytes: BYTES,
    delay: DELAY,
    half: optional(SWITCH, false, "Half of the next line goes out first"),
    headers: optional(SWITCH, true, "Whether the headers get through"),
  },
  models: "A load balancer, a proxy or a server that goes away while a body is under way",
  seen: "#130278; kubernetes/kubernetes#13331 (unexpected EOF in mid-event)",
  start({ how, lines, bytes, delay, half, headers }, tools) {
    const { gate, host } = tools;
    if (!headers) {
      return {
        onCall(scene) {
          if (!gate.strikes(scene)) return undefined;
          if (how === "end" || how === "mid-line") return "abort";
          execute(how, scene, tools);
          return "hang";
        },
      };
    }
    return {
      onStream(scene, below) {
        const cut = (under: Stream): Stream =>
          half || how === "mid-line" ? cutInHalf(under, () => end(how, scene, under, tools)) : end(how, scene, under, tools);
        return upTo(below, { lines, bytes }, (under) => {
          if (!gate.strikes(scene)) return under;
          return delay <= 0 ? cut(under) : later(under, host.clock.sleep(delay, gate.signal), cut);
        });
      },
    };
  },
});

/** Ends the body in that way; what is still written is lost. */
function end(how: Way, scene: Scene, below: Stream, tools: Tools): Stream {
  if (how === "end" || how === "mid-line") below.end();
  else execute(how, scene, tools);
  return blackHole(below);
}

function execute(how: "fin" | "rst", scene: Scene, { host }: Tools): void {
  const connection = host.connection(scene);
  if (how === "fin") connection?.fin();
  else connection?.reset();
}

/** The next text is sent up to its middle; then `cut`. */
function cutInHalf(below: Stream, cut: () => Stream): Stream {
  let after: Stream | undefined;
  return {
    ...below,
    write(text) {
      if (after !== undefined) return after.write(text);
      const line = text.slice(0, text.indexOf("\n") + 1 || text.length);
      below.write(line.slice(0, Math.ceil(line.length / 2)));
      after = cut();
      return true;
    },
    end: () => (after ?? below).end(),
  };
}

/** Passes everything until the wait is over, then hands over; a wait that is called off changes nothing. */
function later(below: Stream, wait: Promise<void>, then: (below: Stream) => Stream): Stream {
  let current = below;
  wait.then(() => (current = then(below)), () => {});
  return { ...below, write: (text) => current.write(text), end: () => current.end() };
}

const STALL = fault({
  name: "stall",
  args: { lines: LINES, bytes: BYTES },
  models: "A stopped server process or a proxy that keeps the connection: nothing comes, nothing ends; flows again when the fault is cleared",
  seen: "kubernetes-client/javascript#2432, kubernetes-client/java#1578 (watches that hang for ever)",
  start({ lines, bytes }, { gate }) {
    return {
      onStream(scene, below) {
        return upTo(below, { lines, bytes }, (under) => {
          if (!gate.strikes(scene)) return under;
          const held = holding(under);
          gate.signal.addEventListener("abort", () => held.release(), { once: true });
          return held;
        });
      },
    };
  },
});

const HALF_OPEN = fault({
  name: "half-open",
  args: { lines: LINES, bytes: BYTES },
  models: "A peer or a NAT entry that is gone without FIN: the connection is dead for both directions and for whatever else it carried",
  seen: "kubernetes/kubernetes#95981; gravitational/teleport#69780 (15 minutes without FIN or RST)",
  start({ lines, bytes }, { gate, host }) {
    const dead = new Set<Connection>();
    return {
      onStream(scene, below) {
        const connection = host.connection(scene);
        if (connection === undefined) return below;
        const bound = whileAlive(below, () => !dead.has(connection));
        return upTo(bound, { lines, bytes }, (under) => {
          if (dead.has(connection) || !gate.strikes(scene)) return under;
          dead.add(connection);
          connection.freeze();
          return under;
        });
      },
      stop() {
        for (const connection of dead) connection.destroy();
      },
    };
  },
});

/** Sends nothing more, not even the end, once the connection is dead. */
function whileAlive(below: Stream, alive: () => boolean): Stream {
  return {
    ...below,
    write: (text) => !alive() || below.write(text),
    end() {
      if (alive()) below.end();
    },
  };
}

/** Pause between the pieces, ms. */
const TICK_MS = 50;

const SLOW = fault({
  name: "slow",
  main: "rate",
  args: { rate: optional(NUMBER, 1_000, "Bytes per second") },
  models: "A congested link or a throttling proxy: every byte comes, late",
  seen: "kubernetes/kubernetes#120776 (a list that takes 27 seconds)",
  start({ rate }, { gate, host }) {
    const piece = Math.max(Math.ceil((rate * TICK_MS) / 1_000), 1);
    const tickMs = (piece * 1_000) / rate;
    return {
      onStream(scene, below) {
        if (!gate.strikes(scene)) return below;
        let waiting = "";
        let ended = false;
        let running = false;
        const trickle = async () => {
          while (waiting !== "") {
            // Once cleared, the rest goes at once.
            const length = gate.signal.aborted ? waiting.length : piece;
            below.write(waiting.slice(0, length));
            waiting = waiting.slice(length);
            await host.clock.sleep(tickMs, gate.signal).catch(() => {});
          }
          running = false;
          if (ended) below.end();
        };
        const run = () => {
          if (running) return;
          running = true;
          void trickle();
        };
        return {
          ...below,
          write(text) {
            waiting += text;
            run();
            return true;
          },
          end() {
            ended = true;
            run();
          },
        };
      },
    };
  },
});

export const CONNECTION_FAULTS: readonly Fault[] = [CUT, STALL, HALF_OPEN, SLOW];
