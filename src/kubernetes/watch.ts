import { StringDecoder } from "node:string_decoder";
import type { Pod } from "../audit/pod.ts";
import { type Client, Exchange, fetchPage, refusalOf } from "./client.ts";
import { Deadline } from "./deadline.ts";
import { isFailure, isPassing, type KubernetesFailure, type KubernetesUnreachable, unreachable } from "./failure.ts";
import { type ListPage, type Resource, readWatchEvent, type WatchEvent } from "./read.ts";

/** What a watch tells. The first is `pods` with all pods that are there. */
export type PodNews =
  /** Pods that are new or not as they were told last, and the names of those that are no longer there. */
  | {
      readonly kind: "pods";
      readonly changed: readonly Pod[];
      readonly gone: readonly string[];
      readonly asOfMs: number;
    }
  /** What was told may be old; it is tried again after so long. */
  | { readonly kind: "interrupted"; readonly reason: KubernetesUnreachable; readonly retryInMs: number }
  /** After an interruption: what was told is right again. */
  | { readonly kind: "resumed"; readonly asOfMs: number }
  /** The last: only a person can do something about it. */
  | { readonly kind: "ended"; readonly reason: KubernetesUnreachable };

/** The server ends a watch after about this long, as kubectl and controllers ask it to; a silent one is ended here. */
const watchSeconds = 290;
const silenceMs = 30_000;
/** A watch that held this long was no failure, even where nothing happened. */
const steadyMs = 10_000;
const longestWaitMs = 30_000;
/** etcd stores no object above 1.5 MB; as JSON it may be longer. */
const longestLine = 16 * 1024 * 1024;

export type WatchOptions = {
  /** Changes within so long are told together. */
  readonly gatherMs: number;
};

/**
 * Lists, then watches from where the list ended; goes on where it was after an interruption, and lists anew when the
 * server remembers no longer what happened since (410). Resolves when the signal fires or nothing more can come.
 */
