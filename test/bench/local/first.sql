SELECT * FROM read_json($file, format = 'newline_delimited', columns = {
  __time__: 'VARCHAR', __source__: 'VARCHAR', __topic__: 'VARCHAR', kind: 'VARCHAR', "time": 'VARCHAR',
  "traceId": 'VARCHAR', "eventId": 'VARCHAR', "clusterId": 'VARCHAR',
  k8s: 'VARCHAR', host: 'VARCHAR', process: 'VARCHAR', "kubeObject": 'VARCHAR'
}) LIMIT 100;
