// A world to two numbers of 32 bits: equal for worlds between which nothing that can happen tells a difference. Versions and
// owners count only by who else has the same, and replicas of one role may change places.

import { type Replica, type Stored, TICK, type World } from "./world.ts";

const PHASES = ["idle", "found", "claiming", "owned", "giving back"];
const HOWS = ["claim", "requeue", "fail", "archive"];
const CLAIMS = ["putting", "reading", "owned", "lost", "unclear"];
const STEPS = ["status", "record", "check", "log", "delete", "look", "done", "kept"];
const WORKS = ["none", "running", "killed"];
const WRITES = ["claim", "requeue", "renewal", "final", "give back", "record", "delete"];
const ANSWERS = [undefined, "written", "conflict", "gone", "unknown"];

export interface Key {
  high: number;
  low: number;
}

/** Orders of the replicas under which the roles stay what they are. */
export function ordersOf(roles: readonly { drives: boolean; reaps: boolean }[]): number[][] {
  const orders: number[][] = [[]];
  for (let place = 0; place < roles.length; place++) {
    const longer = orders.splice(0).flatMap((order) => roles.map((_, who) => [...order, who]).filter((next) => new Set(next).size === next.length));
    orders.push(...longer.filter((order) => same(roles[order[place]!]!, roles[place]!)));
  }
  return orders;
}

function same(one: { drives: boolean; reaps: boolean }, other: { drives: boolean; reaps: boolean }): boolean {
  return one.drives === other.drives && one.reaps === other.reaps;
}

/** Says of a replica as much as can be said without names. */
function rankOf({ phase, how, counts, work, leftMs, wire, lease, claim, seen, finish }: Replica): number {
  let rank = PHASES.indexOf(phase) * 8 + HOWS.indexOf(how) * 2 + (counts ? 1 : 0);
  if (seen !== undefined) rank = rank * 16 + 1 - Math.floor(seen.sinceMs / TICK);
  if (phase === "idle") return rank;
  rank = rank * 32 + WORKS.indexOf(work) * 8 + leftMs / TICK;
  if (wire !== undefined) rank = rank * 512 + WRITES.indexOf(wire.what) * 64 + ANSWERS.indexOf(wire.answer) * 8 - wire.sentMs / TICK;
  if (lease !== undefined) rank = rank * 64 + (lease.validUntilMs / TICK) * 8 + lease.renewAtMs / TICK;
  if (claim !== undefined) rank = rank * 8 + CLAIMS.indexOf(claim.kind);
  return finish === undefined ? rank : rank * 8 + STEPS.indexOf(finish.step);
}

export class Keys {
  readonly #orders: number[][];
  readonly #words = new Int32Array(4096);
  readonly #ranks: number[] = [];
  #length = 0;
  // What was met so far; its place is its name.
  readonly #versions: number[] = [];
  readonly #owners: number[] = [];
  #begun: readonly number[] = [];

  constructor(roles: readonly { drives: boolean; reaps: boolean }[]) {
    this.#orders = ordersOf(roles);
  }

  /** Into `key`, which is given back. */
  of(world: World, key: Key): Key {
    for (let who = 0; who < world.replicas.length; who++) this.#ranks[who] = rankOf(world.replicas[who]!);
    let first = true;
    for (const order of this.#orders) {
      if (!this.#ranked(order)) continue;
      this.#write(world, order);
      const [high, low] = this.#hash();
      if (first || high < key.high || (high === key.high && low < key.low)) {
        key.high = high;
        key.low = low;
      }
      first = false;
    }
    return key;
  }

  /** Whether no other order has to be tried before this one. */
  #ranked(order: readonly number[]): boolean {
    for (const other of this.#orders) {
      for (let place = 0; place < order.length; place++) {
        const difference = this.#ranks[other[place]!]! - this.#ranks[order[place]!]!;
        if (difference < 0) return false;
        if (difference > 0) break;
      }
    }
    return true;
  }

