// Start all, the first failure stops all, wait for all.

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
