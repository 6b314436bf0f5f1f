/**
 * A hundred thousand records of a kilobyte from a service that takes 30 ms for each answer, signed and read: with eight
 * and with 32 requests in flight, against the loop of the official tools (a hundred rows a page, one page after another,
 * `offset` counted up) over the same transport.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { CallContext } from "../../src/alibaba/call.ts";
import { getLogs, type LogstoreAddress } from "../../src/alibaba/sls.ts";
import { createSlsLimits } from "../../src/alibaba/slsLimits.ts";
import { createSlsLogSource } from "../../src/alibaba/slsLogSource.ts";
import { createTransport } from "../../src/alibaba/transport.ts";
import { type Bench, type Measured, median } from "./bench.ts";
import { daySeconds, ROWS, startSeconds } from "./cloud/rows.ts";
import type { FromService } from "./cloud/service.ts";

const TURNS = 5;
const never = new AbortController().signal;
const address: LogstoreAddress = { region: "cn-hangzhou", project: "k8s-log-bench", logstore: "advaudit-bench" };

type Service = { readonly process: ChildProcess; readonly context: CallContext };

let starting: Promise<Service> | undefined;
function service(): Promise<Service> {
  starting ??= (async () => {
    const started = fork(join(dirname(fileURLToPath(import.meta.url)), "cloud", "service.ts"));
    const [message] = (await once(started, "message")) as [FromService];
    assert.ok(message.kind === "listening");
    const transport = createTransport({ proxy: () => undefined, strictSsl: () => true });
    const context: CallContext = {
      transport,
      credentials: {
        current: async () => ({
          accessKeyId: "LTAIbench",
          accessKeySecret: "bench",
          securityToken: undefined,
          expiresMs: undefined,
        }),
        invalidate: () => undefined,
      },
      endpoints: {
        sls: () => `http://sls.localhost:${message.port}`,
        ack: () => `http://ack.localhost:${message.port}`,
        sts: () => `http://sts.localhost:${message.port}`,
      },
      now: Date.now,
      sleep: () => {
        throw new Error("Nothing fails here, so nothing is waited for.");
      },
      random: Math.random,
      report: (event) => {
        throw new Error(`Nothing fails here: ${JSON.stringify(event)}`);
      },
      userAgent: "ack-container-audit-bench",
    };
    return { process: started, context };
  })();
  return starting;
}

async function served(): Promise<Extract<FromService, { kind: "served" }>> {
  const { process: started } = await service();
  started.send("served");
  const [message] = (await once(started, "message")) as [FromService];
  assert.ok(message.kind === "served");
  return message;
}

/** The loop that the official tools run. */
async function pageByPage(): Promise<number> {
  const { context } = await service();
  const began = performance.now();
  let count = 0;
  for (;;) {
    const outcome = await getLogs(
      context,
      address,
      {
        fromSeconds: startSeconds,
        toSeconds: startSeconds + daySeconds,
        query: "*",
        page: { line: 100, offset: count, reverse: true },
      },
      never,
    );
    assert.ok(outcome.kind === "done" && outcome.value.complete);
    count += outcome.value.rows.length;
    if (outcome.value.rows.length === 0) break;
  }
  assert.equal(count, ROWS);
  return performance.now() - began;
}

async function download(inFlight: number, onRows: (count: number) => void): Promise<number> {
  const { context } = await service();
  const source = createSlsLogSource({ context, ...address, limits: createSlsLimits(() => inFlight) });
  const range = { fromMs: startSeconds * 1000, toMs: (startSeconds + daySeconds) * 1000 };
  const began = performance.now();
  let count = 0;
  let place = -1;
  let last = "~";
  for await (const part of source.ask({ statement: "*", range, zone: "UTC", maxRows: 1_000_000 }, never)) {
    if (part.kind !== "rows") {
      assert.ok(part.kind === "end" && part.completeness.gaps.length === 0, JSON.stringify(part));
      break;
    }
    if (place < 0) place = part.columns.findIndex(({ name }) => name === "eventId");
    for (const cells of part.rows) {
      const event = cells[place] ?? "";
      assert.ok(event < last, "Rows are not newest first.");
      last = event;
    }
    count += part.rows.length;
    onRows(count);
  }
  assert.equal(count, ROWS);
  return performance.now() - began;
}

