/** The pods of a cluster, followed through a cloud account with a kubeconfig of ACK whose time passes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCloudAccount } from "../../../src/alibaba/cloudAccount.ts";
import type { ClusterId } from "../../../src/audit/ids.ts";
import { createKubernetes } from "../../../src/kubernetes/kubernetes.ts";
import type { PodsNews } from "../../../src/logs/account.ts";
import { kubeconfigFor, startFakeKubernetes } from "../../fakes/kubernetes.ts";
import { podObject } from "../../fakes/kubernetesObjects.ts";
import { script } from "./ackAccount.ts";
import { nowMs } from "./calls.ts";

test("pods are followed beyond the time of the first kubeconfig, until nobody wants them", async () => {
  const tokens: Record<string, string> = { t1: "reader" };
  const server = await startFakeKubernetes({ tls: "valid", users: { tokens }, objects: [podObject("a")] });
  let kubeconfigs = 0;
  const { context } = script(({ path }) => {
    if (path === "/k8s/c1/user_config") {
      kubeconfigs++;
      return { body: { config: kubeconfigFor(server, { token: `t${kubeconfigs}` }) } };
    }
    if (path !== "/api/v1/clusters") return undefined;
    const clusters = [{ cluster_id: "c1", name: "shop", region_id: "cn-hangzhou", cluster_type: "ManagedKubernetes" }];
    return { body: { clusters, page_info: { total_count: 1 } } };
  });
  const account = createCloudAccount({
    id: "cloud:shop",
    name: "Shop",
    context,
    regions: ["cn-hangzhou"],
    now: () => nowMs,
    kubernetes: {
      connect: async (kubeconfig, renew) =>
        createKubernetes(kubeconfig, { gatherMs: 0, random: () => 0, ...(renew === undefined ? {} : { renew }) }),
      ownContext: () => undefined,
      wish: () => ({ minutes: 30, endpoint: "public" }),
    },
  });
  const told: string[] = [];
  let notice = (): void => {};
  const hear = (news: PodsNews): void => {
    const pods = news.kind === "pods" ? [...news.changed.map(({ name }) => `+${name}`), ...news.gone] : [];
    told.push([news.kind, ...pods].join(" "));
    notice();
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        notice = resolve;
        setImmediate(resolve);
      });
    }
  };
  const leaving = new AbortController();
  try {
    const end = account.watchPods("c1" as ClusterId, "shop", hear, leaving.signal);
    await until(() => server.openWatches === 1);
    server.put(podObject("b"));
    await until(() => told.length === 2);
    // The first kubeconfig is over: a watch that is open goes on, the next one is refused.
    delete tokens["t1"];
    tokens["t2"] = "reader";
    server.endWatches("end");
    await until(() => server.openWatches === 1 && kubeconfigs === 2);
    server.remove("Pod", "a", "shop");
    await until(() => told.length === 3);
    leaving.abort();
    await end;
    await until(() => server.openConnections === 0);
    assert.deepEqual(told, ["pods +a", "pods +b", "pods a"]);
    assert.equal(kubeconfigs, 2);
  } finally {
    leaving.abort();
    await server.close();
  }
});
