import type { OutgoingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { type Answer, Connection } from "./connection.ts";
import { Deadline, unlessAborted } from "./deadline.ts";
import { isFailure, type KubernetesFailure, type Verb } from "./failure.ts";
import { type KubeconfigPlace, loadKubeconfig, readKubeconfig } from "./kubeconfig.ts";
import type { Login, LoginOptions, Session } from "./login.ts";
import { type ListPage, type Resource, readJson, readList, readStatus } from "./read.ts";

/** The text of a kubeconfig, or where a person's own one is. */
export type KubeconfigSource = string | KubeconfigPlace;

export type ClientOptions = LoginOptions & {
  /** Resolves early when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to before 1. */
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
  /** A new kubeconfig where the old one is not accepted any more. */
  readonly renew: ((signal: AbortSignal) => Promise<string | undefined>) | undefined;
  /** For the whole answer of a list, and for the first word of a watch. */
  readonly timeoutMs: number;
  readonly pageSize: number;
  readonly maxPageBytes: number;
};

const longestStatusBytes = 64 * 1024;
const mostAttempts = 4;
/** A longer wait than this is said at once instead. */
const longestWaitMs = 30_000;

/** What all lists and watches of one cluster share: who is logged in. */
export class Client {
  readonly options: ClientOptions;
  #source: KubeconfigSource;
  #session: Promise<Session | KubernetesFailure> | undefined;
  #renewal: Promise<boolean> | undefined;

  constructor(source: KubeconfigSource, options: ClientOptions) {
    this.#source = source;
    this.options = options;
  }

  async session(): Promise<Session | KubernetesFailure> {
    this.#session ??= this.#open();
    const opening = this.#session;
    const session = await opening;
    // The next who asks may find a file mended.
    if (isFailure(session) && this.#session === opening) this.#session = undefined;
    return session;
  }

  /** The server took this session's login no longer. All who are told so wait for one renewal. */
  async renew(refused: Session, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#session) === refused) {
      this.#renewal ??= this.#renewNow(refused, signal).finally(() => {
        this.#renewal = undefined;
      });
      // Who began it may have lost interest, while others still wait.
      if (await this.#renewal) return;
    }
  }

  /** Whether it came to its end, with or without something new. */
  async #renewNow(refused: Session, signal: AbortSignal): Promise<boolean> {
    refused.forget();
    if (typeof this.#source === "string") {
      const text = await this.options.renew?.(signal);
      if (signal.aborted) return false;
      if (text === undefined) return true;
      this.#source = text;
    }
    this.#session = undefined;
    return true;
  }

  async #open(): Promise<Session | KubernetesFailure> {
    const source = this.#source;
    const config =
      typeof source === "string" ? readKubeconfig(source, undefined) : await loadKubeconfig(source, this.options.env);
    if (isFailure(config)) return config;
    const { Session } = await import("./login.ts");
    return Session.open(config, typeof source === "string" ? undefined : source.context, this.options);
  }
}

