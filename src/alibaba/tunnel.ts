import { type ClientRequestArgs, request as requestHttp } from "node:http";
import { Agent, type AgentOptions, type RequestOptions, request as requestHttps } from "node:https";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { hostOf } from "./proxy.ts";

/** The proxy did not let the connection through. Its text is free of the credentials that the proxy's address may hold. */
export class ProxyFailure extends Error {
  override readonly name = "ProxyFailure";
}

/** Reads a proxy's address as a person wrote it; a text that is no address is not repeated, as it may hold a password. */
export function readProxy(text: string): URL | ProxyFailure {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url === null || url.hostname === "") return new ProxyFailure("URL");
  // Of the protocols that the editor's setting allows, SOCKS is not spoken here.
  if (url.protocol !== "http:" && url.protocol !== "https:") return new ProxyFailure(`${url.protocol}//${url.host}`);
  return url;
}

/** Node keeps a request's own `signal` from the agent, as connections outlive requests; a tunnel that is being dug does not. */
export type TunnelledOptions = RequestOptions & { readonly tunnelSignal: AbortSignal };

type Connected = (failure: Error | null, socket?: Duplex) => void;

/** Keeps connections to https hosts that are reached through a proxy. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;
  readonly #strictSsl: boolean;

  constructor(proxy: URL, strictSsl: boolean, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
    this.#strictSsl = strictSsl;
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (failure: Error | null, socket: Duplex) => void,
  ): null {
    const connected = callback as Connected | undefined;
    this.#tunnel(options, (failure, socket) => {
      if (failure !== null || socket === undefined) connected?.(failure);
      else connected?.(null, connectTls({ ...(options as object), socket }));
    });
    return null;
  }

  #tunnel(options: ClientRequestArgs, connected: Connected): void {
    const proxy = this.#proxy;
    const host = options.host ?? "";
    const target = `${host.includes(":") ? `[${host}]` : host}:${options.port ?? 443}`;
    const signal =
      "tunnelSignal" in options && options.tunnelSignal instanceof AbortSignal ? options.tunnelSignal : undefined;
    const failed = (why: string): void => connected(new ProxyFailure(`${proxy.protocol}//${proxy.host} ${why}`));
    const asking = (proxy.protocol === "https:" ? requestHttps : requestHttp)({
      host: hostOf(proxy),
      port: proxy.port === "" ? (proxy.protocol === "https:" ? 443 : 80) : proxy.port,
      method: "CONNECT",
      path: target,
      headers: { host: target, ...authorization(proxy) },
      agent: false,
      rejectUnauthorized: this.#strictSsl,
      ...(signal === undefined ? {} : { signal }),
    });
    asking.once("connect", ({ statusCode }, socket, head) => {
      if (statusCode !== 200) {
        socket.destroy();
        return failed(String(statusCode));
      }
      if (head.length > 0) socket.unshift(head);
      connected(null, socket);
    });
    // A proxy that answers CONNECT as if it were any request.
    asking.once("response", (answer) => {
      answer.destroy();
      failed(String(answer.statusCode));
    });
    asking.once("error", (failure: NodeJS.ErrnoException) => failed(failure.code ?? failure.name));
    asking.end();
  }
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "" && password === "") return {};
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** A person may have written a `%` that encodes nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
