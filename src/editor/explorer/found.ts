import type { ClusterNode } from "./node.ts";
import type { PodRow } from "./pods.ts";
import type { TraceSeen, UserSeen } from "./statements.ts";

/** What *Find Pod, User or Trace…* can lead to. */
export type Found =
  | { readonly kind: "pod"; readonly at: ClusterNode; readonly row: PodRow }
  /** One account, wherever in its cloud account it was seen. */
  | { readonly kind: "user"; readonly account: string; readonly user: UserSeen; readonly at: readonly ClusterNode[] }
  | { readonly kind: "trace"; readonly at: ClusterNode; readonly trace: TraceSeen };

export type FoundGroup = { readonly kind: Found["kind"]; readonly found: readonly Found[]; readonly count: number };

/** Collects what is found as it comes. */
export type Findings = {
  addPods(at: ClusterNode, rows: readonly PodRow[]): void;
  addUsers(at: ClusterNode, users: readonly UserSeen[]): void;
  addTraces(at: ClusterNode, traces: readonly TraceSeen[]): void;
  /** The names of people and roles by the account ids that a cluster's records name them with. */
  addNames(at: ClusterNode, names: ReadonlyMap<string, string>): void;
  /** The name of the person or role that was found, where it is known; empty for a pod. */
  person(found: Found): string;
  /** What matches every word of the text, without regard to case: at most so many of each kind, and how many there are. */
  matching(text: string, limit: number): readonly FoundGroup[];
};

type Entry = { readonly found: Found; readonly haystack: string };

/** `nameOf` names a cluster and its account, which are searched too. */
export function createFindings(nameOf: (node: ClusterNode) => string): Findings {
  const pods = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  const traces = new Map<string, Entry>();
  const people = new Map<ClusterNode, ReadonlyMap<string, string>>();

  function person(found: Found): string {
    switch (found.kind) {
      case "pod":
        return "";
      case "user":
        return found.at.map((at) => people.get(at)?.get(found.user.who)).find((name) => name !== undefined) ?? "";
      case "trace":
        return people.get(found.at)?.get(found.trace.who) ?? "";
    }
  }

  function entry(found: Found, ...texts: readonly string[]): Entry {
    return { found, haystack: texts.join("\n").toLowerCase() };
  }

  return {
    addPods: (at, rows) => {
      for (const row of rows) {
        const { namespace, name } = row.pod;
        pods.set(
          `${at.id}\n${namespace}\n${name}`,
          entry({ kind: "pod", at, row }, `${namespace}/${name}`, nameOf(at)),
        );
      }
    },
    addUsers: (at, seen) => {
      const account = at.parent.account;
      for (const user of seen) {
        const key = `${account}\n${user.who}`;
        const known = users.get(key)?.found;
        const before = known?.kind === "user" ? known : undefined;
        const isNew = before === undefined || !before.at.includes(at);
        const merged: UserSeen =
          before === undefined || !isNew
            ? user
            : {
                ...user,
                traces: before.user.traces + user.traces,
                lastMs: Math.max(before.user.lastMs, user.lastMs),
              };
        const places = before === undefined ? [at] : isNew ? [...before.at, at] : before.at;
        users.set(
          key,
          entry({ kind: "user", account, user: merged, at: places }, user.who, user.username, ...places.map(nameOf)),
        );
      }
    },
    addTraces: (at, seen) => {
      for (const trace of seen) {
        const { who, username, namespace, pod } = trace;
        traces.set(
          `${at.id}\n${trace.trace}`,
          entry({ kind: "trace", at, trace }, trace.trace, who, username, `${namespace}/${pod}`, nameOf(at)),
        );
      }
    },
    addNames: (at, names) => void people.set(at, names),
    person,
    matching: (text, limit) => {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      const group = (kind: Found["kind"], entries: Iterable<Entry>): FoundGroup => {
        const found: Found[] = [];
        let count = 0;
        for (const each of entries) {
          const name = person(each.found).toLowerCase();
          if (!words.every((word) => each.haystack.includes(word) || name.includes(word))) continue;
          count++;
          if (found.length < limit) found.push(each.found);
        }
        return { kind, found, count };
      };
      const newestFirst = (entries: Map<string, Entry>, lastMs: (found: Found) => number) =>
        [...entries.values()].sort((a, b) => lastMs(b.found) - lastMs(a.found));
      return [
        group(
          "user",
          newestFirst(users, (found) => (found.kind === "user" ? found.user.lastMs : 0)),
        ),
        group("pod", pods.values()),
        group(
          "trace",
          newestFirst(traces, (found) => (found.kind === "trace" ? found.trace.lastMs : 0)),
        ),
      ];
    },
  };
}
