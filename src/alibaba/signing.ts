import { createHash, randomUUID } from "node:crypto";
import type { Credential } from "./credential.ts";
import type { HttpRequest } from "./http.ts";

/** One request before it is signed. */
export type Unsigned = {
  readonly method: HttpRequest["method"];
  /** With its path, and without a query. */
  readonly url: URL;
  readonly query: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined for none. */
  readonly body: unknown;
  /** As the server's clock has it. */
  readonly timeMs: number;
  readonly userAgent: string;
};

/** The characters that RFC 3986 leaves as they are, and no others: what is signed and what is sent are the same text. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Sorted by name. SLS signs a parameter without a value as its name alone, the other services with a `=` behind it. */
function queryText(query: Readonly<Record<string, string>>, withoutValue: "" | "="): string {
  return Object.entries(query)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}${value === "" ? withoutValue : `=${percentEncode(value)}`}`)
    .join("&");
}

/** Alibaba's libraries take longer to load than everything of ours, so the first request loads them. */
async function loadSlsSigner(): Promise<SlsSigner> {
  const { default: gateway } = await import("@alicloud/gateway-sls");
  /** Signs at a given time, and queries as RFC 3986 has them: the library itself encodes `*` once and `!'()` never. */
  class Signer extends gateway.default {
    readonly #timeMs: number;

    constructor(timeMs: number) {
      super();
      this.#timeMs = timeMs;
    }

    override async getDateISO8601(): Promise<string> {
      return isoSeconds(this.#timeMs).replaceAll(/[-:]/g, "");
    }

    override async buildCanonicalizedResourceV4(query: Readonly<Record<string, string>>): Promise<string> {
      return queryText(query, "");
    }
  }
  return async (context, timeMs) => {
    // Of what its types ask for, modifyRequest reads this much.
    await new Signer(timeMs).modifyRequest(context as never, {} as never);
  };
}

async function loadOpenApiSigner(): Promise<OpenApiSigner> {
  const { OpenApiUtil } = await import("@alicloud/openapi-core");
  return (request, payloadHash, { accessKeyId, accessKeySecret }) =>
    OpenApiUtil.getAuthorization(request as never, "ACS3-HMAC-SHA256", payloadHash, accessKeyId, accessKeySecret);
}

type SlsSigner = (context: SlsContext, timeMs: number) => Promise<void>;

type SlsContext = {
  readonly configuration: { readonly regionId: string; readonly endpoint: string };
  readonly request: {
    readonly method: string;
    readonly pathname: string;
    readonly query: Record<string, string>;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array | undefined;
    readonly reqBodyType: "binary";
    readonly signatureVersion: "v4";
    readonly action: string;
    readonly userAgent: string;
    readonly credential: { getCredential(): Promise<Credential> };
  };
};

type OpenApiSigner = (
  request: {
    readonly method: string;
    readonly pathname: string;
    readonly query: Readonly<Record<string, string>>;
    readonly headers: Readonly<Record<string, string>>;
  },
  payloadHash: string,
  credential: Credential,
) => string;

let slsSigner: Promise<SlsSigner> | undefined;
let openApiSigner: Promise<OpenApiSigner> | undefined;

/** Signs a request to SLS with its V4 signature, which needs the region. */
export async function signSls(
  unsigned: Unsigned & { readonly region: string; readonly operation: string },
  credential: Credential,
): Promise<HttpRequest> {
  slsSigner ??= loadSlsSigner();
  const sign = await slsSigner;
  const body = jsonBytes(unsigned.body);
  const headers: Record<string, string> = {
    // Of the compressions that SLS has this is the one that Node undoes by itself. Named, it is not chosen by the library.
    "Accept-Encoding": "gzip",
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const request: SlsContext["request"] = {
    method: unsigned.method,
    pathname: unsigned.url.pathname,
    query: { ...unsigned.query },
    headers,
    body,
    reqBodyType: "binary",
    signatureVersion: "v4",
    action: unsigned.operation,
    userAgent: unsigned.userAgent,
    credential: { getCredential: () => Promise.resolve(credential) },
  };
  await sign({ configuration: { regionId: unsigned.region, endpoint: unsigned.url.host }, request }, unsigned.timeMs);
  const signed = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method: unsigned.method,
    url: withQuery(unsigned.url, queryText(unsigned.query, "")),
    headers: Object.fromEntries(signed),
    body,
  };
}

/** Signs a request to a service behind Alibaba's OpenAPI gateway, such as ACK and STS. */
export async function signOpenApi(
  unsigned: Unsigned & { readonly action: string; readonly version: string },
  credential: Credential,
  nonce: string = randomUUID(),
): Promise<HttpRequest> {
  openApiSigner ??= loadOpenApiSigner();
  const sign = await openApiSigner;
  const body = jsonBytes(unsigned.body);
  const payloadHash = createHash("sha256")
    .update(body ?? "")
    .digest("hex");
  const headers: Readonly<Record<string, string>> = {
    accept: "application/json",
    "accept-encoding": "gzip",
    "user-agent": unsigned.userAgent,
    host: unsigned.url.host,
    "x-acs-action": unsigned.action,
    "x-acs-version": unsigned.version,
    "x-acs-date": isoSeconds(unsigned.timeMs),
    "x-acs-signature-nonce": nonce,
    "x-acs-content-sha256": payloadHash,
    ...(body === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
    ...(credential.securityToken === undefined ? {} : { "x-acs-security-token": credential.securityToken }),
  };
  const { method } = unsigned;
  const authorization = sign(
    { method, pathname: unsigned.url.pathname, query: unsigned.query, headers },
    payloadHash,
    credential,
  );
  return {
    method,
    url: withQuery(unsigned.url, queryText(unsigned.query, "=")),
    headers: { ...headers, authorization },
    body,
  };
}

function jsonBytes(body: unknown): Buffer | undefined {
  return body === undefined ? undefined : Buffer.from(JSON.stringify(body));
}

function withQuery(url: URL, query: string): URL {
  return query === "" ? url : new URL(`${url.href}?${query}`);
}

/** E.g. `2026-11-24T03:10:00Z`. */
function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
