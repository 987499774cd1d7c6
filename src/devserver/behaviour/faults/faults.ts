// The faults that are active, and their hooks joined: what the server asks at each seam is asked here, once, and with no
// fault active costs next to nothing.

import { ConfigError, messageOf } from "../../../base/errors.ts";
import { seeded } from "../../../base/random.ts";
import type { Answer, Call, Stream } from "../../wire/call.ts";
import type { Change } from "../../state/store.ts";
import type { ActiveFault, FaultHost, Scene, ServerName, Verdict } from "./fault.ts";
import { Filter } from "./gate.ts";
import { type Parsed, parseFault } from "./parse.ts";
import { sceneOf } from "./scene.ts";
import { FAULTS } from "./table.ts";

/** A fault as it is listed. */
export interface Listed {
  id: string;
  /** As it was given. */
  fault: string;
  /** How often it struck. */
  hits: number;
}

interface Entry {
  id: string;
  text: string;
  gate: Filter;
  /** Undefined until a time given as `after` has passed. */
  active: ActiveFault | undefined;
}

/** A body under way, into which a fault that is added later can step. */
interface Pipe {
  scene: Scene;
  insert(fault: ActiveFault): void;
}

/** What those who run the server are given. */
export type FaultHandles = Pick<Faults, "seed" | "add" | "list" | "clear">;

export class Faults {
  /** Seeds the dice of each fault, together with its number. */
  readonly seed: number;
  readonly #host: FaultHost;
  #entries: Entry[] = [];
  readonly #pipes = new Set<Pipe>();
  #last = 0;

  constructor(seed: number, host: FaultHost) {
    this.seed = seed;
    this.#host = host;
  }

  /** @throws ConfigError for the first text that is no fault */
  check(texts: readonly string[]): void {
    for (const text of texts) parseFault(FAULTS, text);
  }

  /** Resolves once the fault is in force; what it does to calls holds as soon as this has been called. @throws ConfigError */
  async add(text: string): Promise<Listed> {
    const parsed = parseFault(FAULTS, text);
    const number = ++this.#last;
    const random = seeded(this.seed + number * 0x9e3779b1);
    const gate = new Filter(text, parsed.when, this.#host.clock, random);
    const entry: Entry = { id: String(number), text, gate, active: undefined };
    const { after } = parsed.when;
    const lateMs = parsed.scope === "server" && after !== undefined && "ms" in after ? after.ms : 0;
    if (lateMs === 0) this.#start(entry, parsed);
    else this.#host.clock.sleep(lateMs, gate.signal).then(() => this.#start(entry, parsed), ignored);
    this.#entries.push(entry);
    if (parsed.when.for !== undefined) this.#host.clock.sleep(parsed.when.for, gate.signal).then(() => this.clear(entry.id), ignored);
    try {
      await entry.active?.ready;
    } catch (error) {
      await this.clear(entry.id);
      throw new ConfigError(`Cannot use fault "${text}": ${messageOf(error)}`, { cause: error });
    }
    return listed(entry);
  }

  list(): Listed[] {
    return this.#entries.map(listed);
  }

  /** Ends the fault of that id, or all; gives the number of those that ended. */
  async clear(id?: string): Promise<number> {
    const ended = this.#entries.filter((entry) => id === undefined || entry.id === id);
    this.#entries = this.#entries.filter((entry) => !ended.includes(entry));
    for (const { gate } of ended) gate.clear();
    await Promise.all(ended.map(({ active }) => active?.stop?.()));
    return ended.length;
  }

  /** Ends all without undoing anything: the server is gone. */
  close(): void {
    for (const { gate } of this.#entries.splice(0)) gate.clear();
  }

  /** Begins a call. */
  meet(server: ServerName, call: Call): Scene {
    const scene = sceneOf(server, call);
    call.through = (base) => this.#pipe(scene, base);
    return scene;
  }

  /** Before the call is handled. */
  async take(scene: Scene): Promise<Verdict | undefined> {
    for (const { active } of this.#about(scene)) {
      const verdict = await active?.onCall?.(scene);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  }

  /** Before the answer is sent. */
  async change(scene: Scene, answer: Answer): Promise<Verdict> {
    scene.answered = true;
    let verdict: Verdict = answer;
    for (const { active } of this.#about(scene)) {
      if (typeof verdict === "object") verdict = (await active?.onAnswer?.(scene, verdict)) ?? verdict;
    }
    return verdict;
  }

  /** Whether a fault may want the bytes of this call's answer. */
  streams(scene: Scene): boolean {
    return this.#about(scene).some(({ active }) => active?.onStream !== undefined);
  }

  /** Whether this write is acknowledged and forgotten. */
  loses(change: Change): boolean {
    return this.#entries.some(({ active }) => active?.onWrite?.(change) === true);
  }

  #start(entry: Entry, { fault, args }: Parsed): void {
    entry.active = fault.start(args, { gate: entry.gate, host: this.#host });
    for (const pipe of this.#pipes) if (entry.gate.matches(pipe.scene)) pipe.insert(entry.active);
  }

  #about(scene: Scene): Entry[] {
    return this.#entries.filter(({ gate }) => gate.matches(scene));
  }

  #pipe(scene: Scene, base: Stream): Stream {
    let top = base;
    const pipe: Pipe = {
      scene,
      insert: (fault) => {
        top = fault.onStream?.(scene, top) ?? top;
      },
    };
    for (const { active } of this.#about(scene)) if (active !== undefined) pipe.insert(active);
    this.#pipes.add(pipe);
    base.onGone(() => this.#pipes.delete(pipe));
    return {
      write: (text) => top.write(text),
      end: () => top.end(),
      destroy: () => top.destroy(),
      onDrain: (listener) => base.onDrain(listener),
      onGone: (listener) => base.onGone(listener),
    };
  }
}

function listed({ id, text, gate }: Entry): Listed {
  return { id, fault: text, hits: gate.hits };
}

function ignored(): void {}
