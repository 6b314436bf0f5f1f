import type { Page } from "../../logs/account.ts";
import type { Unreachable } from "../../logs/answer.ts";

/** A part of a list that could not be had: a region, a namespace, or the whole list (empty). */
export type ListFailure = { readonly part: string; readonly reason: Unreachable };

/** What is known of a list at one moment. */
export type ListState<Item> = {
  readonly items: readonly Item[];
  readonly failures: readonly ListFailure[];
  /** When the oldest of the items was asked for; undefined before anything came. */
  readonly asOfMs: number | undefined;
  /**
   * `new` was never asked for; `renewing` is asked for again and shows the old items until then; `stopped` was
   * interrupted and shows what had come; `old` is whole and will be asked for again.
   */
  readonly progress: "new" | "loading" | "done" | "stopped" | "old" | "renewing";
};

/** A list that is asked for once and kept. Pages are shown as they come; a second asking keeps the old items until it ends. */
export type Listing<Item> = {
  state(): ListState<Item>;
  /** Asks where that is needed. Resolves as soon as there is something to show: old items, the first page, the end. */
  begin(): Promise<void>;
  /** Asks where that is needed. Resolves with the end. */
  finish(): Promise<ListState<Item>>;
  /** Asks again. Resolves with the end. */
  reload(): Promise<ListState<Item>>;
  /** What was asked for is asked for again by the next that wants it. */
  expire(): void;
  /** Interrupts the asking; who waits for it goes on with what had come. */
  stop(): void;
};

/** Whether the list is all that there was when it was asked for. */
export function isWhole({ progress, failures }: ListState<unknown>): boolean {
  return (progress === "done" || progress === "old" || progress === "renewing") && failures.length === 0;
}

export function createListing<Item>(
  load: (signal: AbortSignal) => AsyncIterable<Page<Item>>,
  changed: () => void,
  /** Told of a fault in `load`; the list then ends as a stopped one. */
  failed: (error: unknown) => void,
): Listing<Item> {
  let state: ListState<Item> = { items: [], failures: [], asOfMs: undefined, progress: "new" };
  let running:
    | { readonly controller: AbortController; readonly first: Promise<void>; readonly end: Promise<void> }
    | undefined;

  function show(next: ListState<Item>): void {
    state = next;
    changed();
  }

  async function run(signal: AbortSignal, onFirst: () => void): Promise<void> {
    const before = state;
    const items: Item[] = [];
    const failures: ListFailure[] = [];
    let asOfMs: number | undefined;
    const soFar = (progress: "loading" | "done" | "stopped"): ListState<Item> => {
      if (before.progress !== "renewing") return { items: [...items], failures, asOfMs, progress };
      // An old list is better than the beginning of a new one, and than none.
      const isNothing = items.length === 0 && failures.length > 0;
      switch (progress) {
        case "loading":
          return before;
        case "stopped":
          return { ...before, progress: "old" };
        case "done":
          return isNothing ? { ...before, failures, progress } : { items, failures, asOfMs, progress };
        default:
          return progress satisfies never;
      }
    };
    try {
      for await (const page of load(signal)) {
        if (signal.aborted) return;
        if (page.kind === "items") {
          items.push(...page.items);
          asOfMs = Math.min(asOfMs ?? page.asOfMs, page.asOfMs);
        } else {
          failures.push({ part: page.part, reason: page.reason });
        }
        if (before.progress !== "renewing") show(soFar("loading"));
        onFirst();
      }
      if (!signal.aborted) show(soFar("done"));
    } catch (error) {
      // A source may end a stopped list by throwing; anything else is a fault.
      if (signal.aborted) return;
      failed(error);
      show(soFar("stopped"));
    }
  }

  function start(): NonNullable<typeof running> {
    running?.controller.abort();
    const controller = new AbortController();
    const first = Promise.withResolvers<void>();
    const stopped = new Promise<void>((resolve) => {
      controller.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    const isOld = state.items.length > 0 && state.progress !== "loading" && state.progress !== "stopped";
    state = { ...state, progress: isOld ? "renewing" : "loading" };
    const end = run(controller.signal, first.resolve).finally(() => {
      if (running?.controller === controller) running = undefined;
    });
    running = {
      controller,
      first: Promise.race([first.promise, end, stopped]),
      end: Promise.race([end, stopped]),
    };
    return running;
  }

  const ongoing = () => running ?? (state.progress === "done" ? undefined : start());

  return {
    state: () => state,
    begin: async () => {
      const work = ongoing();
      if (state.items.length === 0) await work?.first;
    },
    finish: async () => {
      await ongoing()?.end;
      return state;
    },
    reload: async () => {
      await start().end;
      return state;
    },
    expire: () => {
      if (running === undefined && state.progress !== "new") state = { ...state, progress: "old" };
    },
    stop: () => {
      if (running === undefined) return;
      running.controller.abort();
      running = undefined;
      show({ ...state, progress: state.progress === "renewing" ? "old" : "stopped" });
    },
  };
}
