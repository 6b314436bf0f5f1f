import * as vscode from "vscode";
import { auditLogstore, clusterId } from "../../audit/ids.ts";
import { auditKnowledge } from "../../audit/knowledge.ts";
import type { LogIndex } from "../../audit/logIndex.ts";
import type { Account, ClusterState } from "../../logs/account.ts";
import type { AnswerStore } from "../../logs/answerStore.ts";
import type { TimeRange } from "../../logs/question.ts";
import { builtInRules } from "../../rules/builtInRules.ts";
import type { Knowledge, KnownValue } from "../../sls/knowledge.ts";
import { parseStatement } from "../../sls/parser/parser.ts";
import type { FileQuery } from "../../sls/queryFile.ts";
import { resolveRange } from "../../sls/timeRange.ts";
import type { Accounts } from "../accounts.ts";
import { isWhole, type ListState } from "../explorer/listing.ts";
import { logError } from "../output.ts";
import type { History } from "../queries/history.ts";
import { clustersOf } from "../queryFiles/documents.ts";
import { hasRecords } from "../queryFiles/target.ts";
import { timeZone } from "../settings.ts";
import { type KnowledgeOf, valueLimit } from "./context.ts";

/** Answers that were shown: the columns of their records tell of fields that no page documents. */
export type SeenAnswers = {
  readonly onDidChange: vscode.Event<void>;
  /** The columns of the newest answer of records, if its rows are still kept. */
  columns(): Promise<readonly string[]>;
};

const keptMs = 5 * 60_000;
/** How long a caret rests before a Logstore is asked. */
const pauseMs = 150;
/** A question that nobody waits for is ended, but the next key typed asks the same again. */
const graceMs = 1000;
/** Clusters whose values are looked at for one query. */
const clustersAsked = 3;
const settleMs = 100;
/** Lists of values that are kept; each has at most 200. */
const keptLists = 200;

type Listed = ListState<ClusterState>;

type Place = { readonly account: Account; readonly id: string; readonly name: string };

/** One question for values, for all that wait for its answer. */
type Fetch = {
  readonly end: Promise<readonly KnownValue[] | undefined>;
  readonly controller: AbortController;
  waiting: number;
};

/** What is asked of one place. `when` tells ranges apart as they are written: `-24h` stays the same while time goes on. */
type Asked = {
  readonly place: Place;
  readonly field: string;
  readonly prefix: string;
  readonly range: TimeRange | undefined;
  readonly when: string;
};

type Kept = { readonly asked: Asked; readonly values: readonly KnownValue[]; readonly atMs: number };

