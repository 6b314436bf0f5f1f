import { type CredentialFailure, credentialFailure } from "../credential.ts";
import { readTemporary } from "./askJson.ts";
import type { Asked, Asking } from "./tools.ts";

/**
 * The metadata service of every ECS instance (documented: ECS, "Instance metadata"); on other machines nobody
 * answers. The transport never sends this host through a proxy, which would tell of the proxy's machine.
 */
const metadata = "http://100.100.100.200";
const roles = `${metadata}/latest/meta-data/ram/security-credentials/`;

/** It is one hop away or not there at all. */
const timeoutMs = 1_000;

/**
 * The credential of the RAM role that an ECS instance has, in its hardened mode where the service has that. It is asked
 * here and not by @alicloud/credentials, which does not tell when the credential expires and cannot be aborted.
 */
export async function ecsRoleCredential(asking: Asking, namedRole: string | undefined): Promise<Asked> {
  if (asking.tools.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"]?.toLowerCase() === "true") {
    return credentialFailure("renewalFailed", "EcsRamRole: ALIBABA_CLOUD_ECS_METADATA_DISABLED");
  }
  const token = await ask(asking, "PUT", `${metadata}/latest/api/token`, {
    "x-aliyun-ecs-metadata-token-ttl-seconds": "21600",
  });
  if (typeof token !== "string" && (token.code === "aborted" || isHardenedOnly(asking))) return token;
  const headers: Readonly<Record<string, string>> =
    typeof token === "string" ? { "x-aliyun-ecs-metadata-token": token } : {};
  const role = namedRole ?? (await ask(asking, "GET", roles, headers));
  if (typeof role !== "string") return role;
  const text = await ask(asking, "GET", `${roles}${encodeURIComponent(role.trim())}`, headers);
  if (typeof text !== "string") return text;
  try {
    return readTemporary("EcsRamRole", JSON.parse(text));
  } catch {
    return credentialFailure("renewalFailed", "EcsRamRole: JSON");
  }
}

function isHardenedOnly({ tools }: Asking): boolean {
  return tools.env["ALIBABA_CLOUD_IMDSV1_DISABLED"]?.toLowerCase() === "true";
}

async function ask(
  { tools, signal }: Asking,
  method: "GET" | "PUT",
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<string | CredentialFailure> {
  const answer = await tools.transport.send(
    { method, url: new URL(url), headers, body: undefined },
    { signal, timeoutMs },
  );
  if (answer.kind === "answer" && answer.status === 200) return new TextDecoder().decode(answer.body);
  if (answer.kind === "answer") return credentialFailure("renewalFailed", `EcsRamRole: ${url}: HTTP ${answer.status}`);
  if (answer.reason === "aborted") return credentialFailure("aborted", "EcsRamRole");
  return credentialFailure("renewalFailed", `EcsRamRole: ${url}: ${answer.reason}`);
}
