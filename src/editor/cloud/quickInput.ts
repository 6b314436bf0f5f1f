import * as vscode from "vscode";
import type { Answer } from "./steps.ts";

/** One of a row of questions. All have the same title, so that they look like one. */
type Question = { readonly title: string; readonly placeholder: string; readonly isFirst?: boolean };

export type Choice<Value> = vscode.QuickPickItem & {
  /** Undefined for what only tells something. */
  readonly value?: Value;
};

/** One of some; the one that is `active` is at the caret. */
export function pickOne<Value>(
  question: Question,
  choices: readonly Choice<Value>[],
  isActive: (value: Value) => boolean,
): Promise<Answer<Value>> {
  return ask<Value, vscode.QuickPick<Choice<Value>>>(
    vscode.window.createQuickPick<Choice<Value>>(),
    question,
    (input, answer) => {
      input.items = choices;
      input.placeholder = question.placeholder;
      input.matchOnDescription = true;
      input.matchOnDetail = true;
      input.activeItems = choices.filter(({ value }) => value !== undefined && isActive(value)).slice(0, 1);
      return input.onDidAccept(() => {
        const value = input.selectedItems[0]?.value;
        if (value !== undefined) answer(value);
      });
    },
  );
}

/** Some of many; at least one. */
export function pickMany<Value>(
  question: Question,
  choices: readonly Choice<Value>[],
  isChosen: (value: Value) => boolean,
): Promise<Answer<readonly Value[]>> {
  const input = vscode.window.createQuickPick<Choice<Value>>();
  return ask<readonly Value[], vscode.QuickPick<Choice<Value>>>(input, question, (_, answer) => {
    input.canSelectMany = true;
    input.items = choices;
    input.placeholder = question.placeholder;
    input.matchOnDescription = true;
    input.selectedItems = choices.filter(({ value }) => value !== undefined && isChosen(value));
    return input.onDidAccept(() => {
      const values = input.selectedItems.flatMap(({ value }) => (value === undefined ? [] : [value]));
      if (values.length > 0) answer(values);
    });
  });
}

/** A line of text. `wrong` says what is wrong with it; while it says something, the text is not taken. */
export function writeLine(
  question: Question & { readonly prompt: string; readonly isSecret?: boolean },
  written: string,
  wrong: (text: string) => string | undefined,
): Promise<Answer<string>> {
  return ask<string, vscode.InputBox>(vscode.window.createInputBox(), question, (input, answer) => {
    input.password = question.isSecret === true;
    input.prompt = question.prompt;
    input.placeholder = question.placeholder;
    input.value = written;
    return vscode.Disposable.from(
      input.onDidChangeValue(() => {
        input.validationMessage = undefined;
      }),
      input.onDidAccept(() => {
        const problem = wrong(input.value);
        input.validationMessage = problem;
        if (problem === undefined) answer(input.value);
      }),
    );
  });
}

function ask<Value, Input extends vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox>(
  input: Input,
  question: Question,
  prepare: (input: Input, answer: (value: Value) => void) => vscode.Disposable,
): Promise<Answer<Value>> {
  const { promise, resolve } = Promise.withResolvers<Answer<Value>>();
  input.title = question.title;
  // A look into another window, for a key to paste, is no answer.
  input.ignoreFocusOut = true;
  if (question.isFirst !== true) input.buttons = [vscode.QuickInputButtons.Back];
  const subscription = vscode.Disposable.from(
    prepare(input, (value) => resolve({ kind: "value", value })),
    input.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) resolve({ kind: "back" });
    }),
    input.onDidHide(() => resolve({ kind: "cancel" })),
  );
  input.show();
  return promise.finally(() => {
    subscription.dispose();
    input.dispose();
  });
}
