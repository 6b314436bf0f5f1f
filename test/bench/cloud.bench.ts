/** The way to a real cloud: what its first use loads. */
import type { Bench } from "./bench.ts";
import { type Load, measureLoad } from "./cloud/load.ts";

type Loads = { readonly own: Load; readonly fullClients: Load };

let measuring: Promise<Loads> | undefined;

function loads(): Promise<Loads> {
  measuring ??= measureLoad();
  return measuring;
}

const kb = (bytes: number): number => bytes / 1000;

export const benches: readonly Bench[] = [
  {
    name: "cloud.load",
    unit: "times",
    goal: 0.333,
    against: "an import of @alicloud/sls20201230 and @alicloud/cs20151215",
    async run() {
      const { own, fullClients } = await loads();
      const detail = `${own.ms.toFixed(0)} ms, both services signed for, against ${fullClients.ms.toFixed(0)} ms`;
      return { value: own.ms / fullClients.ms, detail };
    },
  },
  {
    name: "cloud.size",
    unit: "KB",
    goal: 700,
    against: "what signs and sends, bundled and minified",
    async run() {
      const { own, fullClients } = await loads();
      return { value: kb(own.bytes), detail: `the two full clients: ${kb(fullClients.bytes).toFixed(0)} KB` };
    },
  },
];
