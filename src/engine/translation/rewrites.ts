import type { Expression } from "../../sls/syntax.ts";
import {
  arrayType,
  bigintType,
  booleanType,
  commonType,
  doubleType,
  isNumber,
  jsonType,
  mapType,
  type SqlType,
  timestampType,
  typeText,
  unknownType,
  varcharType,
} from "../../sls/types.ts";
import { sqlText } from "../recordColumns.ts";
import { type Call, type CallTranslator, literalInteger, literalText, patternSql, type Rewrite } from "./callSql.ts";
import { atPaths, jsonPath } from "./jsonSql.ts";
import {
  formatted,
  instant,
  intervalSql,
  parseFormat,
  partOf,
  type TimeValue,
  timeUnits,
  timeValue,
} from "./timeSql.ts";
import type { Typed } from "./typed.ts";
import { duckType, printed } from "./typeSql.ts";

// ---------------------------------------------------------------------------------------------- conditions

export const ifCall: Rewrite = (call, translator) => {
  const [condition, ...outcomes] = call.args.map((arg) => translator.translate(arg));
  if (condition === undefined || outcomes.length < 1 || outcomes.length > 2 || !isBoolean(condition)) return undefined;
  const results = translator.unified(outcomes);
  if (results === undefined) return undefined;
  const [then, otherwise = "NULL"] = results.values;
  return { sql: `CASE WHEN ${condition.sql} THEN ${then} ELSE ${otherwise} END`, type: results.type };
};

/** `coalesce`, `greatest`, `least`: values of one type, one of which is the answer. */
export function oneOf(name: string, fewest: number): Rewrite {
  return (call, translator) => {
    const results = translator.unified(call.args.map((arg) => translator.translate(arg)));
    if (results === undefined || results.values.length < fewest) return undefined;
    const list = results.values.join(", ");
    if (name === "coalesce") return { sql: `coalesce(${list})`, type: results.type };
    // Presto's answer is null where one of them is.
    const known = results.values.map((value) => `${value} IS NOT NULL`).join(" AND ");
    return { sql: `CASE WHEN ${known} THEN ${name}(${list}) END`, type: results.type };
  };
}

export const nullifCall: Rewrite = (call, translator) => {
  const values = call.args.map((arg) => translator.translate(arg));
  const [first] = values;
  const same = translator.unified(values);
  return first === undefined || same?.values.length !== 2
    ? undefined
    : { sql: `nullif(${same.values.join(", ")})`, type: same.type };
};

export const tryCall: Rewrite = (call, translator) => {
  const [arg, ...more] = call.args;
  if (arg === undefined || more.length > 0) return undefined;
  // DuckDB's TRY takes no aggregates and no queries; what mostly fails round one is a division or a cast.
  const { value, ofRows } = translator.tolerant(arg);
  return ofRows ? value : { sql: `TRY(${value.sql})`, type: value.type };
};

export const typeofCall: Rewrite = (call, translator) => {
  const [arg, ...more] = call.args;
  if (arg === undefined || more.length > 0) return undefined;
  return { sql: sqlText(typeText(translator.translate(arg).type)), type: varcharType };
};

// ---------------------------------------------------------------------------------------------- numbers and texts

export const modCall: Rewrite = (call, translator) => {
  const [left, right, ...more] = call.args.map((arg) => translator.translate(arg));
  return left === undefined || right === undefined || more.length > 0
    ? undefined
    : translator.arithmetic("%", left, right);
};

export const renderCall: Rewrite = (call, translator) => {
  const [value, color, ...more] = call.args.map((arg) => translator.translate(arg));
  if (value === undefined || more.length > 0) return undefined;
  if (color === undefined) {
    return isBoolean(value) ? { sql: `sls_render_boolean(${value.sql})`, type: varcharType } : undefined;
  }
  const isPlain = isText(value) || isNumber(value.type);
  if (color.type.kind !== "color" || !isPlain) return undefined;
  return { sql: `sls_render(${printed(value.sql, value.type)}, ${color.sql})`, type: varcharType };
};

