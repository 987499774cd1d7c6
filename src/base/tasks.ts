// Many things at once: all of them, of which the first failure stops all; or some at a time.

/**
 * Runs every task with one child signal. Resolves when all have ended after `signal` was aborted (an abort's own
 * rejection counts as an ordinary end); rejects with the first error that was not the abort, once all have ended.
 */
export async function runTasks(signal: AbortSignal, tasks: readonly ((signal: AbortSignal) => Promise<void>)[]): Promise<void> {
  const all = new AbortController();
  const stop = () => all.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  let failed: { error: unknown } | undefined;
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(all.signal);
      } catch (error) {
        if (all.signal.aborted && error === all.signal.reason) return;
        failed ??= { error };
        all.abort(error);
      }
    }),
  );
  signal.removeEventListener("abort", stop);
  if (failed !== undefined) throw failed.error;
}

/** Calls `use` on each, `count` at a time; results in the order of `items`. Rejects with the first that rejects. */
export async function someAtOnce<One, Result>(items: readonly One[], count: number, use: (one: One) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  // The lanes share one iterator: each takes the next that no other has.
  const lane = async () => {
    for (const [index, one] of waiting) results[index] = await use(one);
  };
  await Promise.all(Array.from({ length: count }, lane));
  return results;
}
