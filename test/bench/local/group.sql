-- * | select "process.name" as program, count(1) as c from log group by program order by c desc limit 50
SELECT "process.name" AS program, count(*) AS c
FROM store.log
WHERE "__time__" >= $from AND "__time__" < $to
GROUP BY program ORDER BY c DESC LIMIT 50;
