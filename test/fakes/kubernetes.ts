import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Socket } from "node:net";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { gzipSync } from "node:zlib";
import { type KubernetesObject, selects, tableOf } from "./kubernetesObjects.ts";

type ResourceName = "namespaces" | "nodes" | "pods";

const kinds = { namespaces: "Namespace", nodes: "Node", pods: "Pod" } as const;

export type KubernetesFault =
  /** The connection is reset before a byte of an answer, or after so many bytes of its body. */
  | { readonly kind: "reset"; readonly afterBytes?: number }
  /** No answer ever comes; or a head, and no body. */
  | { readonly kind: "hang"; readonly where?: "before" | "body" }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "status"; readonly status: number; readonly message?: string; readonly retryAfterSeconds?: number }
  /** The body is cut off in its middle, and its length says nothing of that. */
  | { readonly kind: "malformed" }
  /** So many bytes of JSON that mean nothing. */
  | { readonly kind: "huge"; readonly bytes: number }
  /** The headers name a compression that the body does not have. */
  | { readonly kind: "notGzip" }
  /** This is the body. */
  | { readonly kind: "body"; readonly text: string };

export type FaultMatch = {
  readonly verb?: "list" | "watch";
  readonly resource?: ResourceName;
  /** The first request of those that match which meets it, from 1. */
  readonly nth?: number;
  /** So many requests meet it; all, where it says nothing. */
  readonly times?: number;
};

export type FakeKubernetesOptions = {
  readonly objects?: readonly KubernetesObject[];
  /** Serve https, with a certificate that the test CA signed, or one that it signed and that is outdated. */
  readonly tls?: "valid" | "expired";
  /** Who may come in; without, everybody may. Tokens count over https alone, as they are sent there alone. */
  readonly users?: { readonly tokens?: Readonly<Record<string, string>>; readonly certificates?: boolean };
  /** How often a watch says how far it is. */
  readonly bookmarkMs?: number;
};

export type KubernetesRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
};

const fixtures = join(import.meta.dirname, "..", "fixtures", "tls-k8s");

/** A file of `test/fixtures/tls-k8s`, whose CA signed all of them and was thrown away. */
export function tlsFixture(name: string): string {
  return readFileSync(join(fixtures, name), "utf8");
}

/** A Kubernetes API on loopback: lists, watches, errors and sign-in of pods, nodes and namespaces. */
export async function startFakeKubernetes(options: FakeKubernetesOptions = {}): Promise<FakeKubernetes> {
  const fake = new FakeKubernetes(options);
  await fake.listen();
  return fake;
}

type Change = { readonly version: number; readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: Stored };
type Stored = KubernetesObject & { readonly metadata: { readonly resourceVersion: string } };
type Watcher = { readonly resource: ResourceName; readonly send: (change: Change) => void; readonly end: () => void };
type Snapshot = { readonly version: number; readonly objects: readonly Stored[] };

