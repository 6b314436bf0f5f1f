/** The first use of the cloud: ours beside both full clients, each in processes of its own, in turns. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import { signingOnly } from "../../../scripts/signingOnly.ts";
import { median } from "../bench.ts";

const here = dirname(fileURLToPath(import.meta.url));
const rounds = 11;

type Side = "own" | "fullClients";

/** The full clients keep all that they load, but for the native library that no bundle can hold. */
const withoutNative: Plugin = {
  name: "without-native",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^lz4-napi$/ }, ({ path }) => ({ path, namespace: "without-native" }));
    onLoad({ filter: /.*/, namespace: "without-native" }, () => ({ contents: "", loader: "js" }));
  },
};

/** As build.ts bundles the extension's own code. */
async function bundle(folder: string, side: Side, plugin: Plugin): Promise<void> {
  await build({
    entryPoints: [join(here, `${side}.ts`)],
    outdir: folder,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    plugins: [plugin],
    logLevel: "error",
  });
}

/** From before the file is read until everything is there. */
const script = `
const from = performance.now();
require(process.argv[1]).ready().then(() => console.log(performance.now() - from));
`;

async function loadOnce(folder: string, side: Side): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script, join(folder, `${side}.cjs`)]);
  return Number(stdout);
}

export type Load = { readonly ms: number; readonly bytes: number };

export async function measureLoad(): Promise<Readonly<Record<Side, Load>>> {
  const folder = mkdtempSync(join(tmpdir(), "ack-audit-load-"));
  try {
    await bundle(folder, "own", signingOnly);
    await bundle(folder, "fullClients", withoutNative);
    const samples: Record<Side, number[]> = { own: [], fullClients: [] };
    for (let round = 0; round <= rounds; round += 1) {
      for (const side of ["own", "fullClients"] as const) {
        const ms = await loadOnce(folder, side);
        // The first of each finds its file in no cache.
        if (round > 0) samples[side].push(ms);
      }
    }
    const load = (side: Side): Load => ({
      ms: median(samples[side]),
      bytes: statSync(join(folder, `${side}.cjs`)).size,
    });
    return { own: load("own"), fullClients: load("fullClients") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
