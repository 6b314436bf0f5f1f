/** What a person answers to a question that stands in a row of questions. */
export type Answer<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "back" }
  | { readonly kind: "cancel" };

export type StepOutcome<Draft> =
  | { readonly kind: "next"; readonly draft: Draft }
  /** Nothing was asked: going back does not come here. */
  | { readonly kind: "skip"; readonly draft: Draft }
  | { readonly kind: "back" }
  | { readonly kind: "cancel" };

export type Step<Draft> = (draft: Draft) => Promise<StepOutcome<Draft>>;

/** Goes through the steps, back and forth; undefined when it was cancelled. What was answered stays when one goes back. */
export async function walk<Draft>(steps: readonly Step<Draft>[], first: Draft): Promise<Draft | undefined> {
  const asked: number[] = [];
  let draft = first;
  for (let at = 0; ; ) {
    const step = steps[at];
    if (step === undefined) return draft;
    const outcome = await step(draft);
    switch (outcome.kind) {
      case "next":
        asked.push(at);
        draft = outcome.draft;
        at += 1;
        break;
      case "skip":
        draft = outcome.draft;
        at += 1;
        break;
      case "back": {
        const before = asked.pop();
        if (before === undefined) return undefined;
        at = before;
        break;
      }
      case "cancel":
        return undefined;
      default:
        return outcome satisfies never;
    }
  }
}

/** The outcome of a step that asks one question. */
export function answered<Value, Draft>(answer: Answer<Value>, taken: (value: Value) => Draft): StepOutcome<Draft> {
  return answer.kind === "value" ? { kind: "next", draft: taken(answer.value) } : answer;
}
