SELECT coalesce(nullif("k8s.user.aliuid", ''), "k8s.user.username") AS who, count(1) AS records FROM store.log
GROUP BY who ORDER BY records DESC LIMIT 10;
