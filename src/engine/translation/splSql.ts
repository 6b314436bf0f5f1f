import type { Column } from "../../logs/answer.ts";
import { nearest } from "../../sls/nearest.ts";
import type { Span } from "../../sls/span.ts";
import type { Expression, Identifier, SplAnalysis, SplCommand, SplItem } from "../../sls/syntax.ts";
import { bigintType, type SqlType, varcharType } from "../../sls/types.ts";
import { eachPart } from "../../sls/walk.ts";
import { columnOfKey, jsonPointer, sqlName, sqlText, sqlTexts } from "../recordColumns.ts";
import { kindOf, orderedKeys, othersKey, readableColumn, readableColumns } from "../recordKeys.ts";
import { atColumn, keysColumn, restColumn, type SchemaColumn } from "../schema.ts";
import { defaultLimit } from "./analysisSql.ts";
import { literalText, patternSql } from "./callSql.ts";
import { callsIn, hasAggregate, isOfRows } from "./calls.ts";
import { ExpressionTranslator } from "./expressionSql.ts";
import { jsonPath } from "./jsonSql.ts";
import { columnField, type LogFields } from "./logFields.ts";
import type { Refusals, Untranslatable } from "./refusal.ts";
import { Scope } from "./scope.ts";
import { groupNames, matchesPieces, quotedCells, unescaped } from "./splTexts.ts";
import type { Surroundings } from "./typed.ts";
import { columnKind, printed } from "./typeSql.ts";

/** What a pipeline of SPL runs over. */
export type SplSource = {
  /** The records that the search half found, as a relation with all columns of the table `log`. */
  readonly records: string;
  /** The keys of the records; undefined where there are too many to be remembered, so that these records tell theirs. */
  readonly keys: readonly string[] | undefined;
  readonly fields: LogFields;
  readonly surroundings: Surroundings;
  readonly maxRows: number;
};

/** How far a pipeline has been translated. */
export type SplSql =
  /** Fields that only the data names come next: `go` goes on with the first column of what `sql` answers. */
  | { readonly kind: "names"; readonly sql: string; readonly go: (names: readonly string[]) => SplSql }
  | {
      readonly kind: "sql";
      readonly sql: string;
      readonly columns: readonly Column[];
      /** Counts the rows that there are, where the pipeline itself does not say how many it answers. */
      readonly countSql: string | undefined;
      /** The statement names the columns, so that one without a value is shown as well. */
      readonly namesColumns: boolean;
    };

/** So many fields are taken from one field's values, and so many there may be; an answer of more is no table any more. */
const NAMES_LIMIT = 300;
const FIELDS_LIMIT = 1_000;

/** "SPL syntax" lets no pipeline be longer than this, in data transformation; elsewhere less. */
const COMMANDS_LIMIT = 64;

/** "Aggregation instructions": the functions that `stats` knows. */
const statsFunctions: ReadonlySet<string> = new Set([
  ..."count count_if min max sum avg skewness kurtosis approx_percentile approx_distinct".split(" "),
  ..."bool_and bool_or every arbitrary array_agg".split(" "),
]);

/** "General reference": no command but `extend` changes these, and none takes them away. */
const timeFields: ReadonlySet<string> = new Set(["__time__", "__time_ns_part__", "__time__ns_part__"]);

export function splSql(analysis: SplAnalysis, source: SplSource, refusals: Refusals): SplSql {
  if (analysis.commands.length > COMMANDS_LIMIT)
    refusals.add({ code: "too-deep", limit: COMMANDS_LIMIT }, analysis.span);
  return new PipelineTranslator(analysis.commands.slice(0, COMMANDS_LIMIT), source, refusals).begin();
}

/** A field as the commands see it. In SQL it has a name of its own, `"f0"`, that no command changes. */
type Field = {
  readonly name: string;
  readonly sql: string;
  readonly type: SqlType;
  readonly kind: Column["kind"];
  /** `hidden`: it can be named, as what lies in a JSON field can, and is no field of the record. `readable`: it is shown beside whole records. */
  readonly shown: "yes" | "hidden" | "readable";
  readonly isRecordField: boolean;
};

/** What a command wants to know of the data before the next one is translated. */
type Wanted = { readonly sql: string; readonly take: (names: readonly string[]) => void };