/** Presto's answer is null where an argument is; DuckDB's `concat` leaves such an argument out. */
export const concatCall: Rewrite = (call, translator) => {
  const values = call.args.map((arg) => translator.translate(arg));
  if (values.length === 0) return undefined;
  const types = new Set(values.map(({ type }) => type.kind).filter((kind) => kind !== "unknown"));
  if ([...types].every((kind) => kind === "varchar")) {
    return { sql: `(${values.map(({ sql }) => sql).join(" || ")})`, type: varcharType };
  }
  if ([...types].every((kind) => kind === "array")) {
    const lists = translator.unified(values);
    return lists && { sql: `(${lists.values.join(" || ")})`, type: lists.type };
  }
  return undefined;
};

/** A place that is written as a number needs no care for what DuckDB sees otherwise: 0, and places beyond either end. */
export const substrCall: Rewrite = (call, translator) => {
  const [value, start, length, ...more] = call.args.map((arg) => translator.translate(arg));
  if (value === undefined || start === undefined || more.length > 0 || !isText(value)) return undefined;
  const places = length === undefined ? [start] : [start, length];
  if (!places.every(({ type }) => type.kind === "bigint" || type.kind === "unknown")) return undefined;
  const plain = call.args.slice(1).every((arg) => (literalInteger(arg) ?? 0) > 0);
  const name = plain ? "substring" : length === undefined ? "sls_substring" : "sls_substring_of";
  return { sql: `${name}(${[value, ...places].map(({ sql }) => sql).join(", ")})`, type: varcharType };
};

/**
 * Presto replaces all matches; its replacement names a group `$1` or `${name}` and takes the character behind a
 * backslash as it is, where DuckDB's names a group `\1`.
 */
export const regexpReplaceCall: Rewrite = (call, translator) => {
  const [value, pattern, replacement, ...more] = call.args.map((arg) => translator.translate(arg));
  if (value === undefined || pattern === undefined || more.length > 0) return undefined;
  if (![value, pattern, replacement].every((arg) => arg === undefined || isText(arg))) return undefined;

  let replaced = "''";
  if (replacement !== undefined) {
    const text = literalText(call.args[2]);
    if (text === undefined) {
      replaced = `regexp_replace(replace(${replacement.sql}, '\\', '\\\\'), '\\$([0-9])', '\\\\\\1', 'g')`;
    } else {
      const rewritten = replacementText(text, literalText(call.args[1]) ?? "");
      if (rewritten === undefined) return undefined;
      replaced = sqlText(rewritten);
    }
  }
  return { sql: `regexp_replace(${value.sql}, ${patternSql(pattern.sql)}, ${replaced}, 'g')`, type: varcharType };
};

function replacementText(text: string, pattern: string): string | undefined {
  let known = true;
  const rewritten = text.replace(
    /\\(.)|\$(?:([0-9])|\{([^}]*)\})|\\/gs,
    (_, escaped: string | undefined, digit: string | undefined, name: string | undefined) => {
      if (digit !== undefined) return `\\${digit}`;
      if (name !== undefined) {
        const group = groupNumber(pattern, name);
        if (group === undefined) known = false;
        return `\\${group ?? 0}`;
      }
      return escaped === undefined || escaped === "\\" ? "\\\\" : escaped;
    },
  );
  return known ? rewritten : undefined;
}

/** Which of a pattern's groups has a name. */
function groupNumber(pattern: string, name: string): number | undefined {
  let number = 0;
  for (const [, group, groupName] of pattern.matchAll(
    /\\.|\[(?:\\.|[^\]\\])*\]|(\((?:\?P?<([A-Za-z][A-Za-z0-9]*)>|(?!\?)))/gs,
  )) {
    if (group !== undefined) number += 1;
    if (groupName === name) return number;
  }
  return undefined;
}

// ---------------------------------------------------------------------------------------------- times

/** A call whose first argument is a unit in quotes. */
function withUnit(
  call: Call,
  translator: CallTranslator,
  count: number,
): { readonly unit: string; readonly values: readonly Typed[] } | undefined {
  const unit = literalText(call.args[0])?.toLowerCase();
  if (unit === undefined || !timeUnits.includes(unit) || call.args.length !== count) return undefined;
  return { unit, values: call.args.slice(1).map((arg) => translator.translate(arg)) };
}

