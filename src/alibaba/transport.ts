import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { type AgentOptions, Agent as HttpsAgent, type RequestOptions, request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { decompress } from "./decompress.ts";
import type { HttpAnswer, HttpRequest, Limits, Transport, TransportFailure } from "./http.ts";
import { hostOf, isExempt, isLocalName, isLoopback } from "./proxy.ts";
import { ProxyFailure, readProxy, TunnelAgent, type TunnelledOptions } from "./tunnel.ts";

export type TransportOptions = {
  /** Asked for each request, as settings change. For https alone; http is for loopback, which is never proxied. */
  readonly proxy: () => string | undefined;
  /** Whether a certificate that nobody vouches for ends the request. */
  readonly strictSsl: () => boolean;
  readonly noProxy?: () => readonly string[];
  /** What the machine trusts beside Node's own list; asked for once, when a certificate is not known. */
  readonly systemCertificates?: () => readonly string[];
  /** For what is received and for what it is decompressed to. */
  readonly maxAnswerBytes?: number;
};

const defaultMaxAnswerBytes = 128 * 1024 * 1024;

/** More than the requests in flight that an account ever has. */
const maxSockets = 64;

/** A connection that nobody uses is closed before the servers close it, which they do after about a minute [inferred]. */
const keptMs = 30_000;

/** Where an ECS instance learns its RAM role (documented: ECS, "Instance metadata"): link-local, and plain http only. */
const metadataHost = "100.100.100.200";

type Outcome = HttpAnswer | TransportFailure;

/**
 * Sends over node:http and node:https with connections of its own, as Alibaba's clients ignore proxies, cannot be aborted
 * and cannot reach a loopback host. VS Code replaces the `http` and `https` of extensions by ones that keep no connection;
 * the names with `node:` are left alone.
 */
export function createTransport(options: TransportOptions): Transport {
  const maxBytes = options.maxAnswerBytes ?? defaultMaxAnswerBytes;
  const kept: AgentOptions = { keepAlive: true, maxSockets, timeout: keptMs, scheduling: "lifo" };
  const plain = new HttpAgent(kept);
  const agents = new Map<string, HttpsAgent>();
  let trusted: SecureContext | undefined;

  const agentFor = (proxy: URL | undefined, strictSsl: boolean): HttpsAgent => {
    const key = `${strictSsl} ${trusted !== undefined} ${proxy?.href ?? ""}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    const secure: AgentOptions = {
      ...kept,
      rejectUnauthorized: strictSsl,
      ...(trusted === undefined ? {} : { secureContext: trusted }),
    };
    const agent = proxy === undefined ? new HttpsAgent(secure) : new TunnelAgent(proxy, strictSsl, secure);
    agents.set(key, agent);
    return agent;
  };

  const route = (request: HttpRequest): Route | TransportFailure => {
    const { url } = request;
    const host = hostOf(url);
    if (url.protocol === "http:") {
      if (!isLoopback(host) && host !== metadataHost) return failure("tls", `http ${url.host}`);
      return { send: requestHttp, options: { agent: request.freshConnection === true ? false : plain } };
    }
    if (url.protocol !== "https:") return failure("tls", url.protocol);
    const written = isLoopback(host) || isExempt(url, options.noProxy?.() ?? []) ? undefined : options.proxy()?.trim();
    const proxy = written ? readProxy(written) : undefined;
    if (proxy instanceof ProxyFailure) return failure("proxy", proxy.message);
    const agent = agentFor(proxy, options.strictSsl());
    return { send: requestHttps, options: { agent: request.freshConnection === true ? fresh(agent, proxy) : agent } };
  };

  const fresh = (agent: HttpsAgent, proxy: URL | undefined): HttpsAgent => {
    const own: AgentOptions = { ...agent.options, keepAlive: false };
    return proxy === undefined ? new HttpsAgent(own) : new TunnelAgent(proxy, options.strictSsl(), own);
  };

  const once = async (request: HttpRequest, limits: Limits): Promise<Outcome> => {
    const way = route(request);
    return "kind" in way ? way : await exchange(way, request, limits, maxBytes);
  };

  return {
    async send(request, limits) {
      const from = performance.now();
      const used = trusted;
      const outcome = await once(request, limits);
      if (used !== undefined || outcome.kind !== "failure" || !isUnknownIssuer(outcome)) return outcome;
      // Reading them takes long on some systems, so only those who need them wait. Nothing was sent yet.
      trusted ??= createSecureContext({
        ca: [...getCACertificates("default"), ...(options.systemCertificates?.() ?? getCACertificates("system"))],
      });
      return await once(request, { ...limits, timeoutMs: limits.timeoutMs - (performance.now() - from) });
    },
    close() {
      for (const agent of [plain, ...agents.values()]) agent.destroy();
      agents.clear();
    },
  };
}

type Route = { readonly send: typeof requestHttp | typeof requestHttps; readonly options: RequestOptions };

function exchange(way: Route, request: HttpRequest, limits: Limits, maxBytes: number): Promise<Outcome> {
  const { url } = request;
  const { signal } = limits;
  if (signal.aborted) return Promise.resolve(failure("aborted", url.host));
  return new Promise((resolve) => {
    const stop = new AbortController();
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      resolve(outcome);
    };
    /** Ends the exchange before its end; what the sockets say about it afterwards is of no interest. */
    const end = (outcome: TransportFailure): void => {
      settle(outcome);
      stop.abort();
    };
    const aborted = (): void => end(failure("aborted", url.host));
    const timer = setTimeout(() => end(failure("timeout", url.host)), limits.timeoutMs);
    signal.addEventListener("abort", aborted);

    try {
      const sent = way.send(connection(way, request, stop.signal), (answer) =>
        read(answer, maxBytes, end, settle, url),
      );
      // It also says that the exchange was stopped, which is settled by then.
      sent.on("error", (error: NodeJS.ErrnoException) => settle(failureOf(error, url)));
      sent.end(request.body);
    } catch (error) {
      // Node refuses to send a header or a path with characters that it cannot have, e.g. of a credential with a line break.
      settle(failure("refused", `${error instanceof Error && "code" in error ? error.code : "request"} ${url.host}`));
    }
  });
}

function connection(way: Route, request: HttpRequest, signal: AbortSignal): TunnelledOptions {
  const { url } = request;
  const host = hostOf(url);
  return {
    ...way.options,
    protocol: url.protocol,
    host: isLocalName(host) ? "127.0.0.1" : host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port,
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, "accept-encoding": "gzip", ...request.headers },
    signal,
    tunnelSignal: signal,
  };
}

function read(
  answer: IncomingMessage,
  maxBytes: number,
  end: (outcome: TransportFailure) => void,
  settle: (outcome: Outcome) => void,
  url: URL,
): void {
  const headers = headersOf(answer);
  if (Number(headers["content-length"]) > maxBytes) {
    end(failure("tooLarge", url.host));
    return;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  answer.on("data", (chunk: Uint8Array) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > maxBytes) end(failure("tooLarge", url.host));
  });
  // A connection that ends within the body says so here.
  answer.on("error", (error: NodeJS.ErrnoException) => settle(failureOf(error, url)));
  answer.on("end", () => {
    decompress(Buffer.concat(chunks, size), headers, maxBytes).then((decompressed) => {
      switch (decompressed.kind) {
        case "bytes":
          return settle({ kind: "answer", status: answer.statusCode ?? 0, headers, body: decompressed.bytes });
        case "damaged":
          return settle(failure("compression", `${decompressed.detail} ${url.host}`));
        case "tooLarge":
          return settle(failure("tooLarge", `${decompressed.detail} ${url.host}`));
        default:
          return decompressed satisfies never;
      }
    });
  });
}

function headersOf(answer: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

function failure(reason: TransportFailure["reason"], detail: string): TransportFailure {
  return { kind: "failure", reason, detail };
}

const reasons: ReadonlyMap<string, TransportFailure["reason"]> = new Map([
  ["ENOTFOUND", "dns"],
  ["EAI_AGAIN", "dns"],
  ["EAI_FAIL", "dns"],
  ["ECONNREFUSED", "refused"],
  ["EHOSTUNREACH", "refused"],
  ["ENETUNREACH", "refused"],
  ["EHOSTDOWN", "refused"],
  ["ENETDOWN", "refused"],
  ["ETIMEDOUT", "timeout"],
]);

function failureOf(error: NodeJS.ErrnoException, url: URL): TransportFailure {
  if (error instanceof ProxyFailure) return failure("proxy", error.message);
  const code = error.code ?? error.name;
  const reason = reasons.get(code) ?? (isTls(code) ? "tls" : "reset");
  return failure(reason, `${code} ${url.host}`);
}

/** Node has the names of OpenSSL's verification results as codes, beside its own. */
function isTls(code: string): boolean {
  return (
    /^(CERT_|CRL_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO$|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$)/.test(code) ||
    /SELF_SIGNED_CERT/.test(code)
  );
}

function isUnknownIssuer({ reason, detail }: TransportFailure): boolean {
  return (
    reason === "tls" &&
    /^(UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT)/.test(
      detail,
    )
  );
}
