import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import type { VscodeButton } from "@vscode-elements/elements/dist/vscode-button/index.js";
import type { VscodeTextfield } from "@vscode-elements/elements/dist/vscode-textfield/index.js";
import { element } from "./element.ts";
import { type IconName, icon } from "./icon.ts";

/** A button that says what it does; `secondary` where another button is the likelier choice. */
export function textButton(label: string, action: () => void, secondary = false): VscodeButton {
  const button = element("vscode-button", {}, label);
  button.secondary = secondary;
  button.addEventListener("click", action);
  return button;
}

/** A button of the tool bar: a drawing, its name on hover and for readers. */
export function iconButton(drawing: IconName, label: string, action: (button: HTMLElement) => void): HTMLButtonElement {
  const button = element("button", { class: "icon-button", title: label, "aria-label": label }, icon(drawing));
  button.type = "button";
  button.addEventListener("click", () => action(button));
  return button;
}

/** A link-like button inside text. */
export function linkButton(label: string, action: () => void): HTMLButtonElement {
  const button = element("button", { class: "link" }, label);
  button.type = "button";
  button.addEventListener("click", action);
  return button;
}

export type TextField = { readonly root: VscodeTextfield; readonly value: () => string; set(value: string): void };

/** A field whose text counts once typing rests for `restMs`, or at once with Enter; Escape empties it, then leaves it. */
export function textField(
  drawing: IconName,
  label: string,
  restMs: number,
  changed: (value: string, enter: KeyboardEvent | undefined) => void,
  left: () => void,
): TextField {
  const root = element("vscode-textfield", {});
  const mark = icon(drawing);
  mark.setAttribute("slot", "content-before");
  root.append(mark);
  root.label = label;
  root.placeholder = label;
  let told = "";
  let timer: number | undefined;
  const tell = (enter?: KeyboardEvent) => {
    window.clearTimeout(timer);
    if (enter !== undefined || root.value !== told) {
      told = root.value;
      changed(told, enter);
    }
  };
  root.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => tell(), restMs);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      tell(event);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (root.value === "") left();
      else {
        root.value = "";
        tell();
      }
    }
  });
  return {
    root,
    value: () => root.value,
    set: (value) => {
      told = value;
      root.value = value;
    },
  };
}
