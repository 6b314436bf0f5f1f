import { credentialFailure, isCredentialFailure } from "../credential.ts";
import { askJson, readExpiry, readTemporary } from "./askJson.ts";
import { cloudSsoCredential } from "./cloudSso.ts";
import { commandFingerprint, runCommand } from "./command.ts";
import { ecsRoleCredential } from "./ecsRole.ts";
import { oauthCredential } from "./oauth.ts";
import {
  type KnownMode,
  type Profile,
  type ProfileFile,
  readProfile,
  readProfileFile,
  type TextField,
} from "./profileFile.ts";
import { isSpent, storedToken } from "./storedToken.ts";
import { assumeRole, assumeRoleWithOidc } from "./sts.ts";
import type { Asked, Asking } from "./tools.ts";

const timeoutMs = 15_000;

/** The credential of one profile of the file; of the CLI's current one where none is named. */
export async function profileCredential(asking: Asking, path: string, name: string | undefined): Promise<Asked> {
  const file = await readProfileFile(path);
  if (file.kind === "credentialFailure") return file;
  const named = name ?? file.current ?? "default";
  const profile = file.profiles.find((candidate) => candidate.name === named);
  if (profile === undefined) return credentialFailure("profileMissing", `${path}: ${named}`);
  return ofProfile(asking, file, profile, [named]);
}

/**
 * Each mode as the CLI itself does it (`GetCredential` in config/profile.go of aliyun/aliyun-cli). They are carried out
 * here, over the transport that knows the editor's proxy and can be aborted, and not by @alicloud/credentials: that
 * library does not tell when a credential expires, runs the command of an External profile without asking, ignores
 * proxies, sends RsaKeyPair to a wrong address, and puts the whole file, secrets included, into the error about a fault in it.
 */
async function ofProfile(
  asking: Asking,
  file: ProfileFile,
  profile: Profile,
  trail: readonly string[],
): Promise<Asked> {
  const { texts, numbers } = profile;
  const lacks = (...fields: readonly TextField[]) => fields.filter((field) => texts[field] === undefined);
  const incomplete = (fields: readonly string[]) =>
    credentialFailure("profileIncomplete", `${profile.name}: ${fields.join(", ")}`);
  const role = {
    sessionName: texts.ram_session_name,
    externalId: texts.external_id,
    seconds: numbers.expired_seconds,
    region: texts.sts_region,
  };
  const mode = profile.mode as KnownMode;
  switch (mode) {
    case "AK": {
      const { access_key_id: id, access_key_secret: secret } = texts;
      if (id === undefined || secret === undefined) return incomplete(lacks("access_key_id", "access_key_secret"));
      return { accessKeyId: id, accessKeySecret: secret, securityToken: undefined, expiresMs: undefined };
    }
    case "StsToken": {
      const stored = storedToken(profile);
      if (stored === undefined) return incomplete(lacks("access_key_id", "access_key_secret", "sts_token"));
      if (isSpent(asking, stored, 0)) return credentialFailure("expired", profile.name);
      return stored;
    }
    case "RamRoleArn": {
      const { access_key_id: id, access_key_secret: secret, sts_token: token, ram_role_arn: arn } = texts;
      if (id === undefined || secret === undefined || arn === undefined) {
        return incomplete(lacks("access_key_id", "access_key_secret", "ram_role_arn"));
      }
      const from = { accessKeyId: id, accessKeySecret: secret, securityToken: token, expiresMs: undefined };
      return assumeRole(asking, from, { ...role, arn });
    }
    case "EcsRamRole":
      return ecsRoleCredential(asking, texts.ram_role_name);
    case "RamRoleArnWithRoleName": {
      if (texts.ram_role_arn === undefined) return incomplete(["ram_role_arn"]);
      const from = await ecsRoleCredential({ ...asking, refused: undefined }, texts.ram_role_name);
      return isCredentialFailure(from) ? from : assumeRole(asking, from, { ...role, arn: texts.ram_role_arn });
    }
    case "ChainableRamRoleArn": {
      const { source_profile: source, ram_role_arn: arn } = texts;
      if (source === undefined || arn === undefined) return incomplete(lacks("source_profile", "ram_role_arn"));
      if (trail.includes(source)) {
        return credentialFailure(
          "profileIncomplete",
          `${profile.name}: source_profile: ${[...trail, source].join(" → ")}`,
        );
      }
      const previous = file.profiles.find(({ name }) => name === source);
      if (previous === undefined) return credentialFailure("profileMissing", `${file.path}: ${source}`);
      const from = await ofProfile({ ...asking, refused: undefined }, file, previous, [...trail, source]);
      return isCredentialFailure(from) ? from : assumeRole(asking, from, { ...role, arn });
    }
    case "OIDC": {
      const { oidc_provider_arn: providerArn, oidc_token_file: tokenFile, ram_role_arn: arn } = texts;
      if (providerArn === undefined || tokenFile === undefined || arn === undefined) {
        return incomplete(lacks("oidc_provider_arn", "oidc_token_file", "ram_role_arn"));
      }
      return assumeRoleWithOidc(asking, { ...role, arn, providerArn, tokenFile });
    }
    case "CredentialsURI": {
      const uri = texts.credentials_uri ?? asking.tools.env["ALIBABA_CLOUD_CREDENTIALS_URI"];
      return uri === undefined || uri === "" ? incomplete(["credentials_uri"]) : uriCredential(asking, uri);
    }
    case "CloudSSO":
      return cloudSsoCredential(asking, profile);
    case "OAuth":
      return oauthCredential(asking, file.path, profile);
    case "External":
      return externalCredential(asking, file, profile, trail);
    case "RsaKeyPair":
    case "BearerToken":
    case "Anonymous":
      // RsaKeyPair is deprecated in the CLI; the other two do not sign, and Simple Log Service wants a signature.
      return credentialFailure("modeUnknown", mode);
    default:
      mode satisfies never;
      return credentialFailure("modeUnknown", profile.mode);
  }
}

