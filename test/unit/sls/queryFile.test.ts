import assert from "node:assert/strict";
import test from "node:test";
import { type Change, parseQueryFile, queryColumns, queryOf, updateQueryFile } from "../../../src/sls/queryFile.ts";
import { outline } from "../../../src/sls/services/outline.ts";
import { validStatements } from "./corpus.ts";
import { pick, seededRandom } from "./random.ts";
import { checkSpans, wholeFile } from "./tree.ts";

/** The titles and statements of a file, and the codes of its problems. */
function check(
  text: string,
  queries: readonly (readonly [title: string | undefined, statement: string])[],
  ...codes: readonly string[]
): void {
  const file = parseQueryFile(text);
  assert.deepEqual(
    file.queries.map((query) => [query.title?.value, query.text]),
    queries,
  );
  assert.deepEqual(
    file.problems.map((problem) => problem.code),
    codes,
  );
}

test("an empty file has no query", () => {
  check("", []);
  check("\n -- \n".replace(" -- ", "-- a comment"), []);
});
test("a file without titles is one query", () =>
  check("kind: Command\n| select 1\n", [[undefined, "kind: Command\n| select 1"]]));
test("a title begins a query", () =>
  check("### One\na\n\n### Two \nb\n| select 1\n", [
    ["One", "a"],
    ["Two", "b\n| select 1"],
  ]));
test("what stands before the first title is a query of its own", () =>
  check("a\n### Two\nb", [
    [undefined, "a"],
    ["Two", "b"],
  ]));
test("a title needs no text, and no space", () => {
  check("###\na\n###b\nc", [
    ["", "a"],
    ["b", "c"],
  ]);
});
test("a title at another column is none", () => check("### a\nb\n ### c", [["a", "b\n ### c"]]));
test("empty lines within a statement stay, around it they do not", () =>
  check("### a\n\n\nb\n\nc\n\n\n### d\ne", [
    ["a", "b\n\nc"],
    ["d", "e"],
  ]));
test("comments before a statement are left out, in the analysis they stay", () =>
  check("### a\n-- one\n--two\nb\n| select 1\n-- three\nfrom log", [["a", "b\n| select 1\n-- three\nfrom log"]]));
test("a comment in the search half would be searched for", () =>
  check("### a\nb\n-- c\n| select 1", [["a", "b\n-- c\n| select 1"]], "comment-in-search"));
test("lines that end as on Windows are lines", () =>
  check("### a\r\n-- @from -1h\r\nb\r\n| select 1\r\n\r\n### c\r\nd\r\n", [
    ["a", "b\r\n| select 1"],
    ["c", "d"],
  ]));
test("a title in a quote is text, and told", () => {
  check(
    '### a\nb: "c\n### d\ne"\n### f\ng',
    [
      ["a", 'b: "c\n### d\ne"'],
      ["f", "g"],
    ],
    "title-in-quote",
  );
  check(
    "### a\n* | select 'c\n### d\n'\n### f\ng",
    [
      ["a", "* | select 'c\n### d\n'"],
      ["f", "g"],
    ],
    "title-in-quote",
  );
});
test("a quote that nothing closes ends with its line", () =>
  check(
    '### a\nb: "c\n### d\ne',
    [
      ["a", 'b: "c'],
      ["d", "e"],
    ],
    "quote-open",
  ));
test("a quote with a backslash opens nothing in the search half", () =>
  check('### a\nb: \\"c\n### d\ne "f"', [
    ["a", 'b: \\"c'],
    ["d", 'e "f"'],
  ]));
test("single quotes open nothing in the search half", () =>
  check("### a\nit's\n### b\nit's", [
    ["a", "it's"],
    ["b", "it's"],
  ]));
test("quotes in comments open nothing", () =>
  check("### a\n* | select 1 -- it's\n/* it's \"\n */\n### b\nc", [
    ["a", "* | select 1 -- it's\n/* it's \"\n */"],
    ["b", "c"],
  ]));
test("a comment is no quote: a title ends it", () =>
  check(
    "### a\n* | select 1 /* b\n### c\nd",
    [
      ["a", "* | select 1 /* b"],
      ["c", "d"],
    ],
    "comment-open",
  ));
