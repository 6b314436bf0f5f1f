import { isRecord } from "./serviceError.ts";

/** The names that the model of an answer has on the wire: ACK writes `clusterId` as `cluster_id`. */
export type Wire<Model> = SnakeCase<KnownKey<Model> & string>;

/** The models also take any other key, which would let every misspelt one pass. */
type KnownKey<Model> = keyof { [Key in keyof Model as string extends Key ? never : Key]: Model[Key] };

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeCase<Rest>}`
    : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : "";

/**
 * Reads one JSON object of an answer. What is missing or null is empty; what is there in another shape than is documented
 * is noted as a fault, with its place. Fields that nobody asks for are ignored.
 */
export type JsonObject<Key extends string> = {
  /** Numbers are taken as the text they are written as: ids arrive as either. */
  text(key: Key): string;
  /** Undefined where it is missing. */
  number(key: Key): number | undefined;
  boolean(key: Key): boolean | undefined;
  texts(key: Key): readonly string[];
  object<Inner extends string>(key: Key): JsonObject<Inner> | undefined;
  objects<Inner extends string>(key: Key): readonly JsonObject<Inner>[];
  /** As `text`, and a fault where it is empty. */
  id(key: Key): string;
};

export type Read<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "malformed"; readonly detail: string };

/** Reads an answer whose body is one object; says where it is malformed, at most in a few places. */
export function readObject<Key extends string, Value>(
  json: unknown,
  read: (body: JsonObject<Key>) => Value,
): Read<Value> {
  const faults: string[] = [];
  if (!isRecord(json)) return { kind: "malformed", detail: `$: ${shapeOf(json)}, expected an object` };
  const value = read(jsonObject(json, "$", faults));
  return faults.length === 0 ? { kind: "ok", value } : { kind: "malformed", detail: faults.slice(0, 3).join("; ") };
}

/** A field that holds JSON as text (`meta_data`, `master_url`, `config`); empty where it holds none. */
export function embeddedJson(text: string): Readonly<Record<string, unknown>> {
  if (text === "") return {};
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : {};
  } catch {
    // What the rest of the answer tells does not depend on it.
    return {};
  }
}

function jsonObject<Key extends string>(
  fields: Readonly<Record<string, unknown>>,
  path: string,
  faults: string[],
): JsonObject<Key> {
  function fault(key: string, value: unknown, expected: string): void {
    faults.push(`${path}.${key}: ${shapeOf(value)}, expected ${expected}`);
  }
  function present(key: Key): unknown {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    return value === null ? undefined : value;
  }
  function elements(key: Key): readonly unknown[] {
    const value = present(key);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    fault(key, value, "a list");
    return [];
  }
  function text(key: Key): string {
    const value = present(key);
    if (value === undefined) return "";
    if (typeof value === "string") return value;
    if (typeof value === "number") return String(value);
    fault(key, value, "a text");
    return "";
  }
  return {
    text,
    id: (key) => {
      const value = text(key);
      if (value === "" && !faults.some((each) => each.startsWith(`${path}.${key}:`)))
        fault(key, present(key), "a text");
      return value;
    },
    number: (key) => {
      const value = present(key);
      if (value === undefined) return undefined;
      if (typeof value === "number" && Number.isFinite(value)) return value;
      if (typeof value === "string" && /^-?\d{1,15}$/.test(value)) return Number(value);
      fault(key, value, "a number");
      return undefined;
    },
    boolean: (key) => {
      const value = present(key);
      if (value === undefined || typeof value === "boolean") return value;
      if (value === "true" || value === "false") return value === "true";
      fault(key, value, "true or false");
      return undefined;
    },
    texts: (key) =>
      elements(key).flatMap((value, index) => {
        if (typeof value === "string") return value;
        fault(`${key}[${index}]`, value, "a text");
        return [];
      }),
    object: (key) => {
      const value = present(key);
      if (value === undefined) return undefined;
      if (isRecord(value)) return jsonObject(value, `${path}.${key}`, faults);
      fault(key, value, "an object");
      return undefined;
    },
    objects: (key) =>
      elements(key).flatMap((value, index) => {
        if (isRecord(value)) return jsonObject(value, `${path}.${key}[${index}]`, faults);
        fault(`${key}[${index}]`, value, "an object");
        return [];
      }),
  };
}

function shapeOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
}
