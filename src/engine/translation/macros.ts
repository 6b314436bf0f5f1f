import { cloudMacros } from "./cloudMacros.ts";
import { colorMacros } from "./colorMacros.ts";
import { hashMacros } from "./hashMacros.ts";
import { listMacros } from "./listMacros.ts";
import { numberMacros } from "./numberMacros.ts";
import { rowMacros } from "./rowMacros.ts";
import { textMacros } from "./textMacros.ts";

/**
 * Functions that translated statements call, for what takes DuckDB more than one expression. Their parameters have names
 * that no column has, since a macro's parameter hides a column of its name.
 */
const macros: readonly string[] = [
  ...numberMacros,
  ...textMacros,
  ...listMacros,

  // ---------------------------------------------------------------------------------------------- printing
  // As Java's Double.toString, which Presto prints with: between 0.001 and 10,000,000 plain, else with an exponent.
  `CREATE MACRO sls_scientific(digits_, exponent_) AS
    left(digits_, 1) || '.' || CASE WHEN length(digits_) > 1 THEN substring(digits_, 2) ELSE '0' END || 'E' || exponent_`,
  // The list of one element names the value, which a macro would otherwise put in once for every mention.
  `CREATE MACRO sls_double_text(x_) AS list_transform([CAST(x_ AS DOUBLE)], lambda value_: CASE
    WHEN value_ IS NULL THEN NULL
    WHEN isnan(value_) THEN 'NaN'
    WHEN isinf(value_) THEN CASE WHEN value_ > 0 THEN 'Infinity' ELSE '-Infinity' END
    WHEN value_ = 0 OR (abs(value_) >= 0.001 AND abs(value_) < 10000000) THEN CAST(value_ AS VARCHAR)
    ELSE CASE WHEN value_ < 0 THEN '-' ELSE '' END || CASE
      WHEN contains(CAST(abs(value_) AS VARCHAR), 'e') THEN sls_scientific(
        replace(split_part(CAST(abs(value_) AS VARCHAR), 'e', 1), '.', ''),
        CAST(CAST(split_part(CAST(abs(value_) AS VARCHAR), 'e', 2) AS INTEGER) AS VARCHAR))
      WHEN abs(value_) >= 1 THEN sls_scientific(
        rtrim(replace(CAST(abs(value_) AS VARCHAR), '.', ''), '0'),
        CAST(strpos(CAST(abs(value_) AS VARCHAR), '.') - 2 AS VARCHAR))
      ELSE sls_scientific(
        ltrim(replace(CAST(abs(value_) AS VARCHAR), '.', ''), '0'),
        '-' || CAST(length(CAST(abs(value_) AS VARCHAR)) - 1
          - length(ltrim(replace(CAST(abs(value_) AS VARCHAR), '.', ''), '0')) AS VARCHAR))
    END
  END)[1]`,
  `CREATE MACRO sls_double_json(x_) AS
    CASE WHEN isfinite(x_) THEN sls_double_text(x_) ELSE '"' || sls_double_text(x_) || '"' END`,
  `CREATE MACRO sls_day_interval_text(x_) AS
    CASE WHEN epoch_ms(x_) < 0 THEN '-' ELSE '' END
    || abs(epoch_ms(x_)) // 86400000 || ' '
    || lpad(CAST(abs(epoch_ms(x_)) // 3600000 % 24 AS VARCHAR), 2, '0') || ':'
    || lpad(CAST(abs(epoch_ms(x_)) // 60000 % 60 AS VARCHAR), 2, '0') || ':'
    || lpad(CAST(abs(epoch_ms(x_)) // 1000 % 60 AS VARCHAR), 2, '0') || '.'
    || lpad(CAST(abs(epoch_ms(x_)) % 1000 AS VARCHAR), 3, '0')`,
  `CREATE MACRO sls_months(x_) AS datepart('year', x_) * 12 + datepart('month', x_)`,
  `CREATE MACRO sls_month_interval_text(x_) AS
    CASE WHEN sls_months(x_) < 0 THEN '-' ELSE '' END || abs(sls_months(x_)) // 12 || '-' || abs(sls_months(x_)) % 12`,

  // ---------------------------------------------------------------------------------------------- times
  // Cut towards zero, as the sign stands before both.
  `CREATE MACRO sls_seconds_ahead(local_, at_) AS CAST(epoch(local_) - epoch(at_) AS BIGINT)`,
  `CREATE MACRO sls_hours_ahead(local_, at_) AS CAST(trunc(sls_seconds_ahead(local_, at_) / 3600) AS BIGINT)`,
  `CREATE MACRO sls_minutes_ahead(local_, at_) AS
    CAST(trunc(sls_seconds_ahead(local_, at_) / 60) AS BIGINT) % 60`,
  // A day of a month, of a week, or of a year.
  `CREATE MACRO sls_iso8601_date(x_) AS CAST(strptime(x_, ['%Y-%m-%d', '%G-W%V-%u', '%Y-%j']) AS DATE)`,
  `CREATE MACRO sls_iso8601(local_, at_) AS strftime(local_, '%Y-%m-%dT%H:%M:%S.%g') || CASE
    WHEN sls_seconds_ahead(local_, at_) = 0 THEN 'Z'
    ELSE CASE WHEN sls_seconds_ahead(local_, at_) < 0 THEN '-' ELSE '+' END
      || lpad(CAST(abs(sls_hours_ahead(local_, at_)) AS VARCHAR), 2, '0') || ':'
      || lpad(CAST(abs(sls_minutes_ahead(local_, at_)) AS VARCHAR), 2, '0') END`,

  // ---------------------------------------------------------------------------------------------- JSON
  `CREATE MACRO sls_json_size(x_) AS CASE json_type(x_)
    WHEN 'ARRAY' THEN CAST(json_array_length(x_) AS BIGINT)
    WHEN 'OBJECT' THEN CAST(len(json_keys(x_)) AS BIGINT)
    ELSE CASE WHEN x_ IS NOT NULL THEN CAST(0 AS BIGINT) END END`,
  `CREATE MACRO sls_json_array_length(x_) AS
    CASE WHEN json_type(x_) = 'ARRAY' THEN CAST(json_array_length(x_) AS BIGINT) END`,
  `CREATE MACRO sls_json_array_contains(x_, value_) AS
    CASE WHEN json_type(x_) = 'ARRAY' THEN list_contains(CAST(json_extract(x_, '$[*]') AS JSON[]), to_json(value_)) END`,

  // ---------------------------------------------------------------------------------------------- addresses
  `CREATE MACRO sls_ip_number(x_) AS CASE
    WHEN regexp_full_match(x_, '[0-9]{1,3}(\\.[0-9]{1,3}){3}')
      AND list_max(list_transform(string_split(x_, '.'), lambda part_: CAST(part_ AS INTEGER))) < 256
    THEN CAST(split_part(x_, '.', 1) AS BIGINT) * 16777216 + CAST(split_part(x_, '.', 2) AS BIGINT) * 65536
      + CAST(split_part(x_, '.', 3) AS BIGINT) * 256 + CAST(split_part(x_, '.', 4) AS BIGINT) END`,
  `CREATE MACRO sls_ip_text(x_) AS
    (x_ // 16777216) || '.' || (x_ // 65536 % 256) || '.' || (x_ // 256 % 256) || '.' || (x_ % 256)`,
  `CREATE MACRO sls_subnet_size(x_) AS
    CAST(1 AS BIGINT) << (32 - CAST(split_part(x_, '/', 2) AS INTEGER))`,
  `CREATE MACRO sls_subnet_min(x_) AS
    sls_ip_number(split_part(x_, '/', 1)) // sls_subnet_size(x_) * sls_subnet_size(x_)`,
  `CREATE MACRO sls_subnet_max(x_) AS sls_subnet_min(x_) + sls_subnet_size(x_) - 1`,
  `CREATE MACRO sls_is_subnet_of(subnet_, x_) AS
    sls_ip_number(x_) BETWEEN sls_subnet_min(subnet_) AND sls_subnet_max(subnet_)`,
  `CREATE MACRO sls_ip_to_domain(x_) AS CASE
    WHEN sls_ip_number(x_) IS NULL THEN NULL
    WHEN sls_is_subnet_of('10.0.0.0/8', x_) OR sls_is_subnet_of('172.16.0.0/12', x_)
      OR sls_is_subnet_of('192.168.0.0/16', x_) OR sls_is_subnet_of('127.0.0.0/8', x_) THEN 'intranet'
    ELSE 'internet' END`,

  ...rowMacros,
  ...cloudMacros,
  ...colorMacros,
  ...hashMacros,
];

