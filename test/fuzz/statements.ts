/** Statements made at random that mean something: every column that they name is there, and every type fits. */
import { pick } from "../unit/sls/random.ts";

type Random = () => number;
type Make = (random: Random, depth: number) => string;

function chance(random: Random, share: number): boolean {
  return random() < share;
}

const integers: readonly Make[] = [
  () => "a",
  () => "b",
  () => "id",
  (random) => String(Math.floor(random() * 9)),
  (random, depth) => `(${integer(random, depth)} ${pick(random, ["+", "-", "*"])} ${integer(random, depth)})`,
  (random, depth) => `(${integer(random, depth)} / ${2 + Math.floor(random() * 4)})`,
  (random, depth) => `(${integer(random, depth)} % ${2 + Math.floor(random() * 4)})`,
  (random, depth) => `abs(${integer(random, depth)})`,
  (random, depth) => `(-${integer(random, depth)})`,
  (random, depth) => `length(${text(random, depth)})`,
  (random, depth) => `strpos(${text(random, depth)}, 'a')`,
  (random, depth) => `coalesce(${integer(random, depth)}, 0)`,
  (random, depth) => `nullif(${integer(random, depth)}, ${Math.floor(random() * 3)})`,
  (random, depth) => `if(${condition(random, depth)}, ${integer(random, depth)}, ${integer(random, depth)})`,
  (random, depth) => `greatest(${integer(random, depth)}, ${integer(random, depth)})`,
  (random, depth) => `least(${integer(random, depth)}, ${integer(random, depth)})`,
  (random, depth) => `try_cast(${text(random, depth)} as bigint)`,
  (random, depth) => `sign(${integer(random, depth)})`,
  // The oracle writes it as an operator and leaves out the parentheses that keep its meaning.
  (random, depth) => `(mod(${integer(random, depth)}, ${2 + Math.floor(random() * 4)}))`,
  (random, depth) => `bitwise_and(${integer(random, depth)}, 6)`,
  (random, depth) => `cardinality(split(${text(random, depth)}, 'a'))`,
  (random, depth) => `case ${integer(random, depth)} when 1 then 10 when 2 then ${integer(random, depth)} else 0 end`,
];

const doubles: readonly Make[] = [
  (random, depth) => `cast(${integer(random, depth)} as double)`,
  (random, depth) => `(${integer(random, depth)} / cast(4 as double))`,
  (random, depth) => `sqrt(abs(${integer(random, depth)}))`,
  (random, depth) => `round(${double(random, depth)}, 2)`,
  (random, depth) => `floor(${double(random, depth)})`,
  (random, depth) => `ceil(${double(random, depth)})`,
  (random, depth) => `power(${integer(random, depth)}, 2)`,
  (random, depth) => `(${double(random, depth)} ${pick(random, ["+", "-", "*"])} ${double(random, depth)})`,
];

