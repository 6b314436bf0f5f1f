/** A pod as the Kubernetes API lists it, or (`gone`) as only the records still know it. */
export type Pod = {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly phase: string;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  readonly gone: boolean;
};

/** What the records of a time window say of one pod. */
export type PodActivity = {
  readonly namespace: string;
  readonly pod: string;
  readonly entries: number;
  readonly lastEntryMs: number | undefined;
  readonly riskyCommands: number;
};
