/** A part of the compressed axis: its times, and its place between 0 and 1. An idle one has the width of a break. */
export type Stretch = {
  readonly kind: "busy" | "idle";
  readonly fromMs: number;
  readonly toMs: number;
  readonly from: number;
  readonly to: number;
};

/** How much of the axis one break takes, while all of them together take no more than half of it. */
const breakShare = 0.04;
const allBreaksShare = 0.5;

/**
 * The axis of sorted times on which every idle stretch longer than `gapMs` is one break of fixed width and the rest is
 * to scale. Stretches touch each other and cover 0 … 1; no times, no stretches.
 */
export function compressedAxis(timesMs: readonly number[], gapMs: number): readonly Stretch[] {
  const spans = stretchesOf(timesMs, gapMs);
  const breaks = spans.filter(({ kind }) => kind === "idle").length;
  const busyMs = spans.reduce((sum, { kind, fromMs, toMs }) => (kind === "busy" ? sum + (toMs - fromMs) : sum), 0);
  const breakWidth = breaks === 0 ? 0 : busyMs === 0 ? 1 / breaks : Math.min(breakShare, allBreaksShare / breaks);
  const busyWidth = busyMs === 0 ? 0 : (1 - breaks * breakWidth) / busyMs;

  let at = 0;
  return spans.map((span, index) => {
    const from = at;
    at += span.kind === "idle" ? breakWidth : (span.toMs - span.fromMs) * busyWidth;
    // Adding up leaves the last place a rounding error away from the end.
    if (index === spans.length - 1) at = 1;
    return { ...span, from, to: at };
  });
}

function stretchesOf(
  timesMs: readonly number[],
  gapMs: number,
): readonly { readonly kind: Stretch["kind"]; readonly fromMs: number; readonly toMs: number }[] {
  const [first] = timesMs;
  if (first === undefined) return [];
  const spans: { kind: Stretch["kind"]; fromMs: number; toMs: number }[] = [];
  let busyFromMs = first;
  let beforeMs = first;
  for (const atMs of timesMs) {
    if (atMs - beforeMs > gapMs) {
      spans.push({ kind: "busy", fromMs: busyFromMs, toMs: beforeMs });
      spans.push({ kind: "idle", fromMs: beforeMs, toMs: atMs });
      busyFromMs = atMs;
    }
    beforeMs = atMs;
  }
  spans.push({ kind: "busy", fromMs: busyFromMs, toMs: beforeMs });
  return spans;
}

/** The place of a time, 0 … 1; a time outside the axis lies at its nearer end. */
export function placeOn(axis: readonly Stretch[], atMs: number): number {
  const stretch = stretchAt(axis, (candidate) => atMs > candidate.toMs);
  if (stretch === undefined) return 0;
  return interpolated(atMs, stretch.fromMs, stretch.toMs, stretch.from, stretch.to);
}

/** The time of a place: the inverse of `placeOn`. Undefined where the axis has no times. */
export function timeAt(axis: readonly Stretch[], place: number): number | undefined {
  const stretch = stretchAt(axis, (candidate) => place > candidate.to);
  if (stretch === undefined) return undefined;
  return interpolated(place, stretch.from, stretch.to, stretch.fromMs, stretch.toMs);
}

/** The first stretch that is not entirely before what is sought, else the last one. */
function stretchAt(axis: readonly Stretch[], isBefore: (stretch: Stretch) => boolean): Stretch | undefined {
  let low = 0;
  let high = axis.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const stretch = axis[middle];
    if (stretch !== undefined && isBefore(stretch)) low = middle + 1;
    else high = middle;
  }
  return axis[low];
}

function interpolated(value: number, from: number, to: number, placeFrom: number, placeTo: number): number {
  if (to === from) return placeFrom;
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return placeFrom + share * (placeTo - placeFrom);
}
