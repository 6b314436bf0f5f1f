import assert from "node:assert/strict";
import test from "node:test";
import { indentEdits } from "../../../src/sls/format/indent.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { applyEdits } from "../../../src/sls/textEdit.ts";
import { atCaret } from "./caret.ts";
import { brokenStatements, validStatements } from "./corpus.ts";

/** The text after what stands before the caret was typed. */
function check(drawn: string, expected: string): void {
  const { text, offset } = atCaret(drawn);
  const typed = text.slice(text.lastIndexOf("\n", offset - 1), offset).trim() === "" ? "\n" : text.charAt(offset - 1);
  const edits = indentEdits(text, parseQueryFile(text), offset, typed);
  assert.ok(edits.length <= 1);
  assert.equal(applyEdits(text, edits), expected);
}

test("behind a search a pipe is expected, behind its operator another condition", () => {
  check("kind: Command\n‸", "kind: Command\n");
  check("kind: Command and\n‸", "kind: Command and\n  ");
  check("kind: Command and (\n‸", "kind: Command and (\n  ");
});
test("a pipe goes to the beginning of its line", () => check("a and\n  |‸", "a and\n|"));
test("behind a whole clause the next one is expected", () => {
  check("a\n| select b\n‸", "a\n| select b\n  ");
  check("a\n| select b\n  from log\n‸", "a\n| select b\n  from log\n  ");
});
test("behind a comma or an operator the clause goes on", () => {
  check("a\n| select b,\n‸", "a\n| select b,\n    ");
  check("a\n| select b\n  where c and\n‸", "a\n| select b\n  where c and\n    ");
  check("a\n| select b\n  group by\n‸", "a\n| select b\n  group by\n    ");
});
test("a clause that is moved to its own line stands under its SELECT", () => {
  check("a\n| select b,\n‸from log", "a\n| select b,\n  from log");
  check("a\n| select b from log\n‸join c on d", "a\n| select b from log\n    join c on d");
});
test("in parentheses it goes on below their line", () => {
  check("a\n| select b\n  where c in (\n‸", "a\n| select b\n  where c in (\n    ");
  check("a\n| select b\n  from (\n    select c\n‸", "a\n| select b\n  from (\n    select c\n    ");
  check("a\n| select b\n  from (select c,\n‸", "a\n| select b\n  from (select c,\n      ");
});
test("a closing parenthesis stands under the line that it closes", () =>
  check("a\n| select b\n  from (\n    select c\n    )‸", "a\n| select b\n  from (\n    select c\n  )"));
test("cases are indented", () => {
  check("a\n| select case\n‸", "a\n| select case\n      ");
  check("a\n| select case\n      when b then c\n‸end", "a\n| select case\n      when b then c\n    end");
});
test("SPL goes on behind its pipes", () => {
  check("a\n| extend b = 1,\n‸", "a\n| extend b = 1,\n    ");
  check("a\n| extend b = 1\n    |‸", "a\n| extend b = 1\n|");
});
test("titles and directives stand at the beginning of the line", () => {
  check("### a\n  ‸", "### a\n");
  check("### a\n-- @from -1h\n\t‸", "### a\n-- @from -1h\n");
});
test("in a text and in a comment nothing is indented", () => {
  check("a\n| select 'b\n‸c'", "a\n| select 'b\nc'");
  check("a\n| select /* b\n‸c */", "a\n| select /* b\nc */");
  check('a: "b\n‸c"', 'a: "b\nc"');
});
test("what is typed later on a line changes nothing", () => check("a\n| select (b)‸", "a\n| select (b)"));
test("nothing but the space at the beginning of the line changes, wherever a line is broken", () => {
  for (const statement of [...validStatements, ...brokenStatements]) {
    for (let at = 0; at <= statement.length; at += 2) {
      const text = `${statement.slice(0, at)}\n${statement.slice(at)}`;
      for (const edit of indentEdits(text, parseQueryFile(text), at + 1, "\n")) {
        assert.equal(edit.span.start, at + 1);
        assert.equal(text.slice(edit.span.start, edit.span.end).trim(), "");
        assert.match(edit.text, /^ *$/);
      }
    }
  }
});
