import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, problemsOf } from "./store.ts";

/** An expression that needs no record has this value. */
function check(expression: string, expected: string | null): void {
  test(`${expression} is ${expected ?? "null"}`, async () => {
    assert.deepEqual(await answered(`* | select ${expression} limit 1`), [[expected]]);
  });
}

/** An expression over rows `x`, `y` has this value. */
function checkRows(expression: string, rows: string, expected: string | null): void {
  test(`${expression} of ${rows} is ${expected ?? "null"}`, async () => {
    assert.deepEqual(await answered(`* | select ${expression} from (values ${rows}) as t(x, y)`), [[expected]]);
  });
}

// Operators and literals: Presto's documentation, "Mathematical Functions and Operators" and "Data Types". sls.md §6.2:
// whole numbers divide to whole numbers.
check("7/2", "3");
check("-7/2", "-3");
check("7/2.0", "3.5");
check("7%3", "1");
check("-7%3", "-1");
check("2.5 % 2", "0.5");
check("1 + 2 * 3", "7");
check("(1 + 2) * 3", "9");
check("2147483647 + 1", "2147483648");
check("9223372036854775807", "9223372036854775807");
check("1.5", "1.5");
check("1e3", "1000.0");
check("'it''s'", "it's");
check("'a\\b'", "a\\b");
check("'a' || null", null);
check("null = null", null);
check("null is null", "true");
check("1 is distinct from null", "true");
check("not true", "false");
check("1 in (1, 2)", "true");
check("1 not in (1, 2)", "false");
check("2 between 1 and 3", "true");
check("2 not between 1 and 3", "false");
check("array[1,2][2]", "2");
check("array[1,2] || array[3]", "[1,2,3]");
check("row(1, 'a')", '[1,"a"]');
check("(select max(a) from (values 5) as t(a))", "5");
check("exists (select 1)", "true");
check("2 > all (select 1)", "true");
check("2 = any (select 1 union select 2)", "true");

// How Presto prints a double: Java's Double.toString (prestodb/presto#5593).
check("10000000.0", "1.0E7");
check("9999999.0", "9999999.0");
check("123456789.5", "1.234567895E8");
check("0.001", "0.001");
check("0.0001", "1.0E-4");
check("-0.00012", "-1.2E-4");
check("1e300", "1.0E300");
check("1/0.0", "Infinity");
check("nan()", "NaN");
check("-infinity()", "-Infinity");
check("array[1.5, 10000000.0]", "[1.5,1.0E7]");

// String functions of the SLS documentation, and of Presto's where it says more.
check("chr(77)", "M");
check("codepoint('A')", "65");
check("concat('a', 'b', 'c')", "abc");
check("concat('a', null)", null);
check("concat(array[1], array[2, 3])", "[1,2,3]");
check("length('a你')", "2");
check("lower('ABC')", "abc");
check("upper('abc')", "ABC");
check("lpad('7', 3, '0')", "007");
check("lpad('12345', 3, '0')", "123");
check("rpad('7', 3, '0')", "700");
check("ltrim('  a ')", "a ");
check("rtrim(' a  ')", " a");
check("trim('  a ')", "a");
check("replace('cn-shanghai', 'cn', 'China')", "China-shanghai");
check("replace('cn-shanghai', 'cn')", "-shanghai");
check("reverse('abc')", "cba");
check("reverse(array[1, 2])", "[2,1]");
check("split('HTTP/2.0', '/')", '["HTTP","2.0"]');
check("split('a/b/c', '/', 2)", '["a","b/c"]');
check("split_part('/request/path-1?045', '?', 1)", "/request/path-1");
check("split_part('a/b', '/', 3)", null);
check(
  "split_to_map('upstream_response_time:80,request_time:40', ',', ':')",
  '{"upstream_response_time":"80","request_time":"40"}',
);
check("position('a' in 'banana')", "2");
check("strpos('HTTP/2.0', 'H')", "1");
check("strpos('abc', 'z')", "0");
check("substr('HTTP/2.0', 1, 4)", "HTTP");
check("substr('abc', 2)", "bc");
check("substr('abc', 0, 2)", "");
check("substr('abc', -2)", "bc");
check("substr('abc', -5)", "");
check("substr('abcdef', -3, 2)", "de");
check("levenshtein_distance('kitten', 'sitting')", "3");
check("hamming_distance('abc', 'abd')", "1");
check("normalize('a')", "a");
check("from_utf8(to_utf8('你'))", "你");

