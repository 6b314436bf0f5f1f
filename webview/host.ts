/** What the editor gives a page: one way to post, and a place for the state of the page that outlives it. */
declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

export type Host<From, Kept> = {
  post(message: From): void;
  /** What `keep` was given last, before a reload too. It was written by an older build, so each field may be missing. */
  readonly kept: Partial<Kept>;
  /** Keeps what only the page knows: scroll, selection, what is collapsed. */
  keep(state: Kept): void;
};

/**
 * Messages cross to a page as JSON, in which an absent item of a list becomes null. No message has a null of its own,
 * so each is the `undefined` that was sent.
 */
function restored<Message>(message: Message): Message {
  if (Array.isArray(message)) {
    for (const [index, item] of message.entries()) message[index] = item === null ? undefined : restored(item);
  } else if (typeof message === "object" && message !== null) {
    for (const value of Object.values(message)) restored(value);
  }
  return message;
}

/** Connects the page to its host: hears its messages and tells it of errors. The page itself says when it is ready. */
export function connect<To, From, Kept>(receive: (message: To) => void): Host<From, Kept> {
  const api = acquireVsCodeApi();
  const kept = api.getState();
  window.addEventListener("message", (event: MessageEvent<To>) => receive(restored(event.data)));
  const fail = (error: unknown) => {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    api.postMessage({ kind: "failed", detail: detail.slice(0, 10_000) });
  };
  window.addEventListener("error", (event) => fail(event.error ?? event.message));
  window.addEventListener("unhandledrejection", (event) => fail(event.reason));
  return {
    post: (message) => api.postMessage(message),
    kept: typeof kept === "object" && kept !== null ? kept : {},
    keep: (state) => api.setState(state),
  };
}
