import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Received } from "./exchange.ts";

/**
 * Verifies what clients sign. Written from the documentation: SLS "Request signatures" (V1) and "request-signature-v4",
 * "V3 request body & signature mechanism" of OpenAPI (ACS3), "RPC mechanism" (HMAC-SHA1, which STS still takes).
 */
export type Signed = {
  readonly accessKeyId: string;
  readonly securityToken: string | undefined;
  /** When the request says that it was made; NaN where that cannot be read. */
  readonly atMs: number;
  readonly nonce: string | undefined;
  /** The region of a V4 signature of SLS. */
  readonly region: string | undefined;
  readonly method: "sls-v1-sha1" | "sls-v1-sha256" | "sls-v4" | "acs3" | "rpc-v1";
  /** As the client sent it, for the message that refuses it. */
  readonly signature: string;
  matches(secret: string): boolean;
};

/** Why a request is not signed in a way that can be verified at all. */
export type Unsigned = {
  readonly kind: "unsigned";
  readonly missing: string | undefined;
  readonly invalid: string | undefined;
};

/** More than this between the request and the server, and it is refused. Documented for all of the services. */
export const skewLimitMs = 15 * 60 * 1000;

export function isUnsigned(signed: Signed | Unsigned): signed is Unsigned {
  return "kind" in signed;
}

export function signedSls(received: Received): Signed | Unsigned {
  const { headers } = received;
  const authorization = headers["authorization"];
  if (authorization === undefined) return missing("authorization");
  for (const name of ["x-log-apiversion", "x-log-bodyrawsize"]) if (headers[name] === undefined) return missing(name);
  const v4 =
    /^SLS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/sls\/aliyun_v4_request, ?Signature=([0-9a-f]{64})$/;
  const four = v4.exec(authorization);
  if (four !== null) {
    const [, accessKeyId = "", date = "", region = "", signature = ""] = four;
    return slsV4(received, { accessKeyId, date, region, signature });
  }
  const [, accessKeyId, signature] = /^LOG ([^:]+):(\S+)$/.exec(authorization) ?? [];
  if (accessKeyId === undefined || signature === undefined) return invalid(`authorization : ${authorization}`);
  return slsV1(received, accessKeyId, signature);
}

function slsV1(received: Received, accessKeyId: string, signature: string): Signed | Unsigned {
  const { headers, body, path, query } = received;
  const method = headers["x-log-signaturemethod"];
  if (method === undefined) return missing("x-log-signaturemethod");
  if (method !== "hmac-sha1" && method !== "hmac-sha256") return invalid(`x-log-signaturemethod: ${method}`);
  const date = headers["x-log-date"] ?? headers["date"];
  if (date === undefined) return missing("x-log-date");
  const md5 = headers["content-md5"] ?? "";
  const bodyMatches = body.length === 0 ? true : md5 === createHash("md5").update(body).digest("hex").toUpperCase();
  const signedHeaders = Object.keys(headers)
    .filter((name) => name.startsWith("x-log-") || name.startsWith("x-acs-"))
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
    .join("");
  const parameters = [...query]
    .sort(byKey)
    .map(([key, value]) => (value === "" ? [key, `${key}=`] : [`${key}=${value}`]));
  // A parameter without a value is signed with or without its sign of equality; both are seen.
  const resources = [0, 1].map((form) => {
    const texts = parameters.map((forms) => forms[form] ?? forms[0]);
    return texts.length === 0 ? decodeURIComponent(path) : `${decodeURIComponent(path)}?${texts.join("&")}`;
  });
  return {
    accessKeyId,
    securityToken: headers["x-acs-security-token"],
    atMs: Date.parse(date),
    nonce: undefined,
    region: undefined,
    method: method === "hmac-sha1" ? "sls-v1-sha1" : "sls-v1-sha256",
    signature,
    matches: (secret) =>
      bodyMatches &&
      resources.some((resource) => {
        const text = [received.method, md5, headers["content-type"] ?? "", date, `${signedHeaders}${resource}`].join(
          "\n",
        );
        const algorithm = method === "hmac-sha1" ? "sha1" : "sha256";
        return same(createHmac(algorithm, secret).update(text).digest("base64"), signature);
      }),
  };
}