// LIKE: Presto's documentation, "Comparison Functions and Operators". There is no escape unless one is named.
check("'abc' like 'a%'", "true");
check("'abc' like 'A%'", "false");
check("'a_c' like 'a#_c' escape '#'", "true");
check("'abc' like 'a#_c' escape '#'", "false");
check("'a\\c' like 'a\\c'", "true");
check("'abc' not like '%z%'", "true");

// Regular expression functions of the SLS documentation.
check("regexp_extract('HTTP/2.0', '\\d+')", "2");
check("regexp_extract('/request/path-1/file-9', '.*\\/(file.*)', 1)", "file-9");
check("regexp_extract('abc', '\\d+')", null);
check("regexp_extract('abc', '(\\d*)', 1)", "");
check("regexp_extract_all('HTTP/2.0', '\\d+')", '["2","0"]');
check("regexp_extract_all('a1b2', '([a-z])(\\d)', 2)", '["1","2"]');
check("regexp_like('HTTP/2.0', '\\d+')", "true");
check("regexp_replace('cn-shanghai', 'cn.*', 'China')", "China");
check("regexp_replace('HTTP/2.0', '.\\d+')", "HTTP");
check("regexp_replace('a1b2', '\\d', 'x')", "axbx");
check("regexp_replace('k=v', '(\\w)=(\\w)', '$2=$1')", "v=k");
check(`regexp_replace('k=v', '(?<key>\\w)=(\\w)', '$\{key}')`, "k");
check("regexp_replace('abc', 'b', '\\$1')", "a$1c");
check("regexp_replace('abc', 'b', concat('[', '$0]'))", "a[b]c");
check("regexp_split('/request/path-1', '/')", '["","request","path-1"]');

