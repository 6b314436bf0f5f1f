import type { AckOperation, CallContext, CallEvent, CallOutcome, SlsOperation } from "../../../src/alibaba/call.ts";
import { callAck } from "../../../src/alibaba/callAck.ts";
import { callSls } from "../../../src/alibaba/callSls.ts";
import {
  type Credential,
  type CredentialFailure,
  type CredentialProvider,
  isSameCredential,
} from "../../../src/alibaba/credential.ts";
import { createTransport } from "../../../src/alibaba/transport.ts";
import { type Answering, type Received, serve } from "./loopback.ts";

export const permanent: Credential = {
  accessKeyId: "LTAI5tTestKey",
  accessKeySecret: "the-secret",
  securityToken: undefined,
  expiresMs: undefined,
};

export function temporary(name: string): Credential {
  return {
    accessKeyId: `STS.${name}`,
    accessKeySecret: `secret-of-${name}`,
    securityToken: `token-of-${name}`,
    expiresMs: undefined,
  };
}

export const nowMs = Date.UTC(2026, 10, 24, 3, 10, 7);

/** Gives the first of these until it is refused, then the next. */
export function credentialsInTurn(
  ...all: readonly (Credential | CredentialFailure)[]
): CredentialProvider & { readonly refused: Credential[] } {
  let at = 0;
  const refused: Credential[] = [];
  return {
    refused,
    current: async () => all[Math.min(at, all.length - 1)] ?? permanent,
    invalidate(credential) {
      refused.push(credential);
      const now = all[at];
      if (now !== undefined && !("kind" in now) && isSameCredential(now, credential)) at += 1;
    },
  };
}

export type Step = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
  /** Does something else than to answer. */
  readonly instead?: Answering;
};

export type Run = {
  readonly outcome: CallOutcome;
  readonly requests: readonly Received[];
  readonly connections: number;
  readonly events: readonly CallEvent[];
  readonly waitsMs: readonly number[];
};

export type Setting = {
  readonly credentials?: CredentialProvider;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  readonly sleep?: CallContext["sleep"];
  /** How often the call is made, one after the other. */
  readonly times?: number;
  /** How often it is made at once. */
  readonly together?: number;
};

const slsOperation: SlsOperation = {
  name: "GetLogsV2",
  region: "cn-hangzhou",
  project: "k8s-log-c1",
  method: "POST",
  path: "/logstores/advaudit-c1/logs",
  query: {},
  body: { from: 1, to: 2, query: "* | select 1" },
  timeoutMs: 5_000,
  repeatable: true,
};

const ackOperation: AckOperation = {
  name: "DescribeClustersV1",
  region: "cn-hangzhou",
  method: "GET",
  path: "/api/v1/clusters",
  query: { page_size: "50" },
  body: undefined,
  timeoutMs: 5_000,
  repeatable: true,
};

/** Makes a call against a service that answers step by step, its last step for ever. */
async function run(
  steps: readonly Step[],
  call: (context: CallContext, signal: AbortSignal) => Promise<CallOutcome>,
  setting: Setting,
): Promise<Run> {
  const events: CallEvent[] = [];
  const waitsMs: number[] = [];
  let at = 0;
  await using server = await serve((received, response, request) => {
    const step = steps[Math.min(at, steps.length - 1)] ?? {};
    at += 1;
    if (step.instead !== undefined) {
      step.instead(received, response, request);
      return;
    }
    const body = typeof step.body === "object" ? JSON.stringify(step.body) : (step.body ?? "");
    response.writeHead(step.status ?? 200, { "content-type": "application/json", ...step.headers }).end(body);
  });
  const transport = createTransport({ proxy: () => undefined, strictSsl: () => true });
  const context: CallContext = {
    transport,
    credentials: setting.credentials ?? credentialsInTurn(permanent),
    endpoints: {
      sls: () => `http://sls.localhost:${server.port}`,
      ack: () => `http://ack.localhost:${server.port}`,
      sts: () => `http://sts.localhost:${server.port}`,
    },
    now: setting.now ?? (() => nowMs),
    sleep:
      setting.sleep ??
      (async (ms) => {
        waitsMs.push(ms);
      }),
    random: () => 0.5,
    report: (event) => events.push(event),
    userAgent: "ack-container-audit/0.1.0",
  };
  try {
    const signal = setting.signal ?? new AbortController().signal;
    const others = Array.from({ length: (setting.together ?? 1) - 1 }, () => call(context, signal));
    let outcome = await call(context, signal);
    await Promise.all(others);
    for (let time = 1; time < (setting.times ?? 1); time += 1) outcome = await call(context, signal);
    return { outcome, requests: server.requests, connections: server.connections(), events, waitsMs };
  } finally {
    transport.close();
  }
}

export async function runSls(
  steps: readonly Step[],
  change: Partial<SlsOperation> = {},
  setting: Setting = {},
): Promise<Run> {
  return await run(steps, (context, signal) => callSls(context, { ...slsOperation, ...change }, signal), setting);
}

export async function runAck(
  steps: readonly Step[],
  change: Partial<AckOperation> = {},
  setting: Setting = {},
): Promise<Run> {
  return await run(steps, (context, signal) => callAck(context, { ...ackOperation, ...change }, signal), setting);
}

/** A refusal as SLS writes it. */
export function slsError(status: number, errorCode: string, errorMessage = "", more: object = {}): Step {
  return { status, headers: { "x-log-requestid": "R1" }, body: { errorCode, errorMessage, ...more } };
}

/** A refusal as ACK writes it. */
export function ackError(status: number, code: string, message = "", more: object = {}): Step {
  return { status, body: { code, message, requestId: "R1", ...more } };
}

/** What a request looks like to who verifies its signature. */
export function asSent({ method, host, path, headers, body }: Received) {
  return { method: method as "GET", url: new URL(`http://${host}${path}`), headers, body };
}