/**
 * Translates a pipeline into a chain of queries, each `"s1"` over `"s0"` before it. A command that only names fields
 * otherwise makes no query. The order of the rows is carried along and applied where it counts: at a limit and at the end.
 */
class PipelineTranslator {
  readonly #commands: readonly SplCommand[];
  readonly #source: SplSource;
  readonly #refusals: Refusals;
  readonly #expressions: ExpressionTranslator;
  readonly #stages: string[] = [];
  /** What the first query reads of the records, under its name. */
  #records: ReadonlyMap<string, RecordValue> = new Map();
  #fields: readonly Field[] = [];
  #order: readonly string[] = [];
  /** `records`: whole ones. `fields`: the statement has chosen from them. `groups`: they are gone. */
  #rows: "records" | "fields" | "groups" = "records";
  #limited = false;
  #names = 0;

  constructor(commands: readonly SplCommand[], source: SplSource, refusals: Refusals) {
    this.#commands = commands;
    this.#source = source;
    this.#refusals = refusals;
    this.#expressions = new ExpressionTranslator(source.surroundings, source.fields.columns, refusals, (query) => {
      this.#refuse("splArguments", query.span);
      return { sql: "SELECT NULL", types: [{ kind: "unknown" }] };
    });
  }

  begin(): SplSql {
    const { keys, records } = this.#source;
    if (keys !== undefined) {
      this.#readRecords(orderedKeys(keys), true);
      return this.#run(0);
    }
    return {
      kind: "names",
      sql: namesSql(`SELECT unnest(from_json(${sqlName(keysColumn)}, '["VARCHAR"]')) AS name FROM ${records}`),
      go: (names) => {
        this.#readRecords(orderedKeys(names.slice(0, NAMES_LIMIT)), names.length <= NAMES_LIMIT);
        return this.#run(0);
      },
    };
  }

  #run(from: number): SplSql {
    for (let index = from; index < this.#commands.length; index++) {
      const command = this.#commands[index];
      const wanted = command === undefined ? undefined : this.#command(command);
      if (wanted !== undefined) {
        return {
          kind: "names",
          sql: this.#chain(wanted.sql),
          go: (names) => {
            wanted.take(names);
            return this.#run(index + 1);
          },
        };
      }
    }
    return this.#answer();
  }

  #answer(): SplSql {
    const shown = [
      ...this.#fields.filter((field) => field.shown === "yes"),
      ...this.#fields.filter((field) => this.#isReadable(field)),
    ];
    const cells = shown.map(({ sql, type }, index) => `${printed(sql, type)} AS ${sqlName(`c${index}`)}`);
    const order = this.#order.length === 0 ? "" : ` ORDER BY ${this.#order.join(", ")}`;
    const isOpen = this.#rows !== "groups" && !this.#limited;
    const limit = isOpen
      ? ` LIMIT ${this.#source.maxRows}`
      : this.#rows === "groups" && !this.#limited
        ? ` LIMIT ${defaultLimit}`
        : "";
    return {
      kind: "sql",
      sql: this.#chain(`SELECT ${cells.join(", ") || "NULL AS c0"} FROM ${this.#last()}${order}${limit}`),
      columns: shown.map((field) => ({
        name: field.name,
        kind: field.kind,
        ...(this.#isReadable(field) ? { derived: true as const } : {}),
      })),
      countSql: isOpen ? this.#chain(`SELECT CAST(count(*) AS VARCHAR) FROM ${this.#last()}`) : undefined,
      namesColumns: this.#rows !== "records",
    };
  }

  #isReadable(field: Field): boolean {
    return field.shown === "readable" && this.#rows === "records" && this.#shownField(field.name) === undefined;
  }

  // ------------------------------------------------------------------------------------------ records

  /** The first query: the fields of the records, and what the commands name besides. */
  #readRecords(keys: readonly string[], complete: boolean): void {
    const { fields } = this.#source;
    const values = new Map<string, RecordValue>();
    const found: Field[] = [];
    const add = (
      name: string,
      value: string | RecordValue,
      type: SqlType,
      kind: Column["kind"],
      shown: Field["shown"],
    ): void => {
      const sql = this.#freshName();
      values.set(sql, typeof value === "string" ? () => value : value);
      found.push({ name, sql, type, kind, shown, isRecordField: kind === "json" });
    };
    const spelled = new Map<SchemaColumn | undefined, number>();
    for (const key of keys) spelled.set(columnOfKey(key), (spelled.get(columnOfKey(key)) ?? 0) + 1);

    for (const key of keys) {
      const column = columnOfKey(key);
      const kind = kindOf(key, column);
      if (column === undefined) {
        add(key, (inRest) => inRest(key), varcharType, kind, "yes");
      } else if (key === "__time__") {
        add(key, sqlName(key), bigintType, kind, "yes");
      } else {
        // A text of a number that is printed otherwise lies beside the column, and a column belongs to one spelling.
        const value = `CAST(${sqlName(column.name)} AS VARCHAR)`;
        const isKey = `contains(${sqlName(keysColumn)}, ${sqlText(JSON.stringify(key))})`;
        const isAlone = spelled.get(column) === 1;
        const own: RecordValue = (inRest) => (column.type === "long" ? `coalesce(${inRest(key)}, ${value})` : value);
        add(
          key,
          (inRest) => (isAlone ? own(inRest) : `CASE WHEN ${isKey} THEN ${own(inRest)} END`),
          varcharType,
          kind,
          "yes",
        );
      }
    }
    if (!complete) {
      const shown = JSON.stringify(Object.fromEntries(keys.map((key) => [key, null])));
      const others = `nullif(CAST(json_merge_patch(${sqlName(restColumn)}, ${sqlText(shown)}) AS VARCHAR), '{}')`;
      add(othersKey, others, varcharType, "json", "yes");
    }
    for (const column of readableColumns(keys)) {
      const value = `CAST(${columnField(column, column.name).sql("")} AS VARCHAR)`;
      add(column.name, value, varcharType, readableColumn(column).kind, "readable");
    }
    for (const name of namesIn(this.#commands)) {
      const key = name.toLowerCase();
      if (found.some((field) => field.name.toLowerCase() === key)) continue;
      const field = fields.find(name);
      if (field === undefined) {
        // Where not all keys are known, any name may be one.
        if (!complete) add(name, (inRest) => inRest(name), varcharType, "text", "hidden");
        continue;
      }
      const isTime = field.column?.name === "__time__";
      const value = isTime || field.type !== "long" ? field.sql("") : `CAST(${field.sql("")} AS VARCHAR)`;
      add(name, value, isTime ? bigintType : varcharType, kindOf(name, field.column), "hidden");
    }
    values.set('"o0"', () => sqlName(atColumn));
    values.set('"o1"', () => sqlName("eventId"));
    this.#records = values;
    this.#fields = found;
    this.#order = ['"o0" DESC', '"o1" DESC'];
  }

  // ------------------------------------------------------------------------------------------ commands

  #command(command: SplCommand): Wanted | undefined {
    switch (command.name) {
      case "project":
        return this.#project(command);
      case "project-away":
        return this.#projectAway(command);
      case "project-rename":
        return this.#projectRename(command);
      case "where":
        return this.#where(command);
      case "extend":
        return this.#extend(command);
      case "stats":
        return this.#stats(command);
      case "sort":
        return this.#sort(command);
      case "limit":
        return this.#limit(command);
      case "parse-json":
        return this.#parseJson(command);
      case "parse-kv":
        return this.#parseKv(command);
      case "parse-csv":
        return this.#parseCsv(command);
      case "parse-regexp":
        return this.#parseRegexp(command);
      case "pack-fields":
        return this.#packFields(command);
      default:
        return this.#refuse("spl", command.nameSpan);
    }
  }

  /** "Field operation instructions": fields are kept first, then renamed; the time is always kept. */
  #project(command: SplCommand): undefined {
    const isWild = this.#hasWildcards(command);
    const kept: Field[] = this.#fields.filter(({ name, shown }) => shown === "yes" && timeFields.has(name));
    for (const item of command.items) {
      const name = this.#fieldName(item);
      if (name === undefined) continue;
      const isPattern = item.target === undefined && (item.wildcard || (isWild && name.name.includes("*")));
      const matching = isPattern ? this.#matching(name.name) : this.#knownFields(name);
      if (item.target !== undefined && [item.target, ...matching].some((field) => timeFields.has(field.name))) {
        this.#refuse("splArguments", item.span);
        continue;
      }
      for (const field of matching) {
        const target = item.target?.name ?? field.name;
        if (timeFields.has(target) && item.target === undefined) continue;
        if (kept.some((other) => other.name === target)) {
          if (item.target !== undefined)
            this.#refusals.add({ code: "column-ambiguous", name: target }, item.target.span);
          continue;
        }
        kept.push({ ...field, name: target, shown: "yes" });
      }
    }
    this.#fields = kept;
    if (this.#rows === "records") this.#rows = "fields";
    return undefined;
  }

  #projectAway(command: SplCommand): undefined {
    const isWild = this.#hasWildcards(command);
    const gone = new Set<Field>();
    for (const item of command.items) {
      const name = item.target === undefined ? this.#fieldName(item) : this.#refuse("splArguments", item.span);
      if (name === undefined) continue;
      const exact = this.#resolve(name.name);
      const isPattern = item.wildcard || (isWild && name.name.includes("*"));
      // A record that lacks the field has nothing to lose, so one that no record has is no mistake.
      for (const field of isPattern ? this.#matching(name.name) : exact) {
        if (field.shown === "yes" && !timeFields.has(field.name)) gone.add(field);
      }
    }
    this.#fields = this.#fields.filter((field) => !gone.has(field));
    return undefined;
  }

  #projectRename(command: SplCommand): undefined {
    this.#takesOptions(command, []);
    const renamed = new Map<Field, string>();
    for (const item of command.items) {
      const name = this.#fieldName(item);
      const [field] = name === undefined ? [] : this.#knownFields(name);
      const target = item.target?.name;
      const isTime = [target, field?.name].some((each) => each !== undefined && timeFields.has(each));
      if (target === undefined || isTime || (field !== undefined && renamed.has(field))) {
        this.#refuse("splArguments", item.span);
      } else if ([...renamed.values()].includes(target)) {
        this.#refusals.add({ code: "column-ambiguous", name: target }, item.span);
      } else if (field !== undefined) {
        renamed.set(field, target);
      }
    }
    this.#fields = this.#fields.filter((field) => field.shown !== "yes" || !renamed.has(field));
    this.#setFields([...renamed].map(([{ sql, type, kind }, name]) => ({ name, value: sql, type, kind })));
    return undefined;
  }

  #where(command: SplCommand): undefined {
    for (const { expression } of command.items) {
      this.#refuseAggregates(expression);
      const condition = this.#expressions.condition(this.#scope(), expression);
      this.#stage(`SELECT * FROM ${this.#last()} WHERE ${condition}`);
    }
    return undefined;
  }

  #extend(command: SplCommand): undefined {
    const scope = this.#scope();
    const made: NewField[] = [];
    for (const item of command.items) {
      if (item.target === undefined) {
        this.#refuse("splArguments", item.span);
        continue;
      }
      this.#refuseAggregates(item.expression);
      const { sql, type } = this.#expressions.within(scope, item.expression);
      const { name, span } = item.target;
      if (timeFields.has(name) && type.kind !== "bigint" && type.kind !== "unknown") {
        this.#refusals.add({ code: "function-arguments", name: "extend", expected: "bigint", given: type.kind }, span);
      }
      const kind = name === "__time__" ? "time" : columnKind(type);
      made.push({ name, value: sql, type: timeFields.has(name) ? bigintType : type, kind });
    }
    this.#setFields(made, "overwrite");
    return undefined;
  }

  #stats(command: SplCommand): undefined {
    this.#takesOptions(command, []);
    const scope = this.#scope();
    const groups = command.by.flatMap((name) => this.#knownFields(name));
    const selected: string[] = groups.map(({ sql }) => sql);
    const fields: Field[] = groups.map((field) => ({ ...field, shown: "yes" }));
    for (const { target, expression, span } of command.items) {
      if (target === undefined || !isStatsCall(expression)) {
        this.#refuse("statsAggregate", target === undefined ? span : expression.span);
        continue;
      }
      const { sql, type } = this.#expressions.within(scope, expression);
      const name = this.#freshName();
      selected.push(`${sql} AS ${name}`);
      fields.push({ name: target.name, sql: name, type, kind: columnKind(type), shown: "yes", isRecordField: false });
    }
    const by = groups.length === 0 ? "" : ` GROUP BY ${groups.map(({ sql }) => sql).join(", ")}`;
    this.#stage(`SELECT ${selected.join(", ") || "NULL"} FROM ${this.#last()}${by}`);
    this.#fields = fields;
    this.#order = [];
    this.#rows = "groups";
    this.#limited = false;
    return undefined;
  }

  #sort(command: SplCommand): undefined {
    this.#refuseBeforeFields(command);
    const order: string[] = [];
    for (const item of command.items) {
      const name = this.#fieldName(item);
      for (const { sql } of name === undefined ? [] : this.#knownFields(name)) {
        order.push(`${sql} ${item.descending === true ? "DESC" : "ASC"} NULLS LAST`);
      }
    }
    this.#order = order;
    return undefined;
  }

  #limit(command: SplCommand): undefined {
    this.#refuseBeforeFields(command);
    const [item, ...more] = command.items;
    const text = item?.expression.kind === "number" ? item.expression.text : "";
    this.#takesOptions(command, []);
    if (item === undefined || more.length > 0 || !/^[0-9]{1,9}$/.test(text)) {
      return this.#refuse(item === undefined || more.length > 0 ? "splArguments" : "limit", item?.span ?? command.span);
    }
    const order = this.#order.length === 0 ? "" : ` ORDER BY ${this.#order.join(", ")}`;
    this.#stage(`SELECT * FROM ${this.#last()}${order} LIMIT ${Number(text)}`);
    this.#limited = true;
    return undefined;
  }

  // ------------------------------------------------------------------------------------------ parsing

  /** "Instructions for extracting semi-structured data": the first level of an object becomes fields of texts. */
  #parseJson(command: SplCommand): Wanted | undefined {
    const options = this.#takesOptions(command, ["path", "prefix"]);
    const field = this.#parsedField(command, 1);
    const path = jsonPath(options.get("path") ?? "$");
    if (path === undefined) return this.#refuse("splArguments", command.span);
    if (field === undefined) return undefined;
    const object = path.length === 0 ? field.sql : `json_extract(${field.sql}, ${sqlText(jsonPointer(path))})`;
    return {
      sql: this.#keysSql(`TRY(json_keys(${object}))`),
      take: (names) =>
        this.#takeNames(command, names, options.get("prefix"), (name) => {
          const value = `json_extract_string(${field.sql}, ${sqlText(jsonPointer([...path, name]))})`;
          return `TRY(${value})`;
        }),
    };
  }

  /** `parse-kv f, '&', '='` takes pairs apart at two delimiters, `parse-kv -regexp f, '(\w+)=(\w+)'` at two groups. */
  #parseKv(command: SplCommand): Wanted | undefined {
    const options = this.#takesOptions(command, ["prefix", "regexp"]);
    const byPattern = options.has("regexp");
    const field = this.#parsedField(command, byPattern ? 2 : 3);
    const [, first, second] = command.items.map(({ expression }) => literalText(expression));
    if (field === undefined) return undefined;
    if (first === undefined || first === "" || (!byPattern && (second === undefined || second === ""))) {
      return this.#refuse("splArguments", command.span);
    }
    const names = this.#freshName();
    const values = this.#freshName();
    if (byPattern) {
      const groups = (group: number): string =>
        `regexp_extract_all(${field.sql}, ${patternSql(sqlText(first))}, ${group})`;
      this.#stage(`SELECT *, ${groups(1)} AS ${names}, ${groups(2)} AS ${values} FROM ${this.#last()}`);
    } else {
      const separator = sqlText(second ?? "");
      const pieces = `list_filter(string_split(${field.sql}, ${sqlText(first)}), lambda p: contains(p, ${separator}))`;
      const name = `trim(split_part(p, ${separator}, 1))`;
      const value = `substring(p, strpos(p, ${separator}) + length(${separator}))`;
      this.#stage(
        `SELECT *, list_transform(${pieces}, lambda p: ${name}) AS ${names}, list_transform(${pieces}, lambda p: ${value}) AS ${values} FROM ${this.#last()}`,
      );
    }
    return {
      sql: this.#keysSql(names),
      take: (found) =>
        this.#takeNames(
          command,
          found,
          options.get("prefix"),
          // Of two pairs with one name the last counts, as one would overwrite the other.
          (name) => `list_reverse(${values})[list_position(list_reverse(${names}), ${sqlText(name)})]`,
        ),
    };
  }

  #parseCsv(command: SplCommand): undefined {
    const options = this.#takesOptions(command, ["delim", "quote", "strict"]);
    const field = this.#parsedField(command, 1);
    const delimiter = unescaped(options.get("delim") ?? ",");
    const quote = unescaped(options.get("quote") ?? "");
    if (!/^[\0-\x7f]{1,3}$/.test(delimiter) || !/^[\0-\x7f]?$/.test(quote) || command.as.length === 0) {
      return this.#refuse("splArguments", command.span);
    }
    if (quote !== "" && (delimiter.length > 1 || delimiter === quote))
      return this.#refuse("splArguments", command.span);
    if (field === undefined) return undefined;
    const cells = this.#freshName();
    const split =
      quote === "" ? `string_split(${field.sql}, ${sqlText(delimiter)})` : quotedCells(field.sql, delimiter, quote);
    this.#stage(`SELECT *, ${split} AS ${cells} FROM ${this.#last()}`);
    const count = command.as.length;
    this.#setFields(
      command.as.map(({ name }, index) => {
        const cell = `${cells}[${index + 1}]`;
        // Without -strict, cells without a field are left out and fields without a cell are empty.
        const value = options.has("strict")
          ? `CASE WHEN len(${cells}) = ${count} THEN ${cell} END`
          : `CASE WHEN ${cells} IS NOT NULL THEN coalesce(${cell}, '') END`;
        return { name, value, type: varcharType, kind: "text" };
      }),
    );
    return undefined;
  }

  #parseRegexp(command: SplCommand): undefined {
    this.#takesOptions(command, []);
    const field = this.#parsedField(command, 2);
    const pattern = literalText(command.items[1]?.expression);
    if (field === undefined) return undefined;
    if (pattern === undefined) return this.#refuse("splArguments", command.items[1]?.span ?? command.span);
    const groups = groupNames(pattern);
    const names = command.as.length > 0 ? command.as.map(({ name }) => name) : groups;
    const [beyond] = command.as.slice(groups.length);
    if (beyond !== undefined) return this.#refuse("splArguments", beyond.span);
    if (names.every((name) => name === undefined)) return this.#refuse("splArguments", command.span);

    const sql = patternSql(sqlText(pattern));
    const keys = names.map((_, index) => `g${index}`);
    const found = this.#freshName();
    const matches = `regexp_matches(${field.sql}, ${sql})`;
    const extracted = `CASE WHEN ${matches} THEN regexp_extract(${field.sql}, ${sql}, ${sqlTexts(keys)}) END`;
    this.#stage(`SELECT *, ${extracted} AS ${found} FROM ${this.#last()}`);
    this.#setFields(
      names.flatMap((name, index) =>
        name === undefined
          ? []
          : [{ name, value: `struct_extract(${found}, ${sqlText(`g${index}`)})`, type: varcharType, kind: "text" }],
      ),
    );
    return undefined;
  }

  /** Fields whose names match become one field of JSON. The names are matched where all patterns are, by RE2. */
  #packFields(command: SplCommand): Wanted | undefined {
    const options = this.#takesOptions(command, ["keep", "include", "exclude"]);
    const [target, ...more] = command.as;
    if (target === undefined || more.length > 0 || command.items.length > 0) {
      return this.#refuse("splArguments", command.span);
    }
    const packable = this.#fields.filter(({ name, shown }) => shown === "yes" && !timeFields.has(name));
    const matches = (pattern: string): string => `regexp_full_match(name, ${patternSql(sqlText(pattern))}, 's')`;
    const exclude = options.get("exclude");
    const condition = [matches(options.get("include") ?? ".*"), exclude && `NOT ${matches(exclude)}`].filter(Boolean);
    return {
      sql: `SELECT name FROM (SELECT unnest(${sqlTexts(packable.map(({ name }) => name))}::VARCHAR[]) AS name) WHERE ${condition.join(" AND ")}`,
      take: (names) => {
        const packed = packable.filter(({ name }) => names.includes(name));
        const pairs = packed.map(({ name, sql, type }) => {
          const text = printed(sql, type);
          return `CASE WHEN ${sql} IS NOT NULL THEN ${sqlText(`${JSON.stringify(name)}:`)} || to_json(${text}) END`;
        });
        const value = `'{' || array_to_string(list_filter([${pairs.join(", ")}]::VARCHAR[], lambda p: p IS NOT NULL), ',') || '}'`;
        if (!options.has("keep")) this.#fields = this.#fields.filter((field) => !packed.includes(field));
        this.#setFields([{ name: target.name, value, type: varcharType, kind: "json" }], "overwrite");
      },
    };
  }

  /** The fields that a command found in a value. */
  #takeNames(
    command: SplCommand,
    names: readonly string[],
    prefix: string | undefined,
    value: (name: string) => string,
  ): void {
    if (names.length > NAMES_LIMIT || this.#fields.length + names.length > FIELDS_LIMIT) {
      this.#refuse("fieldCount", command.span);
    }
    const made = names
      .slice(0, NAMES_LIMIT)
      .map(
        (name): NewField => ({ name: `${prefix ?? ""}${name}`, value: value(name), type: varcharType, kind: "text" }),
      );
    this.#setFields(made.filter(({ name }) => name !== ""));
  }

  #keysSql(list: string): string {
    return namesSql(`SELECT unnest(${list}) AS name FROM ${this.#last()}`);
  }

  // ------------------------------------------------------------------------------------------ fields

  /**
   * Adds fields. "Value retention and overwriting": a field that was there keeps its value where the new one is null or of
   * another type; only `extend` always sets the new one.
   */
  #setFields(made: readonly NewField[], how: "overwrite" | "retain" = "retain"): void {
    const selected: string[] = [];
    const fields = [...this.#fields];
    for (const { name, value, type, kind } of made) {
      const place = fields.findIndex((field) => field.name === name);
      const old = place < 0 ? undefined : fields[place];
      if (how === "retain") {
        if (timeFields.has(name)) continue;
        if (old?.shown === "yes" && old.type.kind !== type.kind) continue;
      }
      const sql = this.#freshName();
      const retained = old?.shown === "yes" && how === "retain";
      selected.push(`${retained ? `coalesce(${value}, ${old.sql})` : value} AS ${sql}`);
      const field: Field = { name, sql, type, kind: retained ? old.kind : kind, shown: "yes", isRecordField: false };
      fields.splice(place < 0 ? fields.length : place, 1, field);
    }
    if (selected.length > 0) this.#stage(`SELECT *, ${selected.join(", ")} FROM ${this.#last()}`);
    this.#fields = fields;
  }

  #scope(): Scope {
    const columns = this.#fields.map(({ name, sql, type, isRecordField }) => ({
      name,
      value: { sql, type, isField: isRecordField, isRecordTime: false },
    }));
    return new Scope([{ alias: undefined, columns }], undefined);
  }

  /** The fields that a name means: in any case, but the exact spelling first. */
  #resolve(name: string): readonly Field[] {
    const exact = this.#fields.filter((field) => field.name === name);
    const same = exact.length > 0 ? exact : this.#fields.filter((field) => isSame(field.name, name));
    return same.slice(0, 1);
  }

  #knownFields(name: Identifier): readonly Field[] {
    const found = this.#resolve(name.name);
    if (found.length === 0) {
      const candidate = nearest(
        name.name,
        this.#fields.map((field) => field.name),
      );
      this.#refusals.add({ code: "column-unknown", name: name.name, nearest: candidate }, name.span);
    }
    return found;
  }

  #shownField(name: string): Field | undefined {
    return this.#fields.find((field) => field.shown === "yes" && field.name === name);
  }

  #matching(pattern: string): readonly Field[] {
    const pieces = pattern.toLowerCase().split("*");
    return this.#fields.filter(({ name, shown }) => shown === "yes" && matchesPieces(name.toLowerCase(), pieces));
  }

  /** The field that an item names; anything else is refused. */
  #fieldName({ expression, span }: SplItem): Identifier | undefined {
    const name = nameOf(expression);
    return name ?? this.#refuse("splArguments", span);
  }

  /** The field that a command takes apart, of so many arguments; undefined where there is nothing to do. */
  #parsedField(command: SplCommand, argumentCount: number): Field | undefined {
    const [item] = command.items;
    if (item === undefined || command.items.length !== argumentCount) {
      return this.#refuse("splArguments", command.items[argumentCount]?.span ?? command.span);
    }
    const name = this.#fieldName(item);
    const [field] = name === undefined ? [] : this.#knownFields(name);
    // What is no text is left alone.
    return field?.type.kind === "varchar" ? field : undefined;
  }

  #takesOptions(command: SplCommand, names: readonly string[]): ReadonlyMap<string, string> {
    for (const { name, span } of command.options) if (!names.includes(name)) this.#refuse("splArguments", span);
    return new Map(command.options.map(({ name, value }) => [name, value ?? ""]));
  }

  #hasWildcards(command: SplCommand): boolean {
    return this.#takesOptions(command, ["wildcard"]).has("wildcard");
  }

  #refuseAggregates(expression: Expression): void {
    const call = callsIn(expression).find(isOfRows);
    if (call !== undefined) this.#refuse("statsAggregate", call.span);
  }

  #refuseBeforeFields(command: SplCommand): void {
    if (this.#rows === "records") this.#refuse("splOrder", command.nameSpan);
  }

  #refuse(what: Untranslatable, span: Span): undefined {
    this.#refusals.add({ code: "not-translatable", what }, span);
    return undefined;
  }

  // ------------------------------------------------------------------------------------------ SQL

  #stage(sql: string): void {
    this.#stages.push(sql);
  }

  #last(): string {
    return sqlName(`s${this.#stages.length}`);
  }

  /** All queries, the last one behind them. Of the records is read what any of the queries names. */
  #chain(last: string): string {
    const used = new Set([...this.#stages, last].flatMap((sql) => sql.match(/"[fo][0-9]+"/g) ?? []));
    // All values from the rest are read in one go, since every call parses it anew.
    const paths: string[] = [];
    const inRest = (key: string): string => `"@values"[${paths.push(jsonPointer([key]))}]`;
    const read = [...this.#records].flatMap(([name, value]) => (used.has(name) ? [`${value(inRest)} AS ${name}`] : []));
    const { records } = this.#source;
    const rest = `json_extract_string(${sqlName(restColumn)}, ${sqlTexts(paths)})`;
    const from = paths.length === 0 ? records : `(SELECT *, ${rest} AS "@values" FROM ${records})`;
    const stages = [`SELECT ${read.join(", ") || "NULL"} FROM ${from}`, ...this.#stages].map(
      (sql, index) => `${sqlName(`s${index}`)} AS NOT MATERIALIZED (${sql})`,
    );
    return `WITH ${stages.join(", ")} ${last}`;
  }

  #freshName(): string {
    this.#names += 1;
    return sqlName(`f${this.#names - 1}`);
  }
}

