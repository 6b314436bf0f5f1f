import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cells, Column } from "../../../src/logs/answer.ts";
import { copyText, markdownText, shownColumns } from "../../../src/pages/copyText.ts";
import type { CopyFormat } from "../../../src/pages/results.ts";

const columns: readonly Column[] = [
  { name: "who", kind: "text" },
  { name: "entries", kind: "number" },
];

function check(format: CopyFormat, rows: readonly Cells[], expected: string): void {
  assert.equal(copyText(format, columns, columns, rows), expected);
}

test("text is a line a row, cells parted by tabs, names first", () =>
  check("text", [["dev-07", "3"]], "who\tentries\ndev-07\t3\n"));
test("a tab or a line break in a value does not make a cell or a row", () =>
  check("text", [["a\tb\r\nc\nd", undefined]], "who\tentries\na b c d\t\n"));

test("CSV ends its lines as RFC 4180 says", () => check("csv", [["dev-07", "3"]], "who,entries\r\ndev-07,3\r\n"));
test("CSV quotes commas, quotes and line breaks", () =>
  check("csv", [['say "hi", all', "1\n2"]], 'who,entries\r\n"say ""hi"", all","1\n2"\r\n'));
test("CSV keeps spaces at the ends", () => check("csv", [[" a", "b "]], 'who,entries\r\n" a","b "\r\n'));
test("CSV tells an empty value from none", () => check("csv", [["", undefined]], 'who,entries\r\n"",\r\n'));

test("JSON is an array of objects that lack what the row lacks", () => {
  check("json", [["dev-07", undefined]], '[\n  {\n    "who": "dev-07"\n  }\n]\n');
  check("json", [], "[]\n");
});
test("JSON keeps every character", () => {
  const value = 'a"\\\n\u0000\u202e\ud800';
  assert.deepEqual(JSON.parse(copyText("json", columns, columns, [[value, "1"]])), [{ who: value, entries: "1" }]);
});

test("Markdown is a table whose numbers stand right", () =>
  check("markdown", [["dev-07", "3"]], "| who | entries |\n| --- | ---: |\n| dev-07 | 3 |\n"));
test("no columns make no Markdown table", () => assert.equal(copyText("markdown", columns, [], [["a"]]), ""));

function markdown(value: string, expected: string): void {
  assert.equal(markdownText(value), expected);
}

test("plain words stay plain", () => markdown("ls -la /app", "ls -la /app"));
test("a command with marks is code", () => markdown("rm -rf ./*", "`rm -rf ./*`"));
test("an address is code, so that it is no link", () => markdown("curl http://x.y/z", "`curl http://x.y/z`"));
test("HTML is code", () => markdown("<img src=x onerror=alert(1)>", "`<img src=x onerror=alert(1)>`"));
test("a pipe cannot end the cell", () => markdown("a | b", "a &#124; b"));
test("a backslash before a pipe cannot either", () => markdown("a \\| b", "a &#92;&#124; b"));
test("a backtick cannot end the code", () => markdown("`id` <b>", "&#96;id&#96; &#60;b&#62;"));
test("with a pipe, HTML and links are entities", () =>
  markdown("curl https://x|<b>", "curl https&#58;//x&#124;&#60;b&#62;"));
test("line breaks become spaces", () => markdown("a\nb\r\nc", "a b c"));
test("code that begins and ends with a space keeps both", () => markdown(" $x ", "`  $x  `"));
test("names of fields keep their underscores", () => markdown("__time__", "`__time__`"));
test("a mention is code", () => markdown("@everyone", "`@everyone`"));

test("columns are copied as they are shown", () => {
  const layout = [
    { column: "entries", hidden: false, widthPx: undefined },
    { column: "gone", hidden: false, widthPx: undefined },
    { column: "who", hidden: false, widthPx: undefined },
  ];
  const shown = shownColumns(columns, layout);
  assert.deepEqual(
    shown.map((column) => column.name),
    ["entries", "who"],
  );
  assert.equal(copyText("csv", columns, shown, [["dev-07", "3"]]), "entries,who\r\n3,dev-07\r\n");
});
test("a hidden column is not copied", () =>
  assert.deepEqual(shownColumns(columns, [{ column: "who", hidden: true, widthPx: undefined }]), []));
