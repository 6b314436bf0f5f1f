import { createHash, createHmac } from "node:crypto";
import type { Credential } from "../../../src/alibaba/credential.ts";
import type { HttpRequest } from "../../../src/alibaba/http.ts";

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Uint8Array, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/** The query as it arrives, decoded and encoded anew by RFC 3986, sorted by name. */
function canonicalQuery(url: URL, withoutValue: "" | "="): string {
  const encode = (text: string): string =>
    [...Buffer.from(text)]
      .map((byte) => {
        const character = String.fromCharCode(byte);
        return /[A-Za-z0-9_.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
      })
      .join("");
  return url.search
    .slice(1)
    .split("&")
    .filter((part) => part !== "")
    .map((part) => part.split("=").map(decodeURIComponent))
    .sort(([one = ""], [other = ""]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([name = "", value = ""]) => `${encode(name)}${value === "" ? withoutValue : `=${encode(value)}`}`)
    .join("&");
}

function signedHeaders(request: HttpRequest, isSigned: (name: string) => boolean): readonly [string, string][] {
  return Object.entries(request.headers)
    .filter(([name]) => isSigned(name))
    .map(([name, value]): [string, string] => [name, value.trim()])
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** What SLS expects in `Authorization` for its signature V4 (documented: SLS, "Request signatures"). */
export function slsSignature(request: HttpRequest, credential: Credential, region: string): string {
  const time = request.headers["x-log-date"] ?? "";
  const day = time.slice(0, 8);
  const headers = signedHeaders(
    request,
    (name) => name.startsWith("x-log-") || name.startsWith("x-acs-") || name === "host" || name === "content-type",
  );
  const canonical = [
    request.method,
    request.url.pathname,
    canonicalQuery(request.url, ""),
    ...headers.map(([name, value]) => `${name}:${value}`),
    "",
    headers.map(([name]) => name).join(";"),
    sha256(request.body ?? ""),
  ].join("\n");
  const scope = `${day}/${region}/sls/aliyun_v4_request`;
  const key = ["sls", "aliyun_v4_request"].reduce(
    (above, part) => hmac(above, part),
    hmac(hmac(`aliyun_v4${credential.accessKeySecret}`, day), region),
  );
  const signature = hmac(key, ["SLS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString("hex");
  return `SLS4-HMAC-SHA256 Credential=${credential.accessKeyId}/${scope},Signature=${signature}`;
}

/** What the OpenAPI gateway expects in `Authorization` (documented: "V3 request structure and signature"). */
export function openApiSignature(request: HttpRequest, credential: Credential): string {
  const headers = signedHeaders(
    request,
    (name) => name.startsWith("x-acs-") || name === "host" || name === "content-type",
  );
  const names = headers.map(([name]) => name).join(";");
  const canonical = [
    request.method,
    request.url.pathname,
    canonicalQuery(request.url, "="),
    ...headers.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    sha256(request.body ?? ""),
  ].join("\n");
  const signature = hmac(credential.accessKeySecret, `ACS3-HMAC-SHA256\n${sha256(canonical)}`).toString("hex");
  return `ACS3-HMAC-SHA256 Credential=${credential.accessKeyId},SignedHeaders=${names},Signature=${signature}`;
}
