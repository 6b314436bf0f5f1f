import { parseArgs } from "node:util";
import { startApiServers } from "./apiServers.ts";
import { auditRole, defaultKeys } from "./defaultWorld.ts";
import { startFakeCloud } from "./fakeCloud.ts";

// Starts the cloud on its own, with a Kubernetes API for each of its clusters. The one line that it prints is JSON.
const usage = "node test/fakes/main.ts [--port N] [--latency MS]";

const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, latency: { type: "string", default: "0" } },
});
const [port, latencyMs] = [Number(values.port), Number(values.latency)];
if (!Number.isInteger(port) || !Number.isInteger(latencyMs)) {
  console.error(usage);
  process.exit(2);
}

const cloud = await startFakeCloud({ port, latencyMs });
const kubernetes = await startApiServers(cloud.world);

console.log(
  JSON.stringify({
    port: cloud.port,
    endpoints: cloud.endpoints,
    regions: cloud.world.regions.map(({ id }) => id),
    ...defaultKeys.administrator,
    keys: defaultKeys,
    roleArn: auditRole,
  }),
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await cloud.close();
    await Promise.all(kubernetes.map((server) => server.close()));
    process.exit(0);
  });
}
