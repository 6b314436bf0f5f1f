import {
  atColumn,
  keysColumn,
  lowerCommandColumn,
  moreProcessColumn,
  restColumn,
  type SchemaColumn,
  schemaColumns,
} from "./schema.ts";

/** A text as a DuckDB literal. */
export function sqlText(text: string): string {
  return text.includes("\0")
    ? text
        .split("\0")
        .map((piece) => sqlText(piece))
        .join(" || chr(0) || ")
    : `'${text.replaceAll("'", "''")}'`;
}

/** A name as DuckDB reads it. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Texts as a list that DuckDB reads. */
export function sqlTexts(texts: readonly string[]): string {
  return `[${texts.map(sqlText).join(", ")}]`;
}

/** Where a JSON field lies, as a JSON pointer, which DuckDB takes for a path. */
export function jsonPointer(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * The paths of all columns that are parts of a JSON field. They are read in one go, since every call parses the text anew.
 */
function partsPaths(field: string | undefined): readonly string[] {
  return [
    ...new Set(
      schemaColumns
        .filter(({ from }) => from !== undefined && from.field === field)
        .flatMap(({ from }) => [jsonPointer(from?.path ?? []), jsonPointer(from?.path ?? []).toLowerCase()]),
    ),
  ];
}

/** The text of a column that is a part of a JSON field, out of the list of what was found at these paths. */
function partSql(column: SchemaColumn, list: string, paths: readonly string[]): string {
  const pointer = jsonPointer(column.from?.path ?? []);
  const places = [...new Set([pointer, pointer.toLowerCase()])].map((path) => `${list}[${paths.indexOf(path) + 1}]`);
  return places.length === 1 ? (places[0] ?? "NULL") : `coalesce(${places.join(", ")})`;
}

/**
 * The spellings in which the key of a column is understood: as SLS's search half writes it and in the lower case of its
 * SQL half. A key in any other spelling is a field of its own.
 */
export function spellings(column: SchemaColumn): readonly string[] {
  const asRecorded = column.from === undefined ? column.name : [column.from.field, ...column.from.path].join(".");
  return [...new Set([asRecorded, column.name, column.name.toLowerCase()])];
}

const columnBySpelling = new Map<string, SchemaColumn>(
  schemaColumns.flatMap((column) => spellings(column).map((name) => [name, column] as const)),
);

/** The column that a record's key is stored in; undefined for a field that has none. */
export function columnOfKey(key: string): SchemaColumn | undefined {
  return columnBySpelling.get(key);
}

/** The keys of one record, in its order. */
export type Shape = readonly string[];

/** The keys of a `process` and of its `user`, in their order; null where it has no `user`. */
export type ProcessForm = readonly [keys: readonly string[], userKeys: readonly string[] | null];

/** What a sample of records tells beforehand. It decides nothing but how much time and room the records take. */
export type RecordSample = {
  readonly shapes: readonly Shape[];
  /** The forms whose values all have a column of their own. */
  readonly processForms: readonly ProcessForm[];
};

/** `process` is the text of that field, `shape` are all keys of the record. */
export function sampleOf(
  records: readonly { readonly shape: Shape; readonly process: string | undefined }[],
): RecordSample {
  const forms = new Map<string, ProcessForm>();
  for (const { process } of records) {
    const form = process === undefined ? undefined : processForm(process);
    if (form !== undefined && forms.size < FORMS_NAMED) {
      forms.set(JSON.stringify(form), form);
    }
  }
  return { shapes: frequentShapes(records.map(({ shape }) => shape)), processForms: [...forms.values()] };
}

const FORMS_NAMED = 6;

/** The form of a `process`; undefined where it holds anything that has no column. */
function processForm(text: string): ProcessForm | undefined {
  let process: unknown;
  try {
    process = JSON.parse(text);
  } catch {
    // Cut, or no JSON at all: then its text is kept for searching.
    return undefined;
  }
  const keys = ownKeys(process);
  const user = keys?.includes("user") === true ? ownKeys((process as { readonly user: unknown }).user) : null;
  const columns = (inside: readonly string[], prefix: string): readonly (string | undefined)[] =>
    inside.map((key) => columnOfKey(`${prefix}${key}`)?.name);
  if (keys === undefined || user === undefined || user?.length === 0) {
    return undefined;
  }
  const held = [
    ...columns(
      keys.filter((key) => key !== "user"),
      "process.",
    ),
    ...columns(user ?? [], "process.user."),
  ];
  return held.includes(undefined) || new Set(held).size < held.length ? undefined : [keys, user];
}

function ownKeys(value: unknown): readonly string[] | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : undefined;
}

