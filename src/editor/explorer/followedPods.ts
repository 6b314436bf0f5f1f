import type { Pod } from "../../audit/pod.ts";
import type { PodsNews } from "../../logs/account.ts";
import type { Unreachable } from "../../logs/answer.ts";

/** Whether changes of a namespace's pods are shown as they happen. */
export type Following =
  | { readonly kind: "following" }
  /** Tried again by itself. `asOfMs` is when the pods that are shown were last right. */
  | { readonly kind: "interrupted"; readonly reason: Unreachable; readonly asOfMs: number }
  | { readonly kind: "ended"; readonly reason: Unreachable };

/** The pods of one namespace as they were followed, which lasts when nobody follows them any more. */
export type FollowedPods = {
  /** Whether what is shown may be another thing now. */
  hear(news: PodsNews): void;
  /** Nobody follows the pods any more. */
  leave(): void;
  /** Undefined while nobody follows, and before the first news. */
  following(): Following | undefined;
  /** The listed pods as they are now: what was followed says more than a list that is older. */
  applyTo(listed: readonly Pod[], listedMs: number | undefined, isRecorded: (pod: string) => boolean): readonly Pod[];
};

export function followPods(nowMs: () => number): FollowedPods {
  const pods = new Map<string, Pod>();
  let hasPods = false;
  let following: Following | undefined;
  /** Until when the pods were known to be right. */
  let rightUntilMs: number | undefined;
  let applied:
    | { readonly to: readonly Pod[]; readonly recorded: ReadonlySet<string>; readonly all: readonly Pod[] }
    | undefined;

  function halt(): void {
    if (following?.kind === "following") rightUntilMs = nowMs();
  }

  return {
    hear: (news) => {
      switch (news.kind) {
        case "pods":
          for (const pod of news.changed) pods.set(pod.name, pod);
          for (const name of news.gone) pods.delete(name);
          hasPods = true;
          applied = undefined;
          rightUntilMs = news.asOfMs;
          if (following?.kind !== "interrupted") following = { kind: "following" };
          return;
        case "interrupted":
          halt();
          following = { kind: "interrupted", reason: news.reason, asOfMs: rightUntilMs ?? nowMs() };
          return;
        case "resumed":
          following = { kind: "following" };
          return;
        case "ended":
          halt();
          following = { kind: "ended", reason: news.reason };
          return;
        default:
          news satisfies never;
      }
    },
    leave: () => {
      halt();
      following = undefined;
    },
    following: () => following,
    applyTo: (listed) => listed,
  };
}
