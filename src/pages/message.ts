/** What every page can tell its host before any of its own messages. */
export type FromAnyPage =
  /** The page listens: it can be told its state. Said once after every load. */
  | { readonly kind: "ready" }
  /** The page broke: an error of its own script, for the log. */
  | { readonly kind: "failed"; readonly detail: string };

/** What belongs to every state that a page is told. */
export type Shown<Word extends string> = {
  /** Every text of the page in the user's language; `{0}`, `{1}` … are filled by the page. */
  readonly words: Readonly<Record<Word, string>>;
  /** BCP 47, for numbers; the editor's language. */
  readonly locale: string;
  /** IANA, for times; UTC stands beside it or on hover. */
  readonly zone: string;
};

type Message = { readonly kind: string; readonly [key: string]: unknown };

/** Narrows a message of a page to an object with a `kind`; a page's message is input like any other. */
export function readKind(message: unknown): Message | undefined {
  if (typeof message !== "object" || message === null || !("kind" in message)) return undefined;
  return typeof message.kind === "string" ? { ...message, kind: message.kind } : undefined;
}

/** The messages of every page; undefined for any other. */
export function readFromAnyPage(message: Message): FromAnyPage | undefined {
  switch (message.kind) {
    case "ready":
      return { kind: "ready" };
    case "failed": {
      const detail = readText(message["detail"], 10_000);
      return detail === undefined ? undefined : { kind: "failed", detail };
    }
    default:
      return undefined;
  }
}

/** A text of at most `maxLength` UTF-16 units; longer ones are refused, not cut, as no page posts them. */
export function readText(value: unknown, maxLength: number): string | undefined {
  return typeof value === "string" && value.length <= maxLength ? value : undefined;
}

/** A whole number in `min … max`. */
export function readWhole(value: unknown, min: number, max: number): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
}

export function readFlag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

export function readOneOf<Choice extends string>(value: unknown, choices: readonly Choice[]): Choice | undefined {
  return choices.find((choice) => choice === value);
}

/** A list of at most `maxLength` items, each of which `readItem` understands; undefined if one is not understood. */
export function readList<Item>(
  value: unknown,
  maxLength: number,
  readItem: (item: unknown) => Item | undefined,
): readonly Item[] | undefined {
  if (!Array.isArray(value) || value.length > maxLength) return undefined;
  const items: Item[] = [];
  for (const each of value) {
    const item = readItem(each);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

/** An object's fields, to be read one by one. */
export function readFields(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** Puts values into the holes of a word: `fill("{0} of {1} rows", "7", "9")`. A hole without a value stays as it is. */
export function fill(word: string, ...values: readonly string[]): string {
  return word.replace(/\{(\d+)\}/g, (hole, place: string) => values[Number(place)] ?? hole);
}

/** A count with its noun: English and others have one form for one and another for the rest. */
export function counted(count: number, one: string, many: string, number: (value: number) => string): string {
  return fill(count === 1 ? one : many, number(count));
}
