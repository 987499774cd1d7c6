// Facts of a server, begun side by side before the tests that ask how they ended.

import process from "node:process";
import type { Fact, GroundKind } from "./fact.ts";
import { factsFor } from "./facts.ts";
import { judgeAll, type Verdict } from "./judge.ts";
import type { Ground } from "./place.ts";

/** Facts at a time on one server. */
const AT_ONCE = 12;

/** Areas or ids, separated by commas, as in `CONTRACT_AREA=patch,LIST-004`; empty = all. */
export const CHOSEN = process.env["CONTRACT_AREA"] ?? "";

/** The facts that hold for one server. */
export class Trial {
  readonly facts: readonly Fact[];
  readonly #grounds = new Map<GroundKind, Ground>();
  readonly #verdicts = new Map<string, Promise<Verdict>>();

  constructor(server: "dev" | "real") {
    this.facts = factsFor(server, CHOSEN);
  }

  /** Begins; `start` gives a ground of each kind that the facts need. */
  async begin(start: (kind: GroundKind) => Promise<Ground>): Promise<void> {
    const kinds = [...new Set(this.facts.map(kindOf))];
    await Promise.all(kinds.map(async (kind) => this.#grounds.set(kind, await start(kind))));
    for (const [kind, ground] of this.#grounds) {
      const mine = this.facts.filter((fact) => kindOf(fact) === kind);
      for (const [id, verdict] of judgeAll(mine, ground, kind === "aged" ? 1 : AT_ONCE)) this.#verdicts.set(id, verdict);
    }
  }

  /** Throws what the fact threw. */
  async holds(id: string): Promise<void> {
    const { error } = (await this.#verdicts.get(id)) ?? { error: new Error(`${id} was not tried`) };
    if (error !== undefined) throw error;
  }

  async end(): Promise<void> {
    await Promise.all(this.#verdicts.values());
    await Promise.all([...new Set(this.#grounds.values())].map((ground) => ground.close()));
  }
}

function kindOf({ on }: Fact): GroundKind {
  return on ?? "plain";
}
