import {
  type Credential,
  type CredentialFailure,
  type CredentialSource,
  isCredentialFailure,
} from "../../alibaba/credential.ts";

/** What can be told of an account's credential: nothing of it is secret. */
export type CredentialFacts = {
  readonly source: CredentialSource;
  /** The first and the last four characters; undefined where there is no credential yet. */
  readonly accessKeyId: string | undefined;
  readonly isTemporary: boolean;
  readonly expiresMs: number | undefined;
  readonly failure: CredentialFailure | undefined;
};

export function credentialFacts(
  source: CredentialSource,
  known: Credential | CredentialFailure | undefined,
): CredentialFacts {
  const credential = known === undefined || isCredentialFailure(known) ? undefined : known;
  return {
    source,
    accessKeyId: credential === undefined ? undefined : shortened(credential.accessKeyId),
    isTemporary: credential?.securityToken !== undefined,
    expiresMs: credential?.expiresMs,
    failure: known !== undefined && isCredentialFailure(known) ? known : undefined,
  };
}

function shortened(id: string): string {
  return id.length <= 8 ? `${id.slice(0, 2)}…` : `${id.slice(0, 4)}…${id.slice(-4)}`;
}
