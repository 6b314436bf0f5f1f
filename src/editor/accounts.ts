import { basename } from "node:path";
import type * as vscode from "vscode";
import type { Cluster } from "../audit/cluster.ts";
import { type ClusterId, clusterId } from "../audit/ids.ts";
import type { ImportedStore, ImportOutcome } from "../engine/client.ts";
import type { Account, ClusterState } from "../logs/account.ts";
import type { Unreachable } from "../logs/answer.ts";
import { createListing, type Listing } from "./explorer/listing.ts";

/** An account that the tree shows. A log file that was open when the window closed is known by its path until somebody looks into it. */
export type Place = {
  readonly id: string;
  readonly name: string;
  readonly kind: Account["kind"];
  /** The file that was opened. */
  readonly path: string | undefined;
  readonly account: Account | undefined;
  /** What the import of the file found. */
  readonly store: ImportedStore | undefined;
  /** How much of the file is imported, while that goes on. */
  readonly importing: number | undefined;
  /** What is to be said of an account of the cloud now, in words. */
  readonly facts?: () => AccountFacts;
};

export type AccountFacts = { readonly description: readonly string[]; readonly tooltip: readonly string[] };

export type FileOpening = { readonly kind: "opened"; readonly account: Account; readonly store: ImportedStore };

export type Opening =
  | { readonly kind: "opened"; readonly account: Account }
  | OpeningFailure
  | { readonly kind: "unknown" };

/** Why a log file could not be opened. */
export type OpeningFailure = Exclude<ImportOutcome, { kind: "imported" }> & { readonly path: string };

/** Imports a log file and makes an account of it. */
export type OpenFile = (
  path: string,
  onFraction: (fraction: number) => void,
  signal: AbortSignal,
) => Promise<FileOpening | OpeningFailure>;

export type AccountsChange =
  /** Accounts came, went, or were opened. */
  | { readonly kind: "places" }
  /** Something about this one place: its import goes on, its list of clusters or their states changed. */
  | { readonly kind: "place"; readonly place: string }
  /** The account says that something in it changed; the cluster, where it is only that one. */
  | { readonly kind: "account"; readonly place: string; readonly cluster: ClusterId | undefined };

export type ClusterAddress = {
  readonly accountId: string;
  readonly accountName: string;
  readonly id: ClusterId;
  readonly name: string;
};

/** Which cluster a name or an id means. */
export type Resolution =
  | { readonly kind: "unique"; readonly account: Account; readonly cluster: Cluster }
  | { readonly kind: "ambiguous"; readonly candidates: readonly ClusterAddress[] }
  | { readonly kind: "none"; readonly missing: "account" | "cluster" }
  /** Not found, and a list that might hold it could not be had. */
  | { readonly kind: "unreachable"; readonly account: string; readonly reason: Unreachable }
  | { readonly kind: "notOpened"; readonly failure: OpeningFailure };

export interface Accounts extends vscode.Disposable {
  readonly onDidChange: vscode.Event<AccountsChange>;
  /** Everything that the tree shows at its root, in its order. */
  places(): readonly Place[];
  place(id: string): Place | undefined;
  /** The accounts that are open by now. */
  all(): readonly Account[];
  /** An account that is open by now. */
  byId(id: string): Account | undefined;
  /** Places of this name; two files may have the same. */
  byName(name: string): readonly Place[];
  add(account: Account, facts?: () => AccountFacts): void;
  remove(id: string): void;
  /** Opens a place that was only remembered. */
  open(id: string, signal: AbortSignal): Promise<Opening>;
  openFile(path: string, signal: AbortSignal): Promise<Opening>;
  /** Forgets what was imported, not the files: each is imported again when somebody looks into it. */
  closeFiles(): void;
  /** The clusters of an open account: asked for once, kept, and asked for again when the account says that they changed. */
  clusters(account: Account): Listing<ClusterState>;
  /** The cluster of this id or name, in the account of this id or name where one is given. Opens remembered files where needed. */
  resolve(cluster: string, account: string | undefined, signal?: AbortSignal): Promise<Resolution>;
}

type RememberedFile = { readonly path: string; readonly clusters: readonly { id: string; name: string }[] };

const key = "ackAudit.logFiles";
/** Changes of an account come in bursts while add-ons are installed; its clusters are asked for once for all of them. */
const settleMs = 200;

export function fileAccountId(path: string): string {
  return `file:${path}`;
}

function readRemembered(value: unknown): readonly RememberedFile[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (file: unknown): file is RememberedFile =>
      typeof file === "object" &&
      file !== null &&
      "path" in file &&
      typeof file.path === "string" &&
      "clusters" in file &&
      Array.isArray(file.clusters),
  );
}

