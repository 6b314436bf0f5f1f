SELECT __time__, __source__, __topic__, kind, "time", "traceId", "eventId", "clusterId", k8s, host, process, "kubeObject"
FROM store.log WHERE "k8s.pod.namespace" = $namespace AND "k8s.pod.name" = $pod AND "__time__" >= $from AND "__time__" < $to
ORDER BY "@at" DESC, "eventId" LIMIT 10000;
