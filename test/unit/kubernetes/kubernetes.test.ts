import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { KubernetesFailure } from "../../../src/kubernetes/failure.ts";
import { createKubernetes, type KubernetesOptions } from "../../../src/kubernetes/kubernetes.ts";
import {
  type FakeKubernetes,
  type FakeKubernetesOptions,
  type FaultMatch,
  type KubeconfigFor,
  type KubernetesFault,
  kubeconfigFor,
  startFakeKubernetes,
} from "../../fakes/kubernetes.ts";
import { namespaceObject, nodeObject, podObject } from "../../fakes/kubernetesObjects.ts";

const folder = mkdtempSync(join(tmpdir(), "kubernetes-"));
after(() => rmSync(folder, { recursive: true }));

const few = [namespaceObject("shop"), nodeObject("cn-hangzhou.10.0.0.7"), podObject("web-0"), podObject("web-1")];

async function withFake(options: FakeKubernetesOptions, work: (fake: FakeKubernetes) => Promise<void>): Promise<void> {
  const fake = await startFakeKubernetes({ objects: few, ...options });
  try {
    await work(fake);
  } finally {
    await fake.close();
  }
}

type Listed = { readonly names: string[]; readonly failure: KubernetesFailure | undefined };

async function pods(
  source: Parameters<typeof createKubernetes>[0],
  options: KubernetesOptions = {},
  signal = new AbortController().signal,
): Promise<Listed> {
  const names: string[] = [];
  for await (const page of createKubernetes(source, { random: () => 0.5, ...options }).pods("shop", signal)) {
    if (page.kind === "failure") return { names, failure: page.reason.kubernetes };
    names.push(...page.items.map(({ name }) => name));
  }
  return { names, failure: undefined };
}

const listed: Listed = { names: ["web-0", "web-1"], failure: undefined };
/** Waits are noted and not waited for. */
function noting(waits: number[] = []): KubernetesOptions {
  return {
    sleep: async (ms) => {
      waits.push(ms);
    },
  };
}

async function collect<Item>(pages: AsyncIterable<{ readonly kind: string; readonly items?: readonly Item[] }>) {
  const items: Item[] = [];
  for await (const page of pages) items.push(...(page.items ?? []));
  return items;
}

test("namespaces are listed", () =>
  withFake({}, async (fake) => {
    const kubernetes = createKubernetes(kubeconfigFor(fake));
    assert.deepEqual(await collect(kubernetes.namespaces(new AbortController().signal)), [
      { name: "shop", gone: false },
    ]);
  }));
test("nodes are listed with what auditing depends on", () =>
  withFake({}, async (fake) => {
    const kubernetes = createKubernetes(kubeconfigFor(fake));
    assert.deepEqual(await collect(kubernetes.nodes(new AbortController().signal)), [
      {
        name: "cn-hangzhou.10.0.0.7",
        ip: "10.0.0.7",
        osImage: "Alibaba Cloud Linux 3 (Soaring Falcon)",
        kernelVersion: "5.10.134-19.1.al8.x86_64",
        containerRuntime: "containerd://1.6.38",
        kubeletVersion: "v1.32.1-aliyun.1",
        architecture: "amd64",
      },
    ]);
  }));
test("a pod has the containers that can be entered, and nothing else of its object is kept", () =>
  withFake(
    { objects: [podObject("a-0", { sidecar: "proxy", init: "setup", ephemeral: "debugger" })] },
    async (fake) => {
      const kubernetes = createKubernetes(kubeconfigFor(fake));
      assert.deepEqual(await collect(kubernetes.pods("shop", new AbortController().signal)), [
        {
          namespace: "shop",
          name: "a-0",
          node: "cn-hangzhou.10.0.0.7",
          phase: "Running",
          containers: [
            { name: "web", image: "nginx:1.25" },
            { name: "proxy", image: "envoy:1.30" },
            { name: "debugger", image: "debug:1" },
          ],
          gone: false,
        },
      ]);
    },
  ));
test("only the pods of the namespace are listed", () =>
  withFake({ objects: [...few, podObject("db-0", { namespace: "data" })] }, async (fake) =>
    assert.deepEqual(await pods(kubeconfigFor(fake)), listed),
  ));