export const dateTruncCall: Rewrite = (call, translator) => {
  const read = withUnit(call, translator, 2);
  const time = read?.values[0] && timeValue(read.values[0], translator.surroundings);
  return time?.of(`date_trunc(${sqlText(read?.unit ?? "")}, ${time.local})`);
};

export const dateAddCall: Rewrite = (call, translator) => {
  const read = withUnit(call, translator, 3);
  const [count, value] = read?.values ?? [];
  if (read === undefined || count === undefined || value === undefined) return undefined;
  if (count.type.kind !== "bigint" && count.type.kind !== "unknown") return undefined;
  const time = timeValue(value, translator.surroundings);
  const interval = intervalSql(read.unit, `CAST(${count.sql} AS BIGINT)`);
  return interval === undefined ? undefined : time?.of(`(${time.local} + ${interval})`);
};

/** Whole units between two times; DuckDB's `date_diff` would count the boundaries between them. */
export const dateDiffCall: Rewrite = (call, translator) => {
  const read = withUnit(call, translator, 3);
  const [from, to] = (read?.values ?? []).map((value) => timeValue(value, translator.surroundings));
  if (read === undefined || from === undefined || to === undefined) return undefined;
  return { sql: `date_sub(${sqlText(read.unit)}, ${from.local}, ${to.local})`, type: bigintType };
};

export const dateFormatCall: Rewrite = (call, translator) => {
  const time = onlyTime(call, translator, 2);
  const format = literalText(call.args[1]);
  return time && format !== undefined ? formatted(time, format) : undefined;
};

export const dateParseCall: Rewrite = (call, translator) => {
  const [value] = call.args.map((arg) => translator.translate(arg));
  const format = literalText(call.args[1]);
  if (value === undefined || !isText(value) || format === undefined || call.args.length !== 2) return undefined;
  return {
    sql: `CAST(strptime(${value.sql}, ${sqlText(parseFormat(format))}) AS TIMESTAMP)`,
    type: timestampType,
  };
};

export const fromUnixtimeCall: Rewrite = (call, translator) => {
  const [seconds] = call.args.map((arg) => translator.translate(arg));
  if (seconds === undefined || call.args.length > 3) return undefined;
  // Where an index has the type text, seconds are a text; SLS takes them as such.
  const value = isText(seconds) ? { sql: `CAST(${seconds.sql} AS DOUBLE)`, type: doubleType } : seconds;
  if (!isNumber(value.type) && value.type.kind !== "unknown") return undefined;
  if (call.args.length === 1) {
    const time = timeValue({ ...value, type: doubleType }, translator.surroundings);
    return time?.of(time.local);
  }
  const zone = call.args.length === 2 ? literalText(call.args[1]) : offsetZone(call.args[1], call.args[2]);
  return zone === undefined ? undefined : { sql: `to_timestamp(${value.sql})`, type: { kind: "zonedTimestamp", zone } };
};

/** How far the zone of a time is ahead of UTC: minus three and a half hours are -3 hours and -30 minutes. */
export function timezonePartCall(macro: string): Rewrite {
  return (call, translator) => {
    const [value, ...more] = call.args.map((arg) => translator.translate(arg));
    const time = value && timeValue(value, translator.surroundings);
    const at = value && instant(value, translator.surroundings);
    const timed = value?.type.kind === "timestamp" || value?.type.kind === "zonedTimestamp";
    if (time === undefined || at === undefined || !timed || more.length > 0) return undefined;
    return { sql: `${macro}(${time.local}, ${at})`, type: bigintType };
  };
}

export const toIso8601Call: Rewrite = (call, translator) => {
  const [value, ...more] = call.args.map((arg) => translator.translate(arg));
  if (value === undefined || more.length > 0) return undefined;
  if (value.type.kind === "date") return { sql: `CAST(${value.sql} AS VARCHAR)`, type: varcharType };
  const time = timeValue(value, translator.surroundings);
  const at = instant(value, translator.surroundings);
  return time && at ? { sql: `sls_iso8601(${time.local}, ${at})`, type: varcharType } : undefined;
};

