// Values of a generator, each asked for while the one before it is worked on.

/** The same values and the same end; of an error is told in its turn. Leaving early waits for what was asked for. */
export async function* ahead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    let coming = source.next();
    for (;;) {
      const { done, value } = await coming;
      if (done) return;
      coming = source.next();
      coming.catch(() => undefined);
      yield value;
    }
  } finally {
    await source.return(undefined);
  }
}
