import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import type { Cluster, User } from "@kubernetes/client-node";
import { parseDocument } from "yaml";
import { isFailure, type KubeconfigFailure } from "./failure.ts";

/** A kubeconfig as it is needed here. It holds secrets, so it is never printed. */
export type Kubeconfig = {
  readonly clusters: readonly Cluster[];
  readonly users: readonly KubeconfigUser[];
  readonly contexts: readonly KubeconfigContext[];
  readonly currentContext: string | undefined;
};

export type KubeconfigContext = {
  readonly name: string;
  readonly cluster: string;
  /** Undefined for a context that logs nobody in. */
  readonly user: string | undefined;
  readonly namespace: string | undefined;
};

/** A user as the Kubernetes client knows one, and what it leaves out. */
export type KubeconfigUser = {
  readonly login: User;
  readonly impersonatedGroups: readonly string[];
  readonly command: LoginCommand | undefined;
  /** The name of its `auth-provider`, which may run what its `config` says. */
  readonly authProvider: string | undefined;
};

/** `users[].user.exec` of a kubeconfig. */
export type LoginCommand = {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly isInteractive: boolean;
  readonly needsCluster: boolean;
};

/** A person's own kubeconfig. Without a file it is what kubectl reads; without a context, the current one. */
export type KubeconfigPlace = { readonly file?: string; readonly context?: string };

/** A context as a picker shows it. */
export type ContextChoice = KubeconfigContext & { readonly server: string | undefined; readonly isCurrent: boolean };

