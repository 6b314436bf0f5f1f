import { lookup as systemLookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import { pipeline, type Readable } from "node:stream";
import tls from "node:tls";
import { createGunzip } from "node:zlib";
import type { KubernetesFailure, ServerCertificate } from "./failure.ts";
import type { Login } from "./login.ts";

/** An answer's head; its body is still to be read, or destroyed. */
export type Answer = {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** As it was before the server compressed it. */
  readonly body: Readable;
};

/** To a proxy, and through it to the server. */
const slowestTunnelMs = 15_000;

/**
 * The connections of one list or one watch. They go when it ends, so nothing stays open behind what was asked for.
 *
 * The Kubernetes client's own way opens a pool of connections for each request and never closes it, knows no bound on
 * what it reads, and lets go what a refused watch was answered.
 */
export class Connection {
  readonly #login: Login;
  readonly #agent: http.Agent;
  readonly #sockets = new Set<Socket>();
  readonly #named = new WeakSet<Socket>();
  #certificate: ServerCertificate | undefined;
  #isClosed = false;

  constructor(login: Login) {
    this.#login = login;
    this.#agent = this.#newAgent();
  }

  /** Waits for the answer's head. It never throws for what the network does. */
  get(path: string, headers: http.OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer | KubernetesFailure> {
    const { server } = this.#login;
    if (signal.aborted || this.#isClosed) return Promise.resolve({ code: "aborted" });
    return new Promise((resolve) => {
      let request: http.ClientRequest;
      const onAbort = () => {
        resolve({ code: "aborted" });
        request.destroy();
      };
      const fail = (problem: unknown) => {
        signal.removeEventListener("abort", onAbort);
        resolve(this.failure(problem));
      };
      try {
        request = (this.#firstHop().protocol === "https:" ? https : http).request({
          ...this.#where(path),
          method: "GET",
          headers: { ...this.#login.headers, ...headers, host: server.host },
          agent: this.#agent,
        });
      } catch (problem) {
        fail(problem);
        return;
      }
      signal.addEventListener("abort", onAbort, { once: true });
      request.on("error", fail);
      request.on("socket", (socket) => this.#nameCertificate(socket));
      request.on("response", (response) => {
        signal.removeEventListener("abort", onAbort);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: decompressed(response) });
      });
      request.end();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** What a thrown problem of a request, or of the body of its answer, means. */
  failure(problem: unknown): KubernetesFailure {
    const host = this.#login.server.host;
    if (problem instanceof ProxyProblem) {
      return { code: "proxy", host: this.#login.proxy?.host ?? "", status: problem.status };
    }
    const error = problem instanceof Error && "code" in problem ? String(problem.code) : "";
    if (error === "ENOTFOUND" || error === "EAI_AGAIN") return { code: "dns", host };
    if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|ENETDOWN|EACCES)$/.test(error)) {
      return { code: "refused", host };
    }
    if (error === "ETIMEDOUT") return { code: "timeout", host };
    if (/^HPE_|^Z_|^ERR_HTTP|^ERR_INVALID/.test(error)) return { code: "malformed", where: error };
    if (/^(EPROTO|ERR_SSL|ERR_TLS|ERR_OSSL)|CERT|SELF_SIGNED|UNABLE_TO|CRL/.test(error)) {
      return { code: "tls", host, error, certificate: this.#certificate };
    }
    return { code: "reset", host };
  }

  /** Plain http goes to a proxy with the whole address; https goes through a tunnel of the agent. */
  #where(path: string): https.RequestOptions {
    const { server } = this.#login;
    const whole = `${server.pathname.replace(/\/+$/, "")}${path}`;
    const first = this.#firstHop();
    return { host: hostOf(first), port: portOf(first), path: first === server ? whole : `${server.origin}${whole}` };
  }

  #firstHop(): URL {
    const { server, proxy, agent } = this.#login;
    return server.protocol === "http:" && proxy !== undefined && agent === undefined ? proxy : server;
  }

  #newAgent(): http.Agent {
    const { server, proxy, agent } = this.#login;
    if (agent !== undefined) return agent;
    const kept = { keepAlive: true, keepAliveMsecs: 30_000, lookup };
    if (server.protocol === "http:") {
      return this.#firstHop().protocol === "https:" ? new https.Agent(kept) : new http.Agent(kept);
    }
    const named = { ...this.#login.tls, ...kept, ...nameOf(this.#login.tls, server) };
    if (proxy === undefined) return new https.Agent({ ...named, maxCachedSessions: 0 });
    const tunnel = new https.Agent(kept);
    // The documented place to say how an agent connects.
    tunnel.createConnection = (_, callback) => {
      this.#tunnel(proxy, named).then(
        (socket) => callback?.(null, socket),
        // The agent hands the failure on to the request; there is no stream beside it.
        (problem: Error) => (callback as ((problem: Error) => void) | undefined)?.(problem),
      );
      return undefined;
    };
    return tunnel;
  }

  /** A TLS connection to the server through a tunnel (RFC 9110, CONNECT). */
  #tunnel(proxy: URL, options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
    const target = `${bracketed(hostOf(this.#login.server))}:${portOf(this.#login.server)}`;
    const login =
      proxy.username === ""
        ? {}
        : {
            "proxy-authorization": `Basic ${Buffer.from(
              `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`,
            ).toString("base64")}`,
          };
    return new Promise((resolve, reject) => {
      const request = (proxy.protocol === "https:" ? https : http).request({
        host: hostOf(proxy),
        port: portOf(proxy),
        method: "CONNECT",
        path: target,
        headers: { host: target, ...login },
        agent: false,
        lookup,
        timeout: slowestTunnelMs,
      });
      request.on("socket", (socket) => this.#own(socket));
      request.on("timeout", () => request.destroy());
      request.on("error", () => reject(new ProxyProblem(undefined)));
      request.on("response", (response) => {
        response.destroy();
        reject(new ProxyProblem(response.statusCode));
      });
      request.on("connect", (response, socket, head) => {
        if (response.statusCode !== 200 || head.length > 0) {
          socket.destroy();
          reject(new ProxyProblem(response.statusCode));
          return;
        }
        socket.setTimeout(0);
        resolve(tls.connect({ ...options, socket: this.#own(socket as Socket) }));
      });
      request.end();
    });
  }

  #own(socket: Socket): Socket {
    if (this.#isClosed) socket.destroy();
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  }

  /** Once a connection has failed its certificate can no longer be asked for, so it is noted before it is judged. */
  #nameCertificate(socket: Socket): void {
    if (!(socket instanceof tls.TLSSocket) || this.#named.has(socket)) return;
    this.#named.add(socket);
    socket.prependOnceListener("secure", () => {
      const { subject, issuer, valid_to: validTo } = socket.getPeerCertificate();
      if (validTo !== undefined) {
        this.#certificate = { subject: nameIn(subject), issuer: nameIn(issuer), validTo };
      }
    });
  }
}

class ProxyProblem extends Error {
  readonly status: number | undefined;

  constructor(status: number | undefined) {
    super("proxy");
    this.status = status;
  }
}

function nameIn(subject: tls.Certificate | undefined): string {
  const name = subject?.CN ?? subject?.O ?? "";
  return Array.isArray(name) ? name.join(", ") : name;
}

function nameOf({ servername }: tls.ConnectionOptions, server: URL): tls.ConnectionOptions {
  const host = hostOf(server);
  // An address is no server name (RFC 6066); with an empty one, Node checks the certificate against the address.
  return { host, servername: servername ?? (isIP(host) === 0 ? host : "") };
}

function decompressed(response: http.IncomingMessage): Readable {
  const encoding = response.headers["content-encoding"];
  // Failures of either stream come out of the last one, which is the one that is read.
  return encoding === "gzip" ? pipeline(response, createGunzip(), () => {}) : response;
}

/** Names of this machine (RFC 6761), which not every resolver knows. */
function isLocalName(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}

const lookup: LookupFunction = (host, options, callback) => {
  if (!isLocalName(host)) {
    systemLookup(host, options, callback);
  } else if (options.all === true) {
    callback(null, [{ address: "127.0.0.1", family: 4 }]);
  } else {
    callback(null, "127.0.0.1", 4);
  }
};

function hostOf(url: URL | undefined): string {
  return url?.hostname.replace(/^\[(.*)\]$/, "$1") ?? "";
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

function portOf(url: URL | undefined): number {
  return url === undefined || url.port === "" ? (url?.protocol === "http:" ? 80 : 443) : Number(url.port);
}