/** The SQL of a value of the records; `inRest` is where those are that have no column. */
type RecordValue = (inRest: (key: string) => string) => string;

type NewField = {
  readonly name: string;
  readonly value: string;
  readonly type: SqlType;
  readonly kind: Column["kind"];
};

/** The names that a query of names finds, the most frequent first, and one more than are taken. */
function namesSql(sql: string): string {
  return `SELECT name FROM (${sql}) WHERE name IS NOT NULL GROUP BY name ORDER BY count(*) DESC, name LIMIT ${NAMES_LIMIT + 1}`;
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function nameOf(expression: Expression): Identifier | undefined {
  return expression.kind === "column" && expression.path.length === 1 ? expression.path[0] : undefined;
}

/** Every name that could be one of a field. */
function namesIn(commands: readonly SplCommand[]): readonly string[] {
  const names = new Set<string>();
  const visit = (expression: Expression): void => {
    const name = nameOf(expression);
    if (name !== undefined) names.add(name.name);
    eachPart(expression, visit, () => undefined);
  };
  for (const { items, by } of commands) {
    for (const { expression } of items) visit(expression);
    for (const { name } of by) names.add(name);
  }
  return [...names];
}

/** An aggregate function that `stats` knows, over fields and literals. */
function isStatsCall(expression: Expression): boolean {
  return (
    expression.kind === "call" &&
    statsFunctions.has(expression.name.name.toLowerCase()) &&
    expression.over === undefined &&
    expression.args.every((arg) => nameOf(arg) !== undefined || isLiteral(arg)) &&
    (expression.filter === undefined || !hasAggregate(expression.filter))
  );
}

function isLiteral(expression: Expression): boolean {
  return (
    expression.kind === "number" ||
    expression.kind === "string" ||
    expression.kind === "boolean" ||
    (expression.kind === "array" && expression.elements.every(isLiteral))
  );
}