const textValues = ["''", "'a'", "'b'", "'x'", "'10'", "' '", "'it''s'", "'漢字'"];
const texts: readonly Make[] = [
  () => "s",
  () => "u",
  (random) => pick(random, textValues),
  (random, depth) => `upper(${text(random, depth)})`,
  (random, depth) => `lower(${text(random, depth)})`,
  (random, depth) => `trim(${text(random, depth)})`,
  (random, depth) => `ltrim(${text(random, depth)})`,
  (random, depth) => `rtrim(${text(random, depth)})`,
  (random, depth) => `reverse(${text(random, depth)})`,
  (random, depth) => `substr(${text(random, depth)}, ${1 + Math.floor(random() * 3)})`,
  (random, depth) => `substr(${text(random, depth)}, ${1 + Math.floor(random() * 3)}, ${Math.floor(random() * 4)})`,
  (random, depth) => `substr(${text(random, depth)}, -${1 + Math.floor(random() * 3)})`,
  (random, depth) => `split_part(${text(random, depth)}, ',', ${1 + Math.floor(random() * 3)})`,
  (random, depth) => `replace(${text(random, depth)}, 'a', 'z')`,
  (random, depth) => `concat(${text(random, depth)}, ${text(random, depth)})`,
  (random, depth) => `(${text(random, depth)} || ${text(random, depth)})`,
  (random, depth) => `lpad(${text(random, depth)}, ${Math.floor(random() * 6)}, '*')`,
  (random, depth) => `rpad(${text(random, depth)}, ${Math.floor(random() * 6)}, '*')`,
  (random, depth) => `cast(${integer(random, depth)} as varchar)`,
  (random, depth) => `coalesce(${text(random, depth)}, '-')`,
  (random, depth) => `nullif(${text(random, depth)}, '')`,
  (random, depth) => `if(${condition(random, depth)}, ${text(random, depth)}, ${text(random, depth)})`,
  (random, depth) => `case when ${condition(random, depth)} then ${text(random, depth)} end`,
  (random, depth) => `regexp_extract(${text(random, depth)}, '[a-z]+')`,
  (random, depth) => `regexp_extract(${text(random, depth)}, '(\\w)(\\w)', 2)`,
  (random, depth) => `regexp_replace(${text(random, depth)}, '[ab]', '<$0>')`,
  (random, depth) => `regexp_replace(${text(random, depth)}, 'a')`,
  () => "json_extract_scalar(j, '$.t')",
  () => "json_extract_scalar(j, '$.l[1]')",
  () => "date_format(from_unixtime(__time__), '%Y-%m-%d %H:%i:%s')",
  (random) =>
    `date_format(date_trunc('${pick(random, ["minute", "hour", "day"])}', from_unixtime(__time__)), '%d %H:%i')`,
];

const conditions: readonly Make[] = [
  (random, depth) =>
    `${integer(random, depth)} ${pick(random, ["=", "<>", "<", "<=", ">", ">="])} ${integer(random, depth)}`,
  (random, depth) => `${text(random, depth)} ${pick(random, ["=", "<>"])} ${text(random, depth)}`,
  (random, depth) => `(${condition(random, depth)} and ${condition(random, depth)})`,
  (random, depth) => `(${condition(random, depth)} or ${condition(random, depth)})`,
  (random, depth) => `not (${condition(random, depth)})`,
  (random, depth) => `${text(random, depth)} is null`,
  (random, depth) => `${integer(random, depth)} is not null`,
  (random, depth) => `${integer(random, depth)} is distinct from ${integer(random, depth)}`,
  (random, depth) => `${text(random, depth)} like '${pick(random, ["%a%", "_b", "", "a%", "%%"])}'`,
  (random, depth) => `${text(random, depth)} like '%!%' escape '!'`,
  (random, depth) => `${integer(random, depth)} between 0 and ${integer(random, depth)}`,
  (random, depth) => `${integer(random, depth)} in (1, 2, ${integer(random, depth)})`,
  (random, depth) => `${text(random, depth)} in ('a', 'ab', '')`,
  (random, depth) => `${integer(random, depth)} not in (1, 3)`,
  (random, depth) => `regexp_like(${text(random, depth)}, '^[a-c]')`,
  (random, depth) => `contains(split(${text(random, depth)}, ','), 'x')`,
];

/** The makers at the head of a list need nothing within them. */
function made(random: Random, depth: number, makers: readonly Make[], simple: number): string {
  const make = depth <= 0 ? makers[Math.floor(random() * simple)] : pick(random, makers);
  return make?.(random, depth - 1) ?? "";
}

function integer(random: Random, depth: number): string {
  return made(random, depth, integers, 4);
}
function double(random: Random, depth: number): string {
  return depth <= 0 ? "cast(b as double)" : made(random, depth, doubles, doubles.length);
}
function text(random: Random, depth: number): string {
  return made(random, depth, texts, 3);
}
function condition(random: Random, depth: number): string {
  return depth <= 0 ? pick(random, ["a > 0", "b < 10", "s is null", "u = 'a'"]) : made(random, depth, conditions, 2);
}
function value(random: Random, depth: number): string {
  return pick(random, [integer, integer, double, text, text, condition])(random, depth);
}

