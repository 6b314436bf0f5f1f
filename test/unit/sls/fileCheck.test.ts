import assert from "node:assert/strict";
import test from "node:test";
import { FileCheck } from "../../../src/sls/check/fileCheck.ts";
import { type FileQuery, parseQueryFile, updateQueryFile } from "../../../src/sls/queryFile.ts";
import { unsureKnowledge } from "./knownLogstore.ts";

const text = "### a\nproces.name: curl\n### b\n-- @from -1h\n* | select kind from log limit 1\n### c\nkind: Command\n";

/** The problems of a file as `code "piece"`, and how many queries were checked. */
function opened(): {
  readonly check: FileCheck;
  readonly checked: () => number;
  readonly found: (text: string) => readonly string[];
} {
  let count = 0;
  const check = new FileCheck((_: FileQuery | undefined) => {
    count += 1;
    return unsureKnowledge;
  });
  const checked = (): number => {
    const counted = count;
    count = 0;
    return counted;
  };
  const found = (of: string): readonly string[] =>
    check.problems.map(({ code, span }) => `${code} "${of.slice(span.start, span.end)}"`);
  return { check, checked, found };
}

const all = ['time-range-missing "a"', 'field-unknown "proces.name"', 'time-range-missing "c"'];

test("a file is checked as a whole first", () => {
  const { check, checked, found } = opened();
  check.update(text, parseQueryFile(text));
  assert.equal(checked(), 3);
  assert.deepEqual(found(text), all);
});
test("then only the query that changed is, and what was found behind it has moved", () => {
  const { check, checked, found } = opened();
  const before = parseQueryFile(text);
  check.update(text, before);
  checked();
  const offset = text.indexOf("kind from");
  const after = `${text.slice(0, offset)}distinct ${text.slice(offset)}`;
  const file = updateQueryFile(before, after, [{ offset, removed: 0, inserted: 9 }]);
  check.update(after, file);
  assert.equal(checked(), 1);
  assert.deepEqual(found(after), all);
  assert.deepEqual(
    check.of(2).map(({ span }) => after.slice(span.start, span.end)),
    ["c"],
  );
});
test("a query that goes takes its problems with it", () => {
  const { check, found } = opened();
  const before = parseQueryFile(text);
  check.update(text, before);
  const after = text.slice(text.indexOf("### b"));
  check.update(
    after,
    updateQueryFile(before, after, [{ offset: 0, removed: text.length - after.length, inserted: 0 }]),
  );
  assert.deepEqual(found(after), ['time-range-missing "c"']);
});
test("other defaults have every query checked again", () => {
  const { check, checked, found } = opened();
  const before = parseQueryFile(text);
  check.update(text, before);
  checked();
  const after = `-- @from -1h\n${text}`;
  check.update(after, updateQueryFile(before, after, [{ offset: 0, removed: 0, inserted: 13 }]));
  assert.equal(checked(), 3);
  assert.deepEqual(found(after), ['field-unknown "proces.name"']);
});
test("the problems of a version can be asked for when there is a newer one", () => {
  const { check, found } = opened();
  const before = parseQueryFile(text);
  check.update(text, before);
  const after = `a\n${text}`;
  const newer = updateQueryFile(before, after, [{ offset: 0, removed: 0, inserted: 2 }]);
  assert.deepEqual(found(text), all);
  assert.equal(check.of(0).length, 2);
  check.update(after, newer);
  assert.equal(check.of(0).length, 1);
  check.update(text, before);
  assert.deepEqual(found(text), all);
});
test("nothing is wrong before a file is there", () => {
  const { check } = opened();
  assert.deepEqual(check.problems, []);
  assert.deepEqual(check.of(0), []);
});