test("an empty namespace is one empty page", () =>
  withFake({ objects: [] }, async (fake) =>
    assert.deepEqual(await pods(kubeconfigFor(fake)), { names: [], failure: undefined }),
  ));

const many = Array.from({ length: 10_000 }, (_, number) => podObject(`web-${String(number).padStart(5, "0")}`));
test("ten thousand pods come in twenty pages over one connection", () =>
  withFake({ objects: many, tls: "valid" }, async (fake) => {
    const { names } = await pods(kubeconfigFor(fake));
    assert.deepEqual(
      names,
      many.map(({ metadata }) => metadata.name),
    );
    assert.equal(fake.requests.length, 20);
    assert.equal(fake.requests[0]?.query.get("limit"), "500");
  }));

async function pagesAcross(forgetAfter: number, keepsToken: boolean, change: (fake: FakeKubernetes) => void) {
  const fake = await startFakeKubernetes({ objects: Array.from({ length: 6 }, (_, n) => podObject(`web-${n}`)) });
  try {
    const names: string[] = [];
    let page = 0;
    const kubernetes = createKubernetes(kubeconfigFor(fake), { pageSize: 2 });
    for await (const part of kubernetes.pods("shop", new AbortController().signal)) {
      assert.equal(part.kind, "items");
      if (part.kind === "items") names.push(...part.items.map(({ name }) => name));
      page += 1;
      if (page === forgetAfter) {
        change(fake);
        fake.forget();
        if (!keepsToken) {
          const text = '{"kind":"Status","status":"Failure","reason":"Expired","code":410}';
          fake.fail({ nth: 1, times: 1 }, { kind: "status", status: 410, message: text });
        }
      }
    }
    return names;
  } finally {
    await fake.close();
  }
}
const six = ["web-0", "web-1", "web-2", "web-3", "web-4", "web-5"];
test("a list that expires goes on where it was", async () =>
  assert.deepEqual(await pagesAcross(1, true, () => {}), six));
test("a list that expires without a way on begins anew, and doubles nothing", async () =>
  assert.deepEqual(await pagesAcross(2, false, () => {}), six));
test("a pod that came meanwhile is in the list that goes on", async () =>
  assert.deepEqual(await pagesAcross(1, true, (fake) => fake.put(podObject("web-9"))), [...six, "web-9"]));
test("a list that always expires ends", () =>
  withFake({ objects: Array.from({ length: 6 }, (_, n) => podObject(`web-${n}`)) }, async (fake) => {
    fake.fail({ nth: 2 }, { kind: "status", status: 410, message: "too old" });
    const { names, failure } = await pods(kubeconfigFor(fake), { pageSize: 2 });
    assert.deepEqual([names, failure?.code], [["web-0", "web-1"], "gone"]);
  }));

const users = { tokens: { t1: "reader" }, certificates: true };
async function login(options: KubeconfigFor, expected: Listed, more: KubernetesOptions = {}): Promise<void> {
  await withFake({ tls: "valid", users }, async (fake) =>
    assert.deepEqual(await pods(kubeconfigFor(fake, options), { ...noting(), ...more }), expected),
  );
}
const refused = (message: string, expiredMs?: number): Listed => ({
  names: [],
  failure: { code: "unauthorized", message, expiredMs },
});
test("a token lets in", () => login({ token: "t1" }, listed));
test("a client certificate lets in", () => login({ certificate: "client" }, listed));
test("a wrong token does not", () => login({ token: "t2" }, refused("Unauthorized")));
test("an outdated client certificate is told by its end", () =>
  login({ certificate: "expiredClient" }, refused("Unauthorized", Date.UTC(2020, 1, 1))));
test("without a login nobody is let in", () => login({}, refused("Unauthorized")));
test("a server without a known certificate authority can be allowed by the kubeconfig", () =>
  login({ token: "t1", insecure: true }, listed));
