SELECT __time__, __source__, __topic__, kind, "time", "traceId", "eventId", "clusterId", k8s, host, process, "kubeObject"
FROM store.log WHERE "traceId" = $trace ORDER BY "@at" DESC, "eventId" LIMIT 10000;
