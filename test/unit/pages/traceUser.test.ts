import assert from "node:assert/strict";
import { test } from "node:test";
import { namedUser } from "../../../src/pages/traceUser.ts";

/** Name and what is beside it, for a recorded `username aliuid` (`-` for none) and a name of the cloud. */
function check(recorded: string, cloudName: string | undefined, expected: string | undefined): void {
  const [username = "", aliuid = ""] = recorded.split(" ").map((text) => (text === "-" ? "" : text));
  const identity = cloudName === undefined ? undefined : { name: cloudName, detail: "" };
  const user = namedUser({ username, aliuid }, identity);
  assert.equal(user && [user.name, ...user.beside].join(" | "), expected);
}

test("nobody recorded is nobody", () => check("- -", undefined, undefined));
test("an id without a name is the id alone", () => check("- 2087", undefined, "2087"));
test("an empty name is none", () => check("- 2087", "", "2087"));
test("the name stands before the id", () => check("- 2087", "li.wei", "li.wei | 2087"));
test("the name of ACK's certificate is no name", () => check("2087-1700000000 2087", "li.wei", "li.wei | 2087"));
test("but without another one it is shown", () => check("2087-1700000000 2087", undefined, "2087-1700000000 | 2087"));
test("the id as a name is no name", () => check("2087 2087", "li.wei", "li.wei | 2087"));
test("a recorded name stays first", () => check("dev-07 2087", "li.wei", "dev-07 | li.wei | 2087"));
test("the same name is said once", () => check("li.wei 2087", "li.wei", "li.wei | 2087"));
test("a name that only begins like the id is a name", () => check("20871 2087", "li.wei", "20871 | li.wei | 2087"));
test("a service account has no id", () =>
  check("system:serviceaccount:shop:ci -", undefined, "system:serviceaccount:shop:ci"));
