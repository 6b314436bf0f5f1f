import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { nearest } from "../sls/nearest.ts";
import { type Span, span } from "../sls/span.ts";
import { readPattern } from "./pattern.ts";
import {
  type ConditionName,
  type Conditions,
  type Exception,
  type Rule,
  type RuleSample,
  type Severity,
  severities,
  type Wording,
} from "./rule.ts";

/** What is wrong in a rule file, at a place of it; `line` counts from 1. Worded by the editor. */
export type RuleProblem = {
  readonly span: Span;
  readonly line: number;
} /** `detail` is the YAML parser's own text. */ & (
  | { readonly code: "yaml"; readonly detail: string }
  | { readonly code: "expected"; readonly name: string; readonly expected: Shape }
  | { readonly code: "key-unknown"; readonly name: string; readonly nearest: string | undefined }
  | { readonly code: "key-missing"; readonly name: string }
  | { readonly code: "severity-unknown"; readonly value: string }
  | { readonly code: "id-unreadable"; readonly id: string }
  | { readonly code: "id-repeated"; readonly id: string }
  | { readonly code: "technique-unreadable"; readonly technique: string }
  | { readonly code: "pattern-unreadable"; readonly pattern: string }
  /** A rule without a condition would match every command. */
  | { readonly code: "match-empty" }
);

export type Shape = "map" | "list" | "text" | "truth" | "day";

type Told = RuleProblem extends infer Each ? (Each extends RuleProblem ? Omit<Each, "span" | "line"> : never) : never;

/** The rules that can be used, and why the others cannot. */
export type ReadRules = { readonly rules: readonly Rule[]; readonly problems: readonly RuleProblem[] };

/** Reads a `*.rules.yaml` text. Never throws; a rule with a problem is left out, the others are kept. */
export function readRules(text: string): ReadRules {
  return new Reader(text).rules();
}

const conditionNames = [
  "programs",
  "commandLine",
  "uids",
  "users",
  "namespaces",
  "pods",
  "images",
] as const satisfies readonly ConditionName[];

type Entries = { readonly node: Node; readonly values: ReadonlyMap<string, Node> };

