import { auditKnowledge } from "../../../src/audit/knowledge.ts";
import type { Knowledge, KnownField } from "../../../src/sls/knowledge.ts";

/** Monday, 23 November 2026, 10:00 in Shanghai. */
const nowMs = Date.UTC(2026, 10, 23, 2, 0, 0);

const place = {
  values: new Map([["process.name", [{ value: "Xorg", count: 3 }]]]),
  programs: ["curl", "rm", "xorg"],
  retentionDays: 30,
  accounts: [
    { name: "sample", id: "sample" },
    { name: "production", id: "1234" },
  ],
  clusters: [
    { name: "shop", id: "c1" },
    { name: "billing", id: "c2" },
    { name: "billing", id: "c3" },
  ],
  clustersComplete: true,
  logstores: ["advaudit-c1"],
  nowMs,
  zone: "Asia/Shanghai",
};

/** What is known of an audit Logstore whose index nobody asked for. */
export const unsureKnowledge: Knowledge = auditKnowledge({ ...place, seenFields: [] });

function field(
  search: string,
  type: KnownField["type"],
  indexed: KnownField["indexed"] = "yes",
  more: Partial<KnownField> = {},
): KnownField {
  return { search, sql: search.toLowerCase(), type, indexed, inside: undefined, caseSensitive: true, ...more };
}

/** A Logstore whose index is known. */
export const indexKnowledge: Knowledge = {
  ...place,
  fields: [
    field("process.name", "text"),
    field("process.cmdline", "text"),
    field("process.pid", "long", "no", { inside: { column: "process", path: ["pid"] } }),
    field("process", "json"),
    field("k8s", "json"),
    field("k8s.pod.name", "text"),
    field("k8s.pod.labels", "map", "no", { inside: { column: "k8s", path: ["pod", "labels"] } }),
    field("clusterId", "text"),
    field("status", "long"),
    field("latency", "double"),
    field("__time__", "long", "reserved"),
    field("__topic__", "text", "reserved"),
  ],
  fieldsComplete: true,
};
