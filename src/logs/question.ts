/** Milliseconds since 1970, UTC; `fromMs` ≤ t < `toMs`, as SLS counts. */
export type TimeRange = { readonly fromMs: number; readonly toMs: number };

/** What is asked of one Logstore. */
export type Question = {
  /** The whole statement: `search` or `search | analysis`. */
  readonly statement: string;
  readonly range: TimeRange;
  /** The IANA zone in which SQL prints and cuts times. SLS's own default is the region's, `Asia/Shanghai` in China. */
  readonly zone: string;
  /** For a search without analysis: at most so many rows, newest first. SQL has its own LIMIT (100 where it has none). */
  readonly maxRows: number;
};