/** The accounts of this window. Making the list opens nothing: a remembered file waits until somebody looks into it. */
export function createAccounts(parts: {
  readonly builtIn: readonly Account[];
  readonly openFile: OpenFile;
  /** Where the paths of opened files are kept over reloads. */
  readonly state: vscode.Memento;
  readonly report: (error: unknown) => void;
}): Accounts {
  const listeners = new Set<(change: AccountsChange) => void>();
  const places = new Map<string, Place>();
  const listings = new Map<string, Listing<ClusterState>>();
  const unsubscribers = new Map<string, () => void>();
  const openings = new Map<string, { readonly end: Promise<Opening>; readonly closing: AbortController }>();
  let remembered = readRemembered(parts.state.get(key));

  function fire(change: AccountsChange): void {
    for (const listener of [...listeners]) listener(change);
  }

  function put(place: Place): void {
    places.set(place.id, place);
  }

  function remember(next: readonly RememberedFile[]): void {
    remembered = next;
    void parts.state.update(key, next);
  }

  function closed(path: string): Place {
    return {
      id: fileAccountId(path),
      name: basename(path),
      kind: "file",
      path,
      account: undefined,
      store: undefined,
      importing: undefined,
    };
  }

  /** Listens to an account from now on. */
  function attach(account: Account): void {
    const listing = createListing(
      (signal) => account.clusters(signal),
      () => {
        rememberClusters(account);
        fire({ kind: "place", place: account.id });
      },
      parts.report,
    );
    listings.set(account.id, listing);
    let settling: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = account.onChange((cluster) => {
      fire({ kind: "account", place: account.id, cluster });
      settling ??= setTimeout(() => {
        settling = undefined;
        if (listing.state().progress !== "new") void listing.reload();
      }, settleMs);
    });
    unsubscribers.set(account.id, () => {
      clearTimeout(settling);
      listing.stop();
      unsubscribe();
    });
  }

  function detach(id: string): void {
    unsubscribers.get(id)?.();
    unsubscribers.delete(id);
    listings.delete(id);
  }

  /** Names of clusters in files stay known over reloads, so that a query file finds its cluster without opening every file. */
  function rememberClusters(account: Account): void {
    const path = places.get(account.id)?.path;
    const state = listings.get(account.id)?.state();
    if (path === undefined || state?.progress !== "done") return;
    const clusters = state.items.map(({ cluster: { id, name } }) => ({ id, name }));
    const known = remembered.find((file) => file.path === path);
    if (known === undefined || JSON.stringify(known.clusters) === JSON.stringify(clusters)) return;
    remember(remembered.map((file) => (file === known ? { path, clusters } : file)));
  }

  async function importInto(path: string, signal: AbortSignal): Promise<Opening> {
    const id = fileAccountId(path);
    const isNew = !places.has(id);
    const before = places.get(id) ?? closed(path);
    put({ ...before, importing: 0 });
    fire(isNew ? { kind: "places" } : { kind: "place", place: id });
    const onFraction = (fraction: number) => {
      const place = places.get(id);
      if (place?.importing === undefined) return;
      put({ ...place, importing: fraction });
      fire({ kind: "place", place: id });
    };
    const undo = (): void => {
      if (isNew) places.delete(id);
      else put(closed(path));
      fire({ kind: "places" });
    };
    let opening: FileOpening | OpeningFailure;
    try {
      opening = await parts.openFile(path, onFraction, signal);
    } catch (error) {
      undo();
      throw error;
    }
    // The file was closed while it was being imported.
    if (!places.has(id)) return { kind: "cancelled", path };
    if (opening.kind !== "opened") {
      undo();
      return opening;
    }
    const { account, store } = opening;
    put({ id, name: account.name, kind: "file", path, account, store, importing: undefined });
    attach(account);
    if (!remembered.some((file) => file.path === path)) remember([...remembered, { path, clusters: [] }]);
    fire({ kind: "places" });
    void listings.get(id)?.finish();
    return { kind: "opened", account };
  }

  function openFile(path: string, signal: AbortSignal): Promise<Opening> {
    const id = fileAccountId(path);
    const account = places.get(id)?.account;
    if (account !== undefined) return Promise.resolve({ kind: "opened", account });
    const running = openings.get(id);
    if (running !== undefined) return running.end;
    const closing = new AbortController();
    const end = importInto(path, AbortSignal.any([signal, closing.signal])).finally(() => openings.delete(id));
    openings.set(id, { end, closing });
    return end;
  }

  async function open(id: string, signal: AbortSignal): Promise<Opening> {
    const place = places.get(id);
    if (place?.account !== undefined) return { kind: "opened", account: place.account };
    return place?.path === undefined ? { kind: "unknown" } : openFile(place.path, signal);
  }

  function namesPlace(text: string, place: Place): boolean {
    return place.id === text || place.name === text;
  }

  /** The clusters of a place that are known by this text; of a remembered file, those it had when it was last open. */
  async function matches(place: Place, text: string): Promise<{ found: ClusterAddress[]; failure?: Unreachable }> {
    const of = (clusters: readonly { readonly id: string; readonly name: string }[]): ClusterAddress[] =>
      clusters.flatMap(({ id, name }) => {
        const cluster = id === text || name === text ? clusterId(id) : undefined;
        return cluster === undefined ? [] : [{ accountId: place.id, accountName: place.name, id: cluster, name }];
      });
    if (place.account === undefined) {
      return { found: of(remembered.find((file) => file.path === place.path)?.clusters ?? []) };
    }
    const list = await listings.get(place.id)?.finish();
    const failure = list?.failures[0]?.reason;
    return {
      found: of(list?.items.map(({ cluster }) => cluster) ?? []),
      ...(failure === undefined ? {} : { failure }),
    };
  }

  async function resolve(text: string, account: string | undefined, signal?: AbortSignal): Promise<Resolution> {
    const asked = [...places.values()].filter((place) => account === undefined || namesPlace(account, place));
    if (asked.length === 0) return { kind: "none", missing: "account" };
    // A file that is named and was never looked into tells its clusters only when it is open.
    if (account !== undefined) {
      for (const place of asked) {
        const opening = await open(place.id, signal ?? new AbortController().signal);
        if (opening.kind !== "opened" && opening.kind !== "unknown") return { kind: "notOpened", failure: opening };
      }
    }
    const found: ClusterAddress[] = [];
    let unreachable: Resolution | undefined;
    for (const { id } of asked) {
      const place = places.get(id);
      if (place === undefined) continue;
      const { found: here, failure } = await matches(place, text);
      found.push(...here);
      if (failure !== undefined) unreachable ??= { kind: "unreachable", account: place.name, reason: failure };
    }
    // An id says more than a name: a cluster may be named like another one's id.
    const byId = found.filter(({ id }) => id === text);
    const candidates = byId.length > 0 ? byId : found;
    const [only] = candidates;
    if (only === undefined) return unreachable ?? { kind: "none", missing: "cluster" };
    if (candidates.length > 1) return { kind: "ambiguous", candidates };
    const opening = await open(only.accountId, signal ?? new AbortController().signal);
    if (opening.kind === "unknown") return { kind: "none", missing: "account" };
    if (opening.kind !== "opened") return { kind: "notOpened", failure: opening };
    const list = await listings.get(only.accountId)?.finish();
    const cluster = list?.items.find((state) => state.cluster.id === only.id)?.cluster;
    return cluster === undefined
      ? { kind: "none", missing: "cluster" }
      : { kind: "unique", account: opening.account, cluster };
  }

  function add(account: Account, facts?: () => AccountFacts): void {
    put({
      id: account.id,
      name: account.name,
      kind: account.kind,
      path: undefined,
      account,
      store: undefined,
      importing: undefined,
      ...(facts === undefined ? {} : { facts }),
    });
    attach(account);
    fire({ kind: "places" });
  }

  for (const account of parts.builtIn) add(account);
  for (const { path } of remembered) put(closed(path));

  return {
    onDidChange: (listener, thisArg, disposables) => {
      const bound = (change: AccountsChange) => void listener.call(thisArg, change);
      listeners.add(bound);
      const subscription = { dispose: () => void listeners.delete(bound) };
      disposables?.push(subscription);
      return subscription;
    },
    places: () => [...places.values()],
    place: (id) => places.get(id),
    all: () => [...places.values()].flatMap(({ account }) => account ?? []),
    byId: (id) => places.get(id)?.account,
    byName: (name) => [...places.values()].filter((place) => place.name === name),
    add,
    remove: (id) => {
      const place = places.get(id);
      if (place === undefined) return;
      openings.get(id)?.closing.abort();
      detach(id);
      places.delete(id);
      if (place.path !== undefined) remember(remembered.filter(({ path }) => path !== place.path));
      fire({ kind: "places" });
    },
    open,
    openFile,
    closeFiles: () => {
      for (const { id, path, account } of [...places.values()]) {
        if (path === undefined || account === undefined) continue;
        detach(id);
        put(closed(path));
      }
      fire({ kind: "places" });
    },
    clusters: (account) => {
      const listing = listings.get(account.id);
      if (listing === undefined) throw new Error(`The account ${account.id} is not open.`);
      return listing;
    },
    resolve,
    dispose: () => {
      for (const { closing } of openings.values()) closing.abort();
      for (const id of [...unsubscribers.keys()]) detach(id);
      listeners.clear();
    },
  };
}