// Date and time functions of the SLS documentation; the zone is Asia/Shanghai.
check("from_unixtime(1592374067)", "2020-06-17 14:07:47.000");
check("from_unixtime(1592374067.5)", "2020-06-17 14:07:47.500");
check("from_unixtime(1494985275, 'UTC')", "2017-05-17 01:41:15.000 UTC");
check("to_unixtime('2017-05-17 09:45:00.848 Asia/Shanghai')", "1.494985500848E9");
check("to_unixtime(from_unixtime(1494985275))", "1.494985275E9");
check("current_timezone()", "Asia/Shanghai");
check("date_format(date_parse('2017-05-17 09:45:00','%Y-%m-%d %H:%i:%S'), '%Y-%m-%d')", "2017-05-17");
check("date_format(1592374067, '%Y-%m-%d %H:%i:%S')", "2020-06-17 14:07:47");
check("date_format(1592374067, '%y/%c/%e %k:%i:%s %p %h %l %I')", "20/6/17 14:07:47 PM 02 2 02");
check("date_format(1592374067, '%a %W %b %M %j %T %r')", "Wed Wednesday Jun June 169 14:07:47 02:07:47 PM");
check("date_format(1592374067, '%D|%w|%v|100%%')", "17th|3|25|100%");
check("date_format(1592374067, 'it''s %H o''clock')", "it's 14 o'clock");
check("date_parse('17/Jun/2020', '%d/%b/%Y')", "2020-06-17 00:00:00.000");
check("date_trunc('minute', 1592374067)", "2020-06-17 14:07:00.000");
check("date_trunc('second', timestamp '2001-08-22 03:04:05.321')", "2001-08-22 03:04:05.000");
check("date_trunc('hour', timestamp '2001-08-22 03:04:05.321')", "2001-08-22 03:00:00.000");
check("date_trunc('day', timestamp '2001-08-22 03:04:05.321')", "2001-08-22 00:00:00.000");
check("date_trunc('week', timestamp '2001-08-22 03:04:05.321')", "2001-08-20 00:00:00.000");
check("date_trunc('month', timestamp '2001-08-22 03:04:05.321')", "2001-08-01 00:00:00.000");
check("date_trunc('quarter', timestamp '2001-08-22 03:04:05.321')", "2001-07-01 00:00:00.000");
check("date_trunc('year', timestamp '2001-08-22 03:04:05.321')", "2001-01-01 00:00:00.000");
check("date_trunc('month', date '2001-08-22')", "2001-08-01");
check("date_add('day', -7, '2018-08-09 00:00:00')", "2018-08-02 00:00:00.000");
check("date_add('month', 1, date '2020-01-31')", "2020-02-29");
check("date_add('millisecond', 5, timestamp '2020-01-01 00:00:00')", "2020-01-01 00:00:00.005");
check("date_diff('day', '2018-08-02 00:00:00', '2018-08-09 00:00:00') = 7", "true");
check("date_diff('day', timestamp '2020-01-01 23:00:00', timestamp '2020-01-02 01:00:00')", "0");
check("date_diff('month', date '2020-01-31', date '2020-02-29')", "1");
check("date_diff('month', date '2020-01-31', date '2020-02-28')", "0");
check("from_iso8601_timestamp('2020-05-03T17:30:08Z')", "2020-05-04 01:30:08.000 Asia/Shanghai");
check("from_iso8601_date('2020-05-03')", "2020-05-03");
check("date('2020-05-03 17:30:08')", "2020-05-03");
check("last_day_of_month(date '2020-02-03')", "2020-02-29");
check("year(1592374067)", "2020");
check("extract(hour from from_unixtime(1592374067))", "14");
check("day_of_week(date '2020-06-21')", "7");
check("week(date '2020-06-17')", "25");
check("millisecond(timestamp '2020-01-01 00:00:05.123')", "123");
check("from_unixtime(1592374067) at time zone 'America/New_York'", "2020-06-17 02:07:47.000 America/New_York");
check("hour(from_unixtime(1592374067) at time zone 'UTC')", "6");
check("timestamp '2020-01-01 00:00:00' + interval '1' day", "2020-01-02 00:00:00.000");
check("date '2020-01-01' - interval '1' month", "2019-12-01");
check("timestamp '2020-01-02 01:02:03.004' - timestamp '2020-01-01 00:00:00'", "1 01:02:03.004");
check("interval '2' minute * 3", "0 00:06:00.000");
check("interval '14' month", "1-2");
check("timestamp '2020-01-02 00:00:00' > '2020-01-01 00:00:00'", "true");
check("date '2020-01-02' = timestamp '2020-01-02 00:00:00'", "true");
check("time '10:20:30'", "10:20:30.000");
check("now() = current_timestamp", "true");
check("cast(current_date as varchar) = date_format(now(), '%Y-%m-%d')", "true");
check("current_date > date '2020-01-01'", "true");
check("localtimestamp < now() + interval '1' second", "true");
check("typeof(localtime)", "time");
check("typeof(current_time)", "time with time zone");

// JSON functions of the SLS documentation.
check("json_parse('[1, 2, 3]')", "[1,2,3]");
check("json_parse('{broken')", null);
check("json_format(json_parse('[1, 2, 3]'))", "[1,2,3]");
check("json_array_contains(json_parse('[1, 2, 3]'), 2)", "true");
check("json_array_contains('[1, 2, 3]', 2)", "true");
check("json_array_contains('[\"a\"]', 'b')", "false");
check('json_array_get(\'["status", "request_time", "request_method"]\', 0)', "status");
check('json_array_length(\'["status", "request_time", "request_method"]\')', "3");
check("json_extract('{\"status\":\"200\"}', '$.status')", '"200"');
check('json_extract(\'{"a":{"b.c":[5,{"d":6}]}}\', \'$.a["b.c"][1].d\')', "6");
check("json_extract('{\"a b\":1}', '$[''a b'']')", "1");
check("json_extract('{\"a\":1}', '$')", '{"a":1}');
check("json_extract('{broken', '$.a')", null);
check("json_extract_scalar('{\"status\":\"200\"}', '$.status')", "200");
check("json_extract_scalar('{\"a\":[1]}', '$.a')", null);
check("json_extract_scalar('{\"a\":null}', '$.a')", null);
check("json_extract_scalar('{\"a\":true}', '$.a')", "true");
check("sum(cast(json_extract_scalar('{\"status\":\"200\"}', '$.status') as bigint)) is not null", "true");
check("json_size('{\"status\":[1, 2, 3]}', '$.status')", "3");
check('json_size(\'{"x":{"a":1,"b":2}}\', \'$.x\')', "2");
check("json_size('{\"x\":1}', '$.x')", "0");

