// Breadth first through every world that can be reached: the first world that breaks a law has the shortest story. Then
// backwards from the ends: a world from which none can be reached by what happens by itself is a dead end.

import { Keys } from "./key.ts";
import { movesOf } from "./moves.ts";
import { Rest } from "./rest.ts";
import { firstWorld, type Law, type Model, type Move, type World } from "./world.ts";

export interface Finding {
  law: Law;
  /** From the first world to the one that breaks the law. */
  story: Move[];
}

export interface Outcome {
  states: number;
  moves: number;
  /** Steps from the first world to the farthest. */
  depth: number;
  finding: Finding | undefined;
  /** All was seen; not if a law was broken. */
  complete: boolean;
}

/** States kept at once: more is taken for a mistake in the model. */
const STATES_MAX = 8_000_000;

/** `carryAll`: without leaving out what comes to nothing (rest.ts). */
export function explore(model: Model, { carryAll = false } = {}): Outcome {
  const seen = new Seen(new Keys(model.setting.roles));
  const parents = new Numbers();
  const numbers = new Numbers();
  const from = new Numbers();
  const into = new Numbers();
  const ends: number[] = [];
  const rest = restOf(model, carryAll);
  let moves = 0;
  let depth = 0;
  let level: World[] = [firstWorld(model)];
  seen.add(level[0]!);
  parents.push(-1);
  numbers.push(-1);
  let first = 0;
  const outcome = (finding: Finding | undefined, complete: boolean): Outcome => ({ states: seen.size, moves, depth, finding, complete });
  const liveness = model.setting.laws === undefined || model.setting.laws.includes("dead end");
  while (level.length > 0) {
    const next: World[] = [];
    for (let index = 0; index < level.length; index++) {
      const world = level[index]!;
      const state = first + index;
      if (liveness && isEnd(model, world)) ends.push(state);
      const possible = movesOf(model, world);
      for (let number = 0; number < possible.length; number++) {
        const move = possible[number]!;
        moves++;
        const known = seen.size;
        const after = rest(move.world);
        // A law is broken by the move, whether or not what comes of it is known already.
        if (after.broken !== undefined) return outcome({ law: after.broken, story: [...storyOf(model, rest, parents, numbers, state), { ...move, world: after }] }, false);
        const target = seen.add(after);
        if (target === known) {
          parents.push(state);
          numbers.push(number);
          next.push(after);
        }
        if (liveness && move.kind === "step" && target !== state) {
          from.push(state);
          into.push(target);
        }
      }
    }
    if (seen.size > STATES_MAX) return outcome(undefined, false);
    first += level.length;
    level = next;
    if (next.length > 0) depth++;
  }
  if (!liveness) return outcome(undefined, true);
  const dead = deadEnd(seen.size, from, into, ends);
  return outcome(dead === undefined ? undefined : { law: "dead end", story: storyOf(model, rest, parents, numbers, dead) }, true);
}

function restOf(model: Model, carryAll: boolean): (world: World) => World {
  if (carryAll) return (world) => world;
  const rest = new Rest(model);
  return (world) => rest.of(world);
}

/** All jobs are gone, nobody does anything, nothing runs. */
function isEnd({ setting }: Model, { job, created, replicas, orphans }: World): boolean {
  return job === undefined && created === setting.uids && orphans.length === 0 && replicas.every(({ phase }) => phase === "idle");
}

/** The first state from which no end can be reached. */
function deadEnd(states: number, from: Numbers, into: Numbers, ends: readonly number[]): number | undefined {
  // Edges by their target: where each target's begin, then the edges in that order.
  const starts = new Int32Array(states + 1);
  for (let edge = 0; edge < into.length; edge++) starts[into.at(edge) + 1]!++;
  for (let state = 0; state < states; state++) starts[state + 1]! += starts[state]!;
  const filled = starts.slice();
  const sources = new Int32Array(into.length);
  for (let edge = 0; edge < into.length; edge++) sources[filled[into.at(edge)]!++] = from.at(edge);
  const good = new Uint8Array(states);
  const stack = [...ends];
  for (const end of ends) good[end] = 1;
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    for (let edge = starts[state]!; edge < starts[state + 1]!; edge++) {
      const source = sources[edge]!;
      if (good[source] === 1) continue;
      good[source] = 1;
      stack.push(source);
    }
  }
  const dead = good.indexOf(0);
  return dead < 0 ? undefined : dead;
}

/** Plays the moves again that led to a state. */
function storyOf(model: Model, rest: (world: World) => World, parents: Numbers, numbers: Numbers, state: number): Move[] {
  const way: number[] = [];
  for (let at = state; parents.at(at) >= 0; at = parents.at(at)) way.unshift(numbers.at(at));
  let world = firstWorld(model);
  return way.map((number) => {
    const move = movesOf(model, world)[number]!;
    world = rest(move.world);
    return { ...move, world };
  });
}

/** Numbers of 32 bits, as many as come. */
class Numbers {
  #all = new Int32Array(1 << 16);
  length = 0;

  push(number: number): void {
    if (this.length === this.#all.length) {
      const more = new Int32Array(this.length * 2);
      more.set(this.#all);
      this.#all = more;
    }
    this.#all[this.length++] = number;
  }

  at(index: number): number {
    return this.#all[index]!;
  }
}

/** Worlds by their keys, numbered in the order in which they came. */
class Seen {
  readonly #keys: Keys;
  readonly #key = { high: 0, low: 0 };
  readonly #high = new Numbers();
  readonly #low = new Numbers();
  /** State + 1, or 0. */
  #slots = new Int32Array(1 << 18);

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  get size(): number {
    return this.#high.length;
  }

  /** The world's number: `size` as it was before, if it is new. */
  add(world: World): number {
    const { high, low } = this.#keys.of(world, this.#key);
    const slot = this.#find(high, low);
    const known = this.#slots[slot]!;
    if (known > 0) return known - 1;
    const state = this.size;
    this.#high.push(high);
    this.#low.push(low);
    this.#slots[slot] = state + 1;
    if (this.size * 2 > this.#slots.length) this.#grow();
    return state;
  }

  #find(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot]! - 1;
      if (known < 0 || (this.#low.at(known) === low && this.#high.at(known) === high)) return slot;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let state = 0; state < this.size; state++) this.#slots[this.#find(this.#high.at(state), this.#low.at(state))] = state + 1;
  }
}