class Reader {
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document;
  readonly #problems: RuleProblem[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true, prettyErrors: false });
  }

  rules(): ReadRules {
    for (const { message, pos } of this.#document.errors) this.#tellAt(span(...pos), { code: "yaml", detail: message });
    if (this.#problems.length > 0) return { rules: [], problems: this.#problems };
    const rules: Rule[] = [];
    const ids = new Set<string>();
    const file = this.#entries(this.#document.contents, "file", ["rules"]);
    for (const node of this.#items(this.#needed(file, "rules"), "rules")) {
      const problemsBefore = this.#problems.length;
      const rule = this.#rule(node);
      if (rule === undefined || this.#problems.length > problemsBefore) continue;
      if (ids.has(rule.id)) {
        this.#tell(node, { code: "id-repeated", id: rule.id });
        continue;
      }
      ids.add(rule.id);
      rules.push(rule);
    }
    return { rules, problems: this.#problems };
  }

  #rule(node: Node): Rule | undefined {
    const entries = this.#entries(node, "rules", [
      "id",
      "title",
      "reason",
      "severity",
      "mitre",
      "match",
      "exceptions",
      "samples",
    ]);
    const id = this.#id(this.#needed(entries, "id"));
    const title = this.#wording(this.#needed(entries, "title"), "title");
    const reason = this.#wording(this.#needed(entries, "reason"), "reason");
    const severity = this.#severity(this.#needed(entries, "severity"));
    const match = this.#conditions(this.#needed(entries, "match"));
    if (!id || !title || !reason || !severity || !match) return undefined;
    return {
      id,
      title,
      reason,
      severity,
      mitre: this.#techniques(entries?.values.get("mitre")),
      match,
      exceptions: this.#items(entries?.values.get("exceptions"), "exceptions")
        .map((item) => this.#exception(item))
        .filter((exception) => exception !== undefined),
      samples: this.#items(entries?.values.get("samples"), "samples")
        .map((item) => this.#sample(item))
        .filter((sample) => sample !== undefined),
    };
  }

  #id(node: Node | undefined): string | undefined {
    const id = this.#scalar(node, "id");
    if (id === undefined || /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) return id;
    this.#tell(node, { code: "id-unreadable", id });
    return undefined;
  }

  #wording(node: Node | undefined, name: string): Wording | undefined {
    if (node === undefined) return undefined;
    const entries = this.#entries(node, name, ["en", "zh"]);
    const en = this.#scalar(this.#needed(entries, "en"), "en");
    const zh = this.#scalar(this.#needed(entries, "zh"), "zh");
    return en === undefined || zh === undefined ? undefined : { en, zh };
  }

  #severity(node: Node | undefined): Severity | undefined {
    const value = this.#scalar(node, "severity");
    const severity = severities.find((known) => known === value);
    if (severity === undefined && value !== undefined) this.#tell(node, { code: "severity-unknown", value });
    return severity;
  }

  #techniques(node: Node | undefined): readonly string[] {
    const techniques = this.#texts(node, "mitre") ?? [];
    for (const { text, node: item } of techniques) {
      if (!/^T\d{4}(\.\d{3})?$/.test(text)) this.#tell(item, { code: "technique-unreadable", technique: text });
    }
    return techniques.map(({ text }) => text);
  }

  #conditions(node: Node | undefined): Conditions | undefined {
    if (node === undefined) return undefined;
    const entries = this.#entries(node, "match", conditionNames);
    if (entries === undefined) return undefined;
    if (entries.values.size === 0) this.#tell(node, { code: "match-empty" });
    const values = (name: ConditionName) => this.#texts(entries.values.get(name), name);
    const texts = (name: ConditionName) => values(name)?.map(({ text }) => text);
    const patterns = values("commandLine");
    for (const { text, node: item } of patterns ?? []) {
      if (readPattern(text) === undefined) this.#tell(item, { code: "pattern-unreadable", pattern: text });
    }
    return {
      programs: texts("programs"),
      commandLine: patterns?.map(({ text }) => text),
      uids: texts("uids"),
      users: texts("users"),
      namespaces: texts("namespaces"),
      pods: texts("pods"),
      images: texts("images"),
    };
  }

  #exception(node: Node): Exception | undefined {
    const entries = this.#entries(node, "exceptions", ["owner", "until", "match"]);
    const owner = this.#scalar(this.#needed(entries, "owner"), "owner");
    const until = this.#needed(entries, "until");
    const day = this.#scalar(until, "until");
    const match = this.#conditions(this.#needed(entries, "match"));
    if (owner === undefined || day === undefined || match === undefined) return undefined;
    const startMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    if (Number.isNaN(startMs)) this.#tell(until, { code: "expected", name: "until", expected: "day" });
    return { owner, untilMs: startMs + 24 * 60 * 60 * 1000, match };
  }

  #sample(node: Node): RuleSample | undefined {
    const entries = this.#entries(node, "samples", ["command", "program", "uid", "matches"]);
    const command = this.#scalar(this.#needed(entries, "command"), "command");
    const verdict = this.#needed(entries, "matches");
    const matches = isScalar(verdict) && typeof verdict.value === "boolean" ? verdict.value : undefined;
    if (verdict !== undefined && matches === undefined) {
      this.#tell(verdict, { code: "expected", name: "matches", expected: "truth" });
    }
    if (command === undefined || matches === undefined) return undefined;
    return {
      command,
      program: this.#scalar(entries?.values.get("program"), "program"),
      uid: this.#scalar(entries?.values.get("uid"), "uid"),
      matches,
    };
  }

  /** The entries of a map with their own names; what is not a map, or has a key nobody knows, is told. */
  #entries(given: Node | null | undefined, name: string, known: readonly string[]): Entries | undefined {
    const node = this.#resolved(given);
    if (!isMap(node)) {
      this.#tell(given ?? undefined, { code: "expected", name, expected: "map" });
      return undefined;
    }
    const values = new Map<string, Node>();
    for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
      const keyText = isScalar(key) ? String(key.value) : "";
      if (known.includes(keyText)) values.set(keyText, value ?? key);
      else this.#tell(key, { code: "key-unknown", name: keyText, nearest: nearest(keyText, known) });
    }
    return { node, values };
  }

  #needed(entries: Entries | undefined, name: string): Node | undefined {
    const value = entries?.values.get(name);
    if (entries !== undefined && value === undefined) this.#tell(entries.node, { code: "key-missing", name });
    return value;
  }

  #items(given: Node | undefined, name: string): readonly Node[] {
    if (given === undefined) return [];
    const node = this.#resolved(given);
    if (isSeq<Node>(node)) return node.items;
    this.#tell(given, { code: "expected", name, expected: "list" });
    return [];
  }

  /** One text or a list of them. */
  #texts(given: Node | undefined, name: string): readonly { readonly text: string; readonly node: Node }[] | undefined {
    if (given === undefined) return undefined;
    const node = this.#resolved(given);
    const items = isSeq<Node>(node) ? node.items : [given];
    if (items.length === 0) this.#tell(given, { code: "expected", name, expected: "text" });
    return items.flatMap((item) => {
      const text = this.#scalar(item, name);
      return text === undefined ? [] : [{ text, node: item }];
    });
  }

  /** A text, or a number as it is written: uids are texts that look like numbers. */
  #scalar(given: Node | undefined, name: string): string | undefined {
    if (given === undefined) return undefined;
    const node = this.#resolved(given);
    if (isScalar(node)) {
      if (typeof node.value === "string" && node.value !== "") return node.value;
      if (typeof node.value === "number") return node.source ?? String(node.value);
    }
    this.#tell(given, { code: "expected", name, expected: "text" });
    return undefined;
  }

  #resolved(node: Node | null | undefined): Node | undefined {
    return isAlias(node) ? node.resolve(this.#document) : (node ?? undefined);
  }

  #tell(node: Node | undefined, told: Told): void {
    const [start, end] = node?.range ?? [0, this.#text.length];
    this.#tellAt(span(start, end), told);
  }

  #tellAt(at: Span, told: Told): void {
    this.#problems.push({ ...told, span: at, line: this.#lines.linePos(at.start).line } as RuleProblem);
  }
}
