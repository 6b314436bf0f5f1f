import assert from "node:assert/strict";
import { test } from "node:test";
import { visibleLine, visibleText } from "../../../src/pages/visibleText.ts";

function line(text: string, expected: string): void {
  assert.equal(visibleLine(text), expected);
}

test("ordinary text of any script stays", () => line("curl 你好 Ärger עברית 😀", "curl 你好 Ärger עברית 😀"));
test("a text that turns what follows is shown as such", () => line("a\u202eb", "a⟨U+202E⟩b"));
test("isolates are shown", () => line("\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"));
test("what has no width is shown", () => line("a\u200bb\ufeff", "a⟨U+200B⟩b⟨U+FEFF⟩"));
test("tags beyond the basic plane are shown", () => line("\u{e0041}", "⟨U+E0041⟩"));
test("an escape does not move a cursor", () => line("\u001b[2J", "␛[2J"));
test("NUL and DEL are shown", () => line("\u0000\u007f", "␀␡"));
test("C1 controls are shown", () => line("\u009b", "⟨U+009B⟩"));
test("a lone surrogate is shown", () => line("a\ud800b", "a⟨U+D800⟩b"));
test("line separators are shown", () => line("a\u2028b", "a⟨U+2028⟩b"));
test("line breaks and tabs are marks on one line", () => line("a\nb\r\nc\rd\te", "a⏎b⏎c␍d⇥e"));
test("on several lines they stay, but for a lone carriage return", () =>
  assert.equal(visibleText("a\n\tb\r\nc\rd\u202e"), "a\n\tb\r\nc␍d⟨U+202E⟩"));
