import type { ShownRow } from "../../src/pages/results.ts";

const windowRows = 100;
const maxWindows = 40;
const maxInFlight = 3;

type Ask = (request: number, from: number, count: number) => void;

/**
 * The rows of the view that are near the screen. Asks for windows around what is shown and for nothing else: where
 * someone scrolls fast, the windows passed by are never asked for. After a change of the view the old rows stay until
 * the first new ones come, so that nothing flashes.
 */
export class RowCache {
  private readonly ask: Ask;
  /** Least recently needed first. */
  private windows = new Map<number, readonly ShownRow[]>();
  private old: Map<number, readonly ShownRow[]> | undefined;
  private readonly inFlight = new Map<number, number>();
  private readonly failed = new Set<number>();
  private wanted: { readonly first: number; readonly last: number } | undefined;
  private nextRequest = 1;
  private count = 0;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  get rowCount(): number {
    return this.count;
  }

  /** Rows are being shown that belong to the view before. */
  get isStale(): boolean {
    return this.old !== undefined;
  }

  get isWaiting(): boolean {
    return this.inFlight.size > 0;
  }

  /** Begins anew: for another answer (nothing of the old one stays), or for another view of the same. */
  begin(rowCount: number, keepOld: boolean): void {
    if (keepOld) {
      if (this.old === undefined) this.old = this.windows;
    } else {
      this.old = undefined;
      this.count = rowCount;
    }
    this.windows = new Map();
    this.inFlight.clear();
    this.failed.clear();
    this.wanted = undefined;
  }

  row(index: number): ShownRow | undefined {
    const place = Math.floor(index / windowRows);
    return (this.old ?? this.windows).get(place)?.[index - place * windowRows];
  }

  /** What is on screen: asks for the windows of it that are missing, and a little ahead. */
  need(first: number, last: number): void {
    this.wanted = { first, last };
    this.askForMissing();
  }

  /** Takes a window; false where it answers no question of this view. */
  receive(message: {
    readonly request: number;
    readonly rowCount: number;
    readonly rows: readonly ShownRow[];
  }): boolean {
    const place = this.inFlight.get(message.request);
    if (place === undefined) return false;
    this.inFlight.delete(message.request);
    this.old = undefined;
    this.count = message.rowCount;
    this.windows.set(place, message.rows);
    this.forgetFar();
    this.askForMissing();
    return true;
  }

  /** The window could not be read: it is not asked for again by itself. */
  fail(request: number): boolean {
    const place = this.inFlight.get(request);
    if (place === undefined) return false;
    this.inFlight.delete(request);
    this.failed.add(place);
    this.askForMissing();
    return true;
  }

  retry(): void {
    this.failed.clear();
    this.askForMissing();
  }

  private askForMissing(): void {
    if (this.wanted === undefined) return;
    const visible = range(Math.floor(this.wanted.first / windowRows), Math.floor(this.wanted.last / windowRows));
    const ahead = [(visible.at(-1) ?? 0) + 1, (visible[0] ?? 0) - 1];
    const lastPlace = this.isStale ? Number.POSITIVE_INFINITY : Math.floor((this.count - 1) / windowRows);
    const asked = new Set(this.inFlight.values());
    for (const place of [...visible, ...(this.isStale ? [] : ahead)]) {
      const rows = this.windows.get(place);
      if (rows !== undefined) {
        // Needed again: it moves to the end of the map, the last to go.
        this.windows.delete(place);
        this.windows.set(place, rows);
        continue;
      }
      if (place < 0 || place > lastPlace || asked.has(place) || this.failed.has(place)) continue;
      if (this.inFlight.size >= maxInFlight) return;
      const request = this.nextRequest;
      this.nextRequest += 1;
      this.inFlight.set(request, place);
      this.ask(request, place * windowRows, windowRows);
    }
  }

  private forgetFar(): void {
    for (const place of this.windows.keys()) {
      if (this.windows.size <= maxWindows) return;
      this.windows.delete(place);
    }
  }
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
