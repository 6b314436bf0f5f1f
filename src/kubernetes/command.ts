import { execFile } from "node:child_process";
import type { RequestOptions } from "node:https";
import type { Cluster, KubeConfig, User } from "@kubernetes/client-node";
import type { CommandFailure } from "./failure.ts";
import type { LoginCommand } from "./kubeconfig.ts";
import { readJson } from "./read.ts";

/** The name under which a user's command is told to the Kubernetes client, which takes it for an auth-provider. */
export const commandProvider = "credential-plugin";

type Authenticator = Parameters<KubeConfig["addAuthenticator"]>[0];

const slowestMs = 60_000;
const longestBytes = 1024 * 1024;

/**
 * Runs the credential plugin of a kubeconfig (kubernetes.io, "Authenticating", client-go credential plugins). The client's
 * own way gives the plugin no `KUBERNETES_EXEC_INFO`, which many need, waits for ever, and keeps a credential that was
 * refused.
 */
export class CommandLogin implements Authenticator {
  readonly #command: LoginCommand;
  readonly #cluster: Cluster;
  readonly #now: () => number;
  readonly #ending: () => AbortSignal;
  #credential: Credential | undefined;

  constructor(command: LoginCommand, cluster: Cluster, now: () => number, ending: () => AbortSignal) {
    this.#command = command;
    this.#cluster = cluster;
    this.#now = now;
    this.#ending = ending;
  }

  isAuthProvider(user: User): boolean {
    return user.authProvider?.name === commandProvider;
  }

  async applyAuthentication(_user: User, options: RequestOptions): Promise<void> {
    const isUsable = this.#credential !== undefined && this.#now() < this.#credential.expiresMs;
    const credential = isUsable && this.#credential !== undefined ? this.#credential : await this.#run();
    this.#credential = credential;
    if (credential.token !== undefined) {
      options.headers = { ...options.headers, Authorization: `Bearer ${credential.token}` };
    }
    if (credential.certificate !== undefined) options.cert = credential.certificate;
    if (credential.key !== undefined) options.key = credential.key;
  }

  #run(): Promise<Credential> {
    const { apiVersion, command, args, env, isInteractive } = this.#command;
    if (isInteractive) return Promise.reject(new CommandProblem("interactive"));
    const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec: this.#spec() });
    return new Promise((resolve, reject) => {
      const child = execFile(
        command,
        args,
        {
          env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: info },
          signal: this.#ending(),
          timeout: slowestMs,
          maxBuffer: longestBytes,
          windowsHide: true,
        },
        (problem, stdout) => {
          const credential = problem === null ? readCredential(readJson(stdout)) : undefined;
          if (credential !== undefined) resolve(credential);
          else reject(new CommandProblem(problem === null ? "output" : reasonOf(problem)));
        },
      );
      // It is told that nobody is at a terminal; one that asks all the same reads the end of its input.
      child.stdin?.on("error", () => {});
      child.stdin?.end();
    });
  }

  #spec(): object {
    if (!this.#command.needsCluster) return { interactive: false };
    const { server, caData, skipTLSVerify, tlsServerName } = this.#cluster;
    const cluster = {
      server,
      "tls-server-name": tlsServerName,
      "insecure-skip-tls-verify": skipTLSVerify,
      "certificate-authority-data": caData,
    };
    return { cluster, interactive: false };
  }
}

/** Why the command gave no credential. What it wrote is not in it: that may be a secret. */
export class CommandProblem extends Error {
  readonly reason: CommandFailure;

  constructor(reason: CommandFailure) {
    super(reason);
    this.reason = reason;
  }
}

function reasonOf(problem: Error & { readonly code?: unknown; readonly killed?: unknown }): CommandFailure {
  if (problem.code === "ENOENT" || problem.code === "EACCES") return "notFound";
  if (problem.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "output";
  return problem.killed === true ? "timeout" : "exit";
}

type Credential = {
  readonly token: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly expiresMs: number;
};

function readCredential(value: unknown): Credential | undefined {
  if (!isFields(value) || !isFields(value["status"])) return undefined;
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = value["status"];
  const texts = [token, clientCertificateData, clientKeyData, expirationTimestamp];
  if (texts.some((text) => text !== undefined && text !== null && typeof text !== "string")) return undefined;
  const [bearer, certificate, key, expires] = texts.map((text) =>
    typeof text === "string" && text !== "" ? text.trim() : undefined,
  );
  if (bearer === undefined && (certificate === undefined || key === undefined)) return undefined;
  const expiresMs = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
  return Number.isNaN(expiresMs) ? undefined : { token: bearer, certificate, key, expiresMs };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
