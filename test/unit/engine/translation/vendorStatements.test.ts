import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, found, type Rows } from "./store.ts";

/**
 * The statements that the documentation of container auditing writes, and those that its report can be made of:
 * container-auditing.md §4 and §5.2, vendor-guide.txt.
 */
function check(claim: string, statement: string, rows: Rows): void {
  test(claim, async () => {
    assert.deepEqual(await answered(statement), rows);
  });
}

test("the commands run in a pod", async () => {
  assert.deepEqual(await found("* and k8s.pod.namespace: shop and k8s.pod.name: web-0"), [
    "e-5",
    "e-4",
    "e-3",
    "e-2",
    "e-1",
  ]);
});

test("the operations that run a program", async () => {
  assert.deepEqual(await found("* and process.name: rm"), ["e-2"]);
});

check(
  "accesses to pods",
  'kind: Kubernetes and kubeObject.operation.kind: PodExec | select count(1) as accesses, approx_distinct("k8s.pod.name") as pods from log',
  [["2", "2"]],
);

check(
  "the pods most often entered",
  'kind: Kubernetes and kubeObject.operation.kind: PodExec | select "k8s.pod.namespace" as ns, "k8s.pod.name" as pod, count(1) as c from log group by ns, pod order by c desc, ns limit 50',
  [
    ["prod", "api-6f7c9d5b8-k2x4p", "1"],
    ["shop", "web-0", "1"],
  ],
);

check(
  "the accounts that entered",
  `* | select coalesce(nullif("k8s.user.aliuid",''),"k8s.user.username") as who, count(distinct "traceId") as accesses, count_if("kind"='Command') as commands from log group by who order by accesses desc, who limit 50`,
  [
    ["2855001", "1", "4"],
    ["system:serviceaccount:ops:runner", "1", "1"],
    [null, "1", "1"],
  ],
);

check(
  "the programs most often run",
  'kind: Command | select "process.name" as program, count(1) as c from log group by program order by c desc, program limit 2',
  [
    ["curl", "2"],
    ["bash", "1"],
  ],
);

check(
  "the accesses",
  `* | select "traceId", min(__time__) as t0, max(__time__) as t1, count_if("kind"='Command') as cmds, arbitrary("k8s.pod.namespace") as ns, arbitrary("k8s.pod.name") as pod, arbitrary("k8s.user.aliuid") as uid, arbitrary("k8s.user.username") as uname from log where "eventId" <> 'e-8' group by "traceId" order by t0 desc limit 100`,
  [
    ["t-2", "1760003600", "1760003605", "1", "prod", "api-6f7c9d5b8-k2x4p", "", "system:serviceaccount:ops:runner"],
    ["t-1", "1760000000", "1760000075", "4", "shop", "web-0", "2855001", "2855001-1700000000"],
  ],
);

check(
  "the alert on entering a container",
  `kind: Kubernetes and kubeObject.operation.kind: PodExec | select "clusterid", "time", "traceId", "eventId", "k8s.user.aliuid", "k8s.user.username", json_extract(k8s, '$.user.groups') as "k8s.user.groups", "host.hostip", "host.nodename", "k8s.pod.namespace", "k8s.pod.name", json_extract(k8s, '$.pod.labels') as "k8s.pod.labels", "kubeobject.operation.podexecoptions.container", json_extract(kubeobject, '$.operation.podExecOptions.command') as "kubeobject.operation.podexecoptions.command", "kubeobject.operation.podexecoptions.commandstr" from log where "traceId" = 't-1'`,
  [
    [
      "c1",
      "2025-10-09T08:53:20Z",
      "t-1",
      "e-1",
      "2855001",
      "2855001-1700000000",
      '["system:authenticated","ops"]',
      "10.0.0.7",
      "cn-hangzhou.10.0.0.7",
      "shop",
      "web-0",
      '{"app":"web","app.kubernetes.io/part-of":"shop"}',
      "web",
      '["bash","-l"]',
      "bash -l",
    ],
  ],
);

check(
  "the alert on risky programs",
  `kind: Command | select "clusterid","time","traceId","eventId","k8s.user.aliuid","k8s.user.username",json_extract(k8s,'$.user.groups') as "k8s.user.groups","host.hostip","host.nodename","k8s.pod.namespace","k8s.pod.name",json_extract(k8s,'$.pod.labels') as "k8s.pod.labels","k8s.container.name","k8s.container.image","process.cwd","process.name","process.cmdline",json_extract(process,'$.pid') as "process.pid","process.user.uid",json_extract(process,'$.parentPid') as "process.parentpid","process.parentname" from log where "process.name" in ('rm','sudo','su','nsenter','wget','yum','apt-get','apt','apk','dpkg','nc','ncat','ssh','scp','nmap','docker','crictl','nerdctl','podman','kubectl','helm','mysql','redis','psql','redis-cli','pip','npm','gem')`,
  [
    [
      "c1",
      "2025-10-09T08:53:25Z",
      "t-1",
      "e-2",
      "2855001",
      "2855001-1700000000",
      '["system:authenticated","ops"]',
      "10.0.0.7",
      "cn-hangzhou.10.0.0.7",
      "shop",
      "web-0",
      '{"app":"web","app.kubernetes.io/part-of":"shop"}',
      "web",
      "nginx:1.25",
      "/tmp",
      "rm",
      "rm -rf a.txt",
      "31",
      "0",
      "7",
      "bash",
    ],
  ],
);
