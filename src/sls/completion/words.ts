import { Token } from "../parser/scanner.ts";
import { splCommands } from "../parser/splParser.ts";
import { type CompletionItem, formItem, keywordItem, plainItem, rank, snippet } from "./items.ts";

/** Words before `join`. */
export const joinSides: ReadonlySet<number> = new Set([
  Token.left,
  Token.right,
  Token.full,
  Token.outer,
  Token.cross,
  Token.inner,
  Token.natural,
]);

export function clauses(...words: readonly string[]): readonly CompletionItem[] {
  return words.map((word) => keywordItem(word, rank.form));
}

export const directions: readonly CompletionItem[] = ["desc", "asc", "nulls last", "nulls first"].map((word, index) =>
  keywordItem(word, index === 0 ? rank.value : rank.likely, word),
);

export const groupingItems: readonly CompletionItem[] = ["rollup", "cube", "grouping sets"].map((word) =>
  keywordItem(word, rank.unlikely, `${word} (`),
);

export const sessionItems: readonly CompletionItem[] = [
  plainItem({ kind: "session", setting: "mode" }, "mode=scan", rank.value, { insert: "mode=scan; " }),
  plainItem({ kind: "session", setting: "parallel_sql" }, "parallel_sql=true", rank.value, {
    insert: "parallel_sql=true; ",
  }),
];

export const statementForms: readonly CompletionItem[] = [
  formItem(
    "countBy",
    "select … group by",
    snippet`select ${'"k8s.user.username"'} as ${"who"}, count(1) as ${"events"}
  from log
  group by ${"who"}
  order by ${"events"} desc
  limit 100`,
  ),
  formItem(
    "overTime",
    "select … by time",
    snippet`select date_trunc('${"hour"}', __time__) as ${"at"}, count(1) as ${"events"}
  from log
  group by ${"at"}
  order by ${"at"}
  limit 1000`,
  ),
  formItem(
    "newest",
    "select … newest first",
    snippet`select ${'"time", "k8s.user.username", "k8s.pod.name", "process.cmdline"'}
  from log
  order by __time__ desc
  limit ${"100"}`,
  ),
];

/** Those whose arguments SLS documents. */
export const documentedCommands: readonly string[] = splCommands.slice(0, splCommands.indexOf("with_pack_meta") + 1);

export const commandItems: readonly CompletionItem[] = splCommands.map((command) =>
  plainItem(
    { kind: "command", command },
    command,
    documentedCommands.includes(command) ? rank.keyword : rank.unlikely,
    {
      insert: command === "with_pack_meta" ? command : `${command} `,
      continues: command !== "with_pack_meta",
    },
  ),
);

const options: Readonly<Record<string, readonly string[]>> = {
  project: ["wildcard"],
  "project-away": ["wildcard"],
  "parse-csv": ["delim", "quote"],
  "parse-json": ["mode", "path", "prefix"],
  "parse-kv": ["delim", "quote", "prefix"],
  "pack-fields": ["keep", "include"],
};

export function optionItems(command: string, hasMinus: boolean): readonly CompletionItem[] {
  return (options[command] ?? []).map((option) =>
    plainItem({ kind: "option", command, option }, `-${option}`, rank.form, {
      insert: `${hasMinus ? "" : "-"}${option}${option === "keep" || option === "wildcard" ? "" : "="}`,
      filter: hasMinus ? option : `-${option}`,
    }),
  );
}

/** Words that go on with a condition. */
export const conditionWords = [
  "and",
  "or",
  "like",
  "in",
  "not in",
  "not like",
  "between",
  "is null",
  "is not null",
] as const;
