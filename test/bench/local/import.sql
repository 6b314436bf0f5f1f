-- What somebody who knows DuckDB would write to get the same columns out of the same file.
CREATE TABLE store.log AS
SELECT
  CAST(__time__ AS BIGINT) AS "__time__", __source__, __topic__, kind, "time", "traceId", "eventId", "clusterId",
  k8s, host, process, "kubeObject",
  json_extract_string(k8s, '$.user.aliuid') AS "k8s.user.aliuid",
  json_extract_string(k8s, '$.user.username') AS "k8s.user.username",
  json_extract_string(k8s, '$.user.groups') AS "k8s.user.groups",
  json_extract_string(k8s, '$.pod.namespace') AS "k8s.pod.namespace",
  json_extract_string(k8s, '$.pod.name') AS "k8s.pod.name",
  json_extract_string(k8s, '$.pod.labels') AS "k8s.pod.labels",
  json_extract_string(k8s, '$.container.name') AS "k8s.container.name",
  json_extract_string(k8s, '$.container.image') AS "k8s.container.image",
  json_extract_string(host, '$.hostIP') AS "host.hostip",
  json_extract_string(host, '$.nodeName') AS "host.nodename",
  json_extract_string("kubeObject", '$.operation.kind') AS "kubeobject.operation.kind",
  json_extract_string("kubeObject", '$.operation.podExecOptions.container') AS "kubeobject.operation.podexecoptions.container",
  json_extract_string("kubeObject", '$.operation.podExecOptions.command') AS "kubeobject.operation.podexecoptions.command",
  json_extract_string("kubeObject", '$.operation.podExecOptions.commandStr') AS "kubeobject.operation.podexecoptions.commandstr",
  json_extract_string(process, '$.name') AS "process.name",
  json_extract_string(process, '$.cmdline') AS "process.cmdline",
  json_extract_string(process, '$.cwd') AS "process.cwd",
  CAST(json_extract_string(process, '$.pid') AS BIGINT) AS "process.pid",
  CAST(json_extract_string(process, '$.parentPid') AS BIGINT) AS "process.parentpid",
  json_extract_string(process, '$.parentName') AS "process.parentname",
  CAST(json_extract_string(process, '$.user.uid') AS BIGINT) AS "process.user.uid",
  epoch_us(CAST("time" AS TIMESTAMP)) AS "@at"
FROM read_json($file, format = 'newline_delimited', columns = {
  __time__: 'VARCHAR', __source__: 'VARCHAR', __topic__: 'VARCHAR', kind: 'VARCHAR', "time": 'VARCHAR',
  "traceId": 'VARCHAR', "eventId": 'VARCHAR', "clusterId": 'VARCHAR',
  k8s: 'VARCHAR', host: 'VARCHAR', process: 'VARCHAR', "kubeObject": 'VARCHAR'
});
