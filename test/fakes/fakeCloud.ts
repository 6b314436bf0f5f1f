import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ackError, answerAck, askedOfAck } from "./ack.ts";
import { acceptedCompression, compress } from "./compression.ts";
import { defaultKeys, defaultWorld } from "./defaultWorld.ts";
import { type Answer, type Asked, fieldsOf, jsonOf, ok, type Received, requestId, type Service } from "./exchange.ts";
import { type Fault, FaultPlan, faultOf, readFaultRules } from "./faults.ts";
import { LogQueries } from "./logQueries.ts";
import { answerSls, askedOfSls } from "./sls.ts";
import { slsError } from "./slsCall.ts";
import { loadOf } from "./slsLogs.ts";
import { answerSts, stsOperation } from "./sts.ts";
import type { World } from "./world.ts";

export type FakeCloudOptions = {
  /** The default world, where nothing else is given. */
  readonly world?: World;
  readonly port?: number;
  /** How long every answer takes at least. */
  readonly latencyMs?: number;
};

/** A request as the cloud saw it. What signs it is left out. */
export type SeenRequest = Asked & {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Undefined while there is no answer, and for a connection that was ended without one. */
  status: number | undefined;
  /** Requests of the same service that were being answered when it came, this one included. */
  readonly atOnce: number;
};

export type FakeEndpoints = {
  readonly sls: string;
  readonly ack: string;
  readonly sts: string;
  readonly control: string;
};

/** How many requests of each kind a project answers at once ("Query and analysis", limits of a project). */
const concurrency = { search: 100, sql: 15 } as const;

/** So many requests are remembered. */
const requestsRemembered = 100_000;
/** "Body size must little than 10485760". */
const largestBody = 10_485_760;

/**
 * SLS, ACK and STS at one port of this machine, told apart by the name in front of `.localhost`:
 * `<project>.sls.localhost` and `sls.localhost`, `ack.localhost`, `sts.localhost`, and `control.localhost` for the faults.
 */
export async function startFakeCloud(options: FakeCloudOptions = {}): Promise<FakeCloud> {
  const cloud = new FakeCloud(options);
  await cloud.listen(options.port ?? 0);
  return cloud;
}

export class FakeCloud {
  readonly world: World;
  readonly faults = new FaultPlan();
  readonly requests: SeenRequest[] = [];
  /** Ends all waiting when the cloud is closed. */
  readonly #closing = new AbortController();
  readonly #queries: LogQueries;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #latencyMs: number;
  readonly #atOnce: Record<Service, number> = { sls: 0, ack: 0, sts: 0 };
  readonly #load = new Map<string, number>();
  /** Faults of the service itself, not of its answers: a test that sees one has found a bug of the fake. */
  readonly failures: unknown[] = [];
  #port = 0;

