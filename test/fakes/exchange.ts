import { createHash, randomUUID } from "node:crypto";

/** One request as it came over the wire. */
export type Received = {
  readonly method: string;
  /** The `Host` header, with its port. */
  readonly host: string;
  /** Still percent-encoded. */
  readonly path: string;
  /** Decoded, in the order of the URL. */
  readonly query: readonly (readonly [key: string, value: string])[];
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of the wire, before anything is decompressed. */
  readonly body: Buffer;
};

/** What a service answers. An undefined `json` is an empty body. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
};

export type Service = "sls" | "ack" | "sts";

/** What a request asks for, as far as its line and headers tell; known before anything is verified. */
export type Asked = {
  readonly service: Service;
  /** The name of the operation in its API reference; `unknown` for a path that no operation has. */
  readonly operation: string;
  /** The SLS project or the ACK cluster that it is about. */
  readonly about: string | undefined;
};

export function ok(json: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers, json };
}

export function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "status" in value && "headers" in value && "json" in value;
}

/** Undefined for a parameter that is not there. */
export function parameter(received: Received, name: string): string | undefined {
  return received.query.find(([key]) => key === name)?.[1];
}

export function requestId(): string {
  return randomUUID().toUpperCase();
}

/** Sixteen hexadecimal digits that are the same for the same text. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** The body as JSON; undefined where it is none. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // Each service has a code of its own for this, which its caller answers.
    return undefined;
  }
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
