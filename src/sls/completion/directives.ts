import type { Knowledge } from "../knowledge.ts";
import type { directiveNames } from "../queryFile.ts";
import { type Span, span } from "../span.ts";
import { parseTime, resolveRange } from "../timeRange.ts";
import { type CompletionItem, plainItem, rank } from "./items.ts";

type DirectiveName = (typeof directiveNames)[number];

/** In the order in which they are needed. */
const suggestedDirectives: readonly DirectiveName[] = ["cluster", "from", "to", "zone", "account", "logstore"];

/** The directives that a query has not. What is written is `name`, or a whole line where there is no `--` yet. */
export function directiveItems(
  has: (name: DirectiveName) => boolean,
  isWhole: boolean,
  at: number = rank.likely,
): readonly CompletionItem[] {
  return suggestedDirectives
    .filter((name) => !has(name))
    .map((name) =>
      plainItem({ kind: "directive", directive: name }, isWhole ? `-- @${name}` : name, at, {
        insert: isWhole ? `-- @${name} ` : `${name} `,
        filter: isWhole ? `-- @${name}` : name,
        continues: true,
      }),
    );
}

/** The values of a directive, and what is written of the one at the offset. */
export function directiveValues(
  text: string,
  name: DirectiveName,
  value: Span,
  offset: number,
  knowledge: Knowledge,
): { readonly items: readonly CompletionItem[]; readonly written: Span } {
  switch (name) {
    case "account":
      return { items: named("account", knowledge.accounts), written: value };
    case "cluster":
      return clusterValues(text, value, offset, knowledge);
    case "logstore": {
      const items = knowledge.logstores.map((logstore) => plainItem({ kind: "logstore" }, logstore, rank.value));
      return { items, written: value };
    }
    case "from":
    case "to":
      return { items: times(name, knowledge), written: value };
    case "zone":
      return { items: zoneItems(knowledge), written: value };
    default:
      return name satisfies never;
  }
}

/** Of two that share a name, and of one whose name a directive cannot hold, the id is written. */
function named(
  kind: "account" | "cluster",
  all: readonly { readonly name: string; readonly id: string }[],
): readonly CompletionItem[] {
  return all.map(({ name, id }) => {
    const isClear = all.filter((other) => other.name === name).length === 1;
    const isWritable = name !== "" && name === name.trim() && name !== "*" && !/[\r\n]/.test(name);
    const isListed = kind === "account" || !name.includes(",");
    return plainItem({ kind, id }, name, rank.value, {
      insert: isClear && isWritable && isListed ? name : id,
      filter: `${name} ${id}`,
    });
  });
}

/** The cluster that is written at the offset, among those with commas between them. Each is suggested once. */
function clusterValues(
  text: string,
  value: Span,
  offset: number,
  { clusters }: Knowledge,
): { readonly items: readonly CompletionItem[]; readonly written: Span } {
  let start = text.lastIndexOf(",", offset - 1) + 1;
  if (start < value.start) start = value.start;
  while (start < offset && /\s/.test(text.charAt(start))) start++;
  const comma = text.indexOf(",", offset);
  const end = comma < 0 || comma > value.end ? value.end : comma;
  const others = [text.slice(value.start, start), text.slice(end, value.end)].join(",").split(",");
  const listed = new Set(others.map((name) => name.trim()).filter((name) => name !== ""));
  const items = named("cluster", clusters).filter(
    ({ insert, subject }) => !listed.has(insert) && !(subject.kind === "cluster" && listed.has(subject.id)),
  );
  const all = listed.size === 0 ? [plainItem({ kind: "allClusters" }, "*", rank.unlikely)] : [];
  return { items: [...items, ...all], written: span(start, end) };
}

/** Times before now, the beginnings of days, and absolute times to be changed. */
function times(name: "from" | "to", { nowMs, zone }: Knowledge): readonly CompletionItem[] {
  const relative = ["-15m", "-1h", "-4h", "-24h", "-7d", "-30d"];
  const days = ["today", "yesterday"];
  const usual = name === "from" ? [...relative, ...days] : ["now", ...days, ...relative];
  const items = usual.flatMap((text) => {
    const point = parseTime(text);
    const range = point === undefined ? undefined : resolveRange({ kind: "instant", ms: 0 }, point, nowMs, zone);
    const subject = range?.kind === "range" ? { kind: "time" as const, atMs: range.toMs, zone } : undefined;
    return subject === undefined ? [] : [plainItem(subject, text, rank.value)];
  });
  const hourMs = 3_600_000;
  const absolute = [nowMs - hourMs, nowMs].map((ms) => clockText(Math.floor(ms / 60_000) * 60_000, zone));
  return [
    ...items,
    ...absolute.flatMap(({ text, atMs }) =>
      text === undefined ? [] : [plainItem({ kind: "time", atMs, zone }, text, rank.likely)],
    ),
  ];
}

/** What clocks in a zone show, `2026-11-23 10:00`; nothing where there is no such zone. */
function clockText(atMs: number, zone: string): { readonly text: string | undefined; readonly atMs: number } {
  try {
    const parts = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    }).formatToParts(atMs);
    const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
    return {
      text: `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}`,
      atMs,
    };
  } catch (error) {
    // The only way to ask whether a zone exists is to try it.
    if (error instanceof RangeError) return { text: undefined, atMs };
    throw error;
  }
}

let zoneNames: readonly string[] | undefined;

/** The zone of the window, those of China and UTC first. */
export function zones({ zone }: Knowledge): readonly string[] {
  zoneNames ??= Intl.supportedValuesOf("timeZone");
  return [...new Set([zone, "Asia/Shanghai", "UTC", "+08:00", ...zoneNames])];
}

function zoneItems(knowledge: Knowledge): readonly CompletionItem[] {
  return zones(knowledge).map((zone, index) =>
    plainItem({ kind: "zone", zone }, zone, index < 4 ? rank.value : rank.likely),
  );
}
