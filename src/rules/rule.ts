/** How a rule weighs what it finds, lightest first. */
export const severities = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

/** What a rule says to people, in the two languages of the product. */
export type Wording = { readonly en: string; readonly zh: string };

/**
 * What must hold of a command. The values of one condition are alternatives, and all conditions that are given must
 * hold. Names of users, namespaces, pods and images may hold `*` for any text; `programs` and `uids` are exact.
 */
export type Conditions = {
  /** Short names of programs, as `process.name` has them. */
  readonly programs: readonly string[] | undefined;
  /** Regular expressions that are found anywhere in the command line; `(?i)` in front ignores case. */
  readonly commandLine: readonly string[] | undefined;
  readonly uids: readonly string[] | undefined;
  /** RAM uids or names of Kubernetes users. */
  readonly users: readonly string[] | undefined;
  readonly namespaces: readonly string[] | undefined;
  readonly pods: readonly string[] | undefined;
  readonly images: readonly string[] | undefined;
};

export type ConditionName = keyof Conditions;

/** Commands that a rule leaves alone: who answers for that, and until when. */
export type Exception = {
  readonly owner: string;
  /** Commands from this time on are judged again. Milliseconds, UTC: the end of the day that the file names. */
  readonly untilMs: number;
  readonly match: Conditions;
};

/** A command and what the rule must say of it; the proof that a rule does what its title says. */
export type RuleSample = {
  readonly command: string;
  /** Undefined: the first word of the command. */
  readonly program: string | undefined;
  readonly uid: string | undefined;
  readonly matches: boolean;
};

export type Rule = {
  /** Lower case with hyphens, e.g. `sa-token-read`. */
  readonly id: string;
  readonly title: Wording;
  readonly reason: Wording;
  readonly severity: Severity;
  /** Technique ids of MITRE ATT&CK, e.g. `T1552.001`. */
  readonly mitre: readonly string[];
  readonly match: Conditions;
  readonly exceptions: readonly Exception[];
  readonly samples: readonly RuleSample[];
};