type Downloads = { readonly ms: readonly number[]; readonly mostInFlight: number; readonly requests: number };

async function downloads(inFlight: number): Promise<Downloads> {
  const ms: number[] = [];
  let mostInFlight = 0;
  let requests = 0;
  // The first turn loads what signs, and lets the service make its bodies.
  for (let turn = -1; turn < TURNS; turn += 1) {
    const took = await download(inFlight, () => undefined);
    const told = await served();
    mostInFlight = Math.max(mostInFlight, told.mostInFlight);
    requests = told.requests;
    if (turn >= 0) ms.push(took);
  }
  return { ms, mostInFlight, requests };
}

const measured = new Map<number, Promise<Downloads>>();
function downloadsOf(inFlight: number): Promise<Downloads> {
  const known = measured.get(inFlight) ?? downloads(inFlight);
  measured.set(inFlight, known);
  return known;
}

let looping: Promise<number> | undefined;
function loop(): Promise<number> {
  looping ??= (async () => {
    await pageByPage();
    return pageByPage();
  })();
  return looping;
}

async function ratio(inFlight: number): Promise<Measured> {
  const against = await loop();
  const { ms, requests } = await downloadsOf(inFlight);
  const own = median(ms);
  const rate = Math.round((ROWS / own) * 1000);
  return {
    value: own / against,
    detail: `${own.toFixed(0)} ms against ${against.toFixed(0)} ms, ${(against / own).toFixed(1)} times as fast; ${rate} rows/s, ${requests} requests`,
  };
}

/** What is held after all that is not held was taken away, while the rows come. */
async function heldBytes(): Promise<readonly number[]> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held: number[] = [];
  await download(32, (count) => {
    if (count < (held.length + 1) * (ROWS / 10)) return;
    collect();
    held.push(process.memoryUsage().heapUsed);
  });
  return held;
}

export const benches: readonly Bench[] = [
  {
    name: "cloud.download",
    unit: "of the time",
    goal: 1 / 7,
    against: "a hundred rows a page, one page after another; ours with 8 in flight",
    run: () => ratio(8),
  },
  {
    name: "cloud.download.32",
    unit: "of the time",
    goal: 1 / 24,
    against: "the same loop; ours with 32 in flight",
    run: () => ratio(32),
  },
  {
    name: "cloud.download.limit",
    unit: "requests",
    goal: 0,
    against: "the limits of 8 and of 32: how many more the service ever saw at once",
    async run() {
      const [eight, many] = [await downloadsOf(8), await downloadsOf(32)];
      return {
        value: Math.max(eight.mostInFlight - 8, many.mostInFlight - 32),
        detail: `at most ${eight.mostInFlight} and ${many.mostInFlight}`,
      };
    },
  },
  {
    name: "cloud.download.memory",
    unit: "MB",
    goal: 32,
    against: "what is held after a tenth of the rows: how much more at any time after that",
    async run() {
      await downloadsOf(32);
      const [before = Number.NaN, ...later] = await heldBytes();
      const megabytes = (bytes: number): number => bytes / 1024 / 1024;
      return {
        value: Math.max(0, ...later.map((bytes) => megabytes(bytes - before))),
        detail: `${megabytes(before).toFixed(0)} MB held after a tenth, ${megabytes(later.at(-1) ?? Number.NaN).toFixed(0)} MB at the end`,
      };
    },
  },
];

export async function close(): Promise<void> {
  const started = await starting;
  if (started === undefined) return;
  started.context.transport.close();
  started.process.disconnect();
  await once(started.process, "exit");
}
