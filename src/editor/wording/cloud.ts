import * as vscode from "vscode";
import type { CallFailure } from "../../alibaba/call.ts";
import type { CredentialFailure, CredentialSource } from "../../alibaba/credential.ts";
import type { EndpointProblem, Site } from "../../alibaba/endpoints.ts";
import type { TransportFailure } from "../../alibaba/http.ts";
import type { CallerIdentity } from "../../alibaba/identity.ts";
import type { Network, Service } from "../cloud/addAccountSteps.ts";
import type { CredentialFacts } from "../cloud/credentialFacts.ts";
import { timeZone } from "../settings.ts";
import { bothTimesText } from "./time.ts";

const { t } = vscode.l10n;

/** Where a credential comes from. */
export function sourceText(source: CredentialSource): string {
  switch (source.kind) {
    case "profile":
      return t("profile {0} of the Alibaba Cloud CLI", source.profile);
    case "chain":
      return t("default credential chain");
    case "typed":
      return t("AccessKey or STS token entered by hand");
    default:
      return source satisfies never;
  }
}

export function siteText(site: Site): string {
  switch (site) {
    case "china":
      return t("China site (aliyun.com)");
    case "international":
      return t("International site (alibabacloud.com)");
    case "finance":
      return t("Alibaba Finance Cloud");
    case "government":
      return t("Alibaba Gov Cloud");
    default:
      return site satisfies never;
  }
}

export function networkText(network: Network): string {
  switch (network) {
    case "public":
      return t("Public endpoints");
    case "vpc":
      return t("VPC endpoints");
    case "custom":
      return t("Custom endpoints…");
    default:
      return network satisfies never;
  }
}

export function serviceText(service: Service): string {
  switch (service) {
    case "ack":
      return t("Container Service for Kubernetes (ACK)");
    case "sls":
      return t("Simple Log Service (SLS)");
    case "sts":
      return t("Security Token Service (STS)");
    default:
      return service satisfies never;
  }
}

export function identityText({ type, accountId, arn }: CallerIdentity): string {
  switch (type) {
    case "Account":
      return t("Alibaba Cloud account {0}", accountId);
    case "RAMUser":
      return t("RAM user {0}", arn);
    case "AssumedRoleUser":
      return t("RAM role {0}", arn);
    default:
      return type satisfies never;
  }
}

/** Why there is no credential, and what can be done about it. */
export function credentialFailureText({ code, detail }: CredentialFailure, source: CredentialSource): string {
  switch (code) {
    case "fileMissing":
      return t("{0} does not exist. Run “aliyun configure” to create a profile, or choose another source.", detail);
    case "fileUnreadable":
      return t("{0} could not be read. Check its content and its permissions.", detail);
    case "profileMissing":
      return t("There is no such profile any more: {0}. Choose another one.", detail);
    case "profileIncomplete":
      return t("The profile is incomplete: {0}. Run “aliyun configure” to complete it.", detail);
    case "modeUnknown":
      return t(
        "A profile of mode {0} cannot be used: it gives nothing that signs requests to Simple Log Service. Choose a profile of another mode.",
        detail,
      );
    case "commandNotConfirmed":
      return t(
        "The command of profile {0} has not been allowed to run. Sign in again to look at it and allow it.",
        detail,
      );
    case "chainEmpty":
      return t("The default credential chain found no credential ({0}).", detail);
    case "notStored":
      return t("The credential of this account is not in the secret storage any more. Sign in again.");
    case "expired":
      return expiredText(source, detail);
    case "renewalFailed":
      return t("No credential could be obtained: {0}", detail);
    case "aborted":
      return t("Cancelled.");
    default:
      return code satisfies never;
  }
}

function expiredText(source: CredentialSource, detail: string): string {
  switch (source.kind) {
    case "profile":
      return t("The sign-in of profile {0} has expired. Run “aliyun configure --profile {0}” and try again.", detail);
    case "chain":
      return t("The credential of the default credential chain has expired ({0}). Renew it and try again.", detail);
    case "typed":
      return t("The credential has expired. Sign in again.");
    default:
      return source satisfies never;
  }
}

