import type { Knowledge, KnownField } from "./knowledge.ts";
import { nearest } from "./nearest.ts";

/** A name in lower case. Most names are, and are given back as they came: that costs nothing. */
export function lowered(name: string): string {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if ((code >= 65 && code <= 90) || code > 127) return name.toLowerCase();
  }
  return name;
}

/** The known fields by the names that statements call them. */
export class FieldNames {
  readonly fields: readonly KnownField[];
  readonly #bySearch = new Map<string, KnownField>();
  readonly #byName = new Map<string, KnownField>();
  /** Fields by what stands behind the last dot of their name; undefined where more than one ends so. */
  readonly #byEnd = new Map<string, KnownField | undefined>();
  readonly #near = new Map<string, KnownField | undefined>();

  constructor(fields: readonly KnownField[]) {
    this.fields = fields;
    for (const field of fields) {
      this.#bySearch.set(field.search, field);
      for (const name of [field.search, field.sql]) {
        const key = name.toLowerCase();
        if (!this.#byName.has(key)) this.#byName.set(key, field);
      }
      const lower = field.search.toLowerCase();
      for (let dot = lower.indexOf("."); dot >= 0; dot = lower.indexOf(".", dot + 1)) {
        const end = lower.slice(dot + 1);
        this.#byEnd.set(end, this.#byEnd.has(end) ? undefined : field);
      }
    }
  }

  /** The field of a name in either spelling and any case, its exact spelling in the search half first. */
  find(name: string): KnownField | undefined {
    return this.#bySearch.get(name) ?? this.#byName.get(lowered(name));
  }

  /**
   * The field whose value holds what is named: `k8s.pod.labels` for `k8s.pod.labels.app`. Its keys are anybody's, so
   * that no name below it is unknown.
   */
  around(name: string): KnownField | undefined {
    for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
      const field = this.find(name.slice(0, dot));
      if (field !== undefined) return field;
    }
    return undefined;
  }

  /**
   * The field that a name most likely means: one that ends with it, or is spelt nearly so. Where there may be fields that
   * nobody knows, a name has to be nearer to be taken for a mistake.
   */
  near(name: string, complete: boolean): KnownField | undefined {
    const key = `${complete ? "=" : "~"}${name}`;
    if (this.#near.has(key)) return this.#near.get(key);
    const found = this.#nearest(name.toLowerCase(), complete);
    // Typing makes a new name of every letter.
    if (this.#near.size > 2000) this.#near.clear();
    this.#near.set(key, found);
    return found;
  }

  #nearest(name: string, complete: boolean): KnownField | undefined {
    const end = this.#byEnd.get(name);
    if (end !== undefined) return end;
    let close: KnownField | undefined;
    let distance = name.length < 4 ? 0 : name.length < 9 ? 1 : 2;
    for (const [candidate, field] of this.#byName) {
      if (Math.abs(candidate.length - name.length) > distance) continue;
      const letters = differingLetters(name, candidate, distance);
      if (letters > distance || letters === 0) continue;
      close = field;
      distance = letters - 1;
    }
    if (close !== undefined || !complete) return close;
    const word = nearest(name, this.#byName.keys());
    return word === undefined ? undefined : this.find(word);
  }
}

const indexes = new WeakMap<readonly KnownField[], FieldNames>();

export function fieldNames({ fields }: Knowledge): FieldNames {
  let names = indexes.get(fields);
  if (names === undefined) {
    names = new FieldNames(fields);
    indexes.set(fields, names);
  }
  return names;
}

/** Names that SLS has in every Logstore, beside those that the knowledge lists. */
export function isReservedField(name: string): boolean {
  return name.startsWith("__") || name === "source" || name === "topic";
}

/**
 * How many letters have to be added, dropped or changed, or swapped with their neighbour, to make one word the other;
 * more than `most` where it is more.
 */
function differingLetters(from: string, to: string, most: number): number {
  let start = 0;
  let fromEnd = from.length;
  let toEnd = to.length;
  while (start < fromEnd && start < toEnd && from[start] === to[start]) start++;
  while (fromEnd > start && toEnd > start && from[fromEnd - 1] === to[toEnd - 1]) {
    fromEnd--;
    toEnd--;
  }
  if (fromEnd === start || toEnd === start) return Math.max(fromEnd, toEnd) - start;
  if (most === 0) return 1;
  const swapped =
    fromEnd - start === 2 && toEnd - start === 2 && from[start] === to[start + 1] && from[start + 1] === to[start];
  if (swapped) return 1;
  const left = from.slice(start, fromEnd);
  const right = to.slice(start, toEnd);
  return (
    1 +
    Math.min(
      differingLetters(left.slice(1), right, most - 1),
      differingLetters(left, right.slice(1), most - 1),
      differingLetters(left.slice(1), right.slice(1), most - 1),
    )
  );
}