/** More shapes than this in a sample say that a file's keys vary freely; the others take the general way. */
const SHAPES_NAMED = 12;

/** The distinct shapes of a sample, the most frequent first. Shapes with a repeated key are not among them. */
function frequentShapes(sample: readonly Shape[]): readonly Shape[] {
  const seen = new Map<string, { shape: Shape; count: number }>();
  for (const shape of sample) {
    if (new Set(shape).size === shape.length) {
      const name = JSON.stringify(shape);
      const known = seen.get(name);
      if (known === undefined) {
        seen.set(name, { shape, count: 1 });
      } else {
        known.count += 1;
      }
    }
  }
  return [...seen.values()]
    .sort((left, right) => right.count - left.count)
    .slice(0, SHAPES_NAMED)
    .map(({ shape }) => shape);
}

/**
 * The statement that turns records, given as a relation with one column `m` of type MAP(VARCHAR, VARCHAR), into rows of
 * the table `log`. A record that cannot be stored as it is comes out with a null in `@at`: what is no record at all
 * (`m` is null), a record with a repeated key, and one without a readable time.
 *
 * A record of a shape that the sample showed has its keys told by one comparison, any other one has every spelling of
 * every column looked up in it.
 *
 * With `numbered`, `records` has a second column `n`, and the rows are only `n`, `whole` (it is a record with keys of its
 * own) and `@at`: what tells which records cannot be stored, and why.
 */
