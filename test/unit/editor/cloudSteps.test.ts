import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, type Step, walk } from "../../../src/editor/cloud/steps.ts";

/** Steps that write their name and do what the script says; `-` asks nothing. */
async function check(names: string, script: string, expected: string | undefined): Promise<void> {
  let at = 0;
  const steps = [...names].map(
    (name): Step<string> =>
      async (draft) => {
        if (name === "-") return { kind: "skip", draft: `${draft}-` };
        const move = script[at++];
        if (move === "b") return { kind: "back" };
        if (move === "c") return { kind: "cancel" };
        return { kind: "next", draft: draft + name };
      },
  );
  assert.equal(await walk(steps, ""), expected);
}

test("every step is asked in its order", () => check("xyz", "nnn", "xyz"));
test("back asks the step before again, and what was answered stays", () => check("xyz", "nbnnn", "xxyz"));
test("back goes past what asked nothing", () => check("x-y", "nbnn", "x-x-y"));
test("back at the first step ends it", () => check("xy", "b", undefined));
test("cancel ends it at once", () => check("xyz", "nc", undefined));
test("nothing to ask is done", () => check("--", "", "--"));
test("an answer that is none passes on", () =>
  assert.deepEqual(
    answered({ kind: "back" }, () => 1),
    { kind: "back" },
  ));
