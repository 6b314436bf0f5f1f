import assert from "node:assert/strict";
import type { QueryFile } from "../../../src/sls/queryFile.ts";

type Node = { readonly span: { readonly start: number; readonly end: number } };

function isNode(value: object): value is Node {
  return "span" in value;
}

/** Asserts that every node's span lies in the text and in its parent's span. */
export function checkSpans(text: string, root: Node): void {
  const work: { readonly value: object; readonly start: number; readonly end: number }[] = [
    { value: root, start: 0, end: text.length },
  ];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    let { start, end } = item;
    for (const [key, child] of Object.entries(item.value)) {
      if (typeof child !== "object" || child === null || !key.toLowerCase().endsWith("span")) continue;
      if (!(start <= child.start && child.start <= child.end && child.end <= end)) {
        assert.fail(
          `${key} ${child.start}–${child.end} is not in ${start}–${end} of ${JSON.stringify(text.slice(0, 200))}: ${JSON.stringify(item.value).slice(0, 300)}`,
        );
      }
    }
    if (isNode(item.value)) ({ start, end } = item.value.span);
    for (const [key, child] of Object.entries(item.value)) {
      if (typeof child !== "object" || child === null || key.toLowerCase().endsWith("span")) continue;
      work.push({ value: child, start, end });
    }
  }
}

/** A tree without its places, for comparing what two texts mean. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.toLowerCase().endsWith("span"))
      .map(([key, child]) => [key, withoutSpans(child)]),
  );
}

/** What a text means: its tree without places, and without the parentheses that only group. */
export function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaning);
  if (typeof value !== "object" || value === null) return value;
  if ("kind" in value && value.kind === "group" && "operand" in value) return meaning(value.operand);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.toLowerCase().endsWith("span"))
      .map(([key, child]) => [key, meaning(child)]),
  );
}

/** How many nodes lie between the root and the deepest leaf, counted without recursion. */
export function treeDepth(root: object): number {
  let deepest = 0;
  const work = [{ value: root, depth: 0 }];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    deepest = Math.max(deepest, item.depth);
    for (const child of Object.values(item.value)) {
      if (typeof child === "object" && child !== null) work.push({ value: child, depth: item.depth + 1 });
    }
  }
  return deepest;
}

/** All of a query file, read to its end, as values that can be compared. */
export function wholeFile({ defaults, queries, problems }: QueryFile): unknown {
  return {
    defaults,
    queries: queries.map(({ title, settings, text, statement, problems: own, span }) => {
      return { title, settings, text, statement, problems: own, span };
    }),
    problems,
  };
}
