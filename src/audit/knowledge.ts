import type { Knowledge, KnownField } from "../sls/knowledge.ts";
import { type AuditField, auditField, auditFields } from "./fields.ts";

/** What the one who asks knows beside what is known of audit logs in general. */
export type AuditKnowledge = Omit<Knowledge, "fields" | "fieldsComplete"> & {
  /** Names of fields that records were seen to have. */
  readonly seenFields: readonly string[];
};

/**
 * What is known of an audit Logstore whose index was not asked for: the fields of audit logs, and those that records
 * showed. Any other name may still be a field, as the log may hold more than is documented.
 */
export function auditKnowledge({ seenFields, values, ...known }: AuditKnowledge): Knowledge {
  return {
    ...known,
    values: new Map([...documentedValues, ...values]),
    fields: withSeen(seenFields),
    fieldsComplete: false,
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

function withSeen(names: readonly string[]): readonly KnownField[] {
  const further = [...new Set(names)].filter((name) => name !== "" && auditField(name) === undefined);
  return further.length === 0 ? knownAuditFields : [...knownAuditFields, ...further.map(seenField)];
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
