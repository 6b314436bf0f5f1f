import type { Identifier } from "../../sls/syntax.ts";
import type { Typed } from "./typed.ts";

/** A column that a relation shows to the statement. */
export type ScopeColumn = { readonly name: string; readonly value: Typed };

/** A table, a subquery or an `unnest` of a FROM clause, as the expressions beside it see it. */
export type ScopeRelation = {
  /** By which its columns can be qualified. */
  readonly alias: string | undefined;
  /** What `*` stands for. */
  readonly columns: readonly ScopeColumn[];
  /** A column that `*` does not show; only the records have such. */
  readonly hidden?: (name: string) => Typed | undefined;
};

export type Resolved =
  | { readonly kind: "found"; readonly value: Typed }
  | { readonly kind: "ambiguous" }
  | { readonly kind: "unknown" };

/** What the names in an expression mean. Names compare without regard to case, as in SLS. */
export class Scope {
  readonly #relations: readonly ScopeRelation[];
  readonly #outer: Scope | undefined;
  readonly #parameters: ReadonlyMap<string, Typed>;
  /** Names that mean one value although two relations have them, as after `using (a)`. */
  readonly #merged: ReadonlyMap<string, Typed>;
  readonly #aliases: ReadonlyMap<string, Typed>;
  readonly #aliasesFirst: boolean;

  constructor(
    relations: readonly ScopeRelation[],
    outer: Scope | undefined,
    names: {
      readonly parameters?: ReadonlyMap<string, Typed>;
      readonly merged?: ReadonlyMap<string, Typed>;
      readonly aliases?: ReadonlyMap<string, Typed>;
      readonly aliasesFirst?: boolean;
    } = {},
  ) {
    this.#relations = relations;
    this.#outer = outer;
    this.#parameters = names.parameters ?? new Map();
    this.#merged = names.merged ?? new Map();
    this.#aliases = names.aliases ?? new Map();
    this.#aliasesFirst = names.aliasesFirst ?? false;
  }

  get relations(): readonly ScopeRelation[] {
    return this.#relations;
  }

  get merged(): ReadonlyMap<string, Typed> {
    return this.#merged;
  }

  /** The same, with names of the SELECT's columns: before the columns of the relations, or behind them. */
  withAliases(aliases: ReadonlyMap<string, Typed>, first: boolean): Scope {
    return new Scope(this.#relations, this.#outer, {
      parameters: this.#parameters,
      merged: this.#merged,
      aliases,
      aliasesFirst: first,
    });
  }

  /** What an aggregate function's arguments see: rows, and so no columns of the answer. */
  withoutAliases(): Scope {
    if (this.#aliases.size > 0) {
      return new Scope(this.#relations, this.#outer, { parameters: this.#parameters, merged: this.#merged });
    }
    return this.#relations.length === 0 && this.#outer !== undefined && this.#parameters.size > 0
      ? new Scope([], this.#outer.withoutAliases(), { parameters: this.#parameters })
      : this;
  }

  withParameters(parameters: ReadonlyMap<string, Typed>): Scope {
    return new Scope([], this, { parameters });
  }

  resolve(path: readonly Identifier[]): Resolved {
    const [first, second, ...more] = path.map(({ name }) => name);
    if (first === undefined || more.length > 0) return { kind: "unknown" };
    const here = second === undefined ? this.#unqualified(first) : this.#qualified(first, second);
    if (here.kind !== "unknown") return here;
    return this.#outer?.resolve(path) ?? here;
  }

  /** All names that could be meant here. */
  *names(): Iterable<string> {
    for (const relation of this.#relations) {
      for (const { name } of relation.columns) yield name;
    }
    yield* this.#aliases.keys();
    if (this.#outer !== undefined) yield* this.#outer.names();
  }

  #unqualified(name: string): Resolved {
    const key = name.toLowerCase();
    const parameter = this.#parameters.get(key);
    if (parameter !== undefined) return { kind: "found", value: parameter };
    const alias = this.#aliases.get(key);
    if (alias !== undefined && this.#aliasesFirst) return { kind: "found", value: alias };
    const merged = this.#merged.get(key);
    if (merged !== undefined) return { kind: "found", value: merged };

    const found = this.#relations.map((relation) => columnOf(relation, name)).filter(({ kind }) => kind !== "unknown");
    if (found.length > 1) return { kind: "ambiguous" };
    return found[0] ?? (alias === undefined ? { kind: "unknown" } : { kind: "found", value: alias });
  }

  #qualified(table: string, name: string): Resolved {
    const relation = this.#relations.find(({ alias }) => alias?.toLowerCase() === table.toLowerCase());
    return relation === undefined ? { kind: "unknown" } : columnOf(relation, name);
  }
}

export function columnOf(relation: ScopeRelation, name: string): Resolved {
  const key = name.toLowerCase();
  const same = relation.columns.filter((column) => column.name.toLowerCase() === key);
  const exact = same.filter((column) => column.name === name);
  const [only, ...others] = exact.length > 0 ? exact : same;
  if (others.length > 0) return { kind: "ambiguous" };
  const value = only?.value ?? relation.hidden?.(name);
  return value === undefined ? { kind: "unknown" } : { kind: "found", value };
}