test("a refused kubeconfig is renewed once, and the list is whole", async () => {
  let asked = 0;
  await withFake({ tls: "valid", users }, async (fake) => {
    const renew = async () => {
      asked += 1;
      return kubeconfigFor(fake, { token: "t1" });
    };
    assert.deepEqual(await pods(kubeconfigFor(fake, { token: "old" }), { renew }), listed);
  });
  assert.equal(asked, 1);
});
test("lists that are refused together wait for one renewal", async () => {
  let asked = 0;
  await withFake({ tls: "valid", users }, async (fake) => {
    const renew = async () => {
      asked += 1;
      return kubeconfigFor(fake, { token: "t1" });
    };
    const kubernetes = createKubernetes(kubeconfigFor(fake, { token: "old" }), { renew });
    const { signal } = new AbortController();
    const lists = await Promise.all([1, 2, 3, 4].map(() => collect(kubernetes.pods("shop", signal))));
    assert.deepEqual(
      lists.map(({ length }) => length),
      [2, 2, 2, 2],
    );
  });
  assert.equal(asked, 1);
});
test("a renewal goes on for those who still wait when its first asker leaves", async () => {
  await withFake({ tls: "valid", users }, async (fake) => {
    const leaving = new AbortController();
    let asked = 0;
    const renew = async (signal: AbortSignal) => {
      asked += 1;
      if (asked === 1) {
        setImmediate(() => leaving.abort());
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      }
      return kubeconfigFor(fake, { token: "t1" });
    };
    const kubernetes = createKubernetes(kubeconfigFor(fake, { token: "old" }), { renew });
    const first = collect(kubernetes.pods("shop", leaving.signal));
    const second = collect(kubernetes.pods("shop", new AbortController().signal));
    assert.deepEqual([(await first).length, (await second).length], [0, 2]);
  });
});
test("a renewed kubeconfig that is refused too ends it", async () => {
  await withFake({ tls: "valid", users }, async (fake) =>
    assert.deepEqual(
      await pods(kubeconfigFor(fake, { token: "old" }), { renew: async () => kubeconfigFor(fake, { token: "older" }) }),
      refused("Unauthorized"),
    ),
  );
});
test("no token goes over plain http", () =>
  withFake({}, async (fake) => {
    await pods(kubeconfigFor(fake, { token: "secret" }));
    assert.equal(fake.requests[0]?.headers.authorization, undefined);
  }));
test("a token file's line break is no part of the token", async () => {
  writeFileSync(join(folder, "token"), "t1\n");
  await withFake({ tls: "valid", users }, async (fake) => {
    const file = join(folder, "with-token-file");
    writeFileSync(file, kubeconfigFor(fake, { user: "tokenFile: token" }));
    assert.deepEqual(await pods({ file }), listed);
  });
});
test("a token file that is not there is named", async () => {
  await withFake({ tls: "valid", users }, async (fake) => {
    const file = join(folder, "without-token-file");
    writeFileSync(file, kubeconfigFor(fake, { user: "tokenFile: nowhere" }));
    assert.deepEqual((await pods({ file })).failure, {
      code: "loginFailed",
      detail: `ENOENT ${join(folder, "nowhere")}`,
    });
  });
});
test("groups to act as are sent", () =>
  withFake({ tls: "valid", users }, async (fake) => {
    await pods(kubeconfigFor(fake, { user: "token: t1\nas: jane\nas-groups: [dev, ops]" }));
    const { headers } = fake.requests[0] ?? {};
    assert.deepEqual([headers?.["impersonate-user"], headers?.["impersonate-group"]], ["jane", "dev, ops"]);
  }));
test("a person's own context is chosen by its name", () =>
  withFake({ tls: "valid", users }, async (fake) => {
    const file = join(folder, "chosen");
    writeFileSync(file, kubeconfigFor(fake, { token: "t1" }).replace("current-context: fake", "current-context: x"));
    assert.deepEqual(await pods({ file, context: "fake" }), listed);
  }));
test("a context that is not there is named", () =>
  withFake({}, async (fake) => {
    const file = join(folder, "other");
    writeFileSync(file, kubeconfigFor(fake));
    assert.deepEqual((await pods({ file, context: "prod" })).failure, { code: "contextMissing", detail: "prod" });
  }));
test("a user that is not there is named", () =>
  withFake({}, async (fake) =>
    assert.deepEqual((await pods(kubeconfigFor(fake).replace("- name: reader", "- name: writer"))).failure, {
      code: "userMissing",
      detail: "reader",
    }),
  ));

