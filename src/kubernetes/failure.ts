import type { Unreachable } from "../logs/answer.ts";

/** What was asked for, in the words of Kubernetes RBAC. */
export type Verb = "list" | "watch";
export type ResourceName = "namespaces" | "pods" | "nodes";

/** Why the Kubernetes API gave no answer. The texts of the server are data; no secret is ever in them. */
export type KubernetesFailure =
  | { readonly code: "aborted" }
  | { readonly code: "dns" | "refused" | "reset" | "timeout"; readonly host: string }
  /** `error` is the name that Node or OpenSSL gives it; the certificate is the server's, where it sent one. */
  | {
      readonly code: "tls";
      readonly host: string;
      readonly error: string;
      readonly certificate: ServerCertificate | undefined;
    }
  /** The proxy could not be reached, or refused to reach the server (`status` of its answer). */
  | { readonly code: "proxy"; readonly host: string; readonly status: number | undefined }
  /** 401, or a client certificate whose time is over (`expiredMs`), so that nothing was sent. */
  | { readonly code: "unauthorized"; readonly message: string; readonly expiredMs: number | undefined }
  | {
      readonly code: "forbidden";
      readonly verb: Verb;
      readonly resource: ResourceName;
      readonly namespace: string | undefined;
      readonly message: string;
    }
  | { readonly code: "notFound"; readonly message: string }
  /** 429, still after the retries. */
  | { readonly code: "throttled"; readonly retryAfterMs: number | undefined; readonly message: string }
  | { readonly code: "service"; readonly status: number; readonly message: string }
  /** 410: a list or watch goes back further than the server remembers. */
  | {
      readonly code: "gone";
      readonly message: string;
      /** Goes on behind what was listed, with what is there now. */
      readonly next: string | undefined;
    }
  | { readonly code: "malformed"; readonly where: string }
  | { readonly code: "tooLarge"; readonly limitBytes: number }
  | KubeconfigFailure;

export type ServerCertificate = { readonly subject: string; readonly issuer: string; readonly validTo: string };

export type KubeconfigFailure =
  /** `detail` is the file. */
  | { readonly code: "kubeconfigMissing" | "kubeconfigUnreadable"; readonly detail: string }
  /** `detail` is the place: a line, or `users[2].user`. */
  | { readonly code: "kubeconfigMalformed"; readonly detail: string }
  | { readonly code: "contextMissing" | "clusterMissing" | "userMissing"; readonly detail: string }
  /** The kubeconfig has a command of its own run to log in, which was not allowed. */
  | { readonly code: "commandNotAllowed"; readonly kind: "exec" | "auth-provider"; readonly command: string }
  | { readonly code: "commandFailed"; readonly command: string; readonly reason: CommandFailure }
  /** A file that the kubeconfig names (a certificate, a key, a token), or how its auth-provider failed. */
  | { readonly code: "loginFailed"; readonly detail: string };

export type CommandFailure =
  /** It needs a person at a terminal (`interactiveMode: Always`). */
  "interactive" | "notFound" | "timeout" | "exit" | "output";

/** What a port says of a failure; who knows this room finds the whole of it beside. */
export type KubernetesUnreachable = Unreachable & { readonly kubernetes: KubernetesFailure };

export function unreachable(failure: KubernetesFailure): KubernetesUnreachable {
  return { ...portReason(failure), kubernetes: failure };
}

function portReason(failure: KubernetesFailure): Unreachable {
  switch (failure.code) {
    case "aborted":
      return { code: "network", detail: "" };
    case "dns":
    case "refused":
    case "reset":
    case "timeout":
      return { code: "network", detail: failure.host, cause: failure.code };
    case "tls":
      return { code: "network", detail: tlsDetail(failure.host, failure.error, failure.certificate), cause: "tls" };
    case "proxy":
      return {
        code: "network",
        detail: [failure.host, failure.status].filter((part) => part !== undefined).join(" "),
        cause: "proxy",
      };
    case "unauthorized":
      return { code: "denied", detail: failure.message, cause: "credential" };
    case "forbidden":
      return { code: "denied", detail: failure.message };
    case "notFound":
      return { code: "notFound", detail: failure.message };
    case "throttled":
      return { code: "network", detail: failure.message, cause: "throttled" };
    case "service":
      return { code: "network", detail: `${failure.status} ${failure.message}`.trim(), cause: "service" };
    case "gone":
      return { code: "network", detail: failure.message, cause: "service" };
    case "malformed":
      return { code: "network", detail: failure.where, cause: "malformed" };
    case "tooLarge":
      return { code: "network", detail: `${failure.limitBytes}`, cause: "tooLarge" };
    case "kubeconfigMissing":
    case "kubeconfigUnreadable":
    case "kubeconfigMalformed":
    case "contextMissing":
    case "clusterMissing":
    case "userMissing":
    case "loginFailed":
      return { code: "denied", detail: failure.detail, cause: "credential" };
    case "commandNotAllowed":
    case "commandFailed":
      return { code: "denied", detail: failure.command, cause: "credential" };
    default:
      failure satisfies never;
      throw new Error("unreachable");
  }
}

function tlsDetail(host: string, error: string, certificate: ServerCertificate | undefined): string {
  const named = certificate && [certificate.subject, certificate.issuer, certificate.validTo];
  return [host, error, ...(named ?? [])].join(" · ");
}

/** Whether another try may do better without a person doing something first. */
export function isPassing(failure: KubernetesFailure): boolean {
  switch (failure.code) {
    case "dns":
    case "refused":
    case "reset":
    case "timeout":
    case "tls":
    case "proxy":
    case "throttled":
    case "gone":
    case "malformed":
      return true;
    case "service":
      return failure.status >= 500 || failure.status === 408;
    default:
      return false;
  }
}

export function isFailure<Value extends object>(value: Value | KubernetesFailure): value is KubernetesFailure {
  return "code" in value;
}
