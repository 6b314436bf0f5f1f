export type HttpRequest = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes that are sent; undefined for none. */
  readonly body: Uint8Array | undefined;
  /**
   * Takes a connection of its own. A kept one may be closed by the server just as the request goes out, which leaves open
   * whether it arrived: for what must not be sent twice.
   */
  readonly freshConnection?: boolean;
};

export type HttpAnswer = {
  readonly kind: "answer";
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was before the server compressed it. */
  readonly body: Uint8Array;
};

/**
 * Why no answer came, or none that can be read. `detail` is for a person to read; no secret is ever in it. After `dns`,
 * `refused`, `tls` and `proxy` the request was surely not sent; after the others it may have arrived.
 */
export type TransportFailure = {
  readonly kind: "failure";
  readonly reason: "aborted" | "timeout" | "dns" | "refused" | "reset" | "tls" | "proxy" | "compression" | "tooLarge";
  readonly detail: string;
};

export type Limits = {
  /** Ends the request at once. */
  readonly signal: AbortSignal;
  /** For the whole answer; SQL may take 55 s before its first byte. */
  readonly timeoutMs: number;
};

/** Sends one request and waits for the whole answer. It never throws for what the network does, and tries nothing twice. */
export interface Transport {
  send(request: HttpRequest, limits: Limits): Promise<HttpAnswer | TransportFailure>;
  /** Closes the connections that are kept. */
  close(): void;
}
