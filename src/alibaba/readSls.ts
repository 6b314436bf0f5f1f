import type {
  ContextAnswer,
  HistogramAnswer,
  IndexedField,
  LogIndex,
  LogRow,
  LogsAnswer,
  Logstore,
  MeteringMode,
  Project,
} from "./sls.ts";

/** Where an answer of SLS has another shape than is documented. */
export class Malformed {
  readonly where: string;

  constructor(where: string) {
    this.where = where;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Numbers come as numbers, and from some operations as their texts. */
function number(value: unknown): number | undefined {
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** `Complete`, or `Incomplete` for part of the truth. */
function isComplete(progress: unknown): boolean | undefined {
  const read = text(progress)?.toLowerCase();
  return read === "complete" ? true : read === "incomplete" ? false : undefined;
}

function rowsOf(value: unknown): readonly LogRow[] | undefined {
  return Array.isArray(value) && value.every(isFields) ? value : undefined;
}

/** `mode` of `meta`: phrases, scans and SQL over scans look through logs that the index found. */
const scanModes = [1, 2, 3];

export function readLogs(json: unknown): LogsAnswer | Malformed {
  if (!isFields(json)) return new Malformed("no object");
  const { meta, data } = json;
  if (!isFields(meta)) return new Malformed("meta");
  const complete = isComplete(meta["progress"]);
  if (complete === undefined) return new Malformed("meta.progress");
  const rows = rowsOf(data);
  if (rows === undefined) return new Malformed("data");
  const types = texts(meta["columnTypes"]);
  const hasSql = meta["hasSQL"] === true;
  const phrase = meta["phraseQueryInfo"];
  const scan = isFields(phrase) ? phrase : undefined;
  const scansAll = scan?.["scanAll"];
  const more = scan !== undefined && (scansAll === false || scansAll === "false");
  const endOffset = number(scan?.["endOffset"]);
  return {
    rows,
    complete,
    hasSql,
    columns: texts(meta["keys"]).map((name, index) => ({ name, type: types[index] ?? "" })),
    nextOffset: more ? endOffset : undefined,
    endOffset: endOffset ?? 0,
    scanned: more || scanModes.includes(number(meta["mode"]) ?? 0),
  };
}

export function readHistograms(json: unknown): HistogramAnswer | Malformed {
  if (!Array.isArray(json)) return new Malformed("no array");
  const buckets: HistogramAnswer[number][] = [];
  for (const [index, one] of json.entries()) {
    const bucket = isFields(one) ? one : {};
    const fromSeconds = number(bucket["from"]);
    const toSeconds = number(bucket["to"]);
    const count = number(bucket["count"]);
    const complete = isComplete(bucket["progress"]);
    if (fromSeconds === undefined || toSeconds === undefined || count === undefined || complete === undefined) {
      return new Malformed(`[${index}]`);
    }
    if (toSeconds < fromSeconds || count < 0) return new Malformed(`[${index}]`);
    buckets.push({ fromSeconds, toSeconds, count, complete });
  }
  return buckets.sort((a, b) => a.fromSeconds - b.fromSeconds);
}

const fieldTypes = ["text", "long", "double", "json"] as const;

export function readIndex(json: unknown): LogIndex | Malformed {
  if (!isFields(json)) return new Malformed("no object");
  const keys = json["keys"] ?? {};
  if (!isFields(keys)) return new Malformed("keys");
  const line = isFields(json["line"]) ? json["line"] : undefined;
  // An index has at least one of both.
  if (line === undefined && json["keys"] === undefined) return new Malformed("keys");
  const fields: IndexedField[] = [];
  for (const [name, value] of Object.entries(keys)) {
    const field = isFields(value) ? value : {};
    const read = readIndexedField(name, field, field);
    // An index of a type that is not known here is none that a statement could use.
    if (read === undefined) continue;
    fields.push(read);
    const inside = field["json_keys"];
    if (!isFields(inside)) continue;
    for (const [key, leaf] of Object.entries(inside)) {
      const leafField = readIndexedField(`${name}.${key}`, isFields(leaf) ? leaf : {}, field);
      if (leafField !== undefined) fields.push(leafField);
    }
  }
  return {
    fields,
    fullText: line !== undefined,
    fullTextTokens: texts(line?.["token"]),
    fullTextCaseSensitive: line?.["caseSensitive"] === true,
    maxTextLength: number(json["max_text_len"]),
  };
}

/** What a leaf of a JSON field does not say itself is as its field has it. */
function readIndexedField(name: string, own: Fields, outer: Fields): IndexedField | undefined {
  const type = fieldTypes.find((known) => known === own["type"]);
  if (type === undefined) return undefined;
  return {
    name,
    type,
    isColumn: own["doc_value"] === true,
    alias: text(own["alias"]) ?? "",
    caseSensitive: (own["caseSensitive"] ?? outer["caseSensitive"]) === true,
    token: texts(own["token"] ?? outer["token"]),
  };
}

export function readContextLogs(json: unknown): ContextAnswer | Malformed {
  if (!isFields(json)) return new Malformed("no object");
  const rows = rowsOf(json["logs"]);
  if (rows === undefined) return new Malformed("logs");
  const complete = isComplete(json["progress"]);
  return complete === undefined ? new Malformed("progress") : { rows, complete };
}

export function readLogstore(json: unknown): Logstore | Malformed {
  if (!isFields(json)) return new Malformed("no object");
  const name = text(json["logstoreName"]);
  const ttlDays = number(json["ttl"]);
  if (name === undefined) return new Malformed("logstoreName");
  if (ttlDays === undefined) return new Malformed("ttl");
  const mode = json["mode"];
  return {
    name,
    ttlDays,
    hotTtlDays: number(json["hot_ttl"]),
    infrequentAccessDays: number(json["infrequentAccessTTL"]),
    shardCount: number(json["shardCount"]),
    mode: mode === "standard" || mode === "query" ? mode : undefined,
    createdSeconds: number(json["createTime"]),
    source: json,
  };
}

export function readLogstoreNames(
  json: unknown,
): { readonly names: readonly string[]; readonly total: number } | Malformed {
  if (!isFields(json)) return new Malformed("no object");
  const names = json["logstores"];
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) return new Malformed("logstores");
  return { names, total: number(json["total"]) ?? names.length };
}

export function readProject(json: unknown): Project | Malformed {
  if (!isFields(json)) return new Malformed("no object");
  const name = text(json["projectName"]);
  if (name === undefined) return new Malformed("projectName");
  return { name, region: text(json["region"]) ?? "", status: text(json["status"]) ?? "" };
}

export function readMeteringMode(json: unknown): MeteringMode | Malformed {
  if (!isFields(json)) return new Malformed("no object");
  const mode = text(json["meteringMode"]);
  if (mode === undefined) return new Malformed("meteringMode");
  return mode === "ChargeByFunction" || mode === "ChargeByDataIngest" ? mode : "unknown";
}
