import { createHash, createHmac, randomUUID } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import { gunzipSync } from "node:zlib";
import { defaultKeys } from "../../fakes/defaultWorld.ts";
import type { FakeCloud } from "../../fakes/fakeCloud.ts";

export type Wire = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type Sent = {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** One request over a connection of its own; it rejects with the code of what the network did. */
export function send(cloud: FakeCloud, sent: Sent, signal?: AbortSignal): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: cloud.port,
        method: sent.method,
        path: sent.path,
        headers: { host: `${sent.host}:${cloud.port}`, ...sent.headers },
        agent: false,
        ...(signal === undefined ? {} : { signal }),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(sent.body);
  });
}

export function json(wire: Wire): unknown {
  const bytes = wire.headers["x-log-compresstype"] === "gzip" ? gunzipSync(wire.body) : wire.body;
  return JSON.parse(bytes.toString("utf8"));
}

/** GetLogsV2 in the first version of SLS's signatures, written out for the tests. */
export function slsLogs(
  project: string,
  logstore: string,
  question: object,
  more: Readonly<Record<string, string>> = {},
): Sent {
  const body = JSON.stringify(question);
  const path = `/logstores/${logstore}/logs`;
  const date = new Date().toUTCString();
  const md5 = createHash("md5").update(body).digest("hex").toUpperCase();
  const signedHeaders = {
    "x-log-apiversion": "0.6.0",
    "x-log-bodyrawsize": String(Buffer.byteLength(body)),
    "x-log-signaturemethod": "hmac-sha1",
  };
  const lines = Object.entries(signedHeaders).map(([name, value]) => `${name}:${value}\n`);
  const text = `POST\n${md5}\napplication/json\n${date}\n${lines.join("")}${path}`;
  const { accessKeyId, accessKeySecret } = defaultKeys.administrator;
  const signature = createHmac("sha1", accessKeySecret).update(text).digest("base64");
  return {
    method: "POST",
    host: `${project}.sls.localhost`,
    path,
    headers: {
      ...signedHeaders,
      date,
      "content-type": "application/json",
      "content-md5": md5,
      authorization: `LOG ${accessKeyId}:${signature}`,
      ...more,
    },
    body,
  };
}

/** An operation of ACK with OpenAPI's third signature. */
export function ackCall(cloud: FakeCloud, action: string, path: string, nonce: string = randomUUID()): Sent {
  const { accessKeyId, accessKeySecret } = defaultKeys.administrator;
  const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
  const host = "ack.localhost";
  const headers: Readonly<Record<string, string>> = {
    host: `${host}:${cloud.port}`,
    "x-acs-action": action,
    "x-acs-content-sha256": sha256(""),
    "x-acs-date": `${new Date().toISOString().slice(0, 19)}Z`,
    "x-acs-signature-nonce": nonce,
    "x-acs-version": "2015-12-15",
  };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = `GET\n${path}\n\n${lines.join("")}\n${names}\n${sha256("")}`;
  const signature = createHmac("sha256", accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest("hex");
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${names},Signature=${signature}`;
  return { method: "GET", host, path, headers: { ...headers, authorization }, body: "" };
}
