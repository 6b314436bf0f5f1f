import type { Pod } from "../../audit/pod.ts";
import type { PodsNews } from "../../logs/account.ts";
import type { Unreachable } from "../../logs/answer.ts";

/** Whether changes of the pods of a namespace are shown as they happen. */
export type Following =
  | { readonly kind: "following" }
  /** It is tried again by itself. What is shown was right at `asOfMs`; undefined where nothing came yet. */
  | { readonly kind: "interrupted"; readonly reason: Unreachable; readonly asOfMs: number | undefined }
  | { readonly kind: "ended"; readonly reason: Unreachable; readonly asOfMs: number | undefined };

/** The pods of one namespace as following them told. They are kept when nobody follows any more. */
export type FollowedPods = {
  /** Somebody follows from now on; what is told goes into the function that this returns. */
  begin(): (news: PodsNews) => void;
  leave(): void;
  /** Undefined while nobody follows, and before anything was told. */
  following(): Following | undefined;
  /** Those that exist, the same array until they change; undefined where a list of that time knows better. */
  pods(listedMs: number | undefined): readonly Pod[] | undefined;
};

export function createFollowedPods(nowMs: () => number): FollowedPods {
  let pods: readonly Pod[] | undefined;
  let following: Following | undefined;
  let isRight = false;
  /** When the pods were last known to be right. */
  let asOfMs: number | undefined;

  function doubt(): void {
    if (isRight) asOfMs = nowMs();
    isRight = false;
  }

  return {
    begin: () => {
      const byName = new Map<string, Pod>();
      return (news) => {
        switch (news.kind) {
          case "pods":
            for (const name of news.gone) byName.delete(name);
            for (const pod of news.changed) byName.set(pod.name, pod);
            pods = [...byName.values()];
            asOfMs = news.asOfMs;
            // What was gathered before an interruption is told just before it, what was missed just before its end.
            if (following?.kind !== "interrupted") {
              isRight = true;
              following = { kind: "following" };
            }
            return;
          case "resumed":
            isRight = pods !== undefined;
            following = { kind: "following" };
            return;
          case "interrupted":
          case "ended":
            doubt();
            following = { kind: news.kind, reason: news.reason, asOfMs };
            return;
          default:
            news satisfies never;
        }
      };
    },
    leave: () => {
      doubt();
      following = undefined;
    },
    following: () => following,
    pods: (listedMs) => (isRight || (asOfMs ?? 0) > (listedMs ?? 0) ? pods : undefined),
  };
}

/** The pods of a namespace: those that exist, and of the listed ones that do not exist any more those that records know. */
export function withFollowed(
  listed: readonly Pod[],
  followed: readonly Pod[],
  isRecorded: (pod: string) => boolean,
): readonly Pod[] {
  const names = new Set(followed.map(({ name }) => name));
  const lost = listed.filter((pod) => !names.has(pod.name) && (pod.gone || isRecorded(pod.name)));
  return [...followed, ...lost.map((pod) => (pod.gone ? pod : { ...pod, gone: true }))];
}
