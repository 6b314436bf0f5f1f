import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CoreV1Api, KubeConfig, Watch } from "@kubernetes/client-node";
import {
  type FakeKubernetes,
  type FakeKubernetesOptions,
  kubeconfigFor,
  startFakeKubernetes,
} from "../../fakes/kubernetes.ts";
import { namespaceObject, nodeObject, podObject } from "../../fakes/kubernetesObjects.ts";

// What our own client is proved against is proved here by clients that are not ours.

const objects = [
  namespaceObject("shop"),
  nodeObject("cn-hangzhou.10.0.0.7"),
  podObject("web-0"),
  podObject("web-1", { phase: "Pending", node: "cn-hangzhou.10.0.0.8" }),
  podObject("db-0", { labels: { app: "db" } }),
];
const secure: FakeKubernetesOptions = {
  objects,
  tls: "valid",
  users: { tokens: { t1: "reader" }, certificates: true },
};

async function withFake(options: FakeKubernetesOptions, work: (fake: FakeKubernetes) => Promise<void>): Promise<void> {
  const fake = await startFakeKubernetes(options);
  try {
    await work(fake);
  } finally {
    await fake.close();
  }
}

function official(fake: FakeKubernetes, token = "t1"): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(kubeconfigFor(fake, { token }));
  return config;
}

test("the official client lists pods with a token", () =>
  withFake(secure, async (fake) => {
    const { items } = await official(fake).makeApiClient(CoreV1Api).listNamespacedPod({ namespace: "shop" });
    assert.deepEqual(
      items.map(({ metadata, status }) => [metadata?.name, status?.phase]),
      [
        ["db-0", "Running"],
        ["web-0", "Running"],
        ["web-1", "Pending"],
      ],
    );
  }));
test("the official client lists nodes and namespaces with a certificate", () =>
  withFake(secure, async (fake) => {
    const config = new KubeConfig();
    config.loadFromString(kubeconfigFor(fake, { certificate: "client" }));
    const api = config.makeApiClient(CoreV1Api);
    const [nodes, namespaces] = [await api.listNode(), await api.listNamespace()];
    assert.equal(nodes.items[0]?.status?.nodeInfo?.kernelVersion, "5.10.134-19.1.al8.x86_64");
    assert.equal(namespaces.items[0]?.metadata?.name, "shop");
  }));
test("the official client turns pages", () =>
  withFake({ ...secure, objects: Array.from({ length: 5 }, (_, n) => podObject(`web-${n}`)) }, async (fake) => {
    const api = official(fake).makeApiClient(CoreV1Api);
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await api.listPodForAllNamespaces({
        limit: 2,
        ...(token === undefined ? {} : { _continue: token }),
      });
      names.push(...page.items.map(({ metadata }) => metadata?.name ?? ""));
      token = page.metadata?._continue;
    } while (token !== undefined);
    assert.deepEqual(names, ["web-0", "web-1", "web-2", "web-3", "web-4"]);
  }));
test("the official client selects by field", () =>
  withFake(secure, async (fake) => {
    const api = official(fake).makeApiClient(CoreV1Api);
    const { items } = await api.listNamespacedPod({
      namespace: "shop",
      fieldSelector: "spec.nodeName=cn-hangzhou.10.0.0.7,status.phase!=Pending",
    });
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.name),
      ["db-0", "web-0"],
    );
  }));
test("the official client understands a refusal", () =>
  withFake(secure, async (fake) => {
    const api = official(fake, "wrong").makeApiClient(CoreV1Api);
    await assert.rejects(api.listNode(), (problem: { readonly code?: unknown }) => problem.code === 401);
  }));
test("the official client watches", () =>
  withFake(secure, async (fake) => {
    const seen: string[] = [];
    const watch = new Watch(official(fake));
    const controller = await watch.watch(
      "/api/v1/namespaces/shop/pods",
      { resourceVersion: "1005" },
      (type, object) => {
        seen.push(`${type} ${object.metadata.name}`);
      },
      () => {},
    );
    fake.put(podObject("web-2"));
    fake.remove("Pod", "web-0", "shop");
    while (seen.length < 2) await new Promise(setImmediate);
    controller.abort();
    assert.deepEqual(seen, ["ADDED web-2", "DELETED web-0"]);
  }));

const folder = mkdtempSync(join(tmpdir(), "kubectl-"));
// At the end of the process: a hook would run once the tests so far are done, while kubectl is still being asked for.
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

type Ran = { readonly code: number; readonly lines: readonly string[]; readonly errors: string };

function run(file: string, args: readonly string[]): Promise<Ran | undefined> {
  return new Promise((resolve) => {
    // A folder of its own keeps what kubectl found out about other servers away.
    const env = { ...process.env, HOME: folder, KUBECONFIG: "" };
    execFile(file, args, { env, maxBuffer: 1 << 28 }, (problem, stdout, errors) => {
      const code = problem === null ? 0 : problem.code;
      if (typeof code !== "number") return resolve(undefined);
      const lines = stdout.split("\n").filter((line) => line !== "");
      resolve({ code, lines: lines.map((line) => line.replace(/\s+/g, " ").trim()), errors });
    });
  });
}