/** Why a call to Alibaba Cloud has no result, and what can be done about it. */
export function callFailureText(failure: CallFailure, source: CredentialSource): string {
  switch (failure.kind) {
    case "noCredential":
      return credentialFailureText(failure.failure, source);
    case "noAnswer":
      return transportFailureText(failure.failure);
    case "throttled":
      return t("Alibaba Cloud limits the rate of requests at the moment ({0}). Try again later.", failure.code);
    case "malformed":
      return t("This is not an answer of Alibaba Cloud ({0}). Check the endpoints and the proxy.", failure.detail);
    case "refused":
      return refusedText(failure);
    default:
      return failure satisfies never;
  }
}

function refusedText({ status, code, message, requestId, action }: Extract<CallFailure, { kind: "refused" }>): string {
  const said = [code || `HTTP ${status}`, message, requestId].filter((part) => part !== "").join(" · ");
  if (action !== undefined)
    return t("Access was denied: {0} is missing. Ask for this RAM permission. ({1})", action, said);
  if (code.startsWith("InvalidAccessKeyId")) {
    return t("The AccessKey ID does not exist or is disabled. Check it in the RAM console. ({0})", said);
  }
  if (code === "SignatureDoesNotMatch" || code === "IncompleteSignature") {
    return t("The AccessKey secret does not belong to this AccessKey ID. Enter it again. ({0})", said);
  }
  if (code.startsWith("InvalidSecurityToken")) {
    return t("The STS token is wrong or has expired. Get a new one. ({0})", said);
  }
  return t("Alibaba Cloud refused the request: {0}", said);
}

/** Why no answer came, and what can be done about it. */
export function transportFailureText({ reason, detail }: TransportFailure): string {
  switch (reason) {
    case "aborted":
      return t("Cancelled.");
    case "timeout":
      return t("No answer came in time ({0}). Check the network and the proxy, and try again.", detail);
    case "dns":
      return t("The host is not known ({0}). Check the region, the endpoints and the network.", detail);
    case "refused":
      return t("The connection was refused ({0}). Check the endpoints and the proxy.", detail);
    case "reset":
      return t("The connection broke ({0}). Try again.", detail);
    case "tls":
      return t(
        "There is no trusted connection ({0}). Check the certificates, http.proxy and http.proxyStrictSSL.",
        detail,
      );
    case "proxy":
      return t("The proxy did not let the request through ({0}). Check http.proxy.", detail);
    case "compression":
    case "tooLarge":
      return t("The answer could not be read ({0}).", detail);
    default:
      return reason satisfies never;
  }
}

export function endpointProblemText({ code, found }: EndpointProblem): string {
  switch (code) {
    case "notUrl":
      return t("This is no host name.");
    case "notHttps":
      return t("Only https is allowed, and http for this computer: {0}", found);
    case "hasUserInfo":
      return t("An endpoint has no user name and no password.");
    case "hasPath":
      return t("An endpoint has no path: {0}", found);
    case "unknownPlaceholder":
      return t("The only placeholder is '{region}', not {0}.", found);
    default:
      return code satisfies never;
  }
}

/** The lines about a credential that stand in the tooltip of an account. */
export function credentialFactsLines(facts: CredentialFacts, nowMs: number): readonly string[] {
  const { source, accessKeyId, isTemporary, expiresMs, failure } = facts;
  return [
    t("Credential: {0}", sourceText(source)),
    accessKeyId === undefined ? "" : t("AccessKey ID: {0}", accessKeyId),
    expiryText(isTemporary, expiresMs, nowMs),
    failure === undefined ? "" : credentialFailureText(failure, source),
  ].filter((line) => line !== "");
}

function expiryText(isTemporary: boolean, expiresMs: number | undefined, nowMs: number): string {
  if (expiresMs === undefined) return isTemporary ? t("Temporary; when it expires is not known.") : "";
  const time = bothTimesText(expiresMs, timeZone());
  return expiresMs <= nowMs
    ? t("Expired at {0}; it is renewed at the next request.", time)
    : t("Valid until {0}; it is renewed before that.", time);
}
