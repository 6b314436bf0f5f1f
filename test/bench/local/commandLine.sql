-- The word in the command line, newest first, and how many there are.
SELECT __time__, __source__, __topic__, kind, "time", "traceId", "eventId", "clusterId", k8s, host, process, "kubeObject"
FROM store.log WHERE contains(lower("process.cmdline"), 'curl')
  AND regexp_matches("process.cmdline", '(?i)(^|[,''";=()\[\]{}?@&<>/: \n\t\r])curl($|[,''";=()\[\]{}?@&<>/: \n\t\r])')
ORDER BY "@at" DESC, "eventId" LIMIT 100;
SELECT count(*) FROM store.log WHERE contains(lower("process.cmdline"), 'curl')
  AND regexp_matches("process.cmdline", '(?i)(^|[,''";=()\[\]{}?@&<>/: \n\t\r])curl($|[,''";=()\[\]{}?@&<>/: \n\t\r])');
