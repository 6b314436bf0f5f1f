import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../fakes/main.ts", import.meta.url));

test("the cloud starts on its own, says where it is, and ends when it is told to", async () => {
  const child = spawn(process.execPath, [script, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const told = JSON.parse(line) as { readonly port: number; readonly endpoints: { readonly sls: string } };
  assert.equal(told.endpoints.sls, `http://sls.localhost:${told.port}`);

  const text = await new Promise<string>((resolve, reject) => {
    const headers = { host: `control.localhost:${told.port}` };
    request({ host: "127.0.0.1", port: told.port, path: "/world", headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      resolve(Buffer.concat(chunks).toString("utf8"));
    })
      .on("error", reject)
      .end();
  });
  const { clusters } = JSON.parse(text) as { readonly clusters: readonly { readonly name: string }[] };
  assert.deepEqual(
    clusters.map(({ name }) => name),
    ["shop-prod", "shop-staging", "batch", "edge-cn", "legacy", "analytics", "media"],
  );

  child.kill("SIGTERM");
  assert.deepEqual(await exited, [0, null]);
});
