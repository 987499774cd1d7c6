// A hand-over of capacity one between concurrent activities: put() waits until take() has had the value,
// so a slow consumer slows its producers down to the socket.

export class Channel<T> {
  #pending: { value: T; taken: () => void; refused: (reason: unknown) => void }[] = [];
  #taker: { give: (value: T) => void; refuse: (reason: unknown) => void } | undefined;
  #closed: { reason: unknown } | undefined;

  /** Resolves once the value was taken; rejects once the channel is closed. */
  put(value: T): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed.reason);
    const taker = this.#taker;
    if (taker !== undefined) {
      this.#taker = undefined;
      taker.give(value);
      return Promise.resolve();
    }
    return new Promise((taken, refused) => this.#pending.push({ value, taken, refused }));
  }

  /** The next value, in the order of put(). One taker at a time. */
  take(): Promise<T> {
    const first = this.#pending.shift();
    if (first !== undefined) {
      first.taken();
      return Promise.resolve(first.value);
    }
    if (this.#closed !== undefined) return Promise.reject(this.#closed.reason);
    return new Promise((give, refuse) => {
      this.#taker = { give, refuse };
    });
  }

  /** Refuses everything that waits and everything that comes. */
  close(reason: unknown): void {
    if (this.#closed !== undefined) return;
    this.#closed = { reason };
    for (const { refused } of this.#pending.splice(0)) refused(reason);
    this.#taker?.refuse(reason);
    this.#taker = undefined;
  }
}
