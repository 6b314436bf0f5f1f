import { type Asked, fieldsOf, type Service } from "./exchange.ts";

/** What goes wrong with an answer. */
export type Fault =
  /** The connection is closed before a byte of an answer. A port that nobody listens at is `stopListening` of the cloud. */
  | { readonly kind: "refused" }
  /** The answer begins and the connection is reset after so many bytes of its body (half of it, where it says nothing). */
  | { readonly kind: "resetMidBody"; readonly afterBytes?: number }
  /** The whole answer comes so much later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The body comes in pieces with a pause before each. */
  | { readonly kind: "slow"; readonly ms: number; readonly chunkBytes: number }
  /** No answer ever comes, or one that stops in the middle of its body. */
  | { readonly kind: "hang"; readonly where?: "before" | "midBody" }
  | { readonly kind: "status"; readonly status: number; readonly code: string; readonly message?: string }
  /** What the service says when it is asked too often. */
  | { readonly kind: "throttled" }
  /** A search, analysis or histogram is answered in part and says so. */
  | { readonly kind: "incomplete" }
  /** The body is cut off in its middle, and its length says nothing of that. */
  | { readonly kind: "malformedJson" }
  /** JSON of another shape than the documented one. */
  | { readonly kind: "wrongShape" }
  /** The headers name a compression that the body does not have. */
  | { readonly kind: "wrongCompression" }
  | { readonly kind: "expiredSts" }
  /** The server's clock is so far ahead (or behind, below 0) for what it verifies and for the `Date` that it sends. */
  | { readonly kind: "skew"; readonly ms: number };

export type FaultMatch = {
  readonly service?: Service;
  readonly operation?: string;
  /** The SLS project or the ACK cluster. */
  readonly about?: string;
  /** The first request of those that match which meets the fault, from 1. */
  readonly nth?: number;
  /** So many requests meet it; all of them, where it says nothing. */
  readonly times?: number;
};

export type FaultRule = { readonly match: FaultMatch; readonly fault: Fault };

/** What is to go wrong, changed while the cloud runs. Of several rules for one request all apply. */
export class FaultPlan {
  readonly #rules: { readonly rule: FaultRule; seen: number }[] = [];

  get rules(): readonly FaultRule[] {
    return this.#rules.map(({ rule }) => rule);
  }

  /** Switches a rule on; what comes back switches it off again. */
  add(rule: FaultRule): () => void {
    const entry = { rule, seen: 0 };
    this.#rules.push(entry);
    return () => {
      const place = this.#rules.indexOf(entry);
      if (place >= 0) this.#rules.splice(place, 1);
    };
  }

  clear(): void {
    this.#rules.length = 0;
  }

  replace(rules: readonly FaultRule[]): void {
    this.clear();
    for (const rule of rules) this.add(rule);
  }

  /** The faults that this request meets. Asking counts it. */
  meet(asked: Asked): readonly Fault[] {
    return this.#rules.flatMap((entry) => {
      const { match, fault } = entry.rule;
      if (match.service !== undefined && match.service !== asked.service) return [];
      if (match.operation !== undefined && match.operation !== asked.operation) return [];
      if (match.about !== undefined && match.about !== asked.about) return [];
      entry.seen += 1;
      const first = match.nth ?? 1;
      return entry.seen >= first && entry.seen < first + (match.times ?? Number.POSITIVE_INFINITY) ? [fault] : [];
    });
  }
}

export function faultOf<Kind extends Fault["kind"]>(
  faults: readonly Fault[],
  kind: Kind,
): Extract<Fault, { kind: Kind }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { kind: Kind }> => fault.kind === kind);
}

const kinds: Readonly<Record<Fault["kind"], readonly string[]>> = {
  refused: [],
  resetMidBody: [],
  delay: ["ms"],
  slow: ["ms", "chunkBytes"],
  hang: [],
  status: ["status"],
  throttled: [],
  incomplete: [],
  malformedJson: [],
  wrongShape: [],
  wrongCompression: [],
  expiredSts: [],
  skew: ["ms"],
};

/** Rules that come over the control endpoint; a text says what is wrong with them. */
export function readFaultRules(value: unknown): readonly FaultRule[] | string {
  if (!Array.isArray(value)) return "The body has to be an array of rules.";
  const rules: FaultRule[] = [];
  for (const item of value) {
    const { match, fault } = fieldsOf(item);
    const fields = fieldsOf(fault);
    const kind = Object.keys(kinds).find((known): known is Fault["kind"] => known === fields["kind"]);
    if (kind === undefined) return `A fault has one of the kinds ${Object.keys(kinds).join(", ")}.`;
    const missing = kinds[kind].find((name) => typeof fields[name] !== "number");
    if (missing !== undefined) return `A fault of the kind ${kind} needs the number ${missing}.`;
    if (kind === "status" && typeof fields["code"] !== "string") return "A fault of the kind status needs a code.";
    // What is left unchecked are optional parts, which a person at the keyboard gets right or sees going wrong.
    rules.push({ match: fieldsOf(match) as FaultMatch, fault: fields as Fault });
  }
  return rules;
}
