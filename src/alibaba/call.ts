import type { CredentialFailure, CredentialProvider } from "./credential.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Transport, TransportFailure } from "./http.ts";

/** What every call of one account needs. One is made for each account and lives as long as it. */
export type CallContext = {
  readonly transport: Transport;
  readonly credentials: CredentialProvider;
  readonly endpoints: Endpoints;
  /** Milliseconds since 1970 as this machine has them; corrected once by what the servers say (`skewMs`). */
  readonly now: () => number;
  /** Resolves early when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to before 1, for the jitter of retries. */
  readonly random: () => number;
  /** Told of what a person may want to know while a call takes its time. */
  readonly report: (event: CallEvent) => void;
  readonly userAgent: string;
};

export type CallEvent =
  | {
      readonly kind: "retry";
      readonly operation: string;
      readonly attempt: number;
      readonly waitMs: number;
      readonly why: string;
    }
  | { readonly kind: "throttled"; readonly operation: string; readonly waitMs: number }
  /** The clock of this machine differs from the servers' by so much, which was corrected. */
  | { readonly kind: "clockCorrected"; readonly byMs: number }
  | { readonly kind: "credentialRenewed" };

export type CallOk = {
  readonly kind: "ok";
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON; undefined for an empty body. */
  readonly json: unknown;
  readonly requestId: string;
};

/** Why a call has no result, after its retries. The texts of the service are data: shown, never interpreted as more. */
export type CallFailure =
  | {
      /** The service answered and refused. */
      readonly kind: "refused";
      readonly status: number;
      /** `errorCode` of SLS, `code` of ACK, e.g. `LogStoreNotExist`, `Forbidden.RAM`. */
      readonly code: string;
      readonly message: string;
      readonly requestId: string;
      /** The RAM action that is missing, where the answer names it or the operation is known to need it. */
      readonly action: string | undefined;
    }
  /** Quotas and throttling, still after the retries. */
  | { readonly kind: "throttled"; readonly code: string; readonly message: string; readonly requestId: string }
  /** An answer that is no JSON, or whose shape is none that is documented; `detail` says where. */
  | { readonly kind: "malformed"; readonly detail: string; readonly requestId: string }
  | { readonly kind: "noAnswer"; readonly failure: TransportFailure }
  | { readonly kind: "noCredential"; readonly failure: CredentialFailure };

export type CallOutcome = CallOk | CallFailure;

/** One operation of a service. `name` is the operation's own (`GetLogsV2`), for messages and RAM actions. */
type Operation = {
  readonly name: string;
  readonly region: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Already percent-encoded, from the root. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** For the whole answer. */
  readonly timeoutMs: number;
  /** Whether it can be sent again after a failure that leaves open whether it was done. */
  readonly repeatable: boolean;
};

export type SlsOperation = Operation & { readonly project: string | undefined };
export type AckOperation = Operation;
