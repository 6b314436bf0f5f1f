-- The first hundred records of the file in its order.
SELECT "__time__", "__source__", "__topic__", kind, time, "traceId", "eventId", "clusterId", k8s, host, process, "kubeObject"
FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {
  "__time__": 'VARCHAR', "__source__": 'VARCHAR', "__topic__": 'VARCHAR', kind: 'VARCHAR', time: 'VARCHAR',
  "traceId": 'VARCHAR', "eventId": 'VARCHAR', "clusterId": 'VARCHAR', k8s: 'VARCHAR', host: 'VARCHAR',
  process: 'VARCHAR', "kubeObject": 'VARCHAR'})
LIMIT 100;
