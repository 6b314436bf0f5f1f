-- traceId: "…"
SELECT "__time__", "__source__", "__topic__", kind, time, "traceId", "eventId", "clusterId", k8s, host, process, "kubeObject"
FROM store.log
WHERE "__time__" >= $from AND "__time__" < $to AND lower("traceId") = lower($trace)
ORDER BY "at" DESC, "eventId" DESC LIMIT 1000;
SELECT count(*) FROM store.log WHERE "__time__" >= $from AND "__time__" < $to AND lower("traceId") = lower($trace);
