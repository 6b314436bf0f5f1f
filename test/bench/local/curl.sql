-- process.cmdline: curl
SELECT "__time__", "__source__", "__topic__", kind, time, "traceId", "eventId", "clusterId", k8s, host, process, "kubeObject"
FROM store.log
WHERE "__time__" >= $from AND "__time__" < $to
  AND regexp_matches("process.cmdline", '(^|[ ,''";=()\[\]{}?@&<>/:\n\t\r])curl($|[ ,''";=()\[\]{}?@&<>/:\n\t\r])', 'i')
ORDER BY "at" DESC, "eventId" DESC LIMIT 100;
SELECT count(*)
FROM store.log
WHERE "__time__" >= $from AND "__time__" < $to
  AND regexp_matches("process.cmdline", '(^|[ ,''";=()\[\]{}?@&<>/:\n\t\r])curl($|[ ,''";=()\[\]{}?@&<>/:\n\t\r])', 'i');