const aggregates: readonly Make[] = [
  () => "count(*)",
  (random) => `count(${integer(random, 1)})`,
  (random) => `count(distinct ${text(random, 1)})`,
  (random) => `sum(${integer(random, 1)})`,
  (random) => `min(${integer(random, 1)})`,
  (random) => `max(${integer(random, 1)})`,
  (random) => `max(${text(random, 1)})`,
  (random) => `avg(${integer(random, 1)})`,
  (random) => `count_if(${condition(random, 1)})`,
  (random) => `bool_and(${condition(random, 1)})`,
  (random) => `bool_or(${condition(random, 1)})`,
  (random) => `sum(${integer(random, 1)}) filter (where ${condition(random, 1)})`,
  (random) => `max_by(${text(random, 1)}, id)`,
  (random) => `min_by(${integer(random, 1)}, id)`,
  (random) => `cast(count(distinct ${integer(random, 1)}) as double) / count(*)`,
];

const windows: readonly Make[] = [
  () => "row_number() over (order by id)",
  (random) => `row_number() over (partition by ${integer(random, 1)} order by id)`,
  (random) => `rank() over (order by ${integer(random, 1)})`,
  (random) => `dense_rank() over (order by ${integer(random, 1)} desc)`,
  (random) => `sum(${integer(random, 1)}) over (order by id rows between 2 preceding and current row)`,
  (random) => `lag(${text(random, 1)}, 1, '-') over (order by id)`,
  (random) => `lead(${integer(random, 1)}) over (partition by a order by id)`,
  (random) => `first_value(${text(random, 1)}) over (partition by b order by id)`,
  (random) => `count(*) over (partition by ${text(random, 1)})`,
];

const shapes: readonly ((random: Random) => string)[] = [
  (random) =>
    `select id, ${value(random, 2)} as x, ${value(random, 3)} as y from log where ${condition(random, 2)} limit 100`,
  (random) => `select id, ${value(random, 3)} as x from log order by id limit ${1 + Math.floor(random() * 20)}`,
  (random) =>
    `select id, ${value(random, 2)} as x from log order by id desc limit ${Math.floor(random() * 10)}, ${1 + Math.floor(random() * 9)}`,
  (random) => `select distinct ${value(random, 2)} as x, ${integer(random, 1)} as y from log limit 1000`,
  (random) =>
    `select ${value(random, 1)} as k, ${pick(random, aggregates)(random, 1)} as x, ${pick(random, aggregates)(random, 1)} as y from log${chance(random, 0.4) ? ` where ${condition(random, 2)}` : ""} group by 1${chance(random, 0.4) ? " having count(*) > 1" : ""} limit 1000`,
  (random) => `select ${pick(random, aggregates)(random, 1)} as x from log where ${condition(random, 2)} limit 10`,
  (random) =>
    `select x, count(*) as n, sum(id) as i from (select ${value(random, 2)} as x, id from log) as t group by x limit 1000`,
  (random) =>
    `with t as (select id, ${value(random, 2)} as x from log where ${condition(random, 1)}) select x, max(id) as i from t group by x limit 1000`,
  (random) => `select id, ${pick(random, windows)(random, 1)} as w from log limit 1000`,
  (random) =>
    `select l.id, r.id as other from log as l ${pick(random, ["join", "left join"])} log as r on l.a = r.b and r.id < ${5 + Math.floor(random() * 10)} limit 1000`,
  (random) =>
    `select ${integer(random, 1)} as x from log ${pick(random, ["union", "union all", "intersect", "except"])} select ${integer(random, 1)} as x from log limit 1000`,
  (random) => `select id from log where ${integer(random, 1)} in (select ${integer(random, 1)} from log) limit 1000`,
  (random) => `select id, w from log cross join unnest(split(${text(random, 1)}, 'a')) as t(w) limit 1000`,
  (random) =>
    `select id, (select ${pick(random, ["max", "min"])}(${integer(random, 1)}) from log) as x from log where ${condition(random, 1)} limit 1000`,
];

/** One more statement. */
export function generated(random: Random): string {
  return pick(random, shapes)(random);
}