// Type conversion functions of the SLS documentation; what a cast means is Presto's.
check("cast('42' as bigint)", "42");
check("cast(2.5 as bigint)", "3");
check("cast(-2.5 as bigint)", "-3");
check("cast(1 as double)", "1.0");
check("cast(1.0 as varchar)", "1.0");
check("cast(true as varchar)", "true");
check("cast('abcdef' as varchar(3))", "abc");
check("cast('2020-01-01 10:00:00' as timestamp)", "2020-01-01 10:00:00.000");
check("cast('2020-01-01T10:00:00Z' as timestamp)", "2020-01-01 18:00:00.000");
check("cast('2020-01-01' as date)", "2020-01-01");
check("cast(from_unixtime(1592374067) as date)", "2020-06-17");
check("cast(1.256 as decimal(10, 2))", "1.26");
check("cast(json_parse('[1,2]') as array(bigint))", "[1,2]");
check("cast(json_parse('[\"a\"]') as array(varchar))[1]", "a");
check("cast(json_parse('{\"a\":1}') as map(varchar, bigint))['a'] + 1", "2");
check("cast(json_extract('{\"a\":\"x\"}', '$.a') as varchar)", "x");
check("cast(json_extract('{\"a\":31}', '$.a') as bigint) + 1", "32");
check("cast('abc' as json)", '"abc"');
check("cast(array[1,2] as json)", "[1,2]");
check("try_cast('x' as bigint)", null);
check("try_cast('1.5' as bigint)", null);
check("try_cast('x' as timestamp)", null);
check("typeof('a')", "varchar");
check("typeof(1)", "bigint");
check("typeof(map(array['a'], array[1.5]))", "map(varchar, double)");

// Conditional expressions of the SLS documentation.
check("if(1 > 0, 'a', 'b')", "a");
check("if(1 < 0, 'a')", null);
check("case when 1 > 0 then 'a' else 'b' end", "a");
check("case 2 when 1 then 'a' when 2 then 'b' end", "b");
check("coalesce(null, 'a', 'b')", "a");
check("nullif(1, 1)", null);
check("nullif('', '')", null);
check("try(1/0)", null);
check("try(cast('x' as bigint))", null);
check("try((select max(n / 0) from (values 1) as t(n)))", null);
check("try(date_parse('x', '%Y'))", null);
check("greatest(1, 3, 2)", "3");
check("greatest(1, null)", null);
check("least('b', 'a')", "a");

// Mathematical calculation functions of the SLS documentation.
check("abs(-3)", "3");
check("cbrt(8)", "2.0");
check("sqrt(9)", "3.0");
check("ceil(2.5)", "3.0");
check("ceiling(2.5)", "3.0");
check("floor(2.5)", "2.0");
check("floor(7/2)", "3");
check("round(2.5)", "3.0");
check("round(-2.5)", "-3.0");
check("round(3.14159, 2)", "3.14");
check("round(7)", "7");
check("truncate(2.7)", "2.0");
check("sign(-5)", "-1");
check("mod(7, 3)", "1");
check("pow(2, 10)", "1024.0");
check("power(2, 0.5) = sqrt(2)", "true");
check("exp(0)", "1.0");
check("ln(e())", "1.0");
check("log2(8)", "3.0");
check("log10(1000)", "3.0");
check("round(log(8, 2), 6)", "3.0");
check("round(pi(), 5)", "3.14159");
check("degrees(pi())", "180.0");
check("round(cosine_similarity(map(array['a'], array[1.0]), map(array['a'], array[2.0])), 6)", "1.0");
check("from_base('ff', 16)", "255");
check("to_base(255, 16)", "ff");
check("is_nan(nan())", "true");
check("is_finite(1.0)", "true");
check("is_infinite(infinity())", "true");
check("rand() between 0 and 1", "true");
check("random(0, 5) between 0 and 4", "true");
check("width_bucket(5.35, 0.024, 10.06, 5)", "3");
check("bit_count(9, 64)", "2");
check("bit_count(-7, 8)", "6");
check("bitwise_and(12, 10)", "8");
check("bitwise_or(12, 10)", "14");
check("bitwise_xor(12, 10)", "6");
check("bitwise_not(5)", "-6");
check("bitwise_left_shift(1, 4)", "16");
check("bitwise_right_shift(-8, 1)", "9223372036854775804");
check("bitwise_right_shift_arithmetic(-8, 1)", "-4");