export class FakeKubernetes {
  readonly requests: KubernetesRequest[] = [];
  readonly #options: FakeKubernetesOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #objects: Record<ResourceName, Map<string, Stored>> = {
    namespaces: new Map(),
    nodes: new Map(),
    pods: new Map(),
  };
  readonly #watchers = new Map<ServerResponse, Watcher>();
  readonly #snapshots = new Map<number, Snapshot>();
  readonly #faults: { readonly match: FaultMatch; readonly fault: KubernetesFault; seen: number }[] = [];
  readonly #denied: { readonly verb: string; readonly resource: ResourceName; readonly namespace?: string }[] = [];
  #history: Change[] = [];
  #version = 1000;
  #forgotten = 1000;

  constructor(options: FakeKubernetesOptions) {
    this.#options = options;
    const answer: RequestListener = (request, response) => {
      this.#answer(request, response);
    };
    const certificate = options.tls === "expired" ? "expired" : "server";
    this.#server =
      options.tls === undefined
        ? createServer(answer)
        : createSecureServer(
            {
              cert: tlsFixture(`${certificate}.crt`),
              key: tlsFixture(`${certificate}.key`),
              ca: tlsFixture("ca.crt"),
              requestCert: options.users?.certificates === true,
              rejectUnauthorized: false,
            },
            answer,
          );
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
    });
    for (const object of options.objects ?? []) this.put(object);
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? "http" : "https"}://127.0.0.1:${this.port}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  get openWatches(): number {
    return this.#watchers.size;
  }

  /** Creates or changes an object, and tells all who watch. */
  put(object: KubernetesObject): void {
    const resource = resourceOf(object.kind);
    const store = this.#objects[resource];
    const key = keyOf(object);
    this.#version += 1;
    const before = store.get(key);
    const metadata = {
      uid: before?.metadata["uid"] ?? `00000000-0000-4000-8000-${String(this.#version).padStart(12, "0")}`,
      ...object.metadata,
      resourceVersion: `${this.#version}`,
    };
    const stored: Stored = { ...object, metadata };
    store.set(key, stored);
    this.#tell(resource, { version: this.#version, type: before === undefined ? "ADDED" : "MODIFIED", object: stored });
  }

  remove(kind: "Namespace" | "Node" | "Pod", name: string, namespace?: string): void {
    const resource = resourceOf(kind);
    const store = this.#objects[resource];
    const key = namespace === undefined ? name : `${namespace}/${name}`;
    const before = store.get(key);
    if (before === undefined) throw new Error(`There is no ${kind} ${key}.`);
    store.delete(key);
    this.#version += 1;
    const object: Stored = { ...before, metadata: { ...before.metadata, resourceVersion: `${this.#version}` } };
    this.#tell(resource, { version: this.#version, type: "DELETED", object });
  }

  /** Forgets what happened until now, as etcd does after five minutes: older versions and `continue` tokens are 410. */
  forget(): void {
    this.#history = [];
    this.#snapshots.clear();
    this.#forgotten = this.#version;
  }

  /** Switches a fault on; what comes back switches it off again. */
  fail(match: FaultMatch, fault: KubernetesFault): () => void {
    const entry = { match, fault, seen: 0 };
    this.#faults.push(entry);
    return () => {
      const place = this.#faults.indexOf(entry);
      if (place >= 0) this.#faults.splice(place, 1);
    };
  }

  deny(verb: "list" | "watch", resource: ResourceName, namespace?: string): void {
    this.#denied.push({ verb, resource, ...(namespace === undefined ? {} : { namespace }) });
  }

  /** Ends all watches: in good order, as a server does after a while, or with a reset. */
  endWatches(how: "end" | "reset"): void {
    for (const [response, watcher] of [...this.#watchers]) {
      if (how === "end") watcher.end();
      else this.#reset(response);
    }
  }

  /** Writes raw text into all watches. */
  writeToWatches(text: string): void {
    for (const response of this.#watchers.keys()) response.write(text);
  }

  sendBookmarks(): void {
    for (const response of [...this.#watchers.keys()]) this.#bookmark(response);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #tell(resource: ResourceName, change: Change): void {
    this.#history.push(change);
    for (const watcher of [...this.#watchers.values()]) if (watcher.resource === resource) watcher.send(change);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://kubernetes");
    const query = url.searchParams;
    this.requests.push({ method: request.method ?? "", path: url.pathname, query, headers: request.headers });
    const user = this.#userOf(request);
    if (user === undefined) {
      sendStatus(response, 401, "Unauthorized", "Unauthorized");
      return;
    }
    const discovered = discovery(url.pathname);
    if (discovered !== undefined) {
      sendJson(request, response, discovered);
      return;
    }
    const [, namespace, resource, name] =
      /^\/api\/v1(?:\/namespaces\/([^/]+))?\/(namespaces|nodes|pods)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (resource === undefined || request.method !== "GET") {
      sendStatus(response, 404, "NotFound", "the server could not find the requested resource");
      return;
    }
    const where: Where = {
      resource: resource as ResourceName,
      namespace: namespace === undefined ? undefined : decodeURIComponent(namespace),
      user,
    };
    const verb = isTrue(query.get("watch")) ? "watch" : "list";
    const fault = this.#faultFor(verb, where.resource);
    if (fault !== undefined && this.#meet(fault, response)) return;
    const proceed = () => {
      if (this.#isDenied(verb, where)) {
        sendForbidden(response, verb, where);
        return;
      }
      if (name !== undefined) {
        this.#one(request, response, where, decodeURIComponent(name));
        return;
      }
      if (verb === "watch") this.#watch(request, response, where, query);
      else this.#list(request, response, where, query, fault);
    };
    if (fault?.kind === "slow") this.#later(fault.ms, proceed);
    else proceed();
  }

  #userOf(request: IncomingMessage): string | undefined {
    const { users } = this.#options;
    if (users === undefined) return "system:anonymous";
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const named = bearer === undefined ? undefined : users.tokens?.[bearer];
    if (named !== undefined) return named;
    const { socket } = request;
    if (users.certificates !== true || !(socket instanceof TLSSocket) || !socket.authorized) return undefined;
    const name = socket.getPeerCertificate().subject.CN;
    return typeof name === "string" ? name : undefined;
  }

  #faultFor(verb: "list" | "watch", resource: ResourceName): KubernetesFault | undefined {
    for (const entry of this.#faults) {
      const { match } = entry;
      if ((match.verb ?? verb) !== verb || (match.resource ?? resource) !== resource) continue;
      entry.seen += 1;
      const first = match.nth ?? 1;
      if (entry.seen >= first && entry.seen < first + (match.times ?? Number.POSITIVE_INFINITY)) return entry.fault;
    }
    return undefined;
  }

  /** Whether that was all of the answer. */
  #meet(fault: KubernetesFault, response: ServerResponse): boolean {
    switch (fault.kind) {
      case "reset":
        if (fault.afterBytes !== undefined) return false;
        this.#reset(response);
        return true;
      case "hang":
        if (fault.where === "body") response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
        return true;
      case "status": {
        const headers = fault.retryAfterSeconds === undefined ? {} : { "retry-after": String(fault.retryAfterSeconds) };
        sendStatus(response, fault.status, reasonOf(fault.status), fault.message ?? "fault", headers);
        return true;
      }
      case "huge":
        response.writeHead(200, { "content-type": "application/json" });
        response.end(`{"kind":"${"x".repeat(fault.bytes)}"}`);
        return true;
      case "notGzip":
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end('{"kind":"PodList"}');
        return true;
      case "body":
        response.writeHead(200, { "content-type": "application/json" });
        response.end(fault.text);
        return true;
      case "slow":
      case "malformed":
        return false;
    }
  }

  #isDenied(verb: string, { resource, namespace }: Where): boolean {
    return this.#denied.some(
      (rule) =>
        rule.verb === verb &&
        rule.resource === resource &&
        (rule.namespace === undefined || rule.namespace === namespace),
    );
  }

  #one(request: IncomingMessage, response: ServerResponse, { resource, namespace }: Where, name: string): void {
    const object = this.#objects[resource].get(namespace === undefined ? name : `${namespace}/${name}`);
    if (object === undefined) {
      sendStatus(response, 404, "NotFound", `${resource} "${name}" not found`, {}, { name, kind: resource });
      return;
    }
    const { resourceVersion } = object.metadata;
    sendJson(request, response, wantsTable(request) ? tableOf(resource, [object], { resourceVersion }) : object);
  }

  #list(
    request: IncomingMessage,
    response: ServerResponse,
    { resource, namespace }: Where,
    query: URLSearchParams,
    fault: KubernetesFault | undefined,
  ): void {
    const matches = selects(query.get("fieldSelector") ?? "", query.get("labelSelector") ?? "");
    if (matches === undefined) {
      sendStatus(response, 400, "BadRequest", "unable to parse the selector");
      return;
    }
    const token = readToken(query.get("continue"));
    if (token === "none") {
      sendStatus(response, 400, "BadRequest", "continue key is not valid");
      return;
    }
    let snapshot: Snapshot | undefined;
    if (token === undefined || token.version === -1) {
      const objects = [...this.#objects[resource].values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      snapshot = { version: this.#version, objects };
      this.#snapshots.set(this.#version, snapshot);
    } else {
      snapshot = this.#snapshots.get(token.version);
      if (snapshot === undefined) {
        // The token that comes back goes on behind the same object, with what is there now.
        const metadata = { continue: tokenOf({ version: -1, behind: token.behind }) };
        const message = "The provided continue parameter is too old to display a consistent list result.";
        sendStatus(response, 410, "Expired", message, {}, {}, metadata);
        return;
      }
    }
    const behind = token?.behind ?? "";
    const all = snapshot.objects.filter(
      (object) => keyOf(object) > behind && (namespace ?? object.metadata.namespace) === object.metadata.namespace,
    );
    const wanted = all.filter(matches);
    const limit = Number(query.get("limit") ?? 0) || wanted.length;
    const page = wanted.slice(0, limit);
    const last = page.at(-1);
    const isMore = wanted.length > limit && last !== undefined;
    const metadata = {
      resourceVersion: String(snapshot.version),
      ...(isMore
        ? {
            continue: tokenOf({ version: snapshot.version, behind: keyOf(last) }),
            remainingItemCount: wanted.length - limit,
          }
        : {}),
    };
    const body = wantsTable(request)
      ? tableOf(resource, page, metadata)
      : { kind: `${kinds[resource]}List`, apiVersion: "v1", metadata, items: page };
    if (fault?.kind === "malformed" || fault?.kind === "reset") {
      const text = JSON.stringify(body);
      response.writeHead(200, { "content-type": "application/json" });
      if (fault.kind === "malformed") {
        response.end(text.slice(0, Math.floor(text.length / 2)));
        return;
      }
      response.write(text.slice(0, fault.afterBytes), () => this.#reset(response));
      return;
    }
    sendJson(request, response, body);
  }

  #watch(
    request: IncomingMessage,
    response: ServerResponse,
    { resource, namespace }: Where,
    query: URLSearchParams,
  ): void {
    const matches = selects(query.get("fieldSelector") ?? "", query.get("labelSelector") ?? "");
    if (matches === undefined) {
      sendStatus(response, 400, "BadRequest", "unable to parse the selector");
      return;
    }
    const asTable = wantsTable(request);
    const from = query.get("resourceVersion") ?? "";
    response.writeHead(200, { "content-type": "application/json", "transfer-encoding": "chunked" }).flushHeaders();
    const write = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
    if (from !== "" && from !== "0" && Number(from) < this.#forgotten) {
      const message = `too old resource version: ${from} (${this.#forgotten})`;
      write("ERROR", { kind: "Status", apiVersion: "v1", status: "Failure", message, reason: "Expired", code: 410 });
      response.end();
      return;
    }
    const send = ({ type, object }: Change) => {
      if (!matches(object) || (namespace ?? object.metadata.namespace) !== object.metadata.namespace) return;
      const { resourceVersion } = object.metadata;
      write(type, asTable ? tableOf(resource, [object], { resourceVersion }) : object);
    };
    const past: readonly Change[] =
      from === "" || from === "0"
        ? [...this.#objects[resource].values()].map((object) => ({ version: 0, type: "ADDED" as const, object }))
        : this.#history.filter(({ version, object }) => version > Number(from) && resourceOf(object.kind) === resource);
    for (const change of past) send(change);
    const timers: NodeJS.Timeout[] = [];
    const end = () => {
      for (const timer of timers) clearTimeout(timer);
      this.#watchers.delete(response);
      response.end();
    };
    this.#watchers.set(response, { resource, send, end });
    response.on("close", end);
    const seconds = Number(query.get("timeoutSeconds") ?? 0);
    if (seconds > 0) timers.push(setTimeout(end, seconds * 1000).unref());
    const { bookmarkMs } = this.#options;
    if (bookmarkMs !== undefined && isTrue(query.get("allowWatchBookmarks"))) {
      timers.push(setInterval(() => this.#bookmark(response), bookmarkMs).unref());
    }
  }

  #bookmark(response: ServerResponse): void {
    const watcher = this.#watchers.get(response);
    if (watcher === undefined) return;
    const kind = kinds[watcher.resource];
    const object = {
      kind,
      apiVersion: "v1",
      metadata: { resourceVersion: `${this.#version}`, creationTimestamp: null },
    };
    response.write(`${JSON.stringify({ type: "BOOKMARK", object })}\n`);
  }

  /** Under TLS lies another socket, which alone can be reset. */
  #reset({ socket }: ServerResponse): void {
    for (const each of this.#sockets) if (each.remotePort === socket?.remotePort) each.resetAndDestroy();
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }
}

type Where = { readonly resource: ResourceName; readonly namespace: string | undefined; readonly user: string };

function resourceOf(kind: string): ResourceName {
  const found = Object.entries(kinds).find(([, each]) => each === kind)?.[0];
  if (found === undefined) throw new Error(`The fake has no ${kind}.`);
  return found as ResourceName;
}

function keyOf({ metadata }: KubernetesObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

type Token = { readonly version: number; readonly behind: string };

function tokenOf(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function readToken(text: string | null): Token | "none" | undefined {
  if (text === null || text === "") return undefined;
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return "none";
  }
}

function isTrue(value: string | null): boolean {
  return value === "true" || value === "1";
}

function wantsTable(request: IncomingMessage): boolean {
  return /as=Table/.test(request.headers.accept ?? "");
}

function sendJson(request: IncomingMessage, response: ServerResponse, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  // A real server compresses answers above 128 KiB.
  const isZipped = bytes.length > 128 * 1024 && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const sent = isZipped ? gzipSync(bytes, { level: 1 }) : bytes;
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": sent.length,
    ...(isZipped ? { "content-encoding": "gzip" } : {}),
  });
  response.end(sent);
}

function sendStatus(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  details: object = {},
  metadata: object = {},
): void {
  const status = { kind: "Status", apiVersion: "v1", metadata, status: "Failure", message, reason, details, code };
  response.writeHead(code, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(status));
}

function sendForbidden(response: ServerResponse, verb: string, { resource, namespace, user }: Where): void {
  const scope = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const message = `${resource} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "" ${scope}`;
  sendStatus(response, 403, "Forbidden", message, {}, { kind: resource });
}

function reasonOf(status: number): string {
  return (
    {
      401: "Unauthorized",
      403: "Forbidden",
      404: "NotFound",
      410: "Expired",
      429: "TooManyRequests",
      500: "InternalError",
      503: "ServiceUnavailable",
      504: "Timeout",
    }[status] ?? "Unknown"
  );
}

function discovery(path: string): object | undefined {
  const listed = (name: ResourceName, namespaced: boolean, shortName: string) => ({
    name,
    singularName: kinds[name].toLowerCase(),
    namespaced,
    kind: kinds[name],
    verbs: ["get", "list", "watch"],
    shortNames: [shortName],
  });
  switch (path) {
    case "/version":
      return { major: "1", minor: "32", gitVersion: "v1.32.1-aliyun.1", platform: "linux/amd64" };
    case "/api":
      return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
    case "/apis":
      return { kind: "APIGroupList", apiVersion: "v1", groups: [] };
    case "/api/v1":
      return {
        kind: "APIResourceList",
        groupVersion: "v1",
        resources: [listed("namespaces", false, "ns"), listed("nodes", false, "no"), listed("pods", true, "po")],
      };
    default:
      return undefined;
  }
}

export type KubeconfigFor = {
  readonly token?: string;
  readonly certificate?: "client" | "expiredClient";
  /** Lines of YAML under `users[0].user`, instead. */
  readonly user?: string;
  readonly server?: string;
  /** Trust the test CA; else no CA is named. */
  readonly trusted?: boolean;
  readonly insecure?: boolean;
  readonly proxy?: string;
  readonly tlsServerName?: string;
};

/** A kubeconfig as ACK gives it: one cluster, one user, one context. */
export function kubeconfigFor(server: { readonly url: string }, options: KubeconfigFor = {}): string {
  const { certificate, token } = options;
  const url = options.server ?? server.url;
  const isPlain = url.startsWith("http:");
  const base64 = (name: string) => Buffer.from(tlsFixture(name)).toString("base64");
  const isTrusted = (options.trusted ?? true) && !isPlain && options.insecure !== true;
  const lines = [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    "- name: kubernetes",
    "  cluster:",
    `    server: ${url}`,
    // Without it the Kubernetes client for Node refuses plain http.
    ...(isPlain || options.insecure === true ? ["    insecure-skip-tls-verify: true"] : []),
    ...(isTrusted ? [`    certificate-authority-data: ${base64("ca.crt")}`] : []),
    ...(options.proxy === undefined ? [] : [`    proxy-url: ${options.proxy}`]),
    ...(options.tlsServerName === undefined ? [] : [`    tls-server-name: ${options.tlsServerName}`]),
    "contexts:",
    "- name: fake",
    "  context: {cluster: kubernetes, user: reader}",
    "current-context: fake",
    "users:",
    "- name: reader",
    "  user:",
    ...(options.user === undefined
      ? [
          "    username: ''",
          ...(token === undefined ? [] : [`    token: ${token}`]),
          ...(certificate === undefined
            ? []
            : [
                `    client-certificate-data: ${base64(`${certificate}.crt`)}`,
                `    client-key-data: ${base64(`${certificate}.key`)}`,
              ]),
        ]
      : options.user.split("\n").map((line) => `    ${line}`)),
    "",
  ];
  return lines.join("\n");
}
