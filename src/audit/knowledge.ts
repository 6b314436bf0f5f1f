import type { Knowledge, KnownField } from "../sls/knowledge.ts";
import { type AuditField, auditField, auditFields } from "./fields.ts";
import type { LogIndex } from "./logIndex.ts";

/** What the one who asks knows beside what is known of audit logs in general. */
export type AuditKnowledge = Omit<Knowledge, "fields" | "fieldsComplete"> & {
  /** Names of fields that records were seen to have. */
  readonly seenFields: readonly string[];
  /** The index of the Logstore, where it was asked for. */
  readonly index?: LogIndex;
};

/**
 * What is known of an audit Logstore: the fields of audit logs, those of its index, and those that records showed.
 * Without the index, and where it has all keys of a JSON field, any other name may still be a field.
 */
export function auditKnowledge({ seenFields, index, values, ...known }: AuditKnowledge): Knowledge {
  return {
    ...known,
    values: new Map([...documentedValues, ...values]),
    fields: withSeen(index === undefined ? knownAuditFields : indexedFields(index), seenFields),
    fieldsComplete: index !== undefined && !index.fields.some(({ type }) => type === "json"),
  };
}

/** The values that official pages name, for as long as none were seen; how often they occur is not known. */
const documentedValues: Knowledge["values"] = new Map(
  Object.entries({ kind: ["Command", "Kubernetes"], "kubeObject.operation.kind": ["PodExec"] }).map(
    ([field, values]) => [field, values.map((value) => ({ value, count: 0 }))],
  ),
);

/** The fields of `advaudit-<cluster>` in the terms of the language. */
export const knownAuditFields: readonly KnownField[] = shortFirst(auditFields.map(knownField));

/** `k8s.pod.name` stands before `k8s.pod.namespace`: who typed all of a name means it and not what it begins. */
function shortFirst(fields: readonly KnownField[]): readonly KnownField[] {
  const ordered: KnownField[] = [];
  for (const field of fields) {
    const longer = ordered.findIndex(
      ({ search }) => search.startsWith(field.search) && search[field.search.length] !== ".",
    );
    ordered.splice(longer < 0 ? ordered.length : longer, 0, field);
  }
  return ordered;
}

function withSeen(fields: readonly KnownField[], names: readonly string[]): readonly KnownField[] {
  const known = new Set(fields.flatMap(({ search, sql }) => [search.toLowerCase(), sql.toLowerCase()]));
  const further = [...new Set(names)].filter((name) => name !== "" && !known.has(name.toLowerCase()));
  return further.length === 0 ? fields : [...fields, ...further.map(seenField)];
}

/** The fields as an index has them: what it says of a field goes before what is known of audit logs in general. */
function indexedFields({ fields }: LogIndex): readonly KnownField[] {
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  const ofAudit = knownAuditFields.map((field): KnownField => {
    const found = byName.get(field.search.toLowerCase()) ?? byName.get(field.sql.toLowerCase());
    if (field.indexed === "reserved") return field;
    // A JSON column is there for SQL whether or not an index names the field itself.
    if (found === undefined) {
      return field.type === "json" ? field : { ...field, indexed: "no", inside: placeInJson(field.search) };
    }
    const inside = found.isColumn ? undefined : placeInJson(field.search);
    return { ...field, indexed: "yes", inside, caseSensitive: found.caseSensitive };
  });
  const further = fields
    .filter(({ name }) => auditField(name) === undefined)
    .map(
      ({ name, type, caseSensitive }): KnownField => ({
        search: name,
        sql: name,
        type,
        indexed: "yes",
        inside: undefined,
        caseSensitive,
      }),
    );
  return [...ofAudit, ...further];
}

function knownField({ search, sql, type, indexed }: AuditField): KnownField {
  return {
    search,
    sql,
    type,
    indexed: indexed === "yes" ? "probably" : indexed,
    inside: indexed === "probably not" ? placeInJson(search) : undefined,
    caseSensitive: undefined,
  };
}

/** A field that records have and no page names. Tags are SLS's own and always indexed. */
function seenField(name: string): KnownField {
  const indexed = name.startsWith("__") ? "reserved" : "probably";
  return { search: name, sql: name, type: "text", indexed, inside: undefined, caseSensitive: undefined };
}

/** `process.parentPid` lies in the column `process` under `parentPid`, and the keys inside JSON keep their case. */
function placeInJson(search: string): KnownField["inside"] {
  const [first = "", ...path] = search.split(".");
  const column = auditField(first)?.sql;
  return column === undefined || path.length === 0 ? undefined : { column, path };
}
