import { X509Certificate } from "node:crypto";
import type { Agent, OutgoingHttpHeaders } from "node:http";
import type { RequestOptions } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { type Cluster, KubeConfig } from "@kubernetes/client-node";
import { CommandLogin, CommandProblem, commandProvider } from "./command.ts";
import { unlessAborted } from "./deadline.ts";
import { isFailure, type KubeconfigFailure, type KubernetesFailure } from "./failure.ts";
import type { Kubeconfig, KubeconfigUser } from "./kubeconfig.ts";

/** With what a request goes to a server. It holds secrets, so it is never printed. */
export type Login = {
  readonly server: URL;
  readonly headers: OutgoingHttpHeaders;
  readonly tls: ConnectionOptions;
  /** The proxy that leads there, of the kubeconfig or of who asked; none for this machine. */
  readonly proxy: URL | undefined;
  /** What connects through a SOCKS proxy. */
  readonly agent: Agent | undefined;
  /** When the client certificate ends. */
  readonly expiresMs: number | undefined;
};

export type LoginOptions = {
  readonly allowCommands: boolean;
  readonly proxyFor: (server: URL) => string | undefined;
  readonly now: () => number;
};

/** One context of a kubeconfig, logged in by the Kubernetes client, which knows certificates, tokens and OpenID Connect. */
export class Session {
  readonly #cluster: Cluster;
  readonly #user: KubeconfigUser;
  readonly #options: LoginOptions;
  #asking = 0;
  #commands = new AbortController();
  #client: KubeConfig;

  private constructor(cluster: Cluster, user: KubeconfigUser, options: LoginOptions) {
    this.#cluster = cluster;
    this.#user = user;
    this.#options = options;
    this.#client = this.#newClient();
  }

  static open(config: Kubeconfig, contextName: string | undefined, options: LoginOptions): Session | KubeconfigFailure {
    const name = contextName ?? config.currentContext;
    const context = config.contexts.find((each) => each.name === name);
    if (context === undefined) return { code: "contextMissing", detail: name ?? "" };
    const cluster = config.clusters.find((each) => each.name === context.cluster);
    if (cluster === undefined) return { code: "clusterMissing", detail: context.cluster };
    const user = context.user === undefined ? nobody : config.users.find(({ login }) => login.name === context.user);
    if (user === undefined) return { code: "userMissing", detail: context.user ?? "" };
    if (!options.allowCommands) {
      const { command, authProvider } = user;
      if (command !== undefined) return { code: "commandNotAllowed", kind: "exec", command: command.command };
      if (authProvider !== undefined) {
        return { code: "commandNotAllowed", kind: "auth-provider", command: authProvider };
      }
    }
    return new Session(cluster, user, options);
  }

  /** A command that runs ends when nobody waits for it any more. */
  async logIn(signal: AbortSignal): Promise<Login | KubernetesFailure> {
    this.#asking += 1;
    try {
      return await unlessAborted(this.#logIn(), signal);
    } finally {
      this.#asking -= 1;
      if (signal.aborted && this.#asking === 0) {
        this.#commands.abort();
        this.#commands = new AbortController();
      }
    }
  }

  async #logIn(): Promise<Login | KubernetesFailure> {
    const server = new URL(this.#cluster.server);
    const proxy = this.#proxy(server);
    if (isFailure(proxy)) return proxy;
    // As kubectl does: no credential goes over a connection that anyone may read.
    if (server.protocol === "http:") {
      return { server, headers: {}, tls: {}, proxy: proxy.url, agent: undefined, expiresMs: undefined };
    }
    const applied: RequestOptions = {};
    try {
      await this.#client.applyToHTTPSOptions(applied);
      return {
        server,
        headers: this.#headers(applied),
        tls: tlsOf(applied),
        proxy: proxy.url,
        agent: isSocks(proxy.url) && typeof applied.agent === "object" ? applied.agent : undefined,
        expiresMs: certificateEndMs(applied.cert),
      };
    } catch (problem) {
      return this.#failure(problem);
    }
  }

  /** What was logged in with was refused: the next login asks anew, where it can. */
  forget(): void {
    this.#client = this.#newClient();
  }

  #newClient(): KubeConfig {
    const client = new KubeConfig();
    const { login, command } = this.#user;
    if (command !== undefined) {
      client.addAuthenticator(new CommandLogin(command, this.#cluster, this.#options.now, () => this.#commands.signal));
    }
    const server = new URL(this.#cluster.server);
    const proxy = this.#proxy(server);
    // Of proxies the client is only told SOCKS: through the others it can end no connection that is being made.
    const { proxyUrl: _, ...direct } = this.#cluster;
    const socks = !isFailure(proxy) && isSocks(proxy.url) ? { proxyUrl: String(proxy.url) } : {};
    client.loadFromClusterAndUser(
      { ...direct, ...socks },
      command === undefined ? login : { ...login, authProvider: { name: commandProvider } },
    );
    return client;
  }

  #proxy(server: URL): { readonly url: URL | undefined } | KubernetesFailure {
    const written = this.#cluster.proxyUrl ?? this.#options.proxyFor(server);
    if (written === undefined || written === "") return { url: undefined };
    if (!URL.canParse(written)) return { code: "proxy", host: "", status: undefined };
    const url = new URL(written);
    return /^(https?|socks[45][ah]?|socks):$/.test(url.protocol)
      ? { url }
      : { code: "proxy", host: url.host, status: undefined };
  }

  #headers({ headers = {}, auth }: RequestOptions): OutgoingHttpHeaders {
    const basic = auth === undefined || auth === null ? {} : { authorization: `Basic ${btoaUtf8(auth)}` };
    // The client applies a token file as it is, with the line break that most such files end with.
    const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), `${value}`.trim()] as const);
    const groups = this.#user.impersonatedGroups;
    return {
      ...basic,
      ...Object.fromEntries(entries),
      ...(groups.length > 0 ? { "impersonate-group": [...groups] } : {}),
    };
  }

  #failure(problem: unknown): KubernetesFailure {
    if (problem instanceof CommandProblem) {
      return { code: "commandFailed", command: this.#user.command?.command ?? "", reason: problem.reason };
    }
    // Only what the file system says is told: other messages may quote what the login gave.
    const isFile = problem instanceof Error && "path" in problem && "code" in problem;
    return {
      code: "loginFailed",
      detail: isFile ? `${problem.code} ${problem.path}` : (this.#user.authProvider ?? this.#user.login.name),
    };
  }
}

const nobody: KubeconfigUser = {
  login: { name: "" },
  impersonatedGroups: [],
  command: undefined,
  authProvider: undefined,
};

function isSocks(url: URL | undefined): boolean {
  return url?.protocol.startsWith("socks") ?? false;
}

function btoaUtf8(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function tlsOf({ ca, cert, key, pfx, passphrase, servername, rejectUnauthorized }: RequestOptions): ConnectionOptions {
  const options = { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

function certificateEndMs(certificate: RequestOptions["cert"]): number | undefined {
  const [first] = [certificate].flat();
  if (typeof first !== "string" && !Buffer.isBuffer(first)) return undefined;
  const endMs = Date.parse(new X509Certificate(first).validTo);
  return Number.isNaN(endMs) ? undefined : endMs;
}
