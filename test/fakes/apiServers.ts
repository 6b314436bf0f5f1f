import { type FakeKubernetes, startFakeKubernetes } from "./kubernetes.ts";
import { type KubernetesObject, namespaceObject, nodeObject, podObject } from "./kubernetesObjects.ts";
import type { FakeCluster, World } from "./world.ts";

/** Starts a Kubernetes API for each cluster of a world, where the kubeconfigs that ACK gives from then on lead. */
export function startApiServers(world: World): Promise<readonly FakeKubernetes[]> {
  return Promise.all(
    [...world.clusters.values()].map(async (cluster) => {
      const server = await startFakeKubernetes({ objects: objectsOf(cluster) });
      cluster.apiServer = { public: cluster.apiServer.public && server.url, private: server.url };
      return server;
    }),
  );
}

function objectsOf({ nodes, pods }: FakeCluster): readonly KubernetesObject[] {
  const namespaces = new Set(["default", "kube-system", ...pods.map(({ namespace }) => namespace)]);
  return [
    ...[...namespaces].map(namespaceObject),
    ...nodes.map(({ name, osImage, kernelVersion, containerRuntime, kubeletVersion, architecture }) =>
      nodeObject(name, {
        osImage,
        kernelVersion,
        containerRuntimeVersion: containerRuntime,
        kubeletVersion,
        architecture,
      }),
    ),
    ...pods.map(({ name, namespace, image, node }) =>
      podObject(name, { namespace, image, node: nodes[node]?.name ?? "" }),
    ),
  ];
}