export async function watchPods(
  client: Client,
  resource: Resource<Pod>,
  listener: (news: PodNews) => void,
  signal: AbortSignal,
  { gatherMs }: WatchOptions,
): Promise<void> {
  const { now, random, sleep } = client.options;
  const gathered = new Gathered(listener, now, gatherMs);
  const exchange = new Exchange(client);
  let failures = 0;
  let isInterrupted = false;
  let version: string | undefined;
  const resume = () => {
    if (isInterrupted) listener({ kind: "resumed", asOfMs: now() });
    isInterrupted = false;
  };
  try {
    while (!signal.aborted) {
      let failure: KubernetesFailure | undefined;
      if (version === undefined) {
        const all = await listAll(client, exchange, resource, signal);
        if (signal.aborted) return;
        if (isFailure(all)) {
          failure = all;
        } else {
          version = all.resourceVersion;
          gathered.replace(all.items);
          resume();
        }
      }
      if (version !== undefined) {
        const startedMs = now();
        const end = await follow(client, exchange, resource, version, gathered, resume, signal);
        if (signal.aborted) return;
        version = end.failure?.code === "gone" ? undefined : end.version;
        failure = end.failure;
        const isSteady = end.events > 0 || now() - startedMs >= steadyMs;
        if (isSteady) failures = 0;
        if (failure === undefined && isSteady) continue;
        // What the server forgot is listed at once, but not again and again.
        if (failure?.code === "gone" && failures === 0) {
          failures = 1;
          continue;
        }
      }
      if (failure !== undefined && !isPassing(failure)) {
        gathered.flush();
        listener({ kind: "ended", reason: unreachable(failure) });
        return;
      }
      const asked = failure?.code === "throttled" ? failure.retryAfterMs : undefined;
      const backOffMs = Math.min(longestWaitMs, 1000 * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
      const retryInMs = Math.round(Math.max(backOffMs, Math.min(asked ?? 0, 5 * 60_000)));
      failures += 1;
      if (failure !== undefined) {
        isInterrupted = true;
        gathered.flush();
        listener({ kind: "interrupted", reason: unreachable(failure), retryInMs });
        // A connection of before may lead nowhere now.
        exchange.close();
      }
      await sleep(retryInMs, signal);
    }
  } finally {
    gathered.end();
    exchange.close();
  }
}

/** All pages of one consistent list: one that expires in its middle begins anew, a few times. */
async function listAll(
  client: Client,
  exchange: Exchange,
  resource: Resource<Pod>,
  signal: AbortSignal,
): Promise<Pick<ListPage<Pod>, "items" | "resourceVersion"> | KubernetesFailure> {
  for (let attempt = 1; ; attempt += 1) {
    const items: Pod[] = [];
    let page: ListPage<Pod> | KubernetesFailure;
    let next: string | undefined;
    do {
      page = await fetchPage(client, exchange, resource, next, signal);
      if (isFailure(page)) break;
      for (const item of page.items) items.push(item);
      next = page.next;
    } while (next !== undefined);
    if (!isFailure(page)) return { items, resourceVersion: page.resourceVersion };
    if (page.code !== "gone" || attempt === 3) return page;
  }
}

type End = {
  /** Undefined for a watch that the server ended in good order. */
  readonly failure: KubernetesFailure | undefined;
  /** All until here was told. */
  readonly version: string;
  readonly events: number;
};

async function follow(
  client: Client,
  exchange: Exchange,
  resource: Resource<Pod>,
  from: string,
  gathered: Gathered,
  onEvent: () => void,
  signal: AbortSignal,
): Promise<End> {
  const { timeoutMs, random } = client.options;
  const seconds = watchSeconds + Math.floor(random() * 30);
  const query = new URLSearchParams({
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion: from,
    timeoutSeconds: `${seconds}`,
  });
  let version = from;
  let events = 0;
  const end = (failure: KubernetesFailure | undefined): End => ({ failure, version, events });
  const opened = await exchange.open(signal);
  if (isFailure(opened)) return end(opened);
  const deadline = new Deadline(signal, timeoutMs);
  try {
    const answer = await exchange.send(`${resource.path}?${query}`, { accept: "application/json" }, deadline.signal);
    if (isFailure(answer)) return end(deadline.verdict(answer, exchange.host));
    if (answer.status !== 200) {
      return end(deadline.verdict(await exchange.refusal(answer, "watch", resource, deadline.signal), exchange.host));
    }
    onEvent();
    deadline.restart(seconds * 1000 + silenceMs);
    const body = answer.body;
    const onAbort = () => body.destroy();
    deadline.signal.addEventListener("abort", onAbort, { once: true });
    if (deadline.signal.aborted) body.destroy();
    try {
      for await (const line of linesOf(body)) {
        if (deadline.signal.aborted) break;
        const event = line === undefined ? undefined : readWatchEvent(line);
        if (event === undefined) return end({ code: "malformed", where: "watch" });
        if (event.type === "ERROR") {
          const { status } = event;
          const retryMs = status.retryAfterSeconds === undefined ? undefined : status.retryAfterSeconds * 1000;
          return end(refusalOf(status.code || 500, status, "watch", resource, retryMs));
        }
        if (!tell(event, resource, gathered)) return end({ code: "malformed", where: "watch.metadata.name" });
        version = event.version;
        events += 1;
      }
    } finally {
      deadline.signal.removeEventListener("abort", onAbort);
      body.destroy();
    }
    return end(deadline.signal.aborted ? deadline.verdict({ code: "aborted" }, exchange.host) : undefined);
  } catch (problem) {
    return end(
      deadline.signal.aborted ? deadline.verdict({ code: "aborted" }, exchange.host) : exchange.failure(problem),
    );
  } finally {
    deadline.end();
  }
}

function tell(event: Exclude<WatchEvent, { type: "ERROR" }>, resource: Resource<Pod>, gathered: Gathered): boolean {
  if (event.type === "BOOKMARK") return true;
  const pod = resource.read(event.object);
  if (pod === undefined) return false;
  gathered.set(pod.name, event.type === "DELETED" ? undefined : pod);
  return true;
}

/** Undefined stands for a line that is longer than any event. What follows the last line break is no line. */
async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string | undefined> {
  const decoder = new StringDecoder("utf8");
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of body) {
    const [first = "", ...rest] = decoder.write(chunk).split("\n");
    parts.push(first);
    length += first.length;
    for (const part of rest) {
      const line = parts.join("");
      if (line.trim() !== "") yield line;
      parts.splice(0, parts.length, part);
      length = part.length;
    }
    if (length > longestLine) {
      yield undefined;
      return;
    }
  }
}

/** Holds what was told and what is still to tell, so that only differences are, and not each on its own. */
class Gathered {
  readonly #listener: (news: PodNews) => void;
  readonly #now: () => number;
  readonly #gatherMs: number;
  readonly #told = new Map<string, string>();
  readonly #waiting = new Map<string, Pod | undefined>();
  /** A list is told even where it changes nothing: that nothing is there is news too. */
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(listener: (news: PodNews) => void, now: () => number, gatherMs: number) {
    this.#listener = listener;
    this.#now = now;
    this.#gatherMs = gatherMs;
  }

  /** A pod as it is now; undefined for one that is no longer there. */
  set(name: string, pod: Pod | undefined): void {
    this.#waiting.set(name, pod);
    this.#timer ??= setTimeout(() => this.flush(), this.#gatherMs);
  }

  /** All pods that are there. */
  replace(pods: readonly Pod[]): void {
    this.#waiting.clear();
    for (const name of this.#told.keys()) this.#waiting.set(name, undefined);
    for (const pod of pods) this.#waiting.set(pod.name, pod);
    this.#isDue = true;
    this.flush();
  }

  flush(): void {
    this.end();
    const changed: Pod[] = [];
    const gone: string[] = [];
    for (const [name, pod] of this.#waiting) {
      const before = this.#told.get(name);
      if (pod === undefined) {
        if (this.#told.delete(name)) gone.push(name);
        continue;
      }
      const now = JSON.stringify(pod);
      if (now === before) continue;
      this.#told.set(name, now);
      changed.push(pod);
    }
    this.#waiting.clear();
    if (changed.length === 0 && gone.length === 0 && !this.#isDue) return;
    this.#isDue = false;
    this.#listener({ kind: "pods", changed, gone, asOfMs: this.#now() });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
