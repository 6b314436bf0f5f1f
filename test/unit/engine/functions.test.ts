import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { slsFunctions } from "../../../src/sls/functions/catalogue.ts";
import { answered, problemsOf } from "./translation/store.ts";

// What only SLS has, or a newer Presto than the oracle is. The answers are those of SLS's documentation, where it has an
// example, and else follow from what it says.

const asked: string[] = [];

/** An expression, with rows behind FROM where it needs any, has this value. */
function check(expression: string, expected: string | null): void {
  asked.push(expression);
  const from = / from \(values /.test(expression) ? "" : " from (values 1) as one(n)";
  test(`${expression} is ${expected ?? "null"}`, async () => {
    assert.deepEqual(await answered(`* | select ${expression}${from}`), [[expected]]);
  });
}

function fail(expression: string): void {
  asked.push(expression);
  test(`${expression} fails`, async () => {
    await assert.rejects(answered(`* | select ${expression} from (values 1) as one(n)`), /Conversion Error/);
  });
}

// "Unit conversion functions": its examples are 1200KB, 4619 bytes in KB, and 235 seconds. The best unit is the largest
// of which there is at least one, and what is no whole number has two decimal places, as in the library Presto uses.
check("convert_data_size('1200KB')", "1.17MB");
check("convert_data_size('1024KB')", "1MB");
check("convert_data_size('1024 MB')", "1GB");
check("convert_data_size('512B')", "512B");
check("convert_data_size('1200KB', 'MB')", "1.17MB");
check("convert_data_size('1.5GB', 'MB')", "1536MB");
check("convert_data_size('1MB', 'B')", "1048576B");
check("convert_data_size(cast(null as varchar))", null);
fail("convert_data_size('twelve')");
fail("convert_data_size('1KB', 'XB')");
check("format_data_size(4619, 'KB')", "4.51KB");
check("format_data_size(1024, 'KB')", "1KB");
check("convert_data_size(format_data_size(4619, 'KB'))", "4.51KB");
check("format_data_size(null, 'KB')", null);
check("format_duration(235)", "3 minutes, 55 seconds");
check("format_duration(3661)", "1 hour, 1 minute, 1 second");
check("format_duration(86400)", "1 day");
check("format_duration(0)", "0 seconds");
check("format_duration(-61)", "-1 minute, 1 second");
check("format_duration(null)", null);

// "Window funnel function": events 1, 2, 4, 5, 1, 3 of a chain of five within 100 seconds are 2.
const events = "(values (1, 'e1'), (2, 'e2'), (3, 'e4'), (4, 'e5'), (5, 'e1'), (6, 'e3')) as t(x, y)";
const chain = "array['e1', 'e2', 'e3', 'e4', 'e5']";
check(`window_funnel(100, x, y, ${chain}) from ${events}`, "2");
check(`window_funnel(100, x, array[y = 'e1', y = 'e2', y = 'e3', y = 'e4', y = 'e5']) from ${events}`, "2");
check(`window_funnel(100, x, y, array['e2', 'e3', 'e4']) from (values (1, 'e3'), (2, 'e4')) as t(x, y)`, "0");
check("window_funnel(10, x, y, array['a', 'b', 'c']) from (values (1, 'a'), (5, 'b'), (12, 'c')) as t(x, y)", "2");
check("window_funnel(11, x, y, array['a', 'b', 'c']) from (values (1, 'a'), (5, 'b'), (12, 'c')) as t(x, y)", "3");
check("window_funnel(10, x, y, array['a', 'b']) from (values (9, 'b'), (5, 'a')) as t(x, y)", "2");
check("window_funnel(10, x, y, array['a', 'b']) from (values (1, 'a'), (2, 'other'), (3, 'b')) as t(x, y)", "2");
check("window_funnel(10, x, y, array['a', 'b']) from (values (1, 'z'), (null, 'a')) as t(x, y)", "0");

// "Geohash functions": geohash('34.1,120.6') is wwjcbrdnzs.
check("geohash('34.1,120.6')", "wwjcbrdnzs");
check("geohash(34.1, 120.6)", "wwjcbrdnzs");
check("geohash(57.64911, 10.40744, 11)", "u4pruydqqvj");
check("geohash(-90, -180, 3)", "000");
check("geohash(cast(null as double), 1)", null);
fail("geohash(91, 0)");

// Fields of CSV, and the escapes that SPL resolves.
check(`csv_split('a,"b,""c",,d')`, '["a","b,\\"c","","d"]');
check("csv_split('a|b', '|')", '["a","b"]');
check("csv_split('''a;b'';c', ';', '''')", '["a;b","c"]');
check("csv_split('')", '[""]');
check("csv_split(cast(null as varchar))", null);
check("ascii_escape('a你' || chr(10) || '\\')", "a\\u4f60\\n\\\\");
check("ascii_escape('plain')", "plain");
check("ascii_escape(chr(128512))", "\\ud83d\\ude00");
check("ascii_unescape('a\\n\\x41\\u4f60\\\\')", "a\nA你\\");
check("ascii_unescape('\\ud83d\\ude00')", "😀");
check("ascii_unescape('\\q')", "\\q");
check("unicode_unescape('\\u4f60\\u597d')", "你好");
check("unicode_unescape('a\\n')", "a\\n");
check("unicode_unescape(cast(null as varchar))", null);

// "IP functions".
check("ip_to_domain('192.168.1.1')", "intranet");
check("ip_to_domain('172.31.255.255')", "intranet");
check("ip_to_domain('172.32.0.0')", "internet");
check("ip_to_domain('no address')", null);
check("ip_prefix('192.168.1.77', 24)", "192.168.1.0/24");
check("ip_prefix('192.168.1.77', 32)", "192.168.1.77/32");
check("ip_prefix('192.168.1.77', 0)", "0.0.0.0/0");
check("ip_prefix('999.1.1.1', 8)", null);
check("ip_subnet_min('192.168.1.77/24')", "192.168.1.0");
check("ip_subnet_min('10.200.3.4/9')", "10.128.0.0");
check("ip_subnet_min(cast(null as varchar))", null);
check("ip_subnet_max('192.168.1.77/24')", "192.168.1.255");
check("ip_subnet_max('10.200.3.4/9')", "10.255.255.255");
check("ip_subnet_max('10.0.0.1/32')", "10.0.0.1");
check("ip_subnet_range('192.168.1.77/24')", '["192.168.1.0","192.168.1.255"]');
check("ip_subnet_range('10.0.0.1/32')", '["10.0.0.1","10.0.0.1"]');
check("ip_subnet_range('0.0.0.0/0')", '["0.0.0.0","255.255.255.255"]');
check("is_subnet_of('192.168.0.0/16', '192.168.5.5')", "true");
check("is_subnet_of('192.168.0.0/16', '192.169.0.0')", "false");
check("is_subnet_of('192.168.0.0/16', 'x')", null);
check("is_prefix_subnet_of('192.168.0.0/16', '192.168.5.0/24')", "true");
check("is_prefix_subnet_of('192.168.5.0/24', '192.168.0.0/16')", "false");
check("is_prefix_subnet_of('10.0.0.0/8', '10.0.0.0/8')", "true");

// Names that this Presto does not have.
check("round(log(8, 2), 12)", "3.0");
check("log(0, 2)", "-Infinity");
check("log(cast(null as double), 2)", null);
check("any_value(x) from (values (null, 1), (5, 1)) as t(x, y)", "5");
check("any_value(x) from (values 'a', 'a') as t(x)", "a");
check("any_value(x) from (values 5) as t(x) where x > 5", null);
check("substring('abc', 2)", "bc");
check("substring('abc', -2, 1)", "b");
check("substring('abc', 0)", "");
check("sinh(0)", "0.0");
check("round(sinh(1), 6)", "1.175201");
check("sinh(cast(null as double))", null);
check("random(2, 3)", "2");

// What an approximate set is without its size.
check("cast(cardinality(approx_set(x)) as varchar) from (values 1, 1, 2) as t(x)", "2");

test("each function that runs here is asked at least three times", () => {
  const oracle: readonly { readonly name: string }[] = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../fixtures/oracle.json"), "utf8"),
  );
  const counts = new Map<string, number>();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { name } of oracle) count(name);
  for (const expression of asked) {
    for (const name of new Set([...expression.matchAll(/(\w+)\(/g)].map(([, called]) => called ?? ""))) count(name);
  }
  // Those that the query around them answers are asked with it, in translation/analysisSql.test.ts.
  const local = [...slsFunctions.values()].filter(({ local }) => local !== "cloudOnly" && local !== "query");
  assert.deepEqual(
    local.filter(({ name }) => (counts.get(name) ?? 0) < 3).map(({ name }) => name),
    [],
  );
});

test("what only the cloud can answer is refused by its name and place", () => {
  for (const { name, local } of slsFunctions.values()) {
    if (local !== "cloudOnly") continue;
    const [problem, ...more] = problemsOf(`* | select 1, ${name}('x') from log`);
    assert.deepEqual(more, [], name);
    assert.deepEqual(
      problem,
      { code: "function-cloud-only", severity: "error", name, span: { start: 14, end: 14 + name.length } },
      name,
    );
  }
});