/** What answers at a credentials URI is what the metadata service would say, with `Code: Success`. */
export async function uriCredential({ tools, signal }: Asking, uri: string): Promise<Asked> {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return credentialFailure("profileIncomplete", "CredentialsURI: credentials_uri");
  }
  const question = { name: "CredentialsURI", method: "GET", url, headers: {}, body: undefined, timeoutMs } as const;
  // The address itself may be what keeps others from asking there.
  const answer = await askJson(tools.transport, { ...question, secrets: undefined }, signal);
  if (answer.kind === "credentialFailure") return answer;
  const { Code: code } = answer.value;
  if (code !== undefined && code !== "Success") {
    return credentialFailure("renewalFailed", `CredentialsURI: ${typeof code === "string" ? code : "Code"}`);
  }
  return readTemporary("CredentialsURI", answer.value);
}

/** What the command prints is a profile, whose mode may be any but this one. */
async function externalCredential(
  asking: Asking,
  file: ProfileFile,
  profile: Profile,
  trail: readonly string[],
): Promise<Asked> {
  const { process_command: command } = profile.texts;
  if (command === undefined) return credentialFailure("profileIncomplete", `${profile.name}: process_command`);
  if (!asking.tools.confirmedCommands.has(commandFingerprint(command))) {
    return credentialFailure("commandNotConfirmed", profile.name);
  }
  const output = await runCommand(profile.name, command, asking.signal);
  if (output.kind === "credentialFailure") return output;
  const printed = readProfile({ ...output.value, name: profile.name });
  if (printed === undefined || printed.mode === "External") {
    return credentialFailure("profileIncomplete", `${profile.name}: process_command: mode`);
  }
  const merged: Profile = { ...printed, texts: { ...profile.texts, ...printed.texts } };
  const credential = await ofProfile(asking, file, merged, trail);
  if (isCredentialFailure(credential) || credential.expiresMs !== undefined) return credential;
  return { ...credential, expiresMs: readExpiry(output.value["expiration"]) };
}
