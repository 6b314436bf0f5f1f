import type { SqlType } from "../../sls/types.ts";

/** A translated expression. The SQL stands for itself anywhere: it is a name, a literal, a call, or in parentheses. */
export type Typed = {
  readonly sql: string;
  readonly type: SqlType;
  /** A field of the records themselves. How SLS has indexed it is not known here, so `=` takes a text for its number. */
  readonly isField?: boolean;
  /** The second of the record: it lies in the range of the question, whatever the statement says. */
  readonly isRecordTime?: boolean;
};

/** What SQL needs to know of its surroundings. */
export type Surroundings = {
  /** The IANA zone of the question. The connection's TimeZone is the same. */
  readonly zone: string;
  /** How many seconds the zone is ahead of UTC, if that is one number throughout the range of the question. */
  readonly offsetSeconds: number | undefined;
};
