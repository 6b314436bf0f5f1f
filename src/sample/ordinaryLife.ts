import type { AuditUser } from "../audit/event.ts";
import {
  analyst,
  backup,
  databaseAdministrator,
  deployer,
  developer,
  janitor,
  onCall,
  onCallNight,
  stateCheck,
  stolenDeveloper,
} from "./people.ts";
import { hash, type Random, seeded } from "./random.ts";
import { placeIn, type Role, type SampleCluster, type SamplePod } from "./sampleClusters.ts";
import { Session, type TimedRecord } from "./session.ts";

const minuteMs = 60_000;

/**
 * What is recorded of a cluster from `fromMs` to before `toMs` while nothing special happens: service accounts that look
 * after pods, deployments, backups, people on call and at work. A function of absolute time alone: the same stretch is
 * the same records, whoever asks for it, whenever, and in whatever pieces; so the log is live, and longer by asking for
 * its next stretch. Sorted by time.
 */
export function ordinaryLife(cluster: SampleCluster, fromMs: number, toMs: number): readonly TimedRecord[] {
  if (!cluster.isLively) return [];
  const records: TimedRecord[] = [];
  for (const routine of routines) {
    const first = Math.floor(fromMs / minuteMs) - routine.longestMinutes;
    const last = Math.ceil(toMs / minuteMs);
    for (let minute = first; minute < last; minute++) {
      for (const { atMs, record } of routine.records(cluster, minute)) {
        if (fromMs <= atMs && atMs < toMs) records.push({ atMs, record });
      }
    }
  }
  return records.sort((a, b) => a.atMs - b.atMs);
}

/** Something that goes on in clusters. All records of what began in a minute lie within `longestMinutes` after it. */
type Routine = {
  readonly longestMinutes: number;
  records(cluster: SampleCluster, minute: number): readonly TimedRecord[];
};

const checkEveryMinutes = 5;
/** Where programs of the platform are not let in, so that an entry there is worth a look. */
const closedNamespace = "payments";

/** A monitor of the platform team looks into every pod by exec, each at its own minute of five. */
const checks: Routine = {
  longestMinutes: 1,
  records: (cluster, minute) =>
    cluster.pods.flatMap((pod, index) => {
      if (pod.namespace === closedNamespace || (minute + index) % checkEveryMinutes !== 0) return [];
      const seed = seedOf(cluster, pod, "check", minute);
      const random = seeded(seed);
      const session = new Session(placeIn(cluster, pod), stateCheck, seed);
      const atMs = minute * minuteMs + random.between(0, 58_000);
      script(session, atMs, random.pick(checkScripts[pod.role]));
      return session.records;
    }),
};

const checkScripts: Readonly<Record<Role, readonly [string, ...string[]]>> = {
  java: [
    'jcmd 1 VM.uptime | grep -q "[0-9]"',
    "df -P /app/data | tail -n 1 | awk '{print $5}'",
    "ls -1 /app/spool | wc -l",
    'grep -c "ERROR" /var/log/app/app.log',
    "stat -c %Y /app/heartbeat && date +%s",
  ],
  node: [
    "test -s /app/heartbeat && stat -c %Y /app/heartbeat",
    'pgrep -f "node dist/server.js" | head -n 1',
    "df -P /tmp | tail -n 1 | awk '{print $5}'",
    'grep -c "timeout exceeded" /app/logs/server.log',
  ],
  nginx: [
    "nginx -t",
    "ls /var/cache/nginx | wc -l",
    'tail -n 200 /var/log/nginx/access.log | grep -c " 502 "',
    "stat -c %Y /var/run/nginx.pid",
  ],
  postgres: [
    "pg_isready -q -h 127.0.0.1",
    "du -sm /var/lib/postgresql/data | cut -f 1",
    "ls -1 /var/lib/postgresql/data/pg_wal | wc -l",
    "pg_controldata /var/lib/postgresql/data | grep 'Latest checkpoint'",
  ],
  redis: ["stat -c %s /data/dump.rdb", "df -P /data | tail -n 1 | awk '{print $5}'", "pgrep -x redis-server"],
  runner: ["ls -1 /workspace | wc -l", "df -P /workspace | tail -n 1 | awk '{print $5}'", "uptime"],
  metrics: ["promtool check config /etc/prometheus/prometheus.yml", "du -sm /prometheus/wal | cut -f 1"],
  job: ["ls -1 /work/inbox | wc -l", 'find /work -name "*.lock" -mmin +30 | wc -l', "date -u +%H:%M"],
};

