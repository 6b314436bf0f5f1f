/** What signs a request. It is held in memory alone and never printed. */
export type Credential = {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a temporary credential. */
  readonly securityToken: string | undefined;
  /** When it expires; undefined for one that does not, or that does not say. */
  readonly expiresMs: number | undefined;
};

/** Where an account's credential comes from. What is secret is not in it, so it can be stored with the account. */
export type CredentialSource =
  /** A profile of the Alibaba Cloud CLI; `path` is its file, usually `~/.aliyun/config.json`. */
  | { readonly kind: "profile"; readonly path: string; readonly profile: string }
  /** The standard chain of Alibaba's SDKs: environment, ini profile, OIDC, ECS role. */
  | { readonly kind: "chain" }
  /** Typed in; it is in the editor's secret storage. */
  | { readonly kind: "typed" };

/** Why there is no credential. `detail` names the file, profile, mode or variable; no secret is ever in it. */
export type CredentialFailure = {
  readonly kind: "credentialFailure";
  readonly code:
    | "fileMissing"
    | "fileUnreadable"
    | "profileMissing"
    | "profileIncomplete"
    /** The profile's mode is none that signs requests here; `detail` is the mode. */
    | "modeUnknown"
    /** The profile's mode runs a command that nobody has allowed; `detail` is the profile. */
    | "commandNotConfirmed"
    | "chainEmpty"
    | "notStored"
    | "expired"
    | "renewalFailed"
    | "aborted";
  readonly detail: string;
};

export function credentialFailure(code: CredentialFailure["code"], detail: string): CredentialFailure {
  return { kind: "credentialFailure", code, detail };
}

export function isCredentialFailure(value: Credential | CredentialFailure): value is CredentialFailure {
  return "kind" in value;
}

export function isSameCredential(one: Credential, other: Credential): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.accessKeySecret === other.accessKeySecret &&
    one.securityToken === other.securityToken
  );
}

/**
 * A text of a service without the secrets that it may repeat: for a wrong signature the gateway answers with the request
 * as it was signed, and the security token is one of the signed headers.
 */
export function withoutSecrets(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === undefined || secret === "") continue;
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      clean = clean.replaceAll(form, "***");
    }
  }
  return clean;
}

/** Gives the credential that is valid now. */
export interface CredentialProvider {
  /** One that holds for the next minutes: what expires sooner is renewed first, once for all who wait. */
  current(signal: AbortSignal): Promise<Credential | CredentialFailure>;
  /** Called when the service refused what `current` gave: the next `current` asks its source anew. */
  invalidate(refused: Credential): void;
}
