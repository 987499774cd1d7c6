// A wake-up of capacity one: many offers before a wait count as one, none is lost.

export class Mailbox {
  #full = false;
  #waiting: (() => void) | undefined;

  offer(): void {
    if (this.#waiting === undefined) {
      this.#full = true;
      return;
    }
    const wake = this.#waiting;
    this.#waiting = undefined;
    wake();
  }

  /** Resolves at once if something was offered since the last wait, else with the next offer. One waiter at a time. */
  wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#full) {
      this.#full = false;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting = undefined;
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
    });
  }
}