/** Backups are fetched every hour by `kubectl cp`, which is an exec of tar; old logs are looked for twice an hour. */
const upkeep: Routine = {
  longestMinutes: 1,
  records: (cluster, minute) =>
    cluster.pods.flatMap((pod) => {
      const seed = seedOf(cluster, pod, "upkeep", minute);
      const phase = hash(pod.name) % 30;
      const atMs = minute * minuteMs + (hash(seed) % 20_000);
      const isClosed = pod.namespace === closedNamespace;
      if (pod.role === "postgres" && minute % (isClosed ? 720 : 60) === phase) {
        const session = new Session(placeIn(cluster, pod), backup, seed);
        script(session, atMs, `pg_basebackup --checkpoint=fast -D /backup/${stamp(minute)} -Ft -z`);
        const copy = new Session(placeIn(cluster, pod), backup, `${seed}/copy`);
        copy.enter(atMs + 21_000, ["tar", "cf", "-", "-C", "/backup", stamp(minute)]);
        return [...session.records, ...copy.records];
      }
      if ((pod.role === "java" || pod.role === "nginx") && !isClosed && minute % 30 === phase) {
        const session = new Session(placeIn(cluster, pod), janitor, seed);
        script(session, atMs, 'find /var/log -name "*.log.gz" -mtime +7 -print | sort | head -n 50');
        return session.records;
      }
      return [];
    }),
};

/** A deployment looks after what it has rolled out. Busy by day, still at night, busier before production. */
const deployments: Routine = {
  longestMinutes: 2,
  records: (cluster, minute) => {
    const random = seeded(`${cluster.cluster.id}/deployment/${minute}`);
    const perHour = (cluster.cluster.name === "shop-staging" ? 5 : 2) * workload(minute);
    if (!random.chance(perHour / 60)) return [];
    const pod = anyPod(cluster, random, ["java", "node", "nginx"]);
    if (pod === undefined) return [];
    const session = new Session(placeIn(cluster, pod), deployer, seedOf(cluster, pod, "deployment", minute));
    script(session, minute * minuteMs + random.between(0, 50_000), random.pick(deploymentScripts));
    return session.records;
  },
};

const deploymentScripts = [
  "cat /app/VERSION && env | sort | grep -v -i secret | head -n 40",
  'curl -fsS -m 2 "http://127.0.0.1:8080/healthz?full=1" | grep -q \'"status":"UP"\' && echo ok',
  "ls -l /app/config && sha256sum /app/config/application.yml",
  "node -e \"console.log(require('./package.json').version)\"",
  "cat /etc/hosts /etc/resolv.conf | grep -v '^#'",
] as const;

/** People open a shell, look around, and leave. */
const visits: Routine = {
  longestMinutes: 45,
  records: (cluster, minute) => {
    const random = seeded(`${cluster.cluster.id}/visit/${minute}`);
    const perHour = (cluster.cluster.name === "shop-prod" ? 1.6 : 1) * workload(minute);
    if (!random.chance(perHour / 60)) return [];
    const visit = random.pick(visitScripts);
    const pod = anyPod(cluster, random, visit.roles, visit.namespaces);
    if (pod === undefined) return [];
    const visitor = visit.visitor ?? (isNight(minute) ? onCallNight : onCall);
    const session = new Session(placeIn(cluster, pod), visitor, seedOf(cluster, pod, "visit", minute));
    let atMs = minute * minuteMs + random.between(0, 59_000);
    const shell = session.enter(atMs, [visit.shell ?? "bash"]);
    for (const line of visit.lines) {
      atMs += random.between(2_500, 55_000);
      session.line(atMs, line, { parent: shell });
      // A command that shows too little is run again, as people do.
      if (random.chance(0.15)) session.line(atMs + random.between(1_500, 2_400), line, { parent: shell });
    }
    return session.records;
  },
};

type Visit = {
  readonly roles: readonly Role[];
  /** Where this is done; everywhere if not said. */
  readonly namespaces?: readonly string[];
  /** Who does it; whoever is on call if not said. */
  readonly visitor?: AuditUser;
  readonly shell?: string;
  readonly lines: readonly string[];
};

