/**
 * Synthetic audit records in the shape of a raw `GetLogs` answer (container-auditing §1.2): every value is text, `k8s`,
 * `host`, `process` and `kubeObject` are JSON text. Seeded, so that every run measures the same bytes.
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, stat } from "node:fs/promises";

/** The span that the records lie in: one day, oldest first, as an export writes them. */
export const dayStartSeconds = 1_760_000_000;
export const daySeconds = 86_400;

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const namespaces = ["shop", "payments", "search", "default", "kube-system", "monitoring", "ci", "data"];
const images = ["nginx:1.25", "openjdk:17-jre", "python:3.12-slim", "redis:7.2", "busybox:1.36"].map(
  (name) => `acme/${name}`,
);
const parents = ["bash", "sh", "dash", "python3", "containerd-shim"];
const programs: readonly (readonly [name: string, weight: number, lines: readonly string[]])[] = [
  ["ls", 18, ["ls -la /srv/app/releases/#", "ls /var/log/app-#", "ls --color=auto"]],
  ["cat", 14, ["cat /proc/#/status", "cat /etc/app/config-#.yaml", "cat /var/run/app.pid"]],
  ["grep", 10, ["grep -rn ERROR-# /var/log/app", "grep -c session=# access.log"]],
  ["ps", 9, ["ps aux --sort=-%mem", "ps -ef --forest", "ps -p #"]],
  ["sh", 9, ["sh -c test -f /tmp/ready-#", "sh /opt/probe/live.sh #"]],
  ["test", 7, ["test -s /tmp/heartbeat-#"]],
  ["date", 5, ["date +%s", "date -u -Iseconds"]],
  ["tail", 5, ["tail -n # /var/log/app/access.log", "tail -F /var/log/app/error.log"]],
  ["tar", 4, ["tar cf - /srv/app/releases/#", "tar xmf - -C /tmp/copy-#"]],
  ["sleep", 4, ["sleep 5", "sleep #"]],
  ["redis-cli", 3, ["redis-cli -h cache-# info memory", "redis-cli ping"]],
  ["curl", 3, ["curl -fsS http://127.0.0.1:8080/healthz?probe=#", "curl -s https://api.internal/v1/items/#"]],
  ["env", 2, ["env"]],
  ["java", 2, ["java -XX:+PrintFlagsFinal -version", "java -jar /srv/app/tool-#.jar --dry-run"]],
  ["python3", 2, ["python3 -m json.tool /tmp/report-#.json", "python3 /opt/jobs/sync.py --batch #"]],
  ["wget", 1, ["wget -qO- http://10.0.#.17/metrics"]],
  ["rm", 1, ["rm -rf /tmp/copy-#", "rm /tmp/report-#.json"]],
  ["mysql", 1, ["mysql -h db-# -e select(1)"]],
];
const programWeight = programs.reduce((sum, [, weight]) => sum + weight, 0);

/** `count` records as NDJSON lines, oldest first, with about 77 records a trace. */
export function* recordLines(count: number, seed: number): Generator<string> {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const hex = (digits: number): string => {
    let text = "";
    while (text.length < digits) {
      text += below(0x1_0000).toString(16).padStart(4, "0");
    }
    return text.slice(0, digits);
  };
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  const cluster = `c${hex(16)}`;
  const nodes = Array.from({ length: 40 }, (_, index) => `10.0.${index >> 4}.${(index * 7) % 250}`);
  const users = Array.from({ length: 120 }, (_, index) => ({
    aliuid: index % 3 === 0 ? "" : `2${String(10 ** 16 + below(10 ** 9) * 1000 + index)}`,
    username:
      index % 3 === 0
        ? `system:serviceaccount:${pick(namespaces)}:runner-${index}`
        : `2855${index}-1700000${100 + index}`,
  }));
  const pods = Array.from({ length: 600 }, () => {
    const namespace = pick(namespaces);
    const app = `${namespace}-${pick(["web", "api", "worker", "cache", "cron"])}`;
    return { namespace, app, name: `${app}-${hex(10)}-${hex(5)}`, node: pick(nodes), image: pick(images) };
  });
  const openTrace = () => {
    const user = pick(users);
    const pod = pods[Math.floor(random() ** 2 * pods.length)] as (typeof pods)[number];
    const shared = `{"user":{"aliuid":"${user.aliuid}","username":"${user.username}","groups":["system:authenticated"]},"pod":{"namespace":"${pod.namespace}","name":"${pod.name}","labels":{"app":"${pod.app}"}}`;
    return {
      traceId: hex(16),
      left: 1 + below(152),
      started: false,
      entryK8s: `${shared}}`,
      commandK8s: `${shared},"container":{"name":"${pod.app}","image":"${pod.image}"}}`,
      container: pod.app,
      host: `{"hostIP":"${pod.node}","nodeName":"cn-hangzhou.${pod.node}"}`,
      node: pod.node,
      pid: 1_000 + below(60_000),
    };
  };
  const open = Array.from({ length: 30 }, openTrace);
  for (let index = 0; index < count; index += 1) {
    const slot = below(open.length);
    const trace = open[slot] as ReturnType<typeof openTrace>;
    const at = dayStartSeconds + (index * daySeconds) / count;
    const seconds = Math.floor(at);
    const fields: Record<string, string> = {
      __time__: String(seconds),
      __source__: trace.node,
      __topic__: "",
      kind: trace.started ? "Command" : "Kubernetes",
      time: new Date(at * 1000).toISOString(),
      traceId: trace.traceId,
      eventId: hex(16),
      clusterId: cluster,
      k8s: trace.started ? trace.commandK8s : trace.entryK8s,
      host: trace.host,
    };
    if (trace.started) {
      let choice = below(programWeight);
      const program = programs.find(([, weight]) => {
        choice -= weight;
        return choice < 0;
      }) as (typeof programs)[number];
      trace.pid += 1 + below(4);
      const line = pick(program[2]).replace("#", () => String(below(100_000)));
      fields["process"] =
        `{"name":"${program[0]}","cmdline":"${line}","cwd":"/srv/app","pid":${trace.pid},"parentPid":${trace.pid - 1 - below(3)},"parentName":"${pick(parents)}","user":{"uid":"${below(4) === 0 ? 0 : 1000}"}}`;
    } else {
      fields["kubeObject"] =
        `{"operation":{"kind":"PodExec","podExecOptions":{"container":"${trace.container}","command":["sh","-c","exec bash || exec sh"],"commandStr":"sh -c exec bash || exec sh"}}}`;
    }
    trace.started = true;
    trace.left -= 1;
    if (trace.left <= 0) {
      open[slot] = openTrace();
    }
    yield JSON.stringify(fields);
  }
}

/** Writes the records into a file once; a file that is there already is used again. Returns its size in bytes. */
export async function writeRecords(path: string, count: number, seed: number): Promise<number> {
  const existing = await stat(path).catch(() => undefined);
  if (existing !== undefined) {
    return existing.size;
  }
  const partial = `${path}.${process.pid}`;
  const out = createWriteStream(partial);
  let batch: string[] = [];
  for (const line of recordLines(count, seed)) {
    batch.push(line);
    if (batch.length === 2_000) {
      if (!out.write(`${batch.join("\n")}\n`)) {
        await once(out, "drain");
      }
      batch = [];
    }
  }
  out.end(batch.length === 0 ? "" : `${batch.join("\n")}\n`);
  await once(out, "finish");
  await rename(partial, path);
  return (await stat(path)).size;
}
