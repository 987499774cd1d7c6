// Behaviours that are set for a time, over those the server was started with; the last one wins.

import type { Behaviour } from "./eras.ts";

export class Overrides {
  /** What holds now: one object for the whole life of the server, to be read at the time of use. */
  readonly behaviour: Behaviour;
  /** Without overrides. */
  readonly base: Readonly<Behaviour>;
  #layers: Partial<Behaviour>[] = [];

  constructor(base: Behaviour) {
    this.base = { ...base };
    this.behaviour = { ...base };
  }

  /** Sets values until the returned function is called. */
  add(values: Partial<Behaviour>): () => void {
    const layer = { ...values };
    this.#layers.push(layer);
    this.#apply();
    return () => {
      this.#layers = this.#layers.filter((one) => one !== layer);
      this.#apply();
    };
  }

  #apply(): void {
    Object.assign(this.behaviour, this.base, ...this.#layers);
  }
}