const visitScripts: readonly [Visit, ...Visit[]] = [
  {
    roles: ["java"],
    lines: [
      "ps aux | grep java | head -n 5",
      "tail -n 200 /var/log/app/app.log",
      'grep "timeout exceeded" /var/log/app/app.log | tail -n 20',
      "jcmd 1 Thread.print | grep -c BLOCKED",
      "df -h",
      "free -m",
      "curl -s http://127.0.0.1:8080/actuator/health",
    ],
  },
  {
    roles: ["java"],
    lines: [
      "top -b -n 1 | head -n 15",
      "jstat -gcutil 1 1000 5",
      "jmap -histo 1 | head -n 30",
      "ls -lh /app/spool",
      'find /app/spool -name "*.retry" -mmin +15 | xargs ls -l',
      "du -sh /app/spool/*",
    ],
  },
  {
    roles: ["node"],
    lines: [
      "ls -la",
      "cat package.json | head -n 20",
      'tail -f logs/server.log | grep -E "5[0-9]{2}"',
      "node --version",
      "cd logs && ls -lt | head",
      'zcat server.log.1.gz | grep "ECONNRESET" | wc -l',
      "nslookup ledger.payments.svc.cluster.local",
    ],
  },
  {
    roles: ["node"],
    namespaces: ["web"],
    visitor: stolenDeveloper,
    lines: [
      "ls",
      "cat config/features.json",
      'grep -rn "checkout" dist | head -n 10',
      "cat VERSION",
      "ls -l public/assets | tail -n 5",
    ],
  },
  {
    roles: ["node", "java"],
    namespaces: ["web", "orders", "etl"],
    visitor: developer,
    shell: "sh",
    lines: [
      "env | grep -i feature | sort",
      "cat /app/VERSION",
      "date && date -u",
      "ps -ef | head -n 10",
      'ls -l "/app/templates/订单 确认.html"',
      "head -c 400 '/app/templates/订单 确认.html'",
    ],
  },
  {
    roles: ["nginx"],
    lines: [
      "nginx -T | grep upstream -A 6",
      "tail -n 500 /var/log/nginx/access.log | awk '{print $9}' | sort | uniq -c | sort -rn",
      'grep " 499 " /var/log/nginx/access.log | tail -n 5',
      "cat /etc/nginx/conf.d/default.conf",
      "curl -sI http://127.0.0.1/healthz",
      "nginx -s reload",
    ],
  },
  {
    roles: ["postgres"],
    visitor: databaseAdministrator,
    lines: [
      "psql -U postgres -c \"select pid, state, left(query, 60) from pg_stat_activity where state <> 'idle'\"",
      'psql -U postgres -c "select relname, n_dead_tup from pg_stat_user_tables order by 2 desc limit 10"',
      "df -h /var/lib/postgresql/data",
      'tail -n 100 /var/lib/postgresql/data/log/postgresql.log | grep -i "checkpoint"',
      'psql -U postgres -c "vacuum (analyze, verbose) orders"',
      "ls -lt /var/lib/postgresql/data/pg_wal | head -n 5",
    ],
  },
  {
    roles: ["redis"],
    shell: "sh",
    lines: [
      "redis-cli info memory | grep used_memory_human",
      "redis-cli --bigkeys -i 0.1",
      "redis-cli slowlog get 10 | head -n 40",
      "ls -lh /data",
    ],
  },
  {
    roles: ["job"],
    lines: [
      "ls -l inbox | wc -l",
      'find . -name "*.lock" -mmin +30 | xargs ls -l',
      "tail -n 50 logs/run.log",
      "python3 -c \"import json,sys; print(len(json.load(open('state.json'))))\"",
      "cat state.json | head -c 300",
      "rm inbox/2026.lock",
    ],
  },
  {
    roles: ["runner"],
    visitor: developer,
    lines: [
      "ls -lt | head -n 20",
      "npm ci --prefer-offline --no-audit",
      'pip install --user "yamllint==1.35.1"',
      "yamllint -f parsable deploy/*.yaml | head -n 20",
      'git -C shop log --oneline -n 5 --grep "回滚"',
      "du -sh node_modules",
    ],
  },
  {
    roles: ["java"],
    namespaces: ["reports"],
    visitor: analyst,
    lines: [
      "ls -l /app/data/报表",
      'head -n 3 "/app/data/报表/日结 明细.csv"',
      'wc -l "/app/data/报表/日结 明细.csv"',
      "grep -c '退款' '/app/data/报表/日结 明细.csv'",
    ],
  },
];

const routines: readonly Routine[] = [checks, upkeep, deployments, visits];

/** A script given to `sh -c`, as programs do it: the shell, then all that it starts. */
function script(session: Session, atMs: number, text: string): void {
  const shell = session.enter(atMs, ["sh", "-c", text]);
  session.line(atMs + 260, text, { parent: shell });
}

function anyPod(
  { pods }: SampleCluster,
  random: Random,
  roles: readonly Role[],
  namespaces?: readonly string[],
): SamplePod | undefined {
  const fitting = pods.filter(
    ({ role, namespace }) => roles.includes(role) && (namespaces === undefined || namespaces.includes(namespace)),
  );
  return fitting[random.between(0, fitting.length - 1)];
}

function seedOf({ cluster }: SampleCluster, { namespace, name }: SamplePod, routine: string, minute: number): string {
  return `${cluster.id}/${namespace}/${name}/${routine}/${minute}`;
}

/** The hour in China, where this shop's people work. */
function hourOf(minute: number): number {
  return Math.floor(minute / 60 + 8) % 24;
}

function isNight(minute: number): boolean {
  const hour = hourOf(minute);
  return hour < 8 || hour >= 21;
}

/** 1 on average over a day. */
function workload(minute: number): number {
  const hour = hourOf(minute);
  return hour >= 9 && hour < 19 ? 2 : 0.29;
}

/** `20261122T1017`, as backups are named. */
function stamp(minute: number): string {
  return new Date(minute * minuteMs).toISOString().slice(0, 16).replaceAll(/[-:]/g, "");
}