// Array, map and lambda functions: sls.md §2.2 names them; what they answer is Presto's documentation.
check("array_distinct(array[3, 1, 3, null, null])", "[3,1,null]");
check("array_except(array[1, 2, 2, 3], array[3])", "[1,2]");
check("array_intersect(array[1, 2, 2], array[2, 3])", "[2]");
check("array_union(array[1, 2], array[2, 3])", "[1,2,3]");
check("array_join(array['a', null, 'b'], '-')", "a-b");
check("array_join(array['a', null, 'b'], '-', '?')", "a-?-b");
check("array_join(array[1.0, 10000000.0], ',')", "1.0,1.0E7");
check("array_max(array[1, 5, 3])", "5");
check("array_min(array[1, 5, 3])", "1");
check("array_position(array['a', 'b'], 'b')", "2");
check("array_position(array['a'], 'z')", "0");
check("array_remove(array[1, 2, 1], 1)", "[2]");
check("array_sort(array[3, null, 1])", "[1,3,null]");
check("cardinality(array[1, 2])", "2");
check("cardinality(map(array['a'], array[1]))", "1");
check("contains(array[1, 2], 2)", "true");
check("element_at(array[1, 2], -1)", "2");
check("element_at(array[1, 2], 5)", null);
check("element_at(map(array['a'], array[1]), 'a')", "1");
check("element_at(map(array['a'], array[1]), 'z')", null);
check("filter(array[5, -6, 7], x -> x > 0)", "[5,7]");
check("flatten(array[array[1], array[2, 3]])", "[1,2,3]");
check("reduce(array[5, 20, 50], 0, (s, x) -> s + x, s -> s)", "75");
check("reduce(array[5, 6], 0.5, (s, x) -> s + x, s -> s * 2)", "23.0");
check("reduce(array['a', 'b'], '', (s, x) -> concat(s, x), s -> upper(s))", "AB");
check("sequence(1, 3)", "[1,2,3]");
check("sequence(3, 1)", "[3,2,1]");
check("sequence(0, 10, 5)", "[0,5,10]");
check("slice(array[1, 2, 3, 4], 2, 2)", "[2,3]");
check("slice(array[1, 2, 3, 4], -2, 2)", "[3,4]");
check("transform(array[5, 6], x -> x + 1)", "[6,7]");
check("transform(array[array[1, 2], array[3]], x -> transform(x, y -> y * cardinality(x)))", "[[2,4],[3]]");
check("any_match(array[1, 2], x -> x = 2)", "true");
check("all_match(array[1, 2], x -> x = 2)", "false");
check("none_match(array[1, 2], x -> x = 3)", "true");
check("zip(array[1, 2], array['a', 'b'])", '[[1,"a"],[2,"b"]]');
check("zip_with(array[1, 3], array[2, 4], (x, y) -> x + y)", "[3,7]");
check("map(array['a', 'b'], array[1, 2])", '{"a":1,"b":2}');
check("map(array['a'], array[1])['a']", "1");
check("map_keys(map(array['a', 'b'], array[1, 2]))", '["a","b"]');
check("map_values(map(array['a', 'b'], array[1, 2]))", "[1,2]");
check("map_concat(map(array['a'], array[1]), map(array['a', 'b'], array[2, 3]))", '{"a":2,"b":3}');
check("map_entries(map(array['a'], array[1]))", '[["a",1]]');
check("map_from_entries(array[row('a', 1)])", '{"a":1}');
check("map_filter(map(array['a', 'b'], array[1, 2]), (k, v) -> v > 1)", '{"b":2}');
check("transform_keys(map(array['a'], array[1]), (k, v) -> upper(k))", '{"A":1}');
check("transform_values(map(array['a'], array[1]), (k, v) -> concat(k, cast(v as varchar)))", '{"a":"a1"}');
check(
  "map_zip_with(map(array['a'], array[1]), map(array['a', 'b'], array[2, 3]), (k, v, w) -> coalesce(v, 0) + w)",
  '{"a":3,"b":3}',
);
check("map(array['t'], array[from_unixtime(1592374067)])", '{"t":"2020-06-17 14:07:47.000"}');

