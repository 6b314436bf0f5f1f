-- k8s.pod.namespace: "…" and k8s.pod.name: "…", in the last hour
SELECT "__time__", "__source__", "__topic__", kind, time, "traceId", "eventId", "clusterId", k8s, host, process, "kubeObject"
FROM store.log
WHERE "__time__" >= $hour AND "__time__" < $to
  AND lower("k8s.pod.namespace") = lower($namespace) AND lower("k8s.pod.name") = lower($pod)
ORDER BY "at" DESC, "eventId" DESC LIMIT 100;
SELECT count(*)
FROM store.log
WHERE "__time__" >= $hour AND "__time__" < $to
  AND lower("k8s.pod.namespace") = lower($namespace) AND lower("k8s.pod.name") = lower($pod);
