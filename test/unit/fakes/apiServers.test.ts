import assert from "node:assert/strict";
import { test } from "node:test";
import { createKubernetes } from "../../../src/kubernetes/kubernetes.ts";
import { startApiServers } from "../../fakes/apiServers.ts";
import { defaultWorld } from "../../fakes/defaultWorld.ts";
import { kubeconfigFor } from "../../fakes/kubernetes.ts";

test("each cluster has a Kubernetes API with its nodes and pods", async () => {
  const world = defaultWorld(Date.now);
  const servers = await startApiServers(world);
  try {
    const legacy = [...world.clusters.values()].find(({ name }) => name === "legacy");
    assert.ok(legacy?.apiServer.public);
    const kubernetes = createKubernetes(kubeconfigFor({ url: legacy.apiServer.public }), {});
    const kernels: string[] = [];
    for await (const page of kubernetes.nodes(new AbortController().signal)) {
      assert.equal(page.kind, "items");
      if (page.kind === "items") kernels.push(...page.items.map(({ kernelVersion }) => kernelVersion));
    }
    assert.deepEqual(kernels, ["4.15.0-213-generic", "4.15.0-213-generic"]);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
});
