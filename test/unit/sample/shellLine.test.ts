import assert from "node:assert/strict";
import { test } from "node:test";
import { shellSteps } from "../../../src/sample/shellLine.ts";

/** The steps of a line: the arguments of each program joined by `·`, a change of directory as `→ path`. */
function check(line: string, expected: readonly string[]): void {
  assert.deepEqual(
    shellSteps(line).map((step) => (step.kind === "program" ? step.args.join("·") : `→ ${step.path}`)),
    expected,
  );
}

test("one program", () => check("ls -la /app", ["ls·-la·/app"]));
test("a pipeline starts each of its programs", () =>
  check("ps aux | grep java | head -n 5", ["ps·aux", "grep·java", "head·-n·5"]));
test("lists of every kind", () => check("touch a && rm a; id || false", ["touch·a", "rm·a", "id"]));
test("quotes hold words together and are taken away", () =>
  check(`grep "timeout exceeded" 'a b.log'`, ["grep·timeout exceeded·a b.log"]));
test("a pipe in quotes is no pipe", () => check(`sh -c "ps | wc" | cat`, ["sh·-c·ps | wc", "cat"]));
test("quotes in the middle of a word", () => check(`find -name "*."log --x='a b'`, ["find·-name·*.log·--x=a b"]));
test("an escaped quote", () => check('echo-json "{\\"a\\": 1}"', ['echo-json·{"a": 1}']));
test("another escaped letter keeps its backslash", () => check('psql -c "\\copy x"', ["psql·-c·\\copy x"]));
test("redirections start nothing", () =>
  check("find / -perm -4000 2>/dev/null > out.txt < in.txt", ["find·/·-perm·-4000"]));
test("what the shell does itself starts nothing", () => check("echo a; export B=1; history -c; [ -f x ]", []));
test("an assignment before a program is not part of it", () => check("LANG=C sort x", ["sort·x"]));
test("an assignment alone starts nothing", () => check("A=1", []));
test("a change of directory", () => check("cd logs && ls | head", ["→ logs", "ls", "head"]));
test("home", () => check("cd", ["→ ~"]));
test("nothing", () => check("", []));