const hasKubectl = (await run("kubectl", ["version", "--client"])) !== undefined;
const skip = hasKubectl ? false : "There is no kubectl on this machine (Debian: kubernetes-client).";

function kubeconfigFile(fake: FakeKubernetes): string {
  const file = join(folder, `config-${fake.port}`);
  writeFileSync(file, kubeconfigFor(fake, { token: "t1" }));
  return file;
}

async function kubectl(
  command: string,
  expected: readonly string[],
  prepare: (fake: FakeKubernetes) => void = () => {},
) {
  await withFake(secure, async (fake) => {
    prepare(fake);
    const ran = await run("kubectl", ["--kubeconfig", kubeconfigFile(fake), ...command.split(" ")]);
    assert.deepEqual([ran?.errors, ran?.lines], ["", expected]);
  });
}

async function kubectlFails(command: string, error: string, prepare: (fake: FakeKubernetes) => void = () => {}) {
  await withFake(secure, async (fake) => {
    prepare(fake);
    const ran = await run("kubectl", ["--kubeconfig", kubeconfigFile(fake), ...command.split(" ")]);
    assert.deepEqual([ran?.code, ran?.errors.trim()], [1, error]);
  });
}

test("kubectl draws pods", { skip }, () =>
  kubectl("get pods -n shop", [
    "NAME READY STATUS RESTARTS AGE",
    "db-0 1/1 Running 0 1d",
    "web-0 1/1 Running 0 1d",
    "web-1 0/1 Pending 0 1d",
  ]),
);
test("kubectl names the namespaces of pods", { skip }, () =>
  kubectl("get pods -A -o name", ["pod/db-0", "pod/web-0", "pod/web-1"]),
);
test("kubectl draws nodes", { skip }, () =>
  kubectl("get nodes", ["NAME STATUS ROLES AGE VERSION", "cn-hangzhou.10.0.0.7 Ready <none> 1d v1.32.1-aliyun.1"]),
);
test("kubectl draws namespaces", { skip }, () => kubectl("get ns", ["NAME STATUS AGE", "shop Active 1d"]));
test("kubectl selects by label", { skip }, () => kubectl("get pods -n shop -l app!=web -o name", ["pod/db-0"]));
test("kubectl selects by field", { skip }, () =>
  kubectl("get pods -n shop --field-selector status.phase=Pending -o name", ["pod/web-1"]),
);
test("kubectl gets one pod", { skip }, () =>
  kubectl("get pod web-0 -n shop -o jsonpath={.spec.containers[0].image}", ["nginx:1.25"]),
);
test("kubectl turns pages", { skip }, () =>
  kubectl(
    "get pods -n many --chunk-size=7 -o name",
    Array.from({ length: 40 }, (_, number) => `pod/p-${String(number).padStart(2, "0")}`),
    (fake) => {
      for (let number = 0; number < 40; number += 1) {
        fake.put(podObject(`p-${String(number).padStart(2, "0")}`, { namespace: "many" }));
      }
    },
  ),
);
test("kubectl says who may not", { skip }, () =>
  kubectlFails(
    "get nodes",
    'Error from server (Forbidden): nodes is forbidden: User "reader" cannot list resource "nodes" in API group "" at the cluster scope',
    (fake) => fake.deny("list", "nodes"),
  ),
);
test("kubectl says what is not there", { skip }, () =>
  kubectlFails("get pod nowhere -n shop", 'Error from server (NotFound): pods "nowhere" not found'),
);
test("kubectl says that the server has a fault", { skip }, () =>
  kubectlFails("get pods -n shop", "Error from server (InternalError): etcd", (fake) =>
    fake.fail({ verb: "list", resource: "pods" }, { kind: "status", status: 500, message: "etcd" }),
  ),
);
test("kubectl knows the server's version", { skip }, () =>
  withFake(secure, async (fake) => {
    const ran = await run("kubectl", ["--kubeconfig", kubeconfigFile(fake), "version"]);
    assert.equal(ran?.lines.at(-1), "Server Version: v1.32.1-aliyun.1");
  }),
);
test("kubectl watches", { skip }, () =>
  withFake(secure, async (fake) => {
    const args = ["--kubeconfig", kubeconfigFile(fake), "get", "pods", "-n", "shop", "-w", "--no-headers"];
    const child = spawn("kubectl", args, {
      env: { ...process.env, HOME: folder },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    while (fake.openWatches === 0) await new Promise(setImmediate);
    fake.put(podObject("web-2"));
    while (!text.includes("web-2")) await new Promise(setImmediate);
    const closed = once(child, "close");
    child.kill();
    await closed;
    assert.deepEqual(
      text
        .trim()
        .split("\n")
        .map((line) => line.split(/\s+/)[0]),
      ["db-0", "web-0", "web-1", "web-2"],
    );
  }),
);