/**
 * Makes the macros in the database that the connection is in; to be run once on every instance. All in one text, which
 * takes half the time of each on its own.
 */
export const macroSql: string = macros.join(";\n");

/** What the name of every macro begins with. */
const macroPrefix = "sls_";

/** How often a macro puts in the argument that it mentions most, also within the macros that its text calls. */
const copies: ReadonlyMap<string, number> = copiesOf(macros);

function copiesOf(macros: readonly string[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const macro of macros) {
    const [, name, parameters, body] = /MACRO (\w+)\(([^)]*)\) AS([\s\S]*)/.exec(macro) ?? [];
    if (name === undefined || parameters === undefined || body === undefined) continue;
    if (!name.startsWith(macroPrefix)) throw new Error(`The macro ${name} has another prefix than ${macroPrefix}.`);
    const mentioned = new Map(parameters.split(", ").map((parameter) => [parameter, 0]));
    eachCall(body, counted, (word, times) => {
      const before = mentioned.get(word);
      if (before !== undefined) mentioned.set(word, before + times);
    });
    counted.set(name, Math.max(1, ...mentioned.values()));
  }
  return counted;
}

/** Goes through the words and opening parentheses of SQL, with how often the macros around them put them in. */
function eachCall(
  sql: string,
  counted: ReadonlyMap<string, number>,
  visit: (piece: string, times: number, depth: number) => void,
): void {
  let times = 1;
  const open: number[] = [];
  for (const [piece] of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\w*\(|\)|\w+/g)) {
    if (piece === ")") {
      times = open.pop() ?? 1;
    } else if (piece.endsWith("(")) {
      open.push(times);
      times *= counted.get(piece.slice(0, -1)) ?? 1;
    }
    visit(piece, times, open.length);
  }
}

/**
 * How often DuckDB puts in the argument that stands in the most macros, and how deep it stands. Macros in macros
 * multiply, so calls that a person would hardly write could fill the memory before anything is run.
 */
export function largestExpansion(sql: string): { readonly copies: number; readonly depth: number } {
  let largest = { copies: 1, depth: 0 };
  if (!sql.includes(macroPrefix)) return largest;
  eachCall(sql, copies, (_, times, depth) => {
    if (times > largest.copies) largest = { copies: times, depth };
  });
  return largest;
}