/** What one list or one watch sends, and the connections that it keeps while it lasts. */
export class Exchange {
  readonly #client: Client;
  #session: Session | undefined;
  #login: Login | undefined;
  #connection: Connection | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Waits for the answer's head, logged in anew when the login is refused once. */
  async send(path: string, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer | KubernetesFailure> {
    for (let isSecond = false; ; isSecond = true) {
      const connection = await this.open(signal);
      if (isFailure(connection)) return connection;
      const answer = await connection.get(path, { ...headers, "user-agent": this.#client.options.userAgent }, signal);
      if (!this.#isRefused(answer)) return answer;
      const refused = this.#session;
      const failure = await this.#unauthorized(answer, signal);
      this.close();
      if (isSecond || refused === undefined || signal.aborted) return signal.aborted ? { code: "aborted" } : failure;
      await unlessAborted(
        this.#client.renew(refused, signal).then(() => ({})),
        signal,
      );
    }
  }

  /** Reads a body to its end. */
  async read(body: Readable, maxBytes: number, signal: AbortSignal): Promise<string | KubernetesFailure> {
    const onAbort = () => body.destroy();
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) body.destroy();
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of body) {
        bytes += chunk.length;
        if (bytes > maxBytes) return { code: "tooLarge", limitBytes: maxBytes };
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString("utf8");
    } catch (problem) {
      return signal.aborted ? { code: "aborted" } : this.failure(problem);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** The server that is asked, once that is known. */
  get host(): string {
    return this.#login?.server.host ?? "";
  }

  failure(problem: unknown): KubernetesFailure {
    return this.#connection?.failure(problem) ?? { code: "aborted" };
  }

  /** What an answer other than 200 says. */
  async refusal(
    answer: Answer,
    verb: Verb,
    resource: Resource<unknown>,
    signal: AbortSignal,
  ): Promise<KubernetesFailure> {
    const body = await this.read(answer.body, longestStatusBytes, signal);
    if (signal.aborted) return { code: "aborted" };
    // What is in the body is no more than an explanation: without it, the number stands.
    const status = readStatus(typeof body === "string" ? readJson(body) : undefined);
    return refusalOf(answer.status, status, verb, resource, retryAfterMs(answer) ?? secondsMs(status));
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Logs in, which may take a command's time, where that is not done. */
  async open(signal: AbortSignal): Promise<Connection | KubernetesFailure> {
    if (this.#connection !== undefined) return this.#connection;
    const session = await unlessAborted(this.#client.session(), signal);
    if (isFailure(session)) return session;
    const login = await session.logIn(signal);
    if (isFailure(login)) return login;
    this.#session = session;
    this.#login = login;
    this.#connection = new Connection(login);
    return this.#connection;
  }

  /** Some servers end the handshake with an outdated client certificate, instead of answering 401. */
  #isRefused(answer: Answer | KubernetesFailure): boolean {
    if (!isFailure(answer)) return answer.status === 401;
    return this.#expiredMs() !== undefined && (answer.code === "tls" || answer.code === "reset");
  }

  async #unauthorized(answer: Answer | KubernetesFailure, signal: AbortSignal): Promise<KubernetesFailure> {
    const body = isFailure(answer) ? "" : await this.read(answer.body, longestStatusBytes, signal);
    const { message } = readStatus(typeof body === "string" ? readJson(body) : undefined);
    return { code: "unauthorized", message, expiredMs: this.#expiredMs() };
  }

  #expiredMs(): number | undefined {
    const endMs = this.#login?.expiresMs;
    return endMs !== undefined && endMs < this.#client.options.now() ? endMs : undefined;
  }
}

/** One page of a list, after retries. `next` is what the page before said, or undefined for the first. */
export async function fetchPage<Item>(
  client: Client,
  exchange: Exchange,
  resource: Resource<Item>,
  next: string | undefined,
  signal: AbortSignal,
): Promise<ListPage<Item> | KubernetesFailure> {
  const { sleep, random } = client.options;
  for (let attempt = 1; ; attempt += 1) {
    const page = await fetchOnce(client, exchange, resource, next, signal);
    if (signal.aborted) return { code: "aborted" };
    if (!isFailure(page) || !isWorthRepeating(page) || attempt === mostAttempts) return page;
    const asked = page.code === "throttled" ? page.retryAfterMs : undefined;
    if (asked !== undefined && asked > longestWaitMs) return page;
    await sleep(asked ?? 500 * 2 ** (attempt - 1) * (0.5 + random()), signal);
    if (signal.aborted) return { code: "aborted" };
  }
}

/** What is a matter of a moment. That nobody is there, and that all the time is over, is said at once. */
function isWorthRepeating(failure: KubernetesFailure): boolean {
  switch (failure.code) {
    case "reset":
    case "throttled":
    case "malformed":
      return true;
    case "service":
      return failure.status >= 500;
    default:
      return false;
  }
}

async function fetchOnce<Item>(
  client: Client,
  exchange: Exchange,
  resource: Resource<Item>,
  next: string | undefined,
  signal: AbortSignal,
): Promise<ListPage<Item> | KubernetesFailure> {
  const { pageSize, timeoutMs, maxPageBytes } = client.options;
  const query = new URLSearchParams({ limit: `${pageSize}`, ...(next === undefined ? {} : { continue: next }) });
  const opened = await exchange.open(signal);
  if (isFailure(opened)) return opened;
  const deadline = new Deadline(signal, timeoutMs);
  try {
    const headers = { accept: "application/json", "accept-encoding": "gzip" };
    const answer = await exchange.send(`${resource.path}?${query}`, headers, deadline.signal);
    if (isFailure(answer)) return deadline.verdict(answer, exchange.host);
    if (answer.status !== 200) {
      return deadline.verdict(await exchange.refusal(answer, "list", resource, deadline.signal), exchange.host);
    }
    const body = await exchange.read(answer.body, maxPageBytes, deadline.signal);
    if (typeof body !== "string") return deadline.verdict(body, exchange.host);
    const json = readJson(body);
    const page = json === undefined ? "JSON" : readList(resource, json);
    return typeof page === "string" ? { code: "malformed", where: page } : page;
  } finally {
    deadline.end();
  }
}

export function refusalOf(
  code: number,
  { message, next }: { readonly message: string; readonly next: string | undefined },
  verb: Verb,
  { name, namespace }: Resource<unknown>,
  retryAfter: number | undefined,
): KubernetesFailure {
  switch (code) {
    case 401:
      return { code: "unauthorized", message, expiredMs: undefined };
    case 403:
      return { code: "forbidden", verb, resource: name, namespace, message };
    case 404:
      return { code: "notFound", message };
    case 410:
      return { code: "gone", message, next };
    case 429:
      return { code: "throttled", retryAfterMs: retryAfter, message };
    default:
      return { code: "service", status: code, message };
  }
}

function retryAfterMs({ headers }: Answer): number | undefined {
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function secondsMs({ retryAfterSeconds }: { readonly retryAfterSeconds: number | undefined }): number | undefined {
  return retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000;
}