test("a title without a statement is told", () =>
  check(
    "### a\n### b\n-- c\n",
    [
      ["a", ""],
      ["b", ""],
    ],
    "query-empty",
    "query-empty",
  ));

test("directives set where and when a query asks", () => {
  const text =
    "### a\n-- @account demo account\n-- @cluster c1, c 2\n-- @logstore advaudit-c1\n-- @from -15m\n-- @to now\n-- @zone Asia/Shanghai\nb";
  const { settings } = parseQueryFile(text).queries[0] ?? assert.fail();
  assert.equal(settings.account?.value, "demo account");
  assert.deepEqual(
    settings.clusters?.value !== "all" &&
      settings.clusters?.value.map(({ value, span }) => [value, text.slice(span.start, span.end)]),
    [
      ["c1", "c1"],
      ["c 2", "c 2"],
    ],
  );
  assert.equal(settings.logstore?.value, "advaudit-c1");
  assert.deepEqual(settings.from?.value, { kind: "relative", offsetMs: -900_000 });
  assert.deepEqual(settings.to?.value, { kind: "relative", offsetMs: 0 });
  assert.equal(settings.zone?.value, "Asia/Shanghai");
  assert.equal(text.slice(settings.zone?.span.start, settings.zone?.span.end), "Asia/Shanghai");
});
test("a star stands for all clusters", () => {
  const file = parseQueryFile("-- @cluster *\na");
  assert.equal(file.queries[0]?.settings.clusters?.value, "all");
});
test("directives before the first title hold for every query that has none of its own", () => {
  const file = parseQueryFile("-- @from -1h\n-- @logstore x\n\n### a\n-- @from -2h\nb\n### c\nd");
  assert.deepEqual(file.defaults.from?.value, { kind: "relative", offsetMs: -3_600_000 });
  assert.deepEqual(
    file.queries.map(({ settings }) => [settings.from?.value, settings.logstore?.value]),
    [
      [{ kind: "relative", offsetMs: -7_200_000 }, "x"],
      [{ kind: "relative", offsetMs: -3_600_000 }, "x"],
    ],
  );
});
test("comments and empty lines may stand between directives", () => {
  const file = parseQueryFile("### a\n-- why\n\n--@from -1h\nb");
  assert.equal(file.queries[0]?.settings.from?.value.kind, "relative");
});
test("what is wrong with a directive is told where it is", () => {
  const text = "-- @form -1h\n-- @from soon\n-- @zone Mars\n-- @to\n-- @logstore a\n-- @logstore b\n-- @nothing x\na";
  const { problems, defaults } = parseQueryFile(text);
  assert.deepEqual(
    problems.map(({ code, span }) => [code, text.slice(span.start, span.end)]),
    [
      ["directive-unknown", "form"],
      ["time-unreadable", "soon"],
      ["zone-unknown", "Mars"],
      ["directive-empty", "to"],
      ["directive-repeated", "logstore"],
      ["directive-unknown", "nothing"],
    ],
  );
  assert.equal(problems[0]?.code === "directive-unknown" && problems[0].nearest, "from");
  assert.equal(problems[5]?.code === "directive-unknown" && problems[5].nearest, undefined);
  assert.equal(defaults.logstore?.value, "a");
});
test("a directive behind the beginning of its statement is told", () =>
  check("### a\n* | select 1\n-- @from -1h\n-- @x\n", [["a", "* | select 1\n-- @from -1h\n-- @x"]], "directive-late"));
test("an address in a comment is no directive", () => check("-- ask a@b\n-- @ c\na", [[undefined, "a"]]));

test("problems and trees have the places of the file", () => {
  const text = "### a\nb\n### c\n-- @from -1h\n* | select a, from log";
  const { queries, problems } = parseQueryFile(text);
  assert.deepEqual(
    problems.map(({ span }) => text.slice(span.start)),
    ["from log"],
  );
  const statement = queries[1]?.statement ?? assert.fail();
  assert.equal(text.slice(statement.span.start, statement.span.end), "* | select a, from log");
  assert.equal(text.slice(queries[0]?.span.start, queries[0]?.span.end), "### a\nb\n");
});