function command(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
const exec = (path: string, more = "") =>
  `exec: {apiVersion: client.authentication.k8s.io/v1, command: ${path}${more}}`;
const credential = (token: string, more = "") =>
  `echo '{"kind":"ExecCredential","status":{"token":"${token}"${more}}}'`;

test("a command is not run unless that is allowed", () => {
  const path = command("forbidden", `touch ${folder}/was-run; ${credential("t1")}`);
  return login(
    { user: exec(path) },
    {
      names: [],
      failure: { code: "commandNotAllowed", kind: "exec", command: path },
    },
  );
});
test("an auth-provider is not run unless that is allowed", () =>
  login(
    { user: "auth-provider: {name: gcp, config: {cmd-path: /bin/touch}}" },
    {
      names: [],
      failure: { code: "commandNotAllowed", kind: "auth-provider", command: "gcp" },
    },
  ));
test("an allowed command logs in", () =>
  login({ user: exec(command("allowed", credential("t1"))) }, listed, { allowCommands: true }));
test("a command is told what it is asked for", () =>
  login(
    { user: exec(command("told", `case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) ${credential("t1")};; esac`)) },
    listed,
    {
      allowCommands: true,
    },
  ));
test("a command runs again when the server refuses what it gave", () => {
  const path = command(
    "twice",
    `if [ -e ${folder}/ran ]; then ${credential("t1")}; else touch ${folder}/ran; ${credential("old")}; fi`,
  );
  return login({ user: exec(path) }, listed, { allowCommands: true });
});
const failed = (path: string, reason: "notFound" | "exit" | "output" | "interactive"): Listed => ({
  names: [],
  failure: { code: "commandFailed", command: path, reason },
});
test("a command that fails is named, and what it wrote is not", () => {
  const path = command("fails", "echo secret >&2; exit 3");
  return login({ user: exec(path) }, failed(path, "exit"), { allowCommands: true });
});
test("a command that is not there is named", () =>
  login({ user: exec("/nowhere/get-token") }, failed("/nowhere/get-token", "notFound"), { allowCommands: true }));
test("a command that writes no credential is named", () => {
  const path = command("chatty", "echo hello");
  return login({ user: exec(path) }, failed(path, "output"), { allowCommands: true });
});
test("a command that needs a terminal is not run", () => {
  const path = command("asks", credential("t1"));
  return login({ user: exec(path, ", interactiveMode: Always") }, failed(path, "interactive"), { allowCommands: true });
});

async function fault(what: KubernetesFault, expected: Listed, match: FaultMatch = {}, more: KubernetesOptions = {}) {
  const waits: number[] = [];
  await withFake({}, async (fake) => {
    fake.fail(match, what);
    assert.deepEqual(await pods(kubeconfigFor(fake), { ...noting(waits), timeoutMs: 300, ...more }), {
      ...expected,
      failure:
        expected.failure !== undefined && "host" in expected.failure
          ? { ...expected.failure, host: `127.0.0.1:${fake.port}` }
          : expected.failure,
    });
  });
  return waits;
}
const once = { times: 1 };
const lost = (failure: KubernetesFailure): Listed => ({ names: [], failure });
test("a reset connection is tried again", async () =>
  assert.deepEqual(await fault({ kind: "reset" }, listed, once), [500]));
test("a body that breaks off is asked for again", async () =>
  assert.deepEqual(await fault({ kind: "reset", afterBytes: 100 }, listed, once), [500]));
test("a server that always resets is given up", async () =>
  assert.deepEqual(await fault({ kind: "reset" }, lost({ code: "reset", host: "" })), [500, 1000, 2000]));
test("a server that does not answer is given up", async () =>
  assert.deepEqual(await fault({ kind: "hang" }, lost({ code: "timeout", host: "" })), []));
test("a body that never ends is given up", async () =>
  assert.deepEqual(await fault({ kind: "hang", where: "body" }, lost({ code: "timeout", host: "" })), []));
test("a slow server is waited for", async () => assert.deepEqual(await fault({ kind: "slow", ms: 50 }, listed), []));
for (const status of [500, 502, 503, 504]) {
  test(`${status} is tried again`, async () =>
    assert.deepEqual(await fault({ kind: "status", status }, listed, { times: 2 }), [500, 1000]));
}
test("503 for ever ends with its message", async () =>
  assert.deepEqual(
    await fault(
      { kind: "status", status: 503, message: "apiserver down" },
      lost({ code: "service", status: 503, message: "apiserver down" }),
    ),
    [500, 1000, 2000],
  ));
test("429 waits as long as the server says", async () =>
  assert.deepEqual(await fault({ kind: "status", status: 429, retryAfterSeconds: 7 }, listed, once), [7000]));
test("429 without a time waits all the same", async () =>
  assert.deepEqual(await fault({ kind: "status", status: 429 }, listed, once), [500]));
test("429 with a time that nobody waits for is said at once", async () =>
  assert.deepEqual(
    await fault(
      { kind: "status", status: 429, retryAfterSeconds: 3600, message: "later" },
      lost({ code: "throttled", retryAfterMs: 3_600_000, message: "later" }),
    ),
    [],
  ));
test("400 is not tried again", async () =>
  assert.deepEqual(
    await fault(
      { kind: "status", status: 400, message: "bad" },
      lost({ code: "service", status: 400, message: "bad" }),
    ),
    [],
  ));
test("a page of a proxy in between is no list", async () =>
  assert.deepEqual(
    await fault({ kind: "body", text: "<html>Log in</html>" }, lost({ code: "malformed", where: "JSON" })),
    [500, 1000, 2000],
  ));
test("half a list is asked for again", async () =>
  assert.deepEqual(await fault({ kind: "malformed" }, listed, once), [500]));
test("JSON of another shape is said with its place", async () =>
  assert.deepEqual(
    await fault({ kind: "body", text: '{"metadata":{},"items":{}}' }, lost({ code: "malformed", where: "items" })),
    [500, 1000, 2000],
  ));
test("a pod without a name is said with its place", async () =>
  assert.deepEqual(
    await fault(
      { kind: "body", text: '{"metadata":{},"items":[{"metadata":{"name":"a"}},{}]}' },
      lost({ code: "malformed", where: "items[1].metadata.name" }),
    ),
    [500, 1000, 2000],
  ));
test("an empty list may be null", async () =>
  assert.deepEqual(
    await fault({ kind: "body", text: '{"metadata":{},"items":null}' }, { names: [], failure: undefined }),
    [],
  ));
test("an answer that is too large is not read to its end", async () =>
  assert.deepEqual(
    await fault(
      { kind: "huge", bytes: 100_000 },
      lost({ code: "tooLarge", limitBytes: 50_000 }),
      {},
      { maxPageBytes: 50_000 },
    ),
    [],
  ));
test("a compression that is none is said", async () =>
  assert.deepEqual(
    await fault({ kind: "notGzip" }, lost({ code: "malformed", where: "Z_DATA_ERROR" })),
    [500, 1000, 2000],
  ));
test("a page in the middle that fails leaves what came before", () =>
  withFake({ objects: Array.from({ length: 6 }, (_, n) => podObject(`web-${n}`)) }, async (fake) => {
    fake.fail({ nth: 2 }, { kind: "status", status: 500, message: "etcd" });
    assert.deepEqual(await pods(kubeconfigFor(fake), { ...noting(), pageSize: 2 }), {
      names: ["web-0", "web-1"],
      failure: { code: "service", status: 500, message: "etcd" },
    });
  }));
test("403 names the verb, the resource and the namespace", () =>
  withFake({}, async (fake) => {
    fake.deny("list", "pods");
    assert.deepEqual((await pods(kubeconfigFor(fake))).failure, {
      code: "forbidden",
      verb: "list",
      resource: "pods",
      namespace: "shop",
      message:
        'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "shop"',
    });
  }));
test("a failure is told in the words of the port too", () =>
  withFake({}, async (fake) => {
    fake.deny("list", "nodes");
    for await (const page of createKubernetes(kubeconfigFor(fake)).nodes(new AbortController().signal)) {
      assert.deepEqual(page.kind === "failure" && [page.part, page.reason.code, page.reason.detail], [
        "",
        "denied",
        'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
      ]);
    }
  }));

test("a port that nobody listens at refuses", async () => {
  const fake = await startFakeKubernetes();
  const text = kubeconfigFor(fake);
  const host = `127.0.0.1:${fake.port}`;
  await fake.close();
  assert.deepEqual((await pods(text)).failure, { code: "refused", host });
});
test("a name without an address is said", () =>
  withFake({}, async (fake) => {
    const server = "https://ack-container-audit.invalid:6443";
    assert.deepEqual((await pods(kubeconfigFor(fake, { server }))).failure, {
      code: "dns",
      host: "ack-container-audit.invalid:6443",
    });
  }));
test("a name under localhost is this machine", () =>
  withFake({ tls: "valid", users }, async (fake) => {
    const server = `https://c1.localhost:${fake.port}`;
    assert.deepEqual(await pods(kubeconfigFor(fake, { server, token: "t1", tlsServerName: "kubernetes" })), listed);
  }));

async function tlsFailure(tls: "valid" | "expired", options: KubeconfigFor, error: string, subject: string) {
  await withFake({ tls }, async (fake) =>
    assert.deepEqual((await pods(kubeconfigFor(fake, options))).failure, {
      code: "tls",
      host: `127.0.0.1:${fake.port}`,
      error,
      certificate: {
        subject,
        issuer: "ACK Container Audit test cluster",
        validTo: tls === "valid" ? "Jan  1 00:00:00 2120 GMT" : "Feb  1 00:00:00 2020 GMT",
      },
    }),
  );
}
test("a certificate of an unknown authority is named", () =>
  tlsFailure("valid", { trusted: false }, "SELF_SIGNED_CERT_IN_CHAIN", "kube-apiserver"));
test("an outdated certificate is named", () => tlsFailure("expired", {}, "CERT_HAS_EXPIRED", "kube-apiserver-expired"));
test("a certificate for another name is named", () =>
  tlsFailure("valid", { tlsServerName: "other.example" }, "ERR_TLS_CERT_ALTNAME_INVALID", "kube-apiserver"));
test("a server that speaks no TLS is said", () =>
  withFake({}, async (fake) => {
    const server = fake.url.replace("http:", "https:");
    assert.equal((await pods(kubeconfigFor(fake, { server }))).failure?.code, "tls");
  }));

/** An HTTP proxy that tunnels, or answers CONNECT with a status. */
async function withProxy(
  work: (url: string, targets: string[], authorizations: (string | undefined)[]) => Promise<void>,
  status = 200,
): Promise<void> {
  const targets: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer();
  proxy.on("connection", (socket) => sockets.add(socket));
  proxy.on("connect", (request: IncomingMessage, socket: Socket) => {
    targets.push(request.url ?? "");
    authorizations.push(request.headers["proxy-authorization"]);
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url ?? "").split(":");
    const through = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      through.pipe(socket).pipe(through);
    });
    sockets.add(through);
    for (const each of [socket, through]) each.on("error", () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  try {
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await work(`http://127.0.0.1:${port}`, targets, authorizations);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  }
}
test("a proxy leads to the server", () =>
  withFake({ tls: "valid", users }, (fake) =>
    withProxy(async (proxy, targets) => {
      assert.deepEqual(await pods(kubeconfigFor(fake, { token: "t1" }), { proxyFor: () => proxy }), listed);
      assert.deepEqual(targets, [`127.0.0.1:${fake.port}`]);
    }),
  ));
test("the kubeconfig's own proxy counts before the editor's, with its login", () =>
  withFake({ tls: "valid", users }, (fake) =>
    withProxy(async (proxy, targets, authorizations) => {
      const named = proxy.replace("//", "//me:p%40ss@");
      const options = { proxyFor: () => "http://127.0.0.1:9" };
      assert.deepEqual(await pods(kubeconfigFor(fake, { token: "t1", proxy: named }), options), listed);
      assert.deepEqual([targets.length, authorizations], [1, ["Basic bWU6cEBzcw=="]]);
    }),
  ));
test("a certificate is checked through a proxy as without", () =>
  withFake({ tls: "expired" }, (fake) =>
    withProxy(async (proxy) => {
      const { failure } = await pods(kubeconfigFor(fake), { proxyFor: () => proxy });
      assert.deepEqual(failure?.code === "tls" && [failure.error, failure.certificate?.subject], [
        "CERT_HAS_EXPIRED",
        "kube-apiserver-expired",
      ]);
    }),
  ));
test("a proxy that wants a login is said", () =>
  withFake({ tls: "valid" }, (fake) =>
    withProxy(async (proxy) => {
      const { failure } = await pods(kubeconfigFor(fake), { proxyFor: () => proxy });
      assert.deepEqual(failure, { code: "proxy", host: new URL(proxy).host, status: 407 });
    }, 407),
  ));
test("a proxy that is down is said", () =>
  withFake({ tls: "valid" }, async (fake) =>
    assert.deepEqual((await pods(kubeconfigFor(fake), { proxyFor: () => "http://127.0.0.1:9" })).failure, {
      code: "proxy",
      host: "127.0.0.1:9",
      status: undefined,
    }),
  ));
test("a SOCKS proxy that is down is said", () =>
  withFake({ tls: "valid" }, async (fake) =>
    assert.notEqual(
      (await pods(kubeconfigFor(fake), { ...noting(), proxyFor: () => "socks5://127.0.0.1:9" })).failure,
      undefined,
    ),
  ));

/** Aborts once `when` holds, and nothing may be left: no connection, no further request. */
async function aborted(
  when: (fake: FakeKubernetes) => boolean,
  options: KubernetesOptions,
  prepare: (fake: FakeKubernetes) => void,
  source: (fake: FakeKubernetes) => string = (fake) => kubeconfigFor(fake, { token: "t1" }),
): Promise<void> {
  await withFake({ tls: "valid", users }, async (fake) => {
    prepare(fake);
    const controller = new AbortController();
    const work = pods(source(fake), options, controller.signal);
    while (!when(fake)) await new Promise(setImmediate);
    const requests = fake.requests.length;
    controller.abort();
    assert.deepEqual(await work, { names: [], failure: undefined });
    while (fake.openConnections > 0) await new Promise(setImmediate);
    assert.equal(fake.requests.length, requests);
  });
}
test("aborted before it begins nothing is sent", () =>
  aborted(
    () => true,
    {},
    () => {},
  ));
test("aborted while it connects nothing stays", () =>
  aborted(
    (fake) => fake.openConnections > 0,
    {},
    (fake) => fake.fail({}, { kind: "hang" }),
  ));
test("aborted before an answer nothing stays", () =>
  aborted(
    (fake) => fake.requests.length === 1,
    {},
    (fake) => fake.fail({}, { kind: "hang" }),
  ));
test("aborted in the middle of a body nothing stays", () =>
  aborted(
    (fake) => fake.requests.length === 1,
    {},
    (fake) => fake.fail({}, { kind: "hang", where: "body" }),
  ));
test("aborted while it waits to try again nothing is sent", () =>
  aborted(
    (fake) => fake.requests.length === 1 && fake.openConnections === 1,
    {},
    (fake) => fake.fail({}, { kind: "status", status: 503 }),
  ));
test("aborted while a command runs the command ends", async () => {
  const path = command("sleeps", `echo $$ > ${folder}/pid; exec sleep 600`);
  const { existsSync, readFileSync } = await import("node:fs");
  const isWritten = () => existsSync(join(folder, "pid")) && readFileSync(join(folder, "pid"), "utf8").endsWith("\n");
  await aborted(
    isWritten,
    { allowCommands: true },
    () => {},
    (fake) => kubeconfigFor(fake, { user: exec(path) }),
  );
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  while (isRunning(pid)) await new Promise(setImmediate);
});
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
test("aborted while a proxy keeps silent nothing stays", async () => {
  const sockets = new Set<Socket>();
  const silent = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await aborted(
    () => sockets.size === 1,
    { proxyFor: () => `http://127.0.0.1:${port}` },
    () => {},
  );
  while (sockets.size > 0) await new Promise(setImmediate);
  await new Promise((resolve) => silent.close(resolve));
});
test("who stops reading in the middle leaves nothing open", () =>
  withFake({ objects: Array.from({ length: 6 }, (_, n) => podObject(`web-${n}`)), tls: "valid" }, async (fake) => {
    const { signal } = new AbortController();
    for await (const page of createKubernetes(kubeconfigFor(fake), { pageSize: 2 }).pods("shop", signal)) {
      assert.equal(page.kind, "items");
      break;
    }
    while (fake.openConnections > 0) await new Promise(setImmediate);
    assert.equal(fake.requests.length, 1);
  }));
test("no failure has a token in it", () =>
  withFake({ tls: "valid", users }, async (fake) => {
    for (const options of [{ token: "s3cret" }, { token: "s3cret", trusted: false }, { user: "token: [s3cret]" }]) {
      assert.doesNotMatch(JSON.stringify(await pods(kubeconfigFor(fake, options))), /s3cret/);
    }
  }));