/** The contexts of a person's own kubeconfig, in its order. */
export async function contextsOf(
  place: Pick<KubeconfigPlace, "file">,
  env: Environment = process.env,
): Promise<readonly ContextChoice[] | KubeconfigFailure> {
  const config = await loadKubeconfig(place, env);
  if (isFailure(config)) return config;
  return config.contexts.map((context) => ({
    ...context,
    server: config.clusters.find(({ name }) => name === context.cluster)?.server,
    isCurrent: context.name === config.currentContext,
  }));
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads as kubectl does: of several files in `$KUBECONFIG` the first that says something wins, and those that are missing
 * are passed over (kubernetes.io, "Organizing Cluster Access Using kubeconfig Files"). The Kubernetes client's own loading
 * refuses a name that two files have.
 */
export async function loadKubeconfig(
  place: Pick<KubeconfigPlace, "file">,
  env: Environment,
): Promise<Kubeconfig | KubeconfigFailure> {
  const named = place.file === undefined ? (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file) : [];
  const files = named.length > 0 ? named : [place.file ?? join(env["HOME"] || homedir(), ".kube", "config")];
  const found: Kubeconfig[] = [];
  for (const file of files) {
    const config = await readKubeconfigFile(file);
    if (!isFailure(config)) found.push(config);
    else if (config.code !== "kubeconfigMissing" || files.length === 1) return config;
  }
  if (found.length === 0) return { code: "kubeconfigMissing", detail: files.join(delimiter) };
  return {
    clusters: firstOfEach(found.flatMap(({ clusters }) => clusters)),
    users: [...new Map(found.flatMap(({ users }) => users.map(byLogin)).reverse()).values()].reverse(),
    contexts: firstOfEach(found.flatMap(({ contexts }) => contexts)),
    currentContext: found.map(({ currentContext }) => currentContext).find((name) => name !== undefined),
  };
}

function byLogin(user: KubeconfigUser): [string, KubeconfigUser] {
  return [user.login.name, user];
}

function firstOfEach<Item extends { readonly name: string }>(items: readonly Item[]): readonly Item[] {
  const first = new Map<string, Item>();
  for (const item of items) if (!first.has(item.name)) first.set(item.name, item);
  return [...first.values()];
}

/** No kubeconfig of people is near this; a mistaken path (a log, a disk image) often is beyond. */
const longestBytes = 16 * 1024 * 1024;

async function readKubeconfigFile(file: string): Promise<Kubeconfig | KubeconfigFailure> {
  let text: string;
  try {
    const bytes = await readFile(file);
    if (bytes.length > longestBytes) return { code: "kubeconfigUnreadable", detail: file };
    text = bytes.toString("utf8");
  } catch (problem) {
    const isMissing = problem instanceof Error && "code" in problem && problem.code === "ENOENT";
    return { code: isMissing ? "kubeconfigMissing" : "kubeconfigUnreadable", detail: file };
  }
  const config = readKubeconfig(text, dirname(file));
  return isFailure(config) && config.code === "kubeconfigMalformed"
    ? { ...config, detail: `${file}: ${config.detail}` }
    : config;
}

/** Files that the text names are found from `folder`; a text from the network (no folder) may name none. */
export function readKubeconfig(text: string, folder: string | undefined): Kubeconfig | KubeconfigFailure {
  const document = parseDocument(text, { prettyErrors: true, logLevel: "error" });
  const [problem] = document.errors;
  // The parser's message quotes the text, which has secrets in it; the line is enough.
  if (problem !== undefined) return malformed(`${problem.linePos?.[0].line ?? 1}`);
  try {
    return new Reader(folder).config(document.toJS({ maxAliasCount: 100 }));
  } catch (thrown) {
    return malformed(thrown instanceof Malformed ? thrown.place : "1");
  }
}

function malformed(detail: string): KubeconfigFailure {
  return { code: "kubeconfigMalformed", detail };
}

class Malformed extends Error {
  readonly place: string;

  constructor(place: string) {
    super(place);
    this.place = place;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads what YAML gave; what has the wrong shape is thrown as `Malformed` with its place, and caught where reading began. */
class Reader {
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  config(value: unknown): Kubeconfig {
    const fields = this.#fields(value, "1");
    return {
      clusters: this.#list(fields, "clusters").map(([entry, place]) => this.#cluster(entry, place)),
      users: this.#list(fields, "users").map(([entry, place]) => this.#user(entry, place)),
      contexts: this.#list(fields, "contexts").map(([entry, place]) => this.#context(entry, place)),
      currentContext: this.#text(fields, "current-context", ""),
    };
  }

  #cluster(entry: Fields, place: string): Cluster {
    const cluster = this.#fields(entry["cluster"], `${place}.cluster`);
    const server = this.#needed(cluster, "server", `${place}.cluster`);
    // kubectl takes a server without a scheme for http; a mistake is far more likely.
    if (!/^https?:\/\//i.test(server) || !URL.canParse(server)) throw new Malformed(`${place}.cluster.server`);
    return given({
      name: this.#needed(entry, "name", place),
      server: server.replace(/\/+$/, ""),
      caData: this.#text(cluster, "certificate-authority-data", place),
      caFile: this.#file(cluster, "certificate-authority", place),
      skipTLSVerify: cluster["insecure-skip-tls-verify"] === true,
      tlsServerName: this.#text(cluster, "tls-server-name", place),
      proxyUrl: this.#text(cluster, "proxy-url", place),
    });
  }

  #user(entry: Fields, place: string): KubeconfigUser {
    const user = this.#fields(entry["user"] ?? {}, `${place}.user`);
    const tokenFile = this.#file(user, "tokenFile", place);
    const provider = user["auth-provider"] ?? undefined;
    const login: User = given({
      name: this.#needed(entry, "name", place),
      certData: this.#text(user, "client-certificate-data", place),
      certFile: this.#file(user, "client-certificate", place),
      keyData: this.#text(user, "client-key-data", place),
      keyFile: this.#file(user, "client-key", place),
      // The client reads token files only as an auth-provider of that name, and takes a token before the file's.
      token: tokenFile === undefined ? this.#text(user, "token", place)?.trim() : undefined,
      authProvider: tokenFile === undefined ? provider : { name: "tokenFile", config: { tokenFile } },
      username: this.#text(user, "username", place),
      password: this.#text(user, "password", place),
      impersonateUser: this.#text(user, "as", place),
    });
    return {
      login,
      impersonatedGroups: this.#texts(user, "as-groups", `${place}.user`),
      command: user["exec"] === undefined || user["exec"] === null ? undefined : this.#command(user["exec"], place),
      authProvider:
        provider === undefined || tokenFile !== undefined
          ? undefined
          : this.#needed(this.#fields(provider, `${place}.user.auth-provider`), "name", `${place}.user.auth-provider`),
    };
  }

  #command(value: unknown, place: string): LoginCommand {
    const here = `${place}.user.exec`;
    const exec = this.#fields(value, here);
    const command = this.#needed(exec, "command", here);
    const env = this.#list(exec, "env", here).map(
      ([entry, at]) => [this.#needed(entry, "name", at), this.#text(entry, "value", at) ?? ""] as const,
    );
    return {
      apiVersion: this.#text(exec, "apiVersion", here) ?? "client.authentication.k8s.io/v1",
      // A command with a path is found from the kubeconfig, one without on the PATH (kubernetes.io, "Authenticating").
      command: /[\\/]/.test(command) ? this.#found(command) : command,
      args: this.#texts(exec, "args", here),
      env: Object.fromEntries(env),
      isInteractive: exec["interactiveMode"] === "Always",
      needsCluster: exec["provideClusterInfo"] === true,
    };
  }

  #context(entry: Fields, place: string): KubeconfigContext {
    const context = this.#fields(entry["context"], `${place}.context`);
    return {
      name: this.#needed(entry, "name", place),
      cluster: this.#needed(context, "cluster", `${place}.context`),
      user: this.#text(context, "user", place),
      namespace: this.#text(context, "namespace", place),
    };
  }

  #fields(value: unknown, place: string): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed(place);
    return value as Fields;
  }

  #list(fields: Fields, key: string, within = ""): readonly (readonly [Fields, string])[] {
    const value = fields[key] ?? [];
    const place = within === "" ? key : `${within}.${key}`;
    if (!Array.isArray(value)) throw new Malformed(place);
    return value.map((entry: unknown, at) => [this.#fields(entry, `${place}[${at}]`), `${place}[${at}]`]);
  }

  #texts(fields: Fields, key: string, place: string): readonly string[] {
    const value = fields[key] ?? [];
    if (!Array.isArray(value)) throw new Malformed(`${place}.${key}`);
    return value.map((entry: unknown) => {
      if (typeof entry !== "string") throw new Malformed(`${place}.${key}`);
      return entry;
    });
  }

  /** YAML reads an unquoted name of digits as a number, and means the digits. An empty text says nothing. */
  #text(fields: Fields, key: string, place: string): string | undefined {
    const value = fields[key];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "number") return String(value);
    if (typeof value !== "string") throw new Malformed(place === "" ? key : `${place}.${key}`);
    return value;
  }

  #needed(fields: Fields, key: string, place: string): string {
    const text = this.#text(fields, key, place);
    if (text === undefined) throw new Malformed(`${place}.${key}`);
    return text;
  }

  #file(fields: Fields, key: string, place: string): string | undefined {
    const path = this.#text(fields, key, place);
    if (path === undefined) return undefined;
    if (this.#folder === undefined) throw new Malformed(`${place}.${key}`);
    return this.#found(path);
  }

  #found(path: string): string {
    return isAbsolute(path) || this.#folder === undefined ? path : join(this.#folder, path);
  }
}

/** Without what is undefined: the client's types know absent, not undefined. */
function given<Given extends object>(fields: { [Key in keyof Given]: Given[Key] | undefined }): Given {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given;
}
