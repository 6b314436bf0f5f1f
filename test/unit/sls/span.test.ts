import assert from "node:assert/strict";
import test from "node:test";
import { span, spanText, touches } from "../../../src/sls/span.ts";

test("a span covers from its start to before its end", () => assert.equal(spanText("abcd", span(1, 3)), "bc"));
test("a caret touches a span at both ends", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((offset) => touches(span(1, 3), offset)),
    [false, true, true, true, false],
  );
});
