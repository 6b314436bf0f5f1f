import { fill } from "../../src/pages/message.ts";
import type { ResultsWord, ShownRow } from "../../src/pages/results.ts";
import { iconButton, linkButton } from "../control.ts";
import { element } from "../element.ts";
import { fieldList } from "../fieldList.ts";
import { riskBoxes } from "../riskMark.ts";

export type DetailContent = {
  /** Place in the view, from 0. */
  readonly place: number;
  readonly rowCount: number;
  readonly row: ShownRow;
  /** Undefined until the host has sent the whole values. */
  readonly fields: readonly (readonly [name: string, value: string])[] | undefined;
  readonly hasTrace: boolean;
  readonly zone: string;
};

export type DetailActions = {
  openTrace(row: ShownRow): void;
  copyRow(row: ShownRow): void;
  copyValue(row: ShownRow, field: string): void;
  close(): void;
};

/** One row, all of it. */
export function detail(
  content: DetailContent,
  words: Readonly<Record<ResultsWord, string>>,
  number: (value: number) => string,
  actions: DetailActions,
): readonly HTMLElement[] {
  const { row, fields } = content;
  const title = fill(words.rowOf, number(content.place + 1), number(content.rowCount));
  return [
    element(
      "div",
      { class: "side-head" },
      element("h2", {}, title),
      element("span", { class: "grow" }),
      iconButton("copy", fill(words.copyJson, words.copyOne), () => actions.copyRow(row)),
      iconButton("close", words.hideDetail, actions.close),
    ),
    element(
      "div",
      { class: "side-body", tabindex: 0, role: "group", "aria-label": title },
      ...(row.risk === undefined ? [] : riskBoxes(row.risk, words)),
      content.hasTrace
        ? element(
            "div",
            { class: "side-action" },
            linkButton(words.openTrace, () => actions.openTrace(row)),
          )
        : undefined,
      fields === undefined
        ? element("p", { class: "quiet", "aria-busy": true }, words.loading)
        : fieldList(
            fields,
            content.zone,
            {
              emptyValue: words.emptyValue,
              copyValue: words.copyValue,
              showWhole: (length) => fill(words.showWhole, number(length)),
            },
            (field) => actions.copyValue(row, field),
          ),
    ),
  ];
}
