import assert from "node:assert/strict";
import test from "node:test";
import { slsFunction } from "../../../src/sls/functions/catalogue.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { shownSignature, signatureHelp } from "../../../src/sls/services/signature.ts";

const caret = "‸";

/** The signature that is meant, with the parameter that is written between `«` and `»`. */
function check(marked: string, expected: string | undefined): void {
  const offset = marked.indexOf(caret);
  const text = marked.replace(caret, "");
  const found = signatureHelp(text, parseQueryFile(text), offset);
  const shown = found?.signatures[found.activeSignature];
  if (found === undefined || shown === undefined) {
    assert.equal(undefined, expected, marked);
    return;
  }
  const active = found.activeParameter === undefined ? undefined : shown.parameters[found.activeParameter];
  const { label } = shown;
  assert.equal(
    active === undefined
      ? label
      : `${label.slice(0, active.start)}«${label.slice(active.start, active.end)}»${label.slice(active.end)}`,
    expected,
    marked,
  );
}

test("the parameter at the caret is told", () => {
  check(`* | select date_diff(${caret}`, "date_diff(«unit», x, y) → bigint");
  check(`* | select date_diff('hour', ${caret}`, "date_diff(unit, «x», y) → bigint");
  check(`* | select date_diff('hour', a, ${caret})`, "date_diff(unit, x, «y») → bigint");
  check(`* | select date_diff(${caret}'hour', a, b)`, "date_diff(«unit», x, y) → bigint");
});
test("the signature is the first that takes as many arguments", () => {
  check(`* | select max(${caret}x)`, "max(«x»)");
  check(`* | select max(x, ${caret}`, "max(x, «n»)");
  check(`* | select max(${caret}x, 3)`, "max(«x», n)");
});
test("optional parameters stand in brackets, the last may be repeated", () => {
  check(`* | select if(a, b, ${caret}`, "if(condition, x[, «y»])");
  check(`* | select coalesce(a, b, c, ${caret}`, "coalesce(«x», …)");
});
test("rows are counted without an argument", () =>
  check(`* | select count(*) from log where lower(count(${caret}`, "count(«x») → bigint"));
test("an argument too many is none", () => check(`* | select lower(a, ${caret}`, "lower(x) → varchar"));
test("the innermost call is meant", () => {
  check(`* | select lower(concat(a, ${caret}), b)`, "concat(«x», …) → varchar");
  check(`* | select substr(lower(a), ${caret}`, "substr(x, «start»[, length]) → varchar");
  check(`* | select substr((1 + (2 * ${caret}`, "substr(«x», start[, length]) → varchar");
});
test("in a lambda the call that takes it is meant", () => {
  check(`* | select reduce(a, 0, (s, x) -> s + ${caret}`, "reduce(x, state, «step», answer)");
  check(`* | select transform(a, e -> length(${caret}`, "length(«x») → bigint");
});
test("words stand between the parameters of some", () => {
  check(`* | select cast(${caret}`, "cast(«x» as type)");
  check(`* | select cast(a as ${caret}`, "cast(x as «type»)");
  check(`* | select position('a' in ${caret}`, "position(sub_string in «x») → bigint");
});
test("a case or a list in an argument counts no parameters", () => {
  check(`* | select substr(case when a in (1, 2, ${caret}`, "substr(«x», start[, length]) → varchar");
  check(`* | select substr(array[1, 2], ${caret}`, "substr(x, «start»[, length]) → varchar");
});
test("a name in any case is the same", () => check(`* | SELECT Lower(${caret}`, "lower(«x») → varchar"));
test("SPL calls functions too", () =>
  check(`* | extend a = date_trunc('day', ${caret}`, "date_trunc(unit, «x») → timestamp"));
test("where nothing is called there is nothing to tell", () => {
  check(`lower(${caret}`, undefined);
  check(`* | select (${caret}`, undefined);
  check(`* | select lower(a) ${caret}`, undefined);
  check(`* | select max((select ${caret}`, undefined);
  check(`* | select nothing_known(${caret}`, undefined);
  check(`* | select ts_decompose(${caret}`, undefined);
  check(caret, undefined);
});
test("a function without parentheses is shown without", () => {
  const called = slsFunction("current_date");
  const [signature] = called?.signatures ?? [];
  assert.ok(called && signature);
  assert.deepEqual(shownSignature(called, signature), { label: "current_date → date", parameters: [] });
});
