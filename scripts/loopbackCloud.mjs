import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, childEnvironment, ended, Failure, nodePath, start } from "./project.mjs";

/**
 * Starts the services of the tests (test/fakes) on this machine: ACK, Simple Log Service, STS and a Kubernetes API for
 * each cluster. `home` is a home folder in which the Alibaba Cloud CLI has profiles for them, so that nothing of the
 * person's own accounts is touched.
 */
export async function startLoopbackCloud() {
  const child = start(nodePath(), ["test/fakes/main.ts"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: childEnvironment(),
  });
  const first = new Promise((resolve) => {
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
      if (text.includes("\n")) {
        resolve(text.slice(0, text.indexOf("\n")));
      }
    });
  });
  const line = await Promise.race([first, ended(child).then(() => undefined)]);
  if (line === undefined) {
    throw new Failure("The loopback services did not start.");
  }
  const { port, endpoints, regions, keys } = JSON.parse(line);
  const home = join(cache, "cloud-home");
  mkdirSync(join(home, ".aliyun"), { recursive: true, mode: 0o700 });
  const profiles = Object.entries(keys).map(([name, key]) => ({
    name,
    mode: "AK",
    access_key_id: key.accessKeyId,
    access_key_secret: key.accessKeySecret,
    region_id: regions[0],
  }));
  const config = { current: profiles[0]?.name, profiles };
  writeFileSync(join(home, ".aliyun", "config.json"), `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  return { port, endpoints, home, profiles: profiles.map(({ name }) => name) };
}
