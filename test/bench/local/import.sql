-- The columns of a store, as one would write them by hand: the top fields read by DuckDB's own reader, and all parts of a
-- JSON field taken out in one go.
CREATE OR REPLACE TABLE store.log AS
SELECT
  CAST("__time__" AS BIGINT) AS "__time__", "__source__", "__topic__", kind, time, "traceId", "eventId", "clusterId",
  k8s, host, process, "kubeObject",
  of_k8s[1] AS "k8s.user.aliuid", of_k8s[2] AS "k8s.user.username", of_k8s[3] AS "k8s.user.groups",
  of_k8s[4] AS "k8s.pod.namespace", of_k8s[5] AS "k8s.pod.name", of_k8s[6] AS "k8s.pod.labels",
  of_k8s[7] AS "k8s.container.name", of_k8s[8] AS "k8s.container.image",
  of_host[1] AS "host.hostip", of_host[2] AS "host.nodename",
  of_object[1] AS "kubeobject.operation.kind", of_object[2] AS "kubeobject.operation.podexecoptions.container",
  of_object[3] AS "kubeobject.operation.podexecoptions.command",
  of_object[4] AS "kubeobject.operation.podexecoptions.commandstr",
  of_process[1] AS "process.name", of_process[2] AS "process.cmdline", of_process[3] AS "process.cwd",
  CAST(of_process[4] AS BIGINT) AS "process.pid", CAST(of_process[5] AS BIGINT) AS "process.parentpid",
  of_process[6] AS "process.parentname", CAST(of_process[7] AS BIGINT) AS "process.user.uid",
  epoch_us(CAST(time AS TIMESTAMP)) AS "at"
FROM (
  SELECT *,
    json_extract_string(k8s, ['/user/aliuid', '/user/username', '/user/groups', '/pod/namespace', '/pod/name',
      '/pod/labels', '/container/name', '/container/image']) AS of_k8s,
    json_extract_string(host, ['/hostIP', '/nodeName']) AS of_host,
    json_extract_string("kubeObject", ['/operation/kind', '/operation/podExecOptions/container',
      '/operation/podExecOptions/command', '/operation/podExecOptions/commandStr']) AS of_object,
    json_extract_string(process, ['/name', '/cmdline', '/cwd', '/pid', '/parentPid', '/parentName', '/user/uid'])
      AS of_process
  FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {
    "__time__": 'VARCHAR', "__source__": 'VARCHAR', "__topic__": 'VARCHAR', kind: 'VARCHAR', time: 'VARCHAR',
    "traceId": 'VARCHAR', "eventId": 'VARCHAR', "clusterId": 'VARCHAR', k8s: 'VARCHAR', host: 'VARCHAR',
    process: 'VARCHAR', "kubeObject": 'VARCHAR'})
);
CHECKPOINT store;
