/** What a process that measures one engine prints as its last line. */
export type Measurement = {
  /** In milliseconds, one for each time. */
  readonly samples: readonly number[];
  /** The most memory that the process has had. */
  readonly peakBytes: number;
};

/** How often something is done before it is measured, and how often it is then. */
export type Times = { readonly before: number; readonly measured: number };

export async function samplesOf(times: Times, act: (turn: number) => unknown): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let turn = -times.before; turn < times.measured; turn += 1) {
    const begun = performance.now();
    await act(turn + times.before);
    if (turn >= 0) samples.push(performance.now() - begun);
  }
  return samples;
}

/** Runs the task that the process was started for. */
export async function runTask(tasks: Readonly<Record<string, () => Promise<readonly number[]>>>): Promise<void> {
  const name = process.argv[2] ?? "";
  const task = tasks[name];
  if (task === undefined) throw new Error(`There is no task ${name}.`);
  const samples = await task();
  const measurement: Measurement = { samples, peakBytes: process.resourceUsage().maxRSS * 1024 };
  console.log(JSON.stringify(measurement));
}
