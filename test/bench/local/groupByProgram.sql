SELECT "process.name" AS program, count(1) AS commands FROM store.log WHERE kind = 'Command'
GROUP BY program ORDER BY commands DESC LIMIT 50;