  constructor({ world, latencyMs = 0 }: FakeCloudOptions) {
    this.world = world ?? defaultWorld(Date.now);
    this.#latencyMs = latencyMs;
    this.#queries = new LogQueries(this.world);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((failure: unknown) => {
        if (this.#closing.signal.aborted || request.socket.destroyed) return;
        this.failures.push(failure);
        response.writeHead(500).end();
      });
    });
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      // A client that goes away is what a test wants to do.
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  get port(): number {
    return this.#port;
  }

  get endpoints(): FakeEndpoints {
    const of = (name: string): string => `http://${name}.localhost:${this.#port}`;
    return { sls: of("sls"), ack: of("ack"), sts: of("sts"), control: of("control") };
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** The most requests of a service that were being answered at once. */
  mostAtOnce(service: Service): number {
    return this.requests.reduce((most, seen) => (seen.service === service ? Math.max(most, seen.atOnce) : most), 0);
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** From now on the port refuses connections, and those that are open are closed. */
  async stopListening(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** At the same port as before. */
  async listenAgain(): Promise<void> {
    await this.listen(this.#port);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#server.listening) await this.stopListening();
    await this.#queries.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receive(request);
    if (received.host.startsWith("control.")) {
      await send(response, this.#control(received), Date.now(), [], undefined, this.#closing.signal);
      return;
    }
    const asked = askedOf(received);
    if (asked === undefined) {
      response.writeHead(404).end();
      return;
    }
    this.#atOnce[asked.service] += 1;
    const seen = seenRequest(received, asked, this.#atOnce[asked.service]);
    this.requests.push(seen);
    if (this.requests.length > requestsRemembered) this.requests.shift();
    const kind = asked.service === "sls" ? loadOf(received) : undefined;
    const load = kind === undefined ? undefined : `${asked.about}/${kind}`;
    const running = load === undefined ? 0 : (this.#load.get(load) ?? 0) + 1;
    if (load !== undefined) this.#load.set(load, running);
    try {
      const faults = this.faults.meet(asked);
      const isOverLimit = kind !== undefined && running > concurrency[kind];
      await this.#answer(received, asked, seen, response, isOverLimit ? [...faults, { kind: "throttled" }] : faults);
    } finally {
      this.#atOnce[asked.service] -= 1;
      if (load !== undefined) this.#load.set(load, (this.#load.get(load) ?? 1) - 1);
    }
  }

  async #answer(
    received: Received,
    asked: Asked,
    seen: SeenRequest,
    response: ServerResponse,
    faults: readonly Fault[],
  ): Promise<void> {
    if (faultOf(faults, "refused") !== undefined) {
      response.socket?.resetAndDestroy();
      return;
    }
    const hang = faultOf(faults, "hang");
    if (hang !== undefined && hang.where !== "midBody") {
      await gone(response, this.#closing.signal);
      return;
    }
    const waitMs = this.#latencyMs + (faultOf(faults, "delay")?.ms ?? 0);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#closing.signal });
    const serverMs = this.world.now() + (faultOf(faults, "skew")?.ms ?? 0);
    const answer = await this.#service(received, asked, serverMs, faults);
    seen.status = answer.status;
    const compressed =
      asked.service === "sls" ? acceptedCompression(received.headers["accept-encoding"] ?? "") : undefined;
    const compression =
      compressed === undefined ? undefined : { kind: compressed, header: this.world.settings.gzipHeader };
    await send(response, answer, serverMs, faults, compression, this.#closing.signal);
  }

  async #service(received: Received, asked: Asked, serverMs: number, faults: readonly Fault[]): Promise<Answer> {
    const status = faultOf(faults, "status");
    if (status !== undefined) return errorOf(asked.service, status.status, status.code, status.message ?? status.code);
    if (faultOf(faults, "throttled") !== undefined) return throttledBy(asked.service);
    const { world } = this;
    world.settle();
    const tokensExpired = faultOf(faults, "expiredSts") !== undefined;
    switch (asked.service) {
      case "sls": {
        const isIncomplete = faultOf(faults, "incomplete") !== undefined;
        return answerSls({ world, queries: this.#queries, received, serverMs, isIncomplete, tokensExpired });
      }
      case "ack":
        return answerAck({ world, received, serverMs, tokensExpired });
      case "sts":
        return answerSts(world, received, serverMs, tokensExpired);
      default:
        return asked.service satisfies never;
    }
  }

  /** What a person switches by hand: `/faults` holds the rules, `/clock` lets time go by, `/world` tells what there is. */
  #control({ method, path, body }: Received): Answer {
    switch (`${method} ${path}`) {
      case "GET /faults":
        return ok(this.faults.rules);
      case "POST /faults": {
        const rules = readFaultRules(jsonOf(body));
        if (typeof rules === "string") return { status: 400, headers: {}, json: { message: rules } };
        this.faults.replace(rules);
        return ok(this.faults.rules);
      }
      case "DELETE /faults":
        this.faults.clear();
        return ok([]);
      case "POST /clock": {
        const { advanceMs } = fieldsOf(jsonOf(body));
        if (typeof advanceMs !== "number")
          return { status: 400, headers: {}, json: { message: "advanceMs is missing" } };
        this.world.advance(advanceMs);
        return ok({ now: this.world.now() });
      }
      case "GET /world":
        this.world.settle();
        return ok(worldJson(this.world));
      default:
        return { status: 404, headers: {}, json: { message: `${method} ${path}` } };
    }
  }
}

function worldJson({ clusters, projects, tasks }: World): object {
  return {
    clusters: [...clusters.values()].map(({ id, name, region, state, addons }) => ({
      id,
      name,
      region,
      state,
      addons: [...addons.values()],
    })),
    projects: [...projects.values()].map(({ name, region, logstores }) => ({
      name,
      region,
      logstores: [...logstores.values()].map(({ name: logstore, ttlDays, records }) => ({
        name: logstore,
        ttlDays,
        records: records.length,
      })),
    })),
    tasks: [...tasks.values()],
    keys: defaultKeys,
  };
}

function askedOf(received: Received): Asked | undefined {
  const labels = (received.host.split(":")[0] ?? "").split(".");
  if (labels.some((label) => label === "sls" || label.endsWith("-sls"))) return askedOfSls(received);
  if (labels[0] === "ack") return askedOfAck(received);
  if (labels[0] === "sts") return { service: "sts", operation: stsOperation(received), about: undefined };
  return undefined;
}

function seenRequest(received: Received, asked: Asked, atOnce: number): SeenRequest {
  const secret = ["authorization", "x-acs-security-token"];
  return {
    ...asked,
    method: received.method,
    path: received.path,
    query: Object.fromEntries(received.query),
    headers: Object.fromEntries(Object.entries(received.headers).filter(([name]) => !secret.includes(name))),
    body: received.body.toString("utf8"),
    status: undefined,
    atOnce,
  };
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > largestBody) throw new Error("A request is larger than any that SLS takes.");
    chunks.push(chunk as Buffer);
  }
  const [path = "", search = ""] = (request.url ?? "/").split(/\?(.*)/s);
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(",") : (value ?? ""),
  ]);
  return {
    method: request.method ?? "GET",
    host: request.headers.host ?? "",
    path,
    query: [...new URLSearchParams(search)],
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  };
}

function errorOf(service: Service, status: number, code: string, message: string): Answer {
  return service === "sls" ? slsError(status, code, message) : ackError(status, code, message);
}

/**
 * SLS: "Read quota is exceeded." of its common errors; which error the limits of concurrency give is not documented.
 * OpenAPI: `Throttling.User` of its common errors.
 */
function throttledBy(service: Service): Answer {
  return service === "sls"
    ? slsError(403, "ReadQuotaExceed", "Read quota is exceeded.")
    : ackError(429, "Throttling.User", "Request was denied due to user flow control.");
}

/** Settles when the client has gone, or the cloud is closed. */
function gone(response: ServerResponse, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", resolve);
    closing.addEventListener("abort", () => resolve(), { once: true });
    if (closing.aborted) resolve();
  });
}

type CompressionWish = {
  readonly kind: "gzip" | "deflate" | "lz4";
  readonly header: "x-log-compresstype" | "content-encoding";
};

async function send(
  response: ServerResponse,
  answer: Answer,
  serverMs: number,
  faults: readonly Fault[],
  wish: CompressionWish | undefined,
  closing: AbortSignal,
): Promise<void> {
  const json = faultOf(faults, "wrongShape") === undefined ? answer.json : { unexpected: [answer.status] };
  const text = json === undefined ? "" : JSON.stringify(json);
  const isCut = faultOf(faults, "malformedJson") !== undefined;
  // A cut answer without a body has no middle; what cannot be JSON stands there then.
  const raw = Buffer.from(isCut ? (text.length > 1 ? text.slice(0, Math.ceil(text.length / 2)) : "{") : text);
  const isMislabelled = faultOf(faults, "wrongCompression") !== undefined;
  const compression: CompressionWish | undefined =
    wish ?? (isMislabelled ? { kind: "gzip", header: "content-encoding" } : undefined);
  const isCompressed = compression !== undefined && raw.length > 0 && (answer.status === 200 || isMislabelled);
  const body = isCompressed && !isMislabelled ? compress(compression.kind, raw) : raw;
  const id = requestId();
  response.writeHead(answer.status, {
    date: new Date(serverMs).toUTCString(),
    server: "AliyunSLS",
    "content-type": "application/json",
    "content-length": String(body.length),
    "x-log-requestid": id,
    "x-acs-request-id": id,
    "x-log-time": String(Math.floor(serverMs / 1000)),
    ...(isCompressed ? compressionHeaders(compression, raw.length) : {}),
    ...answer.headers,
  });
  await write(response, body, faults, closing);
}

function compressionHeaders({ kind, header }: CompressionWish, rawLength: number): Readonly<Record<string, string>> {
  // LZ4 is no encoding that HTTP knows, so it is always named in SLS's own header.
  return kind === "lz4" || header === "x-log-compresstype"
    ? { "x-log-compresstype": kind, "x-log-bodyrawsize": String(rawLength) }
    : { "content-encoding": kind, "x-log-bodyrawsize": String(rawLength) };
}

async function write(
  response: ServerResponse,
  body: Buffer,
  faults: readonly Fault[],
  closing: AbortSignal,
): Promise<void> {
  const reset = faultOf(faults, "resetMidBody");
  if (reset !== undefined) {
    const count = Math.min(reset.afterBytes ?? Math.floor(body.length / 2), Math.max(0, body.length - 1));
    response.flushHeaders();
    // The reset would overtake what has not left yet, and the client would see a refused request instead.
    await new Promise<void>((resolve) => response.write(body.subarray(0, count), () => resolve()));
    await sleep(10);
    response.socket?.resetAndDestroy();
    return;
  }
  if (faultOf(faults, "hang")?.where === "midBody") {
    response.flushHeaders();
    response.write(body.subarray(0, Math.floor(body.length / 2)));
    await gone(response, closing);
    return;
  }
  const slow = faultOf(faults, "slow");
  if (slow !== undefined) {
    for (let at = 0; at < body.length && !response.destroyed; at += slow.chunkBytes) {
      await sleep(slow.ms, undefined, { signal: closing });
      response.write(body.subarray(at, at + slow.chunkBytes));
    }
    response.end();
    return;
  }
  // Whoever is counted as being answered is so until the bytes are gone.
  await new Promise<void>((resolve) => {
    response.once("close", resolve);
    response.end(body, () => resolve());
  });
}
