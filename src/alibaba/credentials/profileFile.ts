import { readFile, stat } from "node:fs/promises";
import { type CredentialFailure, credentialFailure } from "../credential.ts";
import { isRecord } from "../serviceError.ts";
import { jsonErrorOffset } from "./jsonError.ts";

/**
 * Modes of the Alibaba Cloud CLI (`AuthenticateMode` in config/profile.go of aliyun/aliyun-cli), spelt as there. The
 * CLI takes them in any case.
 */
const knownModes = [
  "AK",
  "StsToken",
  "RamRoleArn",
  "EcsRamRole",
  "RsaKeyPair",
  "RamRoleArnWithRoleName",
  "ChainableRamRoleArn",
  "External",
  "CredentialsURI",
  "OIDC",
  "CloudSSO",
  "OAuth",
  "BearerToken",
  "Anonymous",
] as const;
export type KnownMode = (typeof knownModes)[number];

/** By their names in the file. */
const textFields = [
  "access_key_id",
  "access_key_secret",
  "sts_token",
  "sts_region",
  "ram_role_name",
  "ram_role_arn",
  "ram_session_name",
  "external_id",
  "source_profile",
  "private_key",
  "key_pair_name",
  "process_command",
  "credentials_uri",
  "oidc_provider_arn",
  "oidc_token_file",
  "cloud_sso_sign_in_url",
  "cloud_sso_account_id",
  "cloud_sso_access_config",
  "access_token",
  "oauth_access_token",
  "oauth_refresh_token",
  "oauth_site_type",
  "bearer_token",
] as const;
export type TextField = (typeof textFields)[number];

const numberFields = [
  "expired_seconds",
  "sts_expiration",
  "cloud_sso_access_token_expire",
  "oauth_access_token_expire",
] as const;
type NumberField = (typeof numberFields)[number];

/** One profile as the file has it; it holds secrets. */
export type Profile = {
  readonly name: string;
  /** As the CLI spells it; another word where it is none that the CLI has. */
  readonly mode: string;
  readonly regionId: string | undefined;
  readonly texts: Readonly<Partial<Record<TextField, string>>>;
  /** Times are seconds since 1970. */
  readonly numbers: Readonly<Partial<Record<NumberField, number>>>;
};

export type ProfileFile = {
  readonly kind: "profileFile";
  readonly path: string;
  /** The profile that the CLI uses where none is named. */
  readonly current: string | undefined;
  readonly profiles: readonly Profile[];
};

/** Reads `~/.aliyun/config.json`, or another file of its shape. */
export async function readProfileFile(path: string): Promise<ProfileFile | CredentialFailure> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR"
      ? credentialFailure("fileMissing", path)
      : credentialFailure("fileUnreadable", `${path}: ${code}`);
  }
  return parseProfileFile(path, text);
}

/** What tells one state of a file from another without reading it; undefined when there is no such file. */
export async function fileStamp(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    return errorCode(error) === "ENOENT" ? undefined : errorCode(error);
  }
}

export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

function parseProfileFile(path: string, text: string): ProfileFile | CredentialFailure {
  // Editors of Windows write a byte order mark, which JSON does not have.
  const json = text.startsWith("\ufeff") ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The parser's own message quotes the text around the fault, and that may be a secret.
    const before = json.slice(0, jsonErrorOffset(json) ?? json.length);
    const line = before.split("\n").length;
    return credentialFailure("fileUnreadable", `${path}:${line}:${before.length - before.lastIndexOf("\n")}: JSON`);
  }
  if (!isRecord(value) || !Array.isArray(value["profiles"])) {
    return credentialFailure("fileUnreadable", `${path}: profiles`);
  }
  const profiles = value["profiles"].flatMap((entry: unknown) => readProfile(entry) ?? []);
  return { kind: "profileFile", path, current: textOf(value["current"]), profiles };
}

/** A profile, or undefined for what has no name. Fields of another type are as good as missing. */
export function readProfile(value: unknown): Profile | undefined {
  if (!isRecord(value)) return undefined;
  const name = textOf(value["name"]);
  if (name === undefined) return undefined;
  const texts: Partial<Record<TextField, string>> = {};
  for (const field of textFields) {
    const text = textOf(value[field]);
    if (text !== undefined) texts[field] = text;
  }
  const numbers: Partial<Record<NumberField, number>> = {};
  for (const field of numberFields) {
    const number = value[field];
    if (typeof number === "number" && Number.isFinite(number) && number > 0) numbers[field] = number;
  }
  return { name, mode: modeOf(textOf(value["mode"]), texts), regionId: textOf(value["region_id"]), texts, numbers };
}

/** The CLI spells modes in any case, and takes the mode that the fields tell where none is named (`AutoModeRecognition`). */
function modeOf(named: string | undefined, texts: Profile["texts"]): string {
  if (named !== undefined) return knownModes.find((mode) => mode.toLowerCase() === named.toLowerCase()) ?? named;
  if (texts.access_key_id !== undefined && texts.access_key_secret !== undefined) {
    if (texts.sts_token !== undefined) return "StsToken";
    return texts.ram_role_arn === undefined ? "AK" : "RamRoleArn";
  }
  if (texts.private_key !== undefined && texts.key_pair_name !== undefined) return "RsaKeyPair";
  if (texts.ram_role_name !== undefined) return "EcsRamRole";
  if (texts.process_command !== undefined) return "External";
  if (texts.oidc_provider_arn !== undefined && texts.oidc_token_file !== undefined) return "OIDC";
  if (texts.cloud_sso_sign_in_url !== undefined) return "CloudSSO";
  if (texts.bearer_token !== undefined) return "BearerToken";
  // What `aliyun configure` asks for when it is told nothing.
  return "AK";
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