export function recordRowsSql(records: string, { shapes, processForms }: RecordSample, numbered = false): string {
  const carried = numbered ? "n, " : "";
  const named = new Set(shapes.flat());
  const value = (name: string): string => `m[${sqlText(name)}]`;
  const direct = (column: SchemaColumn): string => {
    const likely = spellings(column).filter((name) => named.has(name));
    const unlikely = spellings(column).filter((name) => !named.has(name));
    const options = [
      ...likely.map(value),
      ...(unlikely.length === 0
        ? []
        : [`CASE WHEN shape IS NULL THEN coalesce(${[...unlikely, unlikely[0] ?? ""].map(value).join(", ")}) END`]),
    ];
    return options.length === 1 ? (options[0] ?? "NULL") : `coalesce(${options.join(", ")})`;
  };

  const tops = schemaColumns.filter((column) => column.from === undefined);
  const leaves = schemaColumns.filter((column) => column.from !== undefined);
  const jsonFields = ["k8s", "host", "process", "kubeObject"] as const;

  const leafValue = (leaf: SchemaColumn): string =>
    `coalesce(${sqlName(`=${leaf.name}`)}, ${partSql(leaf, sqlName(`@${leaf.from?.field}`), partsPaths(leaf.from?.field))})`;

  // A number whose text is not the one that it would be printed as keeps its text beside it.
  const inexact = (column: SchemaColumn): string => {
    const text = sqlName(`=${column.name}`);
    const number = column.name === "__time__" ? slsTimeSql : `TRY_CAST(${text} AS BIGINT)`;
    return `(${text} IS NOT NULL AND ${text} IS DISTINCT FROM CAST(${number} AS VARCHAR))`;
  };
  const longs = [...tops, ...leaves].filter((column) => column.type === "long");
  const shapeIsPlain = shapes.map(
    (shape) => shape.every((key) => columnOfKey(key) !== undefined) && singleSpelled(shape),
  );
  const plainShapes = shapes.map((_, index) => index).filter((index) => shapeIsPlain[index]);
  const knownKeys = schemaColumns.flatMap(spellings);
  const needsRest = [
    `(shape IS NULL OR shape NOT IN (${plainShapes.length === 0 ? "-1" : plainShapes.join(", ")}))`,
    ...longs.filter((column) => spellings(column).some((name) => named.has(name))).map(inexact),
  ].join(" OR ");
  const inexactKeys = longs.map(
    (column) => `(${inexact(column)} AND list_contains(${sqlTexts(spellings(column))}, entry.key))`,
  );
  // Of two spellings of one column in one record, the first that is looked up fills the column; all others are kept aside.
  const shadowed = schemaColumns
    .filter((column) => spellings(column).length > 1)
    .map((column) => {
      const order = [
        ...spellings(column).filter((name) => named.has(name)),
        ...spellings(column).filter((name) => !named.has(name)),
      ];
      return order
        .slice(1)
        .map(
          (name, index) =>
            `(entry.key = ${sqlText(name)} AND (${order
              .slice(0, index + 1)
              .map((earlier) => `${value(earlier)} IS NOT NULL`)
              .join(" OR ")}))`,
        )
        .join(" OR ");
    });
  const kept = `entry.value IS NOT NULL AND (NOT list_contains(${sqlTexts(knownKeys)}, entry.key) OR ${[...inexactKeys, ...shadowed].join(" OR ")})`;
  const rest = `CASE WHEN ${needsRest} THEN nullif('{' || array_to_string(list_transform(list_filter(map_entries(m), lambda entry: ${kept}), lambda entry: CAST(to_json(entry.key) AS VARCHAR) || ':' || CAST(to_json(entry.value) AS VARCHAR)), ',') || '}', '{}') END`;

  const keys =
    shapes.length === 0
      ? "CAST(to_json(ks) AS VARCHAR)"
      : `CASE shape ${shapes.map((shape, index) => `WHEN ${index} THEN ${sqlText(JSON.stringify(shape))}`).join(" ")} ELSE CAST(to_json(ks) AS VARCHAR) END`;
  const shapeNumber =
    shapes.length === 0
      ? "CAST(NULL AS INTEGER)"
      : `CASE ${shapes.map((shape, index) => `WHEN ks = ${sqlTexts(shape)} THEN ${index}`).join(" ")} END`;

  const timed = `
  SELECT *, ${momentSql} AS "@at"
  FROM (
    SELECT ${carried}m, ks, shape, ${schemaColumns.map((column) => `${direct(column)} AS ${sqlName(`=${column.name}`)}`).join(",\n      ")}
    FROM (
      SELECT ${carried}CASE WHEN shape IS NOT NULL OR len(list_distinct(ks)) = len(ks) THEN m END AS m, ks, shape
      FROM (SELECT ${carried}m, ks, ${shapeNumber} AS shape FROM (SELECT ${carried}m, map_keys(m) AS ks FROM ${records}))
    )
  )`;
  if (numbered) {
    return `SELECT n, m IS NOT NULL AS whole, "@at" FROM (${timed})`;
  }
  const jsonLeaves = jsonFields.map(
    (field) =>
      `TRY(json_extract_string(${sqlName(`=${field}`)}, ${sqlTexts(partsPaths(field))})) AS ${sqlName(`@${field}`)}`,
  );
  const forms = processForms.map(
    ([keys, userKeys]) => `[${sqlTexts(keys)}, ${userKeys === null ? "NULL" : sqlTexts(userKeys)}]`,
  );
  // IN would find no list with a null in it.
  const isHeld = forms.map((form) => `TRY(json_keys("=process", ['$', '$.user'])) IS NOT DISTINCT FROM ${form}`);
  const moreProcess = `CASE WHEN ${["FALSE", ...isHeld].join(" OR ")} THEN NULL ELSE lower("=process") END`;
  const columns = schemaColumns.map((column) => {
    const text = column.from === undefined ? sqlName(`=${column.name}`) : leafValue(column);
    // Every record has the SLS time, as a statement may well ask for it; whether the record itself spells it, `@keys` says.
    const value =
      column.name === "__time__"
        ? `CASE WHEN "@at" IS NOT NULL THEN coalesce(${slsTimeSql}, "@at" // 1000000) END`
        : column.type === "long"
          ? `TRY_CAST(${text} AS BIGINT)`
          : text;
    return `${value} AS ${sqlName(column.name)}`;
  });
  return `
SELECT
  ${columns.join(",\n  ")},
  "@at" AS ${sqlName(atColumn)},
  lower(${leafValue(commandColumn)}) AS ${sqlName(lowerCommandColumn)},
  ${moreProcess} AS ${sqlName(moreProcessColumn)},
  ${keys} AS ${sqlName(keysColumn)},
  ${rest} AS ${sqlName(restColumn)}
FROM (SELECT *, ${jsonLeaves.join(",\n    ")} FROM (${timed}))`;
}

