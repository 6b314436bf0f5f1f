/** The records that the service has: a day of commands, each of about a kilobyte as text, the same for the same number. */
export const ROWS = 100_000;
export const startSeconds = 1_760_000_000;
export const daySeconds = 86_400;

/** The second of a record; numbers count up with time. */
export function secondOf(index: number): number {
  return startSeconds + Math.floor((index * daySeconds) / ROWS);
}

/** The number of the first record that is not before a second. */
export function firstFrom(seconds: number): number {
  const index = Math.ceil(((seconds - startSeconds) * ROWS) / daySeconds);
  return Math.max(0, Math.min(ROWS, index));
}

const programs = ["curl", "ls", "cat", "psql", "tar", "sh", "node", "java", "rm", "grep"];

export function rowText(index: number): string {
  const seconds = secondOf(index);
  const program = programs[index % programs.length] ?? "sh";
  const pod = index % 37;
  const process = {
    name: program,
    cmdline: `${program} --request ${index} --output /srv/data/part-${index % 977}.json --header x-request-id:${(index * 2_654_435_761) % 4_294_967_296} ${"--verbose --retry 3 ".repeat(10)}`,
    cwd: `/srv/app/releases/${index % 53}`,
    pid: 1_000 + (index % 30_000),
    parentPid: 100 + (index % 900),
    parentName: "bash",
    user: { uid: String(index % 3) },
  };
  const k8s = {
    user: { aliuid: `28550${pod}`, username: `28550${pod}-1700000000`, groups: ["system:authenticated"] },
    pod: { namespace: `shop-${pod % 5}`, name: `web-${pod}`, labels: { app: `web-${pod}`, tier: "front" } },
    container: { name: "web", image: `registry/shop/web:1.25.${pod}` },
  };
  return JSON.stringify({
    __time__: String(seconds),
    __source__: `10.0.0.${pod}`,
    __topic__: "",
    kind: "Command",
    time: new Date(seconds * 1000).toISOString(),
    traceId: `t-${Math.floor(index / 40)}`,
    eventId: `e-${String(index).padStart(7, "0")}`,
    clusterId: "c0123456789abcdef0123456789abcdef",
    k8s: JSON.stringify(k8s),
    host: JSON.stringify({ hostIP: `10.0.0.${pod}`, nodeName: `cn-hangzhou.10.0.0.${pod}` }),
    process: JSON.stringify(process),
  });
}
