import type { CallContext } from "../../../src/alibaba/call.ts";
import type { HttpAnswer, TransportFailure } from "../../../src/alibaba/http.ts";
import { credentialsInTurn, nowMs, permanent } from "./calls.ts";

export type Asked = {
  readonly method: string;
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Said = { readonly status?: number; readonly body?: unknown };

/** What a service says to a request; undefined is a 404 that names no code. */
export type Say = (asked: Asked) => Said | TransportFailure | undefined | Promise<Said | TransportFailure | undefined>;

export type Script = {
  readonly context: CallContext;
  /** Every request, as `METHOD host path`. */
  readonly requests: Asked[];
  /** How many are being answered, and the most that ever were. */
  inFlight: number;
  most: number;
};

/** A cloud that says what the test says. Hosts are `ack.<region>.example` and `<project>.sls.<region>.example`. */
export function script(say: Say): Script {
  const requests: Asked[] = [];
  const encode = (text: string) => new TextEncoder().encode(text);
  const here: Script = {
    requests,
    inFlight: 0,
    most: 0,
    context: {
      transport: {
        async send(request, { signal }): Promise<HttpAnswer | TransportFailure> {
          const { url } = request;
          const asked: Asked = {
            method: request.method,
            host: url.hostname,
            path: url.pathname,
            query: Object.fromEntries(url.searchParams),
            body: new TextDecoder().decode(request.body),
          };
          requests.push(asked);
          here.inFlight++;
          here.most = Math.max(here.most, here.inFlight);
          try {
            const aborted = new Promise<TransportFailure>((resolve) => {
              const end = () => resolve({ kind: "failure", reason: "aborted", detail: "" });
              if (signal.aborted) end();
              signal.addEventListener("abort", end, { once: true });
            });
            const said = await Promise.race([aborted, say(asked)]);
            if (said !== undefined && "kind" in said) return said;
            const { status = 200, body = {} } = said ?? { status: 404, body: { code: "NotFound", message: "" } };
            const headers = { "x-log-requestid": "R1", "x-acs-request-id": "R1" };
            return { kind: "answer", status, headers, body: encode(JSON.stringify(body)) };
          } finally {
            here.inFlight--;
          }
        },
        close: () => {},
      },
      credentials: credentialsInTurn(permanent),
      endpoints: {
        ack: (region) => `https://ack.${region}.example`,
        sls: (region) => `https://sls.${region}.example`,
        sts: () => "https://sts.example",
      },
      now: () => nowMs,
      sleep: async () => {},
      random: () => 0.5,
      report: () => {},
      userAgent: "ack-container-audit/0.1.0",
    },
  };
  return here;
}

export function denied(action: string): Said {
  return {
    status: 403,
    body: { code: "Forbidden.RAM", message: `RAM policy Forbidden for action ${action}`, requestId: "R1" },
  };
}

export function slsMissing(code: string): Said {
  return { status: 404, body: { errorCode: code, errorMessage: "it does not exist" } };
}

export const noSignal = new AbortController().signal;

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