export const toUnixtimeCall: Rewrite = (call, translator) => {
  const [value] = call.args.map((arg) => translator.translate(arg));
  if (value === undefined || call.args.length !== 1 || isNumber(value.type)) return undefined;
  const at = instant(value, translator.surroundings);
  return at === undefined ? undefined : { sql: `epoch(${at})`, type: doubleType };
};

/** A zone that is so many hours and minutes ahead of UTC, as Presto names it: `+05:30`. */
function offsetZone(hours: Expression | undefined, minutes: Expression | undefined): string | undefined {
  const [hour, minute] = [signedInteger(hours), signedInteger(minutes)];
  if (hour === undefined || minute === undefined || Math.abs(hour) > 14 || Math.abs(minute) > 59) return undefined;
  const ahead = hour * 60 + minute;
  if (ahead === 0) return "UTC";
  const digits = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${ahead < 0 ? "-" : "+"}${digits(Math.abs(ahead) / 60)}:${digits(Math.abs(ahead) % 60)}`;
}

function signedInteger(expression: Expression | undefined): number | undefined {
  if (expression?.kind === "unary" && expression.operator === "-") {
    const positive = literalInteger(expression.operand);
    return positive === undefined ? undefined : -positive;
  }
  return literalInteger(expression);
}

export const fromIso8601Call: Rewrite = (call, translator) => {
  const [value] = call.args.map((arg) => translator.translate(arg));
  if (value === undefined || call.args.length !== 1 || !isText(value)) return undefined;
  const { zone } = translator.surroundings;
  return { sql: `CAST(${value.sql} AS TIMESTAMPTZ)`, type: { kind: "zonedTimestamp", zone } };
};

export const dateCall: Rewrite = (call, translator) => {
  const time = onlyTime(call, translator, 1);
  return time && { sql: `CAST(${time.local} AS DATE)`, type: { kind: "date" } };
};

export const lastDayCall: Rewrite = (call, translator) => {
  const time = onlyTime(call, translator, 1);
  return time && { sql: `last_day(${time.local})`, type: { kind: "date" } };
};

export function partCall(part: string): Rewrite {
  return (call, translator) => {
    const [arg, ...more] = call.args;
    if (arg === undefined || more.length > 0) return undefined;
    return partOf(part, translator.translate(arg), translator.surroundings);
  };
}

export const nowCall: Rewrite = (call, { surroundings }) =>
  call.args.length > 0 ? undefined : { sql: "now()", type: { kind: "zonedTimestamp", zone: surroundings.zone } };

export const currentTimezoneCall: Rewrite = (call, { surroundings }) =>
  call.args.length > 0 ? undefined : { sql: sqlText(surroundings.zone), type: varcharType };

/** The first of so many arguments as a time. */
function onlyTime(call: Call, translator: CallTranslator, count: number): TimeValue | undefined {
  const [arg] = call.args;
  if (arg === undefined || call.args.length !== count) return undefined;
  return timeValue(translator.translate(arg), translator.surroundings);
}

// ---------------------------------------------------------------------------------------------- JSON

/** `json_extract` and its kind: a JSON value or text and a path in quotes. */
function jsonAt(call: Call, translator: CallTranslator, read: string): string | undefined {
  const [arg] = call.args;
  const path = jsonPath(literalText(call.args[1]) ?? "");
  if (arg === undefined || call.args.length !== 2 || path === undefined) return undefined;
  const json = translator.translate(arg);
  return isJson(json) ? atPaths(read, json.sql, translator.jsonSpellings(arg, path)) : undefined;
}

export const jsonExtractCall: Rewrite = (call, translator) => {
  const sql = jsonAt(call, translator, "json_extract");
  return sql === undefined ? undefined : { sql, type: jsonType };
};

export const jsonExtractScalarCall: Rewrite = (call, translator) => {
  const sql = jsonAt(call, translator, "json_value");
  return sql === undefined ? undefined : { sql: `json_extract_string(${sql}, '$')`, type: varcharType };
};

export const jsonSizeCall: Rewrite = (call, translator) => {
  const sql = jsonAt(call, translator, "json_extract");
  return sql === undefined ? undefined : { sql: `sls_json_size(${sql})`, type: bigintType };
};

// ---------------------------------------------------------------------------------------------- lambdas

/** The first argument, an array, and a lambda of its elements. */
function overElements(
  call: Call,
  translator: CallTranslator,
): { readonly list: Typed; readonly name: string; readonly body: Typed } | undefined {
  const [first, lambda, ...more] = call.args;
  if (first === undefined || more.length > 0) return undefined;
  const list = translator.translate(first);
  const name = translator.freshName();
  const element = elementOf(list.type);
  const body = element && translator.body(lambda, [{ sql: name, type: element }]);
  return body && { list, name, body };
}

export const transformCall: Rewrite = (call, translator) => {
  const read = overElements(call, translator);
  return (
    read && {
      sql: `list_transform(${read.list.sql}, lambda ${read.name}: ${read.body.sql})`,
      type: arrayType(read.body.type),
    }
  );
};

export const filterCall: Rewrite = (call, translator) => {
  const read = overElements(call, translator);
  if (read === undefined || !isBoolean(read.body)) return undefined;
  return { sql: `list_filter(${read.list.sql}, lambda ${read.name}: ${read.body.sql})`, type: read.list.type };
};

/** `any_match` and its kind: what becomes of whether each element matches, which may be unknown. */
export function matchCall(macro: string): Rewrite {
  return (call, translator) => {
    const read = overElements(call, translator);
    if (read === undefined || !isBoolean(read.body)) return undefined;
    const matching = `list_transform(${read.list.sql}, lambda ${read.name}: CAST(${read.body.sql} AS BOOLEAN))`;
    return { sql: `${macro}(${matching})`, type: booleanType };
  };
}

/**
 * `reduce(array, start, (state, element) -> state, state -> answer)`. DuckDB reduces a list to a value of its elements'
 * type, so each element is paired with a state of the right one.
 */
export const reduceCall: Rewrite = (call, translator) => {
  const [first, start, step, finish, ...more] = call.args;
  if (first === undefined || start === undefined || more.length > 0) return undefined;
  const list = translator.translate(first);
  const element = elementOf(list.type);
  if (element === undefined) return undefined;
  const begin = translator.translate(start);
  const left = translator.freshName();
  const right = translator.freshName();
  const stepped = (type: SqlType): Typed | undefined =>
    translator.body(step, [
      { sql: `${left}.s`, type },
      { sql: `${right}.e`, type: element },
    ]);
  let state = begin.type;
  let body = stepped(state);
  const wider = body && commonType(state, body.type);
  if (body === undefined || wider === undefined) return undefined;
  if (typeText(wider) !== typeText(state)) {
    state = wider;
    body = stepped(state);
  }
  const cast = duckType(state);
  const initial = cast === undefined ? begin.sql : `CAST(${begin.sql} AS ${cast})`;
  const entry = translator.freshName();
  const reduced = `(list_reduce(list_transform(${list.sql}, lambda ${entry}: {'s': ${initial}, 'e': ${entry}}), lambda ${left}, ${right}: {'s': ${body?.sql}, 'e': ${right}.e}, {'s': ${initial}, 'e': NULL})).s`;
  const answer = translator.freshName();
  const finished = translator.body(finish, [{ sql: answer, type: state }]);
  return finished && { sql: `list_transform([${reduced}], lambda ${answer}: ${finished.sql})[1]`, type: finished.type };
};

export const arrayJoinCall: Rewrite = (call, translator) => {
  const [list, separator, missing, ...more] = call.args.map((arg) => translator.translate(arg));
  const element = list && elementOf(list.type);
  if (list === undefined || element === undefined || separator === undefined || more.length > 0) return undefined;
  if (![separator, missing].every((arg) => arg === undefined || isText(arg))) return undefined;
  const name = translator.freshName();
  const text = printed(name, element);
  const item = missing === undefined ? text : `coalesce(${text}, ${missing.sql})`;
  return {
    sql: `array_to_string(list_transform(${list.sql}, lambda ${name}: ${item}), ${separator.sql})`,
    type: varcharType,
  };
};

/** With a comparator, an element's place is how many others come before it: DuckDB sorts by values alone. */
export const arraySortCall: Rewrite = (call, translator) => {
  const [first, comparator, ...more] = call.args;
  if (first === undefined || more.length > 0) return undefined;
  const list = translator.translate(first);
  const element = elementOf(list.type);
  if (element === undefined) return undefined;
  if (comparator === undefined) return { sql: `list_sort(${list.sql}, 'ASC', 'NULLS LAST')`, type: list.type };
  const [all, item, place, other, otherPlace] = Array.from({ length: 5 }, () => translator.freshName());
  const compared = translator.body(comparator, [
    { sql: `${other}`, type: element },
    { sql: `${item}`, type: element },
  ]);
  if (compared === undefined || (compared.type.kind !== "bigint" && compared.type.kind !== "unknown")) return undefined;
  const before = `list_filter(${all}, lambda ${other}, ${otherPlace}: ${compared.sql} < 0 OR (${compared.sql} = 0 AND ${otherPlace} < ${place}))`;
  const placed = `list_sort(list_transform(${all}, lambda ${item}, ${place}: {'p': len(${before}), 'v': ${item}}))`;
  return {
    sql: `list_transform([${list.sql}], lambda ${all}: list_transform(${placed}, lambda ${item}: ${item}.v))[1]`,
    type: list.type,
  };
};

/** Whole numbers, or times with an interval between them; both ends are in it. */
export const sequenceCall: Rewrite = (call, translator) => {
  const [start, stop, step, ...more] = call.args.map((arg) => translator.translate(arg));
  if (start === undefined || stop === undefined || more.length > 0) return undefined;
  const ends = translator.unified([start, stop]);
  if (ends === undefined) return undefined;
  const [from = "", to = ""] = ends.values;
  const { type } = ends;
  if (type.kind === "bigint") {
    if (step !== undefined && step.type.kind !== "bigint") return undefined;
    const sql =
      step === undefined
        ? `generate_series(${from}, ${to}, CASE WHEN ${from} <= ${to} THEN 1 ELSE -1 END)`
        : `sls_sequence(${from}, ${to}, ${step.sql})`;
    return { sql, type: arrayType(type) };
  }
  const duck = duckType(type);
  const inTime = type.kind === "date" || type.kind === "timestamp";
  const isInterval = step?.type.kind === "dayInterval" || step?.type.kind === "monthInterval";
  if (!inTime || duck === undefined || (step === undefined ? type.kind !== "date" : !isInterval)) return undefined;
  const by = step?.sql ?? "to_days(1)";
  return { sql: `CAST(generate_series(${from}, ${to}, ${by}) AS ${duck}[])`, type: arrayType(type) };
};

export const zipCall: Rewrite = (call, translator) => {
  const lists = call.args.map((arg) => translator.translate(arg));
  const fields = lists.map(({ type }) => elementOf(type));
  if (lists.length < 2 || !fields.every((field) => field !== undefined)) return undefined;
  return { sql: zipped(lists), type: arrayType({ kind: "row", fields }) };
};

export const zipWithCall: Rewrite = (call, translator) => {
  const [first, second, lambda, ...more] = call.args;
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  const lists = [first, second].map((arg) => translator.translate(arg));
  const name = translator.freshName();
  const parameters = lists.map(({ type }, index) => ({
    sql: `struct_extract(${name}, ${index + 1})`,
    type: elementOf(type) ?? unknownType,
  }));
  if (lists.some(({ type }) => elementOf(type) === undefined)) return undefined;
  const body = translator.body(lambda, parameters);
  return body && { sql: `list_transform(${zipped(lists)}, lambda ${name}: ${body.sql})`, type: arrayType(body.type) };
};

/** DuckDB takes null for an empty list. */
function zipped(lists: readonly Typed[]): string {
  const known = lists.map(({ sql }) => `${sql} IS NOT NULL`).join(" AND ");
  return `CASE WHEN ${known} THEN list_zip(${lists.map(({ sql }) => sql).join(", ")}) END`;
}

/** A map and a lambda of its keys and values. */
function overEntries(
  call: Call,
  translator: CallTranslator,
): { readonly entries: string; readonly map: MapType; readonly name: string; readonly body: Typed } | undefined {
  const [first, lambda, ...more] = call.args;
  if (first === undefined || more.length > 0) return undefined;
  const value = translator.translate(first);
  if (value.type.kind !== "map") return undefined;
  const map = value.type;
  const name = translator.freshName();
  const body = translator.body(lambda, entryOf(name, map));
  return body && { entries: `map_entries(${value.sql})`, map, name, body };
}

type MapType = Extract<SqlType, { readonly kind: "map" }>;

function entryOf(name: string, map: MapType): readonly Typed[] {
  return [
    { sql: `${name}.key`, type: map.key },
    { sql: `${name}.value`, type: map.value },
  ];
}

export const mapConcatCall: Rewrite = (call, translator) => {
  const maps = translator.unified(call.args.map((arg) => translator.translate(arg)));
  if (maps === undefined || maps.values.length === 0) return undefined;
  if (maps.type.kind !== "map" && maps.type.kind !== "unknown") return undefined;
  // DuckDB leaves a map out that is null.
  const known = maps.values.map((value) => `${value} IS NOT NULL`).join(" AND ");
  return { sql: `CASE WHEN ${known} THEN map_concat(${maps.values.join(", ")}) END`, type: maps.type };
};

export const mapFilterCall: Rewrite = (call, translator) => {
  const read = overEntries(call, translator);
  if (read === undefined || !isBoolean(read.body)) return undefined;
  return {
    sql: `map_from_entries(list_filter(${read.entries}, lambda ${read.name}: ${read.body.sql}))`,
    type: read.map,
  };
};

export const transformKeysCall: Rewrite = (call, translator) => {
  const read = overEntries(call, translator);
  return (
    read && {
      sql: `map_from_entries(list_transform(${read.entries}, lambda ${read.name}: row(${read.body.sql}, ${read.name}.value)))`,
      type: mapType(read.body.type, read.map.value),
    }
  );
};

export const transformValuesCall: Rewrite = (call, translator) => {
  const read = overEntries(call, translator);
  return (
    read && {
      sql: `map_from_entries(list_transform(${read.entries}, lambda ${read.name}: row(${read.name}.key, ${read.body.sql})))`,
      type: mapType(read.map.key, read.body.type),
    }
  );
};

export const mapZipWithCall: Rewrite = (call, translator) => {
  const [first, second, lambda, ...more] = call.args;
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  const left = translator.translate(first);
  const right = translator.translate(second);
  if (left.type.kind !== "map" || right.type.kind !== "map") return undefined;
  const key = translator.freshName();
  const body = translator.body(lambda, [
    { sql: key, type: left.type.key },
    { sql: `(${left.sql})[${key}]`, type: left.type.value },
    { sql: `(${right.sql})[${key}]`, type: right.type.value },
  ]);
  const keys = `sls_distinct(map_keys(${left.sql}) || map_keys(${right.sql}))`;
  return (
    body && {
      sql: `map_from_entries(list_transform(${keys}, lambda ${key}: row(${key}, ${body.sql})))`,
      type: mapType(left.type.key, body.type),
    }
  );
};

function elementOf(type: SqlType): SqlType | undefined {
  return type.kind === "array" ? type.element : type.kind === "unknown" ? unknownType : undefined;
}

// ---------------------------------------------------------------------------------------------- arguments

function isText({ type }: Typed): boolean {
  return type.kind === "varchar" || type.kind === "unknown";
}

function isBoolean({ type }: Typed): boolean {
  return type.kind === "boolean" || type.kind === "unknown";
}

function isJson({ type }: Typed): boolean {
  return type.kind === "json" || isText({ sql: "", type });
}