function slsV4(
  received: Received,
  given: {
    readonly accessKeyId: string;
    readonly date: string;
    readonly region: string;
    readonly signature: string;
  },
): Signed | Unsigned {
  const { headers, body, path, query } = received;
  const at = headers["x-log-date"];
  const payload = headers["x-log-content-sha256"];
  if (at === undefined) return missing("x-log-date");
  if (payload === undefined) return missing("x-log-content-sha256");
  const names = Object.keys(headers)
    .filter((name) => /^x-(log|acs)-/.test(name) || name === "host" || name === "content-type")
    .sort();
  const canonicalHeaders = names.map((name) => `${name}:${(headers[name] ?? "").trim()}\n`).join("");
  const parameters = [...query]
    .sort(byKey)
    .map(([key, value]) => (value === "" ? percentEncoded(key) : `${percentEncoded(key)}=${percentEncoded(value)}`));
  const canonical = [received.method, path, parameters.join("&"), canonicalHeaders, names.join(";"), payload].join(
    "\n",
  );
  const scope = `${given.date}/${given.region}/sls/aliyun_v4_request`;
  const text = ["SLS4-HMAC-SHA256", at, scope, sha256(Buffer.from(canonical))].join("\n");
  return {
    accessKeyId: given.accessKeyId,
    securityToken: headers["x-acs-security-token"],
    atMs: Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z")),
    nonce: undefined,
    region: given.region,
    method: "sls-v4",
    signature: given.signature,
    matches: (secret) => {
      const key = [given.date, given.region, "sls", "aliyun_v4_request"].reduce<string | Buffer>(
        (earlier, part) => createHmac("sha256", earlier).update(part).digest(),
        `aliyun_v4${secret}`,
      );
      return (
        at.startsWith(given.date) &&
        payload === sha256(body) &&
        same(createHmac("sha256", key).update(text).digest("hex"), given.signature)
      );
    },
  };
}

/** OpenAPI's third signature, of ROA and RPC operations alike. */
export function signedAcs3(received: Received): Signed | Unsigned {
  const { headers, body, path, query } = received;
  const authorization = headers["authorization"];
  if (authorization === undefined) return missing("Authorization");
  const [, accessKeyId, names, signature] =
    /^ACS3-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(authorization) ??
    [];
  if (accessKeyId === undefined || names === undefined || signature === undefined) return invalid("Authorization");
  for (const name of ["x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "x-acs-action", "x-acs-version"])
    if (headers[name] === undefined) return missing(name);
  const signedNames = names.split(";");
  // Host, content-type and every x-acs header that is sent has to be signed.
  const mustBeSigned = Object.keys(headers).filter(
    (name) => name.startsWith("x-acs-") || name === "host" || name === "content-type",
  );
  const unsignedName = mustBeSigned.find((name) => !signedNames.includes(name));
  if (unsignedName !== undefined) return invalid(`SignedHeaders without ${unsignedName}`);
  const canonicalHeaders = signedNames.map((name) => `${name}:${(headers[name] ?? "").trim()}\n`).join("");
  const sorted = [...query].sort(byKey);
  const payload = headers["x-acs-content-sha256"] ?? "";
  // The documentation keeps the sign of equality of an empty value; Alibaba's own Node library leaves it out.
  const texts = [true, false].map((keepsSign) => {
    const parameters = sorted.map(([key, value]) =>
      value === "" && !keepsSign ? percentEncoded(key) : `${percentEncoded(key)}=${percentEncoded(value)}`,
    );
    const canonical = [received.method, path, parameters.join("&"), canonicalHeaders, names, payload].join("\n");
    return `ACS3-HMAC-SHA256\n${sha256(Buffer.from(canonical))}`;
  });
  return {
    accessKeyId,
    securityToken: headers["x-acs-security-token"],
    atMs: Date.parse(headers["x-acs-date"] ?? ""),
    nonce: headers["x-acs-signature-nonce"],
    region: undefined,
    method: "acs3",
    signature,
    matches: (secret) =>
      payload === sha256(body) &&
      texts.some((text) => same(createHmac("sha256", secret).update(text).digest("hex"), signature)),
  };
}

/** The older signature of RPC operations, in the parameters. `form` are those of the body. */
export function signedRpc(received: Received, form: readonly (readonly [string, string])[]): Signed | Unsigned {
  const parameters = new Map([...received.query, ...form]);
  const accessKeyId = parameters.get("AccessKeyId");
  const signature = parameters.get("Signature");
  if (accessKeyId === undefined) return missing("AccessKeyId");
  if (signature === undefined) return missing("Signature");
  if (parameters.get("SignatureMethod") !== "HMAC-SHA1") return invalid("SignatureMethod");
  const nonce = parameters.get("SignatureNonce");
  if (nonce === undefined) return missing("SignatureNonce");
  const canonical = [...parameters]
    .filter(([key]) => key !== "Signature")
    .sort(byKey)
    .map(([key, value]) => `${percentEncoded(key)}=${percentEncoded(value)}`)
    .join("&");
  const text = `${received.method}&${percentEncoded("/")}&${percentEncoded(canonical)}`;
  return {
    accessKeyId,
    securityToken: parameters.get("SecurityToken"),
    atMs: Date.parse(parameters.get("Timestamp") ?? ""),
    nonce,
    region: undefined,
    method: "rpc-v1",
    signature,
    matches: (secret) => same(createHmac("sha1", `${secret}&`).update(text).digest("base64"), signature),
  };
}

/** RFC 3986: everything but letters, digits and `-_.~` is encoded. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function byKey([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function same(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

function missing(name: string): Unsigned {
  return { kind: "unsigned", missing: name, invalid: undefined };
}

function invalid(what: string): Unsigned {
  return { kind: "unsigned", missing: undefined, invalid: what };
}
