-- * | select coalesce(nullif("k8s.user.aliuid", ''), "k8s.user.username") as who, count(1) as events,
--   count_if(kind = 'Command') as commands from log group by who order by events desc limit 50
SELECT coalesce(nullif("k8s.user.aliuid", ''), "k8s.user.username") AS who, count(*) AS events,
  count_if(kind = 'Command') AS commands
FROM store.log
WHERE "__time__" >= $from AND "__time__" < $to
GROUP BY who ORDER BY events DESC LIMIT 50;
