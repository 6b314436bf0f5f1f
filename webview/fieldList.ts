import { prettyJson } from "../src/pages/prettyJson.ts";
import { recordedTime } from "../src/pages/shownTime.ts";
import { visibleLine, visibleText } from "../src/pages/visibleText.ts";
import { iconButton, linkButton } from "./control.ts";
import { element } from "./element.ts";

/** A value beyond this is opened on demand: a line of a megabyte takes a browser seconds to break. */
const shownLength = 20_000;

type Texts = {
  readonly emptyValue: string;
  readonly copyValue: string;
  /** `{0}`: the number of characters, grouped. */
  readonly showWhole: (length: number) => string;
};

/** The fields of a record, whole: JSON with a member a line, times with what they are in the user's zone and in UTC. */
export function fieldList(
  fields: readonly (readonly [name: string, value: string])[],
  zone: string,
  texts: Texts,
  copy: (field: string) => void,
): HTMLElement {
  return element(
    "dl",
    { class: "fields" },
    ...fields.flatMap(([name, value]) => {
      const text = visibleText(prettyJson(value) ?? value);
      const wide = text.length > 48 || text.includes("\n") ? "wide" : "";
      const label = `${texts.copyValue}: ${visibleLine(name)}`;
      return [
        element("dt", { class: wide }, ...breakable(visibleLine(name))),
        element(
          "dd",
          { class: wide },
          element("div", { class: "grow" }, ...fieldValue(name, value, text, zone, texts)),
          iconButton("copy", label, () => copy(name)),
        ),
      ];
    }),
  );
}

function fieldValue(
  name: string,
  value: string,
  text: string,
  zone: string,
  texts: Texts,
): readonly (Node | undefined)[] {
  if (value === "") return [element("span", { class: "quiet" }, texts.emptyValue)];
  const shown = element("pre", { class: "value" }, text.slice(0, shownLength));
  const whole =
    text.length <= shownLength
      ? undefined
      : linkButton(texts.showWhole(text.length), () => {
          shown.textContent = text;
          whole?.remove();
        });
  const at = /time/i.test(name) ? recordedTime(value, zone) : undefined;
  const isUtc = /[Zz]$/.test(value);
  const times = at === undefined ? [] : [at.local, ...(isUtc ? [] : [at.utc])];
  return [shown, ...times.map((time) => element("div", { class: "quiet" }, time)), whole];
}

/** A long name breaks after its dots, not in its words. */
function breakable(name: string): readonly Node[] {
  return name.split(/(?<=\.)/).flatMap((part, index) => {
    const text = document.createTextNode(part);
    return index === 0 ? [text] : [document.createElement("wbr"), text];
  });
}