const isoTime = String.raw`(?i)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\s*(?:Z|[+-]\d\d(?::?\d\d)?)(?: [A-Z]{3,5})?`;
const epochTime = String.raw`\d{9,19}(?:\.\d{1,9})?`;

/** The SLS time, in seconds; what is too large to be seconds is no time. */
const slsTimeSql = `CASE WHEN TRY_CAST("=__time__" AS BIGINT) BETWEEN 0 AND 99999999999 THEN TRY_CAST("=__time__" AS BIGINT) END`;

/**
 * The moment of a record in microseconds, by the rules of `readTime`: `time` where it names its zone or counts seconds,
 * milli-, micro- or nanoseconds since 1970, else `__time__`. Nearly every record takes the first branch, which is cheap.
 */
const momentSql = `coalesce(
    CASE
      WHEN ends_with("=time", 'Z') AND length("=time") >= 20 AND NOT contains("=time", ',') THEN epoch_us(TRY_CAST("=time" AS TIMESTAMP))
      WHEN regexp_full_match(trim("=time"), ${sqlText(isoTime)}) THEN epoch_us(TRY_CAST(
        regexp_replace(regexp_replace(replace(trim("=time"), ',', '.'), '\\s+([+-]\\d\\d)', '\\1'), ' [A-Za-z]{3,5}$', '')
        AS TIMESTAMPTZ))
      WHEN regexp_full_match(trim("=time"), ${sqlText(epochTime)}) THEN CAST(CASE
        WHEN CAST(trim("=time") AS DECIMAL(38, 9)) < 1e11 THEN CAST(trim("=time") AS DECIMAL(38, 9)) * 1000000
        WHEN CAST(trim("=time") AS DECIMAL(38, 9)) < 1e14 THEN CAST(trim("=time") AS DECIMAL(38, 9)) * 1000
        WHEN CAST(trim("=time") AS DECIMAL(38, 9)) < 1e17 THEN CAST(trim("=time") AS DECIMAL(38, 9))
        ELSE CAST(trim("=time") AS DECIMAL(38, 9)) / 1000
      END AS BIGINT)
    END,
    (${slsTimeSql}) * 1000000)`;

const commandColumn = schemaColumns.find(({ name }) => name === "process.cmdline") ?? columnMissing();

function columnMissing(): never {
  throw new Error("The schema has no column process.cmdline.");
}

function singleSpelled(shape: Shape): boolean {
  const columns = shape.map((key) => columnOfKey(key)?.name);
  return new Set(columns).size === columns.length;
}
