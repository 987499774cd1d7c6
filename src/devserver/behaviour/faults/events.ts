// Faults of the events of watches: lost, told twice, out of order, broken, huge, or older than what was told before.

import type { Clock } from "../../../base/clock.ts";
import type { Answer, Stream } from "../../wire/call.ts";
import { choice, DURATION, SIZE } from "../rows.ts";
import { type Fault, fault, type Gate, maybe, optional, type Scene } from "./fault.ts";
import { NUMBER, TEXT } from "./kinds.ts";
import { getAt, parsed, setAt } from "./paths.ts";
import { byLine, eventType, wholeLines } from "./streams.ts";

const TYPE = maybe(TEXT, "Only events of this type: ADDED, MODIFIED or DELETED");
const CHANGES = ["ADDED", "MODIFIED", "DELETED"];

/** Edits the events of changes that a fault takes; bookmarks and errors pass. */
function changes(scene: Scene, below: Stream, gate: Gate, type: string | undefined, edit: (line: string) => readonly string[]): Stream {
  if (scene.answered) return below;
  return byLine(below, (line) => {
    const found = eventType(line);
    return CHANGES.includes(found) && (type ?? found) === found && gate.strikes(scene) ? edit(line) : [line];
  });
}

const LOSE = fault({
  name: "lose",
  args: { type: TYPE },
  models: "A watch that skips events without a word, as one that resumes behind the shared ring does",
  seen: "#130272, #130332 (resume past the ring); #132951",
  start: ({ type }, { gate }) => ({ onStream: (scene, below) => changes(scene, below, gate, type, () => []) }),
});

const DOUBLE = fault({
  name: "double",
  args: { type: TYPE },
  models: "Events told twice around reconnects",
  seen: "pkg/storage/unified/resource/broadcaster.go (the ring is replayed to watches that resume)",
  start: ({ type }, { gate }) => ({ onStream: (scene, below) => changes(scene, below, gate, type, (line) => [line, line]) }),
});

const REORDER = fault({
  name: "reorder",
  args: {
    type: TYPE,
    by: optional(NUMBER, 1, "Later events that overtake it"),
    hold: optional(DURATION, 5_000, "Longest time that it is held back"),
  },
  models: "Events of several storage nodes or brokers that overtake each other",
  seen: "#127540 (notifications by NATS), #129405 (reads that lag events)",
  start: ({ type, by, hold }, { gate, host }) => ({
    onStream: (scene, below) => (scene.answered ? below : reordered(scene, below, gate, type, by, hold, host.clock)),
  }),
});

interface HeldLine {
  line: string;
  left: number;
}

function reordered(scene: Scene, below: Stream, gate: Gate, type: string | undefined, by: number, holdMs: number, clock: Clock): Stream {
  const held = new Set<HeldLine>();
  let rest = "";
  const release = (one: HeldLine) => {
    if (held.delete(one)) below.write(one.line);
  };
  return {
    ...below,
    write(text) {
      const [lines, left] = wholeLines(rest + text);
      rest = left;
      let taken = true;
      for (const line of lines) {
        const found = eventType(line);
        const change = CHANGES.includes(found);
        if (change && held.size === 0 && (type ?? found) === found && gate.strikes(scene)) {
          const one = { line, left: by };
          held.add(one);
          clock.sleep(holdMs, gate.signal).then(() => release(one), () => release(one));
          continue;
        }
        taken = below.write(line) && taken;
        if (!change) continue;
        for (const one of [...held]) {
          one.left--;
          if (one.left === 0) release(one);
        }
      }
      return taken;
    },
    end() {
      for (const one of [...held]) release(one);
      below.end();
    },
  };
}

const GARBAGE_LINE = fault({
  name: "garbage-line",
  main: "text",
  args: { text: optional(TEXT, "upstream connect error or disconnect/reset before headers", "What the line says"), type: TYPE },
  models: "A proxy that writes its own words into a stream",
  seen: "kubernetes/kubectl#764, in mid-stream",
  start: ({ text, type }, { gate }) => ({
    onStream: (scene, below) => changes(scene, below, gate, type, (line) => [`${text}\n`, line]),
  }),
});

const HUGE_LINE = fault({
  name: "huge-line",
  main: "size",
  args: { size: optional(SIZE, 40 * 1_048_576, "Size of the line"), type: TYPE },
  models: "A poisoned object: an event that is larger than a client will hold",
  seen: "kubernetes/kubernetes#57073 (object to decode was longer than maximum allowed size)",
  start: ({ size, type }, { gate }) => ({
    onStream: (scene, below) =>
      changes(scene, below, gate, type, (line) => {
        const event = parsed(line);
        const padding = "x".repeat(Math.max(size - line.length, 1));
        setAt(event, ["object", "metadata", "annotations", "padding"], padding);
        return [`${JSON.stringify(event)}\n`];
      }),
  }),
});

const VERSION_BACK = fault({
  name: "version-back",
  main: "where",
  args: {
    where: optional(choice("list", "watch", "both"), "both", "The version of lists, those of events, or both"),
    by: optional(NUMBER, 900_000_000_000, "How far it goes back"),
    type: TYPE,
  },
  models: "A server that was restored from a backup, or a replica that lags behind",
  seen: "kubernetes/kubernetes#107457 (a store that was restored from a backup); #129405",
  start({ where, by, type }, { gate }) {
    return {
      onAnswer(scene, answer): Answer {
        if (where === "watch" || scene.verb !== "list" || answer.status !== 200) return answer;
        const body = parsed(answer.body);
        return lower(body, ["metadata", "resourceVersion"], by) && gate.strikes(scene) ? { ...answer, body: JSON.stringify(body) } : answer;
      },
      onStream(scene, below) {
        if (where === "list") return below;
        return changes(scene, below, gate, type, (line) => {
          const event = parsed(line);
          lower(event, ["object", "metadata", "resourceVersion"], by);
          return [`${JSON.stringify(event)}\n`];
        });
      },
    };
  },
});

/** Lowers a version, which may have more digits than a number holds; not below 1. */
function lower(root: unknown, path: readonly string[], by: number): boolean {
  const version = getAt(root, path);
  if (typeof version !== "string" || !/^\d+$/.test(version)) return false;
  const less = BigInt(version) - BigInt(by);
  return setAt(root, path, String(less < 1n ? 1n : less));
}

export const EVENT_FAULTS: readonly Fault[] = [GARBAGE_LINE, HUGE_LINE, LOSE, DOUBLE, REORDER, VERSION_BACK];
