import assert from "node:assert/strict";
import { test } from "node:test";
import { vendorRules } from "../../../src/rules/builtIn/vendorRules.ts";
import { createMatcher } from "../../../src/rules/match.ts";
import { readRules } from "../../../src/rules/readRules.ts";
import { commandEvent } from "../audit/events.ts";

const { rules, problems } = readRules(vendorRules);

test("the file can be read", () => assert.deepEqual(problems, []));
test("the programs are those of the documented alert, all and no other", () =>
  assert.deepEqual(
    rules.map(({ match }) => match.programs?.join(" ")),
    [
      "rm sudo su nsenter curl wget yum apt-get apt apk dpkg nc ncat ssh scp nmap docker crictl nerdctl podman kubectl helm mysql redis psql redis-cli pip npm gem",
    ],
  ));
test("nothing but the program counts", () =>
  assert.deepEqual(
    rules.flatMap(({ match: { programs: _, ...others } }) =>
      Object.values(others).filter((value) => value !== undefined),
    ),
    [],
  ));

for (const rule of rules) {
  const matcher = createMatcher([rule]);
  for (const { command, program, uid, matches } of rule.samples) {
    test(`${rule.id} ${matches ? "marks" : "leaves"} ${command}`, () => {
      const event = commandEvent("e", 0, {
        program: program ?? command.split(" ")[0] ?? "",
        commandLine: command,
        ...(uid === undefined ? {} : { uid }),
      });
      assert.equal(matcher(event).length > 0, matches);
    });
  }
}