  #write(world: World, order: readonly number[]): void {
    this.#length = 0;
    this.#versions.length = 0;
    this.#owners.length = 0;
    this.#begun = world.begun;
    this.#put(world.faults);
    this.#put(world.races);
    this.#put(world.crashes);
    this.#put(world.meddling);
    this.#put(world.created);
    this.#stored(world.job);
    if (world.faults > 0 && world.before !== "none") this.#stored(world.before);
    else this.#put(-1);
    for (let index = 0; index < world.ended.length; index++) this.#put((world.ended[index] ? 2 : 0) + (world.begun[index] === 0 ? 0 : 1));
    for (const who of order) this.#replica(world.replicas[who]!);
    this.#put(world.moving.length);
    for (const { what, who, body, owner, record, target, checked, left } of world.moving) {
      this.#put(WRITES.indexOf(what) * 64 + (who < 0 ? 0 : order.indexOf(who) + 1) * 4 + (checked ? 2 : 0));
      this.#put(left === Number.POSITIVE_INFINITY ? -1 : left);
      this.#owner(Number(owner));
      if (body !== undefined) this.#stored(body);
      if (record !== undefined) this.#record(record.uid, record.finishedMs, record.there);
      if (target !== undefined) {
        this.#put(Number(target.uid));
        this.#version(Number(target.version));
      }
    }
    this.#put(world.records.length);
    for (const { uid, finishedMs, there } of world.records) this.#record(uid, finishedMs, there);
    // Few, and their order means nothing.
    const orphans = world.orphans.map(({ uid, leftMs }) => Number(uid) * 16 + leftMs / TICK).sort((a, b) => a - b);
    this.#put(orphans.length);
    for (const orphan of orphans) this.#put(orphan);
  }

  #replica({ phase, seen, read, how, claim, lease, finish, work, leftMs, counts, wire, validMs }: Replica): void {
    this.#put(PHASES.indexOf(phase) * 8 + HOWS.indexOf(how) * 2 + (counts ? 1 : 0));
    if (seen === undefined) this.#put(-1);
    else {
      this.#put(Number(seen.uid) * 16 - Math.floor(seen.sinceMs / TICK));
      this.#version(Number(seen.version));
    }
    if (phase === "idle") return;
    this.#stored(read);
    if (claim === undefined) this.#put(-1);
    else {
      this.#put(CLAIMS.indexOf(claim.kind));
      if ("owner" in claim) this.#owner(Number(claim.owner));
      if (claim.kind === "putting" || claim.kind === "reading") this.#version(Number(claim.baseVersion));
      if (claim.kind === "reading") {
        this.#put(Math.floor(claim.untilMs / TICK) * 64 + claim.reads);
        this.#put(claim.sentMs / TICK);
      }
    }
    if (lease === undefined) this.#put(-1);
    else {
      this.#put((lease.validUntilMs / TICK) * 1024 + (lease.renewAtMs / TICK) * 64 + (lease.quietUntilMs / TICK) * 16 + lease.failures * 4 + (lease.stale ? 2 : 0) + (lease.lost ? 1 : 0));
      this.#owner(Number(lease.owner));
      this.#put(Number(lease.uid));
    }
    if (finish === undefined) this.#put(-1);
    else this.#put(STEPS.indexOf(finish.step) * 16 + ("tries" in finish ? finish.tries : 0));
    this.#put(WORKS.indexOf(work) * 4096 + (leftMs / TICK) * 256 + validMs / TICK);
    if (wire === undefined) this.#put(-1);
    else {
      this.#put(WRITES.indexOf(wire.what) * 64 + ANSWERS.indexOf(wire.answer) * 8 - wire.sentMs / TICK);
      this.#stored(wire.got);
    }
  }

  #stored(stored: Stored | undefined): void {
    if (stored === undefined) return this.#put(-1);
    const { uid, claim, attempt, spent, finishedMs, finished } = stored.view;
    // Attempts only grow: what counts is whether this one is above the latest that was begun.
    const ahead = Math.max(-2, Math.min(2, attempt - this.#begun[Number(uid) - 1]!));
    this.#put(Number(uid) * 1024 + (ahead + 2) * 128 + spent * 16 + (claim === "" ? 0 : 2) + (finished ? 1 : 0));
    this.#version(stored.version);
    this.#owner(stored.owner);
    this.#owner(finishedMs);
  }

  #record(uid: string, finishedMs: number, there: boolean): void {
    this.#put(Number(uid) * 2 + (there ? 1 : 0));
    this.#owner(finishedMs);
  }

  #version(version: number): void {
    let name = this.#versions.indexOf(version);
    if (name < 0) name = this.#versions.push(version) - 1;
    this.#put(name);
  }

  #owner(owner: number): void {
    if (owner === 0) return this.#put(-2);
    let name = this.#owners.indexOf(owner);
    if (name < 0) name = this.#owners.push(owner) - 1;
    this.#put(name);
  }

  #put(word: number): void {
    this.#words[this.#length++] = word;
  }

  #hash(): [number, number] {
    let high = 0x9747b28c;
    let low = 0x3c6ef372;
    for (let index = 0; index < this.#length; index++) {
      const word = this.#words[index]!;
      high = Math.imul(high ^ word, 0x85ebca6b);
      high ^= high >>> 15;
      low = Math.imul(low ^ word, 0xc2b2ae35);
      low ^= low >>> 13;
      low = (low + high) | 0;
    }
    high = Math.imul(high ^ (high >>> 16), 0x27d4eb2f);
    low = Math.imul(low ^ (low >>> 15), 0x165667b1);
    return [high ^ (high >>> 13), low ^ (low >>> 16)];
  }
}