test("the outline has the titles, and first lines where there are none", () => {
  const text = "a b\n| select 1\n### Two\nc\n###\n\n  d\n###\n";
  assert.deepEqual(
    outline(parseQueryFile(text)).map(({ title, firstLine, selection }) => [
      title,
      firstLine,
      text.slice(selection.start, selection.end),
    ]),
    [
      [undefined, "a b", "a b"],
      ["Two", "c", "Two"],
      [undefined, "d", "d"],
      [undefined, "", ""],
    ],
  );
});
test("a selection lies in its item", () => {
  for (const { span, selection } of outline(parseQueryFile("a\n### b\n###\nc\n### \n###"))) {
    assert.ok(span.start <= selection.start && selection.end <= span.end);
  }
});

test("any mixture of statements, titles and directives has queries that lie one behind the other", () => {
  const random = seededRandom(99);
  const lines = ["### t", "-- @from -1h", "-- c", "", '"', "'", "/*", "*/", "a |", "\\", ...validStatements];
  for (let count = 0; count < 3000; count++) {
    const text = Array.from({ length: Math.floor(random() * 12) }, () => pick(random, lines)).join(
      random() < 0.2 ? "\r\n" : "\n",
    );
    const file = parseQueryFile(text);
    let reached = 0;
    for (const query of file.queries) {
      assert.ok(reached <= query.span.start && query.span.start <= query.span.end, JSON.stringify(text));
      assert.ok(query.span.start <= query.statement.span.start && query.statement.span.end <= query.span.end);
      assert.equal(query.text, text.slice(query.statement.span.start, query.statement.span.end));
      checkSpans(text, query.statement);
      reached = query.span.end;
    }
    for (const { span } of file.problems)
      assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length);
  }
});
/** A text after changes, each made of what the ones before it left. */
function changed(text: string, changes: readonly (Change & { readonly text: string })[]): string {
  return changes.reduce((left, { offset, removed, text: put }) => {
    return left.slice(0, offset) + put + left.slice(offset + removed);
  }, text);
}

function change(offset: number, removed: number, text: string): Change & { readonly text: string } {
  return { offset, removed, inserted: text.length, text };
}

/** Asserts that a file that is updated is the file that would be read, and gives it. */
function checkUpdate(
  before: ReturnType<typeof parseQueryFile>,
  text: string,
  changes: readonly (Change & { readonly text: string })[],
): ReturnType<typeof parseQueryFile> {
  const after = changed(text, changes);
  const updated = updateQueryFile(before, after, changes);
  assert.deepEqual(wholeFile(updated), wholeFile(parseQueryFile(after)), JSON.stringify({ text, changes }));
  return updated;
}

const three = "### a\nb\n### c\n-- @from -1h\n* | select d\n### e\n* | select f, from g\n";