/** What is known of the places that queries are asked, from the lists of the accounts and from values asked for once. */
export function createKnowledge(accounts: Accounts, answers?: SeenAnswers): KnowledgeOf & vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const bases = new Map<string, Knowledge>();
  const kept = new Map<string, Kept>();
  const fetches = new Map<string, Fetch>();
  const indexes = new Map<string, { readonly index: LogIndex | undefined }>();
  const closing = new AbortController();
  const programs = [...new Set(builtInRules.flatMap(({ match }) => match.programs ?? []))];
  let seenFields: readonly string[] = [];
  let zone: string | undefined;
  let listedText = "";
  let settling: ReturnType<typeof setTimeout> | undefined;
  let disposed = false;

  function forget(): void {
    bases.clear();
    settling ??= setTimeout(() => {
      settling = undefined;
      changed.fire();
    }, settleMs);
  }

  // ------------------------------------------------------------------------------------------------ places

  /** The lists of clusters of the open accounts. One that was never asked for is asked for now. */
  function listings(named: string | undefined): readonly { readonly account: Account; readonly list: Listed }[] {
    return accounts
      .all()
      .filter((account) => isNamed(account, named))
      .map((account) => {
        const listing = accounts.clusters(account);
        const list = listing.state();
        if (list.progress === "new") void listing.begin().catch((error: unknown) => logError("knowledge", error));
        return { account, list };
      });
  }

  /** The clusters that can be asked, as far as they are listed. */
  function places(named: string | undefined): readonly Place[] {
    return listings(named).flatMap(({ account, list }) =>
      list.items.filter(hasRecords).map(({ cluster: { id, name } }) => ({ account, id, name })),
    );
  }

  /** Whether every cluster that a query can name is listed: no account is still closed, and none holds anything back. */
  function isAllListed(named: string | undefined): boolean {
    const isOpen = accounts.places().every((place) => place.account !== undefined || !isNamed(place, named));
    return isOpen && listings(named).every(({ list }) => isWhole(list));
  }

  /** Where a query is asked; one that names no cluster is taken to mean any. */
  function placesOf(query: FileQuery | undefined): readonly Place[] {
    const all = places(query?.settings.account?.value);
    const names = query === undefined ? [] : clustersOf(query);
    return names.length === 0 || names.includes("*")
      ? all
      : all.filter(({ id, name }) => names.includes(id) || names.includes(name));
  }

  function noteListed(): void {
    const next = JSON.stringify([
      accounts.places().map(({ id, name }) => [id, name]),
      listings(undefined).map(({ account, list }) => [account.id, isWhole(list), list.items.map(described)]),
    ]);
    if (next === listedText) return;
    listedText = next;
    forget();
  }

  // ------------------------------------------------------------------------------------------------ knowledge

  function of(_document: vscode.TextDocument, query: FileQuery | undefined): Knowledge {
    zone ??= timeZone();
    const settings = query?.settings;
    const names = query === undefined ? [] : clustersOf(query);
    const key = JSON.stringify([settings?.account?.value, names, settings?.zone?.value]);
    let base = bases.get(key);
    if (base === undefined) {
      base = baseOf(query, settings?.zone?.value ?? zone);
      bases.set(key, base);
    }
    return { ...base, nowMs: Date.now() };
  }

  function baseOf(query: FileQuery | undefined, zoneOfQuery: string): Knowledge {
    const named = query?.settings.account?.value;
    const listed = places(named);
    const asked = placesOf(query);
    const index = indexOf(asked);
    return auditKnowledge({
      seenFields,
      ...(index === undefined ? {} : { index }),
      values: valuesOf(asked),
      programs,
      retentionDays: undefined,
      accounts: accounts.places().map(({ id, name }) => ({ id, name })),
      clusters: listings(named).flatMap(({ list }) => list.items.map(({ cluster: { id, name } }) => ({ id, name }))),
      clustersComplete: isAllListed(named),
      logstores: [...new Set(listed.flatMap(({ account, id }) => logstoreOf(account, id)))],
      nowMs: 0,
      zone: zoneOfQuery,
    });
  }

  /** The index of the one Logstore that a query asks. It is asked for once; when it comes, what is known changes. */
  function indexOf(of: readonly Place[]): LogIndex | undefined {
    const [place] = of;
    if (place === undefined || of.length > 1) return undefined;
    const key = JSON.stringify([place.account.id, place.id]);
    const known = indexes.get(key);
    if (known !== undefined) return known.index;
    const cluster = clusterId(place.id);
    const ask = cluster === undefined ? undefined : place.account.logs(cluster).indexFields;
    const asking: { index: LogIndex | undefined } = { index: undefined };
    indexes.set(key, asking);
    void ask?.(closing.signal).then(
      (answer) => {
        if (answer.kind === "fields") {
          asking.index = answer;
          forget();
        } else if (answer.reason.cause !== "index") {
          // Asked for again by the next who wants it; a Logstore without an index has none later either.
          setTimeout(() => indexes.delete(key), keptMs).unref();
        }
      },
      (error: unknown) => logError("knowledge", error),
    );
    return undefined;
  }

  /** The lists without a prefix that are kept of these places, the newest of each field. */
  function valuesOf(of: readonly Place[]): ReadonlyMap<string, readonly KnownValue[]> {
    const lists = new Map<string, Kept>();
    for (const list of kept.values()) {
      const { place, field, prefix } = list.asked;
      const isHere = of.some(({ account, id }) => account.id === place.account.id && id === place.id);
      if (isHere && prefix === "") lists.set(JSON.stringify([place.account.id, place.id, field]), list);
    }
    const byField = Map.groupBy(lists.values(), ({ asked }) => asked.field);
    return new Map([...byField].map(([field, each]) => [field, merged(each.flatMap(({ values }) => values))]));
  }

  function logstoreOf(account: Account, cluster: string): readonly string[] {
    const listed = accounts.clusters(account).state().items;
    return listed.flatMap(({ cluster: { id } }) => (id === cluster ? [auditLogstore(id)] : []));
  }

  // ------------------------------------------------------------------------------------------------ values

  async function values(
    _document: vscode.TextDocument,
    query: FileQuery | undefined,
    field: string,
    prefix: string,
    signal: AbortSignal,
  ): Promise<readonly KnownValue[]> {
    const range = rangeOf(query);
    const when = JSON.stringify([query?.settings.from?.value, query?.settings.to?.value, query?.settings.zone?.value]);
    const lists = await Promise.all(
      placesOf(query)
        .slice(0, clustersAsked)
        .map((place) => valuesAt({ place, field, prefix, range, when }, signal)),
    );
    return merged(lists.flat()).slice(0, valueLimit);
  }

  /**
   * The list without a prefix is asked for first: where it is whole it answers every prefix, so that typing on asks
   * nothing. Only where there are more values than it holds are those with the prefix asked for.
   */
  async function valuesAt(asked: Asked, signal: AbortSignal): Promise<readonly KnownValue[]> {
    const { prefix } = asked;
    const all = await listed({ ...asked, prefix: "" }, signal);
    if (all === undefined) return [];
    if (all.length < valueLimit || prefix === "") return all.filter(begins(prefix));
    for (let length = 1; length < prefix.length; length++) {
      const shorter = keptList(keyOf({ ...asked, prefix: prefix.slice(0, length) }));
      if (shorter !== undefined && shorter.length < valueLimit) return shorter.filter(begins(prefix));
    }
    return (await listed(asked, signal)) ?? all.filter(begins(prefix));
  }

  function keyOf({ place, field, prefix, when }: Asked): string {
    const over = place.account.kind === "file" ? "" : when;
    return JSON.stringify([place.account.id, place.id, field, prefix.toLowerCase(), over]);
  }

  function keptList(key: string): readonly KnownValue[] | undefined {
    const list = kept.get(key);
    if (list === undefined) return undefined;
    if (Date.now() - list.atMs < keptMs) return list.values;
    kept.delete(key);
    return undefined;
  }

  async function listed(asked: Asked, signal: AbortSignal): Promise<readonly KnownValue[] | undefined> {
    const key = keyOf(asked);
    const known = keptList(key);
    if (known !== undefined) return known;
    if (!fetches.has(key)) {
      await pause(signal);
      if (signal.aborted || disposed) return undefined;
    }
    const fetch = fetches.get(key) ?? begin(key, asked);
    fetch.waiting++;
    try {
      return await Promise.race([fetch.end, aborted(signal)]);
    } finally {
      fetch.waiting--;
      if (fetch.waiting === 0) setTimeout(() => endUnwanted(key, fetch), graceMs);
    }
  }

  function endUnwanted(key: string, fetch: Fetch): void {
    if (fetch.waiting === 0 && fetches.get(key) === fetch) fetch.controller.abort();
  }

  function begin(key: string, asked: Asked): Fetch {
    const controller = new AbortController();
    const end = ask(key, asked, controller.signal).finally(() => fetches.delete(key));
    const fetch: Fetch = { end, controller, waiting: 0 };
    fetches.set(key, fetch);
    return fetch;
  }

  /** Undefined where there is no answer; completion goes on without values, and the log of the extension says why. */
  async function ask(key: string, asked: Asked, signal: AbortSignal): Promise<readonly KnownValue[] | undefined> {
    const { place, field, prefix, range } = asked;
    try {
      const listed = accounts.clusters(place.account).state().items;
      const cluster = listed.find(({ cluster: { id } }) => id === place.id)?.cluster.id;
      if (cluster === undefined) return undefined;
      const source = place.account.logs(cluster);
      // The records of a file lie where they lie, maybe years ago.
      const over = place.account.kind === "file" ? await source.bounds(signal) : range;
      if (over === undefined || "code" in over) return undefined;
      const values = await source.values(field, prefix, over, valueLimit, signal);
      if (signal.aborted) return undefined;
      if ("code" in values) {
        logError("knowledge", new Error(`${values.code}: ${values.detail}`));
        return undefined;
      }
      kept.delete(key);
      kept.set(key, { asked, values, atMs: Date.now() });
      if (kept.size > keptLists) kept.delete(kept.keys().next().value ?? key);
      forget();
      return values;
    } catch (error) {
      if (!signal.aborted) logError("knowledge", error);
      return undefined;
    }
  }

  // ------------------------------------------------------------------------------------------------ changes

  async function readSeen(): Promise<void> {
    if (answers === undefined) return;
    const columns = await answers.columns();
    const next = [...new Set([...seenFields, ...columns])];
    if (next.length === seenFields.length) return;
    seenFields = next;
    forget();
  }

  const readSeenSafely = () => void readSeen().catch((error: unknown) => logError("knowledge", error));

  const subscriptions: vscode.Disposable[] = [
    changed,
    accounts.onDidChange((change) => {
      if (change.kind === "account") return;
      noteListed();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration("ackAudit.timeZone")) return;
      zone = undefined;
      forget();
    }),
    ...(answers === undefined ? [] : [answers.onDidChange(readSeenSafely)]),
  ];
  noteListed();
  readSeenSafely();

  return {
    of,
    values,
    changed: changed.event,
    dispose: () => {
      disposed = true;
      closing.abort();
      clearTimeout(settling);
      for (const { controller } of fetches.values()) controller.abort();
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

function isNamed({ id, name }: { readonly id: string; readonly name: string }, wanted: string | undefined): boolean {
  return wanted === undefined || id === wanted || name === wanted;
}

/** What of a cluster makes a difference here. */
function described(state: ClusterState): readonly unknown[] {
  return [state.cluster.id, state.cluster.name, hasRecords(state)];
}

/** The answers of the history whose rows are records, not what SQL made of them. */
export function answersSeen(history: History, store: AnswerStore): SeenAnswers {
  return {
    onDidChange: history.onDidChange,
    columns: async () => {
      const run = history.runs().find(({ statement }) => parseStatement(statement).statement.analysis === undefined);
      const facts = run === undefined ? undefined : await store.facts(run.answer);
      return facts?.columns.filter(({ derived }) => derived !== true).map(({ name }) => name) ?? [];
    },
  };
}

function rangeOf(query: FileQuery | undefined): TimeRange | undefined {
  const settings = query?.settings;
  const range = resolveRange(
    settings?.from?.value,
    settings?.to?.value,
    Date.now(),
    settings?.zone?.value ?? timeZone(),
  );
  return range.kind === "range" ? range : undefined;
}

/** The values of several lists as one, most frequent first. */
function merged(values: readonly KnownValue[]): readonly KnownValue[] {
  const counts = new Map<string, number>();
  for (const { value, count } of values) counts.set(value, (counts.get(value) ?? 0) + count);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}

function begins(prefix: string): (known: KnownValue) => boolean {
  const wanted = prefix.toLowerCase();
  return ({ value }) => value.toLowerCase().startsWith(wanted);
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pauseMs);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