// URL functions: Presto's documentation.
check("url_encode('a b~*/')", "a+b%7E*%2F");
check("url_decode('a+b%20c')", "a b c");
check("url_extract_protocol('https://www.example.com:8080/p?a=1#f')", "https");
check("url_extract_host('https://www.example.com:8080/p?a=1#f')", "www.example.com");
check("url_extract_port('https://www.example.com:8080/p?a=1#f')", "8080");
check("url_extract_port('https://www.example.com/p')", null);
check("url_extract_path('https://www.example.com/p/q?a=1')", "/p/q");
check("url_extract_query('https://www.example.com/p?a=1&b=2')", "a=1&b=2");
check("url_extract_fragment('https://www.example.com/p#frag')", "frag");
check("url_extract_parameter('https://www.example.com/p?a=1&b=x%20y', 'b')", "x y");
check("url_extract_parameter('https://www.example.com/p?a=1', 'z')", null);

// Binary functions: Presto's documentation; a binary value prints as Base64, as in the SLS documentation of `checksum`.
check("to_hex(md5(to_utf8('1')))", "C4CA4238A0B923820DCC509A6F75849B");
check("md5(to_utf8('1'))", "xMpCOKC5I4INzFCab3WEmw==");
check("to_hex(sha1(to_utf8('')))", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709");
check("to_base64(to_utf8('ab'))", "YWI=");
check("from_utf8(from_base64('YWI='))", "ab");
check("to_base64url(from_hex('FBFF'))", "-_8=");
check("from_hex('616263')", "YWJj");

// IP functions of the SLS documentation and sls.md §2.2.
check("ip_to_domain('192.168.1.1')", "intranet");
check("ip_to_domain('8.8.8.8')", "internet");
check("ip_prefix('192.168.1.77', 24)", "192.168.1.0/24");
check("ip_subnet_min('192.168.1.77/24')", "192.168.1.0");
check("ip_subnet_max('192.168.1.77/24')", "192.168.1.255");
check("ip_subnet_range('192.168.1.77/24')", '["192.168.1.0","192.168.1.255"]');
check("is_subnet_of('192.168.0.0/16', '192.168.5.5')", "true");
check("is_prefix_subnet_of('192.168.0.0/16', '192.168.5.0/24')", "true");

// General aggregate functions of the SLS documentation.
const pairs = "(1, 'a'), (2, 'b'), (10, 'b'), (null, 'c')";
checkRows("count(*)", pairs, "4");
checkRows("count(1)", pairs, "4");
checkRows("count(x)", pairs, "3");
checkRows("count(distinct y)", pairs, "3");
checkRows("sum(x)", pairs, "13");
checkRows("sum(x)/2", pairs, "6");
checkRows("avg(x)", "(1, 1), (2, 1)", "1.5");
checkRows("min(x)", pairs, "1");
checkRows("max(y)", pairs, "c");
checkRows("max(x, 2)", pairs, "[10,2]");
checkRows("max_by(y, x)", pairs, "b");
checkRows("min_by(y, x)", pairs, "a");
checkRows("max_by(x, y)", pairs, null);
checkRows("max_by(y, x, 2)", pairs, '["b","b"]');
checkRows("arbitrary(x)", "(null, 1), (5, 1)", "5");
checkRows("count_if(x > 1)", pairs, "2");
checkRows("count_if(x > 1)", "(null, 1)", "0");
checkRows("try(sum(x) / count_if(x > 100))", pairs, null);
checkRows("try(cast(max(y) as bigint))", pairs, null);
checkRows("bool_and(x > 0)", pairs, "true");
checkRows("every(x > 1)", pairs, "false");
checkRows("bool_or(x > 9)", pairs, "true");
checkRows("array_agg(x order by x desc)", "(1, 1), (3, 1), (2, 1)", "[3,2,1]");
checkRows("array_agg(distinct y order by y)", pairs, '["a","b","c"]');
checkRows("bitwise_and_agg(x)", "(12, 1), (10, 1)", "8");
checkRows("bitwise_or_agg(x)", "(12, 1), (10, 1)", "14");
checkRows("round(geometric_mean(x), 6)", "(2, 1), (8, 1)", "4.0");
// The population skewness of 1, 2, 10: m3 / m2^1.5 over the mean 13/3.
checkRows("round(skewness(x), 6)", pairs, "0.674555");
checkRows("sum(x) filter (where y = 'b')", pairs, "12");
checkRows("histogram(y)", pairs, '{"a":1,"b":2,"c":1}');
checkRows("map_agg(y, x)", "(1, 'a'), (2, 'b'), (3, 'b')", '{"a":1,"b":2}');
checkRows("multimap_agg(y, x)", "(1, 'a'), (2, 'b'), (3, 'b')", '{"a":[1],"b":[2,3]}');
checkRows("cardinality(map_union(map(array[y], array[x])))", "(1, 'a'), (2, 'b')", "2");
checkRows("approx_distinct(y)", pairs, "3");
checkRows("approx_percentile(x, 0.5)", "(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)", "3");
checkRows("approx_percentile(x, array[0.2, 0.8])", "(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)", "[2,5]");
checkRows("stddev_pop(x)", "(1, 1), (3, 1)", "1.0");
checkRows("var_samp(x)", "(1, 1), (3, 1)", "2.0");
checkRows("corr(x, y)", "(1, 2), (2, 4), (3, 6)", "1.0");
checkRows("regr_slope(y, x)", "(1, 2), (2, 4), (3, 6)", "2.0");
checkRows("regr_intercept(y, x)", "(1, 3), (2, 5), (3, 7)", "1.0");
checkRows("covar_pop(x, y)", "(1, 1), (3, 3)", "1.0");

// What is refused.
function refuse(expression: string, code: string, data: object = {}): void {
  test(`refused: ${expression}`, () => {
    const [problem, ...more] = problemsOf(`* | select ${expression} from log`);
    assert.deepEqual(more, []);
    assert.equal(problem?.code, code);
    assert.deepEqual({ ...problem, ...data }, problem);
  });
}

refuse("lenght(kind)", "function-unknown", { name: "lenght", nearest: "length" });
refuse("read_text('/etc/passwd')", "function-unknown");
refuse("read_csv('/etc/passwd')", "function-unknown");
refuse("getenv('HOME')", "function-unknown");
refuse("query('select 1')", "function-unknown");
refuse("sls_divide(1, 1)", "function-unknown");
refuse('"read_text"(kind)', "function-unknown");
refuse("constructor(1)", "function-unknown");
refuse('ip_to_city("host.hostip")', "function-cloud-only", { name: "ip_to_city" });
refuse("length(1)", "function-arguments", { name: "length", given: "bigint" });
refuse("length()", "function-arguments", { name: "length", given: "" });
refuse("length('a', 'b')", "function-arguments");
refuse("concat('a', 1)", "function-arguments", { name: "concat", given: "varchar, bigint" });
refuse("kind + 1", "function-arguments", { name: "+", given: "varchar, bigint" });
refuse("kind > 5", "function-arguments", { name: ">", given: "varchar, bigint" });
refuse("'a' = 1", "function-arguments", { name: "=" });
refuse("sum(kind)", "function-arguments", { name: "sum", given: "varchar" });
refuse("date_trunc('decade', __time__)", "function-arguments", { name: "date_trunc" });
refuse("date_format(__time__, kind)", "function-arguments", { name: "date_format" });
refuse("json_extract(k8s, '$..a')", "function-arguments", { name: "json_extract" });
refuse("json_extract(k8s, '$.a[*]')", "function-arguments", { name: "json_extract" });
refuse("transform(array[1], 5)", "function-arguments", { name: "transform" });
refuse("row_number()", "function-arguments", { name: "row_number" });
refuse("lower(kind) over (order by kind)", "function-arguments", { name: "lower" });
refuse("lower(distinct kind)", "function-arguments", { name: "lower" });
refuse("sum(*)", "function-arguments", { name: "sum" });
refuse("if(kind, 1)", "function-arguments", { name: "if" });
refuse("case when 1 = 1 then 1 else 'a' end", "function-arguments", { name: "case" });
refuse("cast(kind as array(bigint))", "function-arguments", { name: "cast" });
refuse("cast(kind as geometry)", "not-translatable", { what: "type" });
refuse("99999999999999999999", "not-translatable", { what: "number" });
refuse("interval '1 02:03' day", "not-translatable", { what: "interval" });
