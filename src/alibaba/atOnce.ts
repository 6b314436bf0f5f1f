/** Runs work, at most so many at once; the others wait in the order in which they came. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createTurns(most: number): Turns {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

/**
 * What many workers find, one after another to who reads it. Each `read` gives all that was found until then, so that a
 * slow reader is not told of everything singly.
 */
export type Finds<Item> = {
  add(item: Item): void;
  /** Ends the reading once everything was read; with an error, that is thrown to the reader. */
  end(error?: unknown): void;
  read(): AsyncGenerator<readonly Item[], void, void>;
};

export function createFinds<Item>(): Finds<Item> {
  let found: Item[] = [];
  let ended: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  return {
    add(item) {
      found.push(item);
      wake?.();
    },
    end(error) {
      ended ??= { error };
      wake?.();
    },
    async *read() {
      for (;;) {
        if (found.length > 0) {
          const items = found;
          found = [];
          yield items;
        } else if (ended !== undefined) {
          if (ended.error !== undefined) throw ended.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}