test("a letter typed into a query changes that query and moves those behind it", () => {
  const before = parseQueryFile(three);
  const was = [...queryColumns(before).ids];
  const after = checkUpdate(before, three, [change(three.indexOf("d\n"), 0, "x")]);
  const is = queryColumns(after);
  assert.equal(is.ids[0], was[0]);
  assert.ok((is.ids[1] ?? 0) > Math.max(...was));
  assert.equal(is.ids[2], was[2]);
  assert.deepEqual([...is.starts], [0, 8, 41]);
  assert.equal(queryOf(after, 2)?.text, "* | select f, from g");
  assert.equal(queryOf(after, 3), undefined);
});
test("a title typed between two queries makes one more", () => {
  checkUpdate(parseQueryFile(three), three, [change(three.indexOf("* | select d"), 0, "### x\n")]);
});
test("a title that loses a sign is part of the query before it", () => {
  for (let sign = 0; sign < 4; sign++) checkUpdate(parseQueryFile(three), three, [change(8 + sign, 1, "")]);
});
test("a new line taken away before a title joins two queries", () => {
  checkUpdate(parseQueryFile(three), three, [change(7, 1, "")]);
});
test("a quote that is opened and closed again takes in the queries between and gives them back", () => {
  const text = "### a\nb\n### c\nd\n### e\nf: x\n";
  let file = checkUpdate(parseQueryFile(text), text, [change(7, 0, '"')]);
  const open = changed(text, [change(7, 0, '"')]);
  file = checkUpdate(file, open, [change(open.length - 1, 0, '"')]);
  const closed = changed(open, [change(open.length - 1, 0, '"')]);
  assert.equal(file.queries.length, 1);
  file = checkUpdate(file, closed, [change(7, 1, "")]);
  assert.equal(file.queries.length, 3);
});
test("other defaults are those of every query, and each of them is new", () => {
  const text = `-- @logstore x\n${three}`;
  const before = parseQueryFile(text);
  const known = new Set(queryColumns(before).ids);
  const after = checkUpdate(before, text, [change(text.indexOf("x"), 1, "y")]);
  assert.deepEqual(
    after.queries.map(({ settings }) => settings.logstore?.value),
    ["y", "y", "y"],
  );
  assert.ok([...queryColumns(after).ids].every((id) => !known.has(id)));
});
test("changes at several places at once are one change", () => {
  checkUpdate(parseQueryFile(three), three, [
    change(three.indexOf("f,"), 2, "h"),
    change(three.indexOf("b\n"), 1, "### i\nj"),
  ]);
});
test("a file that was emptied and filled again is read", () => {
  const emptied = checkUpdate(parseQueryFile(three), three, [change(0, three.length, "")]);
  checkUpdate(emptied, "", [change(0, 0, three)]);
});
test("a version that a newer one came after can still be read", () => {
  const before = parseQueryFile(three);
  const second = checkUpdate(before, three, [change(7, 0, "b\n### x\n")]);
  const text = changed(three, [change(7, 0, "b\n### x\n")]);
  checkUpdate(second, text, [change(0, 0, "a\n")]);
  assert.deepEqual(wholeFile(second), wholeFile(parseQueryFile(text)));
  assert.equal(queryOf(second, 1)?.title?.value, "x");
  checkUpdate(second, text, [change(0, 3, "")]);
});
test("no change gives the same file", () => {
  const file = parseQueryFile(three);
  assert.equal(updateQueryFile(file, three, []), file);
});

test("however a file is edited, it is the file that would be read", () => {
  const random = seededRandom(20261124);
  const pieces = [
    "### t\n",
    "\n",
    "#",
    "###",
    '"',
    "'",
    "/*",
    "*/",
    "|",
    "\\",
    "x",
    " ",
    "-- @from -1h\n",
    "-- @x\n",
    "\r\n",
    "--",
  ];
  for (let round = 0; round < 150; round++) {
    const lines = Array.from({ length: 12 }, () => pick(random, random() < 0.5 ? pieces : validStatements));
    let text = lines.join("\n");
    let file = parseQueryFile(text);
    for (let step = 0; step < 12; step++) {
      const changes: (Change & { readonly text: string })[] = [];
      for (let count = random() < 0.8 ? 1 : 3; count > 0; count--) {
        const left = changed(text, changes).length;
        const offset = Math.floor(random() * (left + 1));
        const removed = Math.min(random() < 0.5 ? 0 : Math.floor(random() * 12), left - offset);
        changes.push(change(offset, removed, random() < 0.2 ? "" : pick(random, pieces)));
      }
      file = checkUpdate(file, text, changes);
      text = changed(text, changes);
    }
  }
});

for (const [name, piece] of Object.entries({
  titles: "###\n",
  "open quotes": '### a\n"\n',
  "open texts": "### a\n|'\n",
  "open comments": "### a\n|/*\n",
  "quotes on one line": '"a" ',
  directives: "-- @from -1h\n",
  "late directives": "|\n-- @from -1h\n",
})) {
  test(`a megabyte of ${name} is read to its end`, () => {
    const file = parseQueryFile(piece.repeat((1 << 20) / piece.length));
    assert.ok(file.problems.length > 0 || file.queries.length > 0);
  });
}
