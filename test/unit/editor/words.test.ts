import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../../..");

function json(file: string): Record<string, string> {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}

const call = /(?<![\w.])(?:vscode\.l10n\.|l10n\.)?t\(\s*/g;
const literal = /^(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')/;

/** Every text given to `l10n.t` in the editor, and the calls that give none as a literal. */
function wordsInSource(): { readonly words: Set<string>; readonly unreadable: string[] } {
  const words = new Set<string>();
  const unreadable: string[] = [];
  for (const file of globSync("src/editor/**/*.ts", { cwd: root })) {
    const text = readFileSync(join(root, file), "utf8");
    for (const { index, 0: found } of text.matchAll(call)) {
      const read = literal.exec(text.slice(index + found.length));
      const raw = read?.[1] ?? read?.[2];
      if (raw === undefined) unreadable.push(`${file}: ${text.slice(index, index + 60)}`);
      else words.add(raw.replace(/\\(u[\da-fA-F]{4}|.)/g, (_, mark: string) => unescaped(mark)));
    }
  }
  return { words, unreadable };
}

function unescaped(mark: string): string {
  if (mark.startsWith("u")) return String.fromCharCode(Number.parseInt(mark.slice(1), 16));
  return mark === "n" ? "\n" : mark;
}

function holes(text: string): readonly string[] {
  return [...text.matchAll(/\{\d+\}/g)].map(([hole]) => hole).toSorted();
}

const source = wordsInSource();
const chinese = json("l10n/bundle.l10n.zh-cn.json");

test("every text of the editor is a literal, so that it can be found", () => assert.deepEqual(source.unreadable, []));
test("every text of the editor exists in Simplified Chinese", () =>
  assert.deepEqual(
    [...source.words].filter((word) => chinese[word] === undefined),
    [],
  ));
test("no Chinese text is left over", () =>
  assert.deepEqual(
    Object.keys(chinese).filter((word) => !source.words.has(word)),
    [],
  ));
test("a Chinese text has the holes of the English one", () =>
  assert.deepEqual(
    Object.entries(chinese).filter(
      ([english, text]) =>
        new Set(holes(english)).size !== new Set(holes(text)).size ||
        !holes(text).every((hole) => english.includes(hole)),
    ),
    [],
  ));

const english = json("package.nls.json");
const manifest = readFileSync(join(root, "package.json"), "utf8");
const used = new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));

test("the manifest's texts exist in both languages and none is left over", () => {
  assert.deepEqual(Object.keys(english).toSorted(), [...used].toSorted());
  assert.deepEqual(Object.keys(json("package.nls.zh-cn.json")).toSorted(), Object.keys(english).toSorted());
});
test("both languages of the manifest name the same commands", () => {
  const links = (text: string) => [...text.matchAll(/\(command:([\w.]+)\)/g)].map(([, name]) => name);
  const zh = json("package.nls.zh-cn.json");
  for (const [key, text] of Object.entries(english)) assert.deepEqual(links(zh[key] ?? ""), links(text), key);
});
