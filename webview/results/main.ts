import { counted, fill } from "../../src/pages/message.ts";
import type {
  CopyFormat,
  FromResults,
  ResultsState,
  ResultsWord,
  RowRange,
  ShownQuestion,
  ShownRow,
  ToResults,
} from "../../src/pages/results.ts";
import { defaultLayout, mergeLayout } from "../../src/pages/resultsState.ts";
import { dateTimeRange } from "../../src/pages/shownTime.ts";
import { visibleLine, visibleText } from "../../src/pages/visibleText.ts";
import { Announcer } from "../announcer.ts";
import { iconButton, linkButton, textButton, textField } from "../control.ts";
import { element, setText } from "../element.ts";
import { connect } from "../host.ts";
import { icon } from "../icon.ts";
import { type MenuItem, openMenu } from "../menu.ts";
import { SidePanel } from "../sidePanel.ts";
import { detail } from "./detail.ts";
import { Grid, type Place } from "./grid.ts";
import { RowCache } from "./rowCache.ts";

type Answer = Extract<ResultsState, { kind: "answer" }>;
type Words = Readonly<Record<ResultsWord, string>>;

/** What outlives the page; the rest is asked of the host again. */
type Kept = {
  readonly answer: string | undefined;
  readonly topRow: number;
  readonly place: Place;
  readonly ranges: readonly RowRange[];
  readonly detailShown: boolean;
  readonly sideWidth: number;
};

const host = connect<ToResults, FromResults, Kept>(receive);
const announcer = new Announcer();

let words: Words;
let zone = "UTC";
let numbers = new Intl.NumberFormat("en");
let state: ResultsState = { kind: "nothing" };
let page: ReturnType<typeof buildPage> | undefined;
/** What was kept of this answer before the reload, until its rows are there. */
let toRestore: Partial<Kept> | undefined;
let toTop = false;
let record: Extract<ToResults, { kind: "record" }> | undefined;
let recordAsked: number | undefined;
let recordTimer: number | undefined;
let runningTimer: number | undefined;
let keepTimer: number | undefined;

const number = (value: number) => numbers.format(value);

function receive(message: ToResults): void {
  switch (message.kind) {
    case "state":
      showState(message);
      return;
    case "rows":
      takeRows(message);
      return;
    case "rowsFailed":
      if (cache.fail(message.request)) showRowsFailed(message.message);
      return;
    case "record":
      if (state.kind === "answer" && message.answer === state.answer) {
        record = message;
        drawDetail();
      }
      return;
    case "announce":
      announcer.show(message.text);
      return;
    default:
      message satisfies never;
  }
}

const cache = new RowCache((request, from, count) => {
  if (state.kind === "answer") host.post({ kind: "rows", answer: state.answer, request, from, count });
});

// ---------------------------------------------------------------------------------------------------------- page

function buildPage() {
  const grid = new Grid(cache, words, {
    sort,
    layout: (layout) => {
      if (state.kind !== "answer") return;
      state = { ...state, layout };
      host.post({ kind: "layout", answer: state.answer, layout });
    },
    openTrace,
    showDetail: () => showDetail(true),
    hideDetail: () => {
      const was = side.isShown;
      if (was) showDetail(false);
      return was;
    },
    moved: () => {
      drawDetail();
      drawCounts();
      keepSoon();
    },
    menu: (at) => openMenu(at, words.more, () => (grid.place.row < 0 ? headMenu(grid) : rowMenu(grid))),
    say: (text) => announcer.say(text),
    focusFilter: () => filter.root.focus(),
  });
  grid.root.addEventListener("scroll", keepSoon, { passive: true });
  const filter = textField(
    "filter",
    words.filter,
    250,
    (text) => changeView({ filter: text }),
    () => grid.focus(),
  );
  filter.root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "ArrowDown") grid.focus();
  });
  const side = new SidePanel(host.kept.sideWidth ?? 380, keepSoon);
  side.name(words.detail, words.resizeDetail);
  side.root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    showDetail(false);
    grid.focus();
  });
  side.show(false);

  const title = linkButton("", () => host.post({ kind: "openQuery" }));
  const where = element("span", { class: "where" });
  const range = element("span", { class: "range" });
  const counts = element("div", { class: "counts" });
  const detailButton = iconButton("detail", words.showDetail, () => showDetail(!side.isShown));
  const menuButton = (drawing: "copy" | "columns" | "more", label: string, items: () => readonly MenuItem[]) => {
    const button = iconButton(drawing, label, (at) => openMenu(at, label, items));
    button.setAttribute("aria-haspopup", "menu");
    return button;
  };
  const answerTools = element(
    "div",
    { class: "tools" },
    filter.root,
    menuButton("columns", words.columns, columnsMenu),
    menuButton("copy", words.copy, () => copyMenu(grid)),
    detailButton,
    iconButton("refresh", words.runAgain, () => host.post({ kind: "runAgain" })),
    menuButton("more", words.more, () => [
      { label: words.openQuery, run: () => host.post({ kind: "openQuery" }) },
      { label: words.saveQuery, run: () => host.post({ kind: "saveQuery" }) },
      { label: words.openAsTab, run: () => host.post({ kind: "openAsTab" }) },
    ]),
  );
  const header = element(
    "header",
    {},
    element("div", { class: "question" }, element("h1", {}, title), where, range),
    element("div", { class: "status" }, counts, answerTools),
  );
  const notices = element("div", { class: "notices" });
  const message = element("div", { class: "message" });
  const split = element("div", { class: "split" }, grid.root, message, side.bar, side.root);
  document.body.replaceChildren(
    element("main", { class: "page", "aria-label": words.page }, header, notices, split),
    announcer.root,
  );
  return {
    grid,
    filter,
    side,
    title,
    where,
    range,
    counts,
    answerTools,
    header,
    notices,
    message,
    split,
    detailButton,
  };
}

function showState(message: Extract<ToResults, { kind: "state" }>): void {
  const before = state;
  words = message.words;
  zone = message.zone;
  numbers = new Intl.NumberFormat(message.locale);
  // While an answer is shown, its view and layout are what was done here last: the host only repeats them, a bit later.
  const goesOn = before.kind === "answer" && message.state.kind === "answer" && before.answer === message.state.answer;
  state = goesOn ? { ...message.state, view: before.view, layout: before.layout } : message.state;
  page ??= buildPage();
  window.clearInterval(runningTimer);
  page.header.hidden = state.kind === "nothing";
  page.answerTools.hidden = state.kind !== "answer" || state.rowCount === 0;
  if (state.kind !== "nothing") showQuestion(state.question);
  if (state.kind === "answer") showAnswer(state, before);
  else showMessage();
  drawCounts();
  drawNotices();
}

function showQuestion(question: ShownQuestion): void {
  if (page === undefined) return;
  setText(page.title, visibleLine(question.title));
  page.title.title = `${words.openQuery}\n${visibleText(question.statement)}`;
  setText(page.where, place(question));
  page.where.title = place(question);
  setText(page.range, dateTimeRange(question.range.fromMs, question.range.toMs, zone));
  page.range.title = `${dateTimeRange(question.range.fromMs, question.range.toMs, "UTC")}\n${zone}`;
}

function place(question: ShownQuestion): string {
  return visibleLine([question.account, question.clusters.join(", ")].filter((part) => part !== "").join(" / "));
}

// ---------------------------------------------------------------------------------------- states without an answer

/** What stands where the rows would: that there is nothing yet, that it takes time, that it failed, that none match. */
function showMessage(): void {
  if (page === undefined) return;
  const content = messageContent();
  page.grid.root.hidden = content !== undefined;
  page.message.hidden = content === undefined;
  page.side.show(content === undefined && page.side.isShown);
  page.message.replaceChildren(...(content ?? []));
}

function messageContent(): readonly HTMLElement[] | undefined {
  switch (state.kind) {
    case "nothing":
      return [element("h2", {}, words.nothing), element("p", { class: "quiet" }, words.nothingHint)];
    case "running":
      return runningMessage(state);
    case "failed":
      return [
        element("div", { class: "message-head", role: "alert" }, icon("error"), element("h2", {}, state.message)),
        ...(state.detail === "" ? [] : [element("pre", { class: "value" }, visibleText(state.detail))]),
        ...searched(state.question),
        element(
          "div",
          { class: "buttons" },
          state.canRetry ? textButton(words.retry, () => host.post({ kind: "runAgain" })) : undefined,
          textButton(words.openQuery, () => host.post({ kind: "openQuery" }), true),
        ),
      ];
    case "answer":
      if (state.rowCount === 0) {
        return [
          element("h2", {}, words.noRows),
          element(
            "p",
            { class: "quiet" },
            [...(state.gaps.length === 0 ? [words.noRowsComplete] : []), words.noRowsHint].join(" "),
          ),
          ...searched(state.question),
          element(
            "div",
            { class: "buttons" },
            textButton(words.openQuery, () => host.post({ kind: "openQuery" }), true),
            textButton(words.runAgain, () => host.post({ kind: "runAgain" }), true),
          ),
        ];
      }
      if (state.view.filter !== "" && !cache.isStale && !cache.isWaiting && cache.rowCount === 0) {
        return [
          element("h2", {}, fill(words.noRowsFiltered, visibleLine(state.view.filter))),
          element("div", { class: "buttons" }, textButton(words.clearFilter, clearFilter, true)),
        ];
      }
      return undefined;
    default:
      return state satisfies never;
  }
}

function runningMessage(running: Extract<ResultsState, { kind: "running" }>): readonly HTMLElement[] {
  const text = element("h2", {});
  const tick = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - running.startedAtMs) / 1000));
    const part = running.rowsSoFar === 0 ? words.running : fill(words.runningRows, number(running.rowsSoFar));
    setText(text, `${part} · ${fill(words.seconds, number(seconds))}`);
  };
  tick();
  runningTimer = window.setInterval(tick, 1_000);
  return [
    element("div", { class: "progress", role: "progressbar", "aria-label": words.running }),
    text,
    ...searched(running.question),
    element(
      "div",
      { class: "buttons" },
      textButton(words.cancel, () => host.post({ kind: "cancel" }), true),
    ),
  ];
}

/** What exactly was looked for, so that "nothing" can be judged. */
function searched(question: ShownQuestion): readonly HTMLElement[] {
  const { fromMs, toMs } = question.range;
  const facts: readonly (readonly [string, HTMLElement])[] = [
    [words.searchedWhere, element("span", {}, place(question))],
    [
      words.searchedRange,
      element(
        "span",
        {},
        element("span", {}, dateTimeRange(fromMs, toMs, zone)),
        element("span", { class: "quiet" }, ` · ${dateTimeRange(fromMs, toMs, "UTC")}`),
      ),
    ],
    [words.searchedStatement, element("pre", { class: "value" }, visibleText(question.statement))],
  ];
  return [
    element(
      "dl",
      { class: "searched" },
      ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    ),
  ];
}

// --------------------------------------------------------------------------------------------------------- answer

function showAnswer(answer: Answer, before: ResultsState): void {
  if (page === undefined) return;
  const { grid, filter } = page;
  const same = before.kind === "answer" && before.answer === answer.answer ? before : undefined;
  if (same === undefined) {
    record = undefined;
    recordAsked = undefined;
    toRestore = host.kept.answer === answer.answer && before.kind !== "answer" ? host.kept : undefined;
    toTop = toRestore === undefined;
    if (toTop) grid.toTop();
    if (toRestore?.detailShown) page.side.show(true);
    filter.set(answer.view.filter);
  }
  grid.show(answer, words, zone);
  if (same?.rowCount !== answer.rowCount) {
    cache.begin(answer.view.filter === "" ? answer.rowCount : 0, same !== undefined);
    const first = Math.floor(toRestore?.topRow ?? grid.topRow);
    if (answer.rowCount > 0) cache.need(first, first + grid.pageRows);
    grid.refresh();
  }
  showMessage();
}

function takeRows(message: Extract<ToResults, { kind: "rows" }>): void {
  if (page === undefined || state.kind !== "answer") return;
  const countBefore = cache.rowCount;
  const wasStale = cache.isStale;
  if (!cache.receive(message)) return;
  const { grid } = page;
  if (toRestore !== undefined) {
    const kept = toRestore;
    toRestore = undefined;
    grid.restore(kept.place ?? { row: 0, column: 0 }, kept.topRow ?? 0, kept.ranges ?? []);
  } else if (toTop) {
    toTop = false;
    grid.toTop();
    grid.refresh();
  } else if (countBefore !== cache.rowCount || wasStale) grid.refresh();
  else grid.redraw();
  showMessage();
  drawCounts();
  drawNotices();
  drawDetail();
}

function changeView(change: Partial<Answer["view"]>): void {
  if (state.kind !== "answer" || page === undefined) return;
  const view = { ...state.view, ...change };
  if (JSON.stringify(view) === JSON.stringify(state.view)) return;
  state = { ...state, view };
  host.post({ kind: "view", answer: state.answer, view });
  record = undefined;
  recordAsked = undefined;
  toTop = true;
  cache.begin(state.rowCount, true);
  page.grid.show(state, words, zone);
  page.grid.refresh();
  cache.need(0, page.grid.pageRows);
  drawCounts();
  drawNotices();
}

function clearFilter(): void {
  page?.filter.set("");
  changeView({ filter: "" });
  page?.grid.focus();
}

/** Not sorted → ascending → descending → not sorted. `add` keeps what is sorted by already. */
function sort(column: string, add: boolean): void {
  if (state.kind !== "answer") return;
  const { sort: before } = state.view;
  const found = before.find((part) => part.column === column);
  const next =
    found === undefined ? { column, descending: false } : found.descending ? undefined : { column, descending: true };
  setSort(column, next?.descending, add);
}

function setSort(column: string, descending: boolean | undefined, add: boolean): void {
  if (state.kind !== "answer") return;
  const { sort: before } = state.view;
  const part = descending === undefined ? [] : [{ column, descending }];
  const place = before.findIndex((each) => each.column === column);
  const after = !add ? part : place < 0 ? [...before, ...part] : before.toSpliced(place, 1, ...part);
  changeView({ sort: after });
  const word = descending === undefined ? words.sortedNot : descending ? words.sortedDescending : words.sortedAscending;
  announcer.say(fill(word, visibleLine(column)));
}

// --------------------------------------------------------------------------------------------------- what is told

function drawCounts(): void {
  if (page === undefined) return;
  if (state.kind !== "answer") {
    page.counts.replaceChildren();
    return;
  }
  const { rowCount, total, elapsedMs, gaps, view } = state;
  const rows =
    view.filter !== "" && !cache.isStale
      ? fill(words.rowsFiltered, number(cache.rowCount), number(rowCount))
      : total === undefined
        ? counted(rowCount, words.rowsOne, words.rows, number)
        : fill(words.rowsOf, number(rowCount), number(total));
  const seconds = new Intl.NumberFormat(numbers.resolvedOptions().locale, { maximumSignificantDigits: 2 });
  const selected = page.grid.selection.size;
  const parts = [
    element("span", {}, rows),
    gaps.length === 0
      ? element("span", {}, words.complete)
      : element("span", { class: "mark medium" }, icon("warning"), words.incomplete),
    element("span", {}, fill(words.seconds, seconds.format(elapsedMs / 1000))),
    ...(selected > 1 ? [element("span", {}, fill(words.selected, number(selected)))] : []),
  ];
  page.counts.replaceChildren(...parts.flatMap((part, index) => (index === 0 ? [part] : [" · ", part])));
}

function drawNotices(): void {
  if (page === undefined) return;
  const notices: HTMLElement[] = [];
  if (state.kind === "answer") {
    const { gaps, rowCount, total, view } = state;
    if (gaps.length > 0) {
      const over =
        view.filter === "" && view.sort.length === 0
          ? []
          : total === undefined
            ? [fill(words.overFetched, number(rowCount))]
            : [fill(words.overFetchedOf, number(rowCount), number(total))];
      notices.push(
        notice("warning", [...gaps, ...over].map(visibleLine), words.runAgain, () => host.post({ kind: "runAgain" })),
      );
    }
    const { maxRows } = page.grid;
    if (cache.rowCount > maxRows) {
      notices.push(notice("warning", [fill(words.rowsNotDrawn, number(maxRows), number(cache.rowCount))]));
    }
  }
  page.notices.replaceChildren(...notices);
}

function notice(
  drawing: "warning" | "error",
  texts: readonly string[],
  action?: string,
  run?: () => void,
): HTMLElement {
  return element(
    "div",
    { class: `notice ${drawing}`, role: "status" },
    icon(drawing),
    element("div", { class: "grow" }, ...texts.map((text) => element("div", {}, text))),
    action === undefined || run === undefined ? undefined : linkButton(action, run),
  );
}

function showRowsFailed(why: string): void {
  const failed = notice("error", [`${words.rowsFailed} ${visibleLine(why)}`], words.retry, () => {
    failed.remove();
    cache.retry();
  });
  drawNotices();
  page?.notices.append(failed);
}

// --------------------------------------------------------------------------------------------------------- detail

function showDetail(shown: boolean): void {
  page?.side.show(shown);
  drawDetail();
  keepSoon();
}

function drawDetail(): void {
  if (page === undefined || state.kind !== "answer") return;
  const { side, grid, detailButton } = page;
  const label = side.isShown ? words.hideDetail : words.showDetail;
  detailButton.title = label;
  detailButton.setAttribute("aria-label", label);
  detailButton.setAttribute("aria-pressed", String(side.isShown));
  if (!side.isShown) return;
  const row = grid.activeRow();
  if (row === undefined) {
    side.root.replaceChildren(element("p", { class: "quiet side-body" }, words.loading));
    return;
  }
  const { answer, traceColumn, columns } = state;
  const trace = traceColumn === undefined ? -1 : columns.findIndex((column) => column.name === traceColumn);
  const fields = record?.ordinal === row.ordinal ? record.fields : undefined;
  if (fields === undefined) askForRecord(answer, row.ordinal);
  const scrolled = fields === undefined ? 0 : (side.root.querySelector(".side-body")?.scrollTop ?? 0);
  side.root.replaceChildren(
    ...detail(
      { place: grid.place.row, rowCount: cache.rowCount, row, fields, hasTrace: Boolean(row.cells[trace]), zone },
      words,
      number,
      {
        openTrace,
        copyRow: () => copy("json", [{ from: grid.place.row, to: grid.place.row + 1 }]),
        copyValue,
        close: () => {
          showDetail(false);
          grid.focus();
        },
      },
    ),
  );
  const body = side.root.querySelector(".side-body");
  if (body !== null) body.scrollTop = scrolled;
}

/** Waits for the row to rest: who holds a key down passes a hundred rows. */
function askForRecord(answer: Answer["answer"], ordinal: number): void {
  if (recordAsked === ordinal) return;
  recordAsked = ordinal;
  window.clearTimeout(recordTimer);
  recordTimer = window.setTimeout(() => host.post({ kind: "openRecord", answer, ordinal }), 60);
}

// -------------------------------------------------------------------------------------------------- menus, actions

function openTrace(row: ShownRow): void {
  if (state.kind === "answer" && state.traceColumn !== undefined) {
    host.post({ kind: "openTrace", answer: state.answer, ordinal: row.ordinal });
  }
}

function copy(format: CopyFormat, rows: readonly RowRange[] | undefined): void {
  if (state.kind === "answer") host.post({ kind: "copy", answer: state.answer, format, rows });
}

function copyValue(row: ShownRow, field: string): void {
  if (state.kind === "answer") host.post({ kind: "copyValue", answer: state.answer, ordinal: row.ordinal, field });
}

function copyItems(rows: readonly RowRange[] | undefined, what: string): readonly MenuItem[] {
  const formats = [
    ["text", words.copyText],
    ["csv", words.copyCsv],
    ["json", words.copyJson],
    ["markdown", words.copyMarkdown],
  ] as const;
  return formats.map(([format, word]) => ({ label: fill(word, what), run: () => copy(format, rows) }));
}

function selectedRows(grid: Grid): readonly RowRange[] {
  const { ranges } = grid.selection;
  return ranges.length > 0 ? ranges : [{ from: grid.place.row, to: grid.place.row + 1 }];
}

function copyMenu(grid: Grid): readonly MenuItem[] {
  const selected = grid.selection.size;
  const all = copyItems(undefined, fill(words.copyAll, number(cache.rowCount)));
  return selected === 0
    ? all
    : [
        ...copyItems(
          grid.selection.ranges,
          selected === 1 ? words.copyOne : fill(words.copySelected, number(selected)),
        ),
        "separator",
        ...all,
      ];
}

function rowMenu(grid: Grid): readonly MenuItem[] {
  const row = grid.activeRow();
  const column = grid.activeColumn();
  const rows = selectedRows(grid);
  const count = rows.reduce((sum, range) => sum + range.to - range.from, 0);
  return [
    { label: words.showDetail, key: "Enter", run: () => showDetail(true) },
    {
      label: words.openTrace,
      key: "T",
      disabled: state.kind !== "answer" || state.traceColumn === undefined || row === undefined,
      run: () => row !== undefined && openTrace(row),
    },
    "separator",
    {
      label: words.copyValue,
      disabled: row === undefined || column === undefined,
      run: () => row !== undefined && column !== undefined && copyValue(row, column),
    },
    ...copyItems(rows, count === 1 ? words.copyOne : fill(words.copySelected, number(count))),
  ];
}

function headMenu(grid: Grid): readonly MenuItem[] {
  const column = grid.activeColumn();
  if (column === undefined) return columnsMenu();
  return [
    { label: words.sortAscending, run: () => setSort(column, false, false) },
    { label: words.sortDescending, run: () => setSort(column, true, false) },
    { label: words.sortNot, run: () => setSort(column, undefined, true) },
    "separator",
    { label: words.hideColumn, run: () => hideColumn(column, true) },
    "separator",
    ...columnsMenu(),
  ];
}

function columnsMenu(): readonly MenuItem[] {
  if (state.kind !== "answer") return [];
  const { layout, columns } = state;
  const shown = layout.filter((each) => !each.hidden).length;
  return [
    ...layout.map((each) => ({
      label: visibleLine(each.column),
      checked: !each.hidden,
      disabled: !each.hidden && shown === 1,
      run: () => hideColumn(each.column, !each.hidden),
    })),
    "separator" as const,
    { label: words.showAllColumns, run: () => setLayout(layout.map((each) => ({ ...each, hidden: false }))) },
    { label: words.resetColumns, run: () => setLayout(mergeLayout(columns, defaultLayout(columns))) },
  ];
}

function hideColumn(column: string, hidden: boolean): void {
  if (state.kind !== "answer") return;
  setLayout(state.layout.map((each) => (each.column === column ? { ...each, hidden } : each)));
}

function setLayout(layout: Answer["layout"]): void {
  if (state.kind !== "answer" || page === undefined) return;
  state = { ...state, layout };
  host.post({ kind: "layout", answer: state.answer, layout });
  page.grid.show(state, words, zone);
}

// ------------------------------------------------------------------------------------------------- copy and restore

/** Copying rows is the host's: it has them whole. Marked text is copied by the browser as ever. */
function copiesRows(): boolean {
  return (
    page !== undefined &&
    document.activeElement === page.grid.root &&
    page.grid.place.row >= 0 &&
    document.getSelection()?.isCollapsed !== false
  );
}

document.addEventListener("beforecopy", (event) => {
  // Without marked text the browser would not even begin to copy.
  if (copiesRows()) event.preventDefault();
});

document.addEventListener("copy", (event) => {
  if (page === undefined || !copiesRows()) return;
  event.preventDefault();
  copy("text", selectedRows(page.grid));
});

function keepSoon(): void {
  window.clearTimeout(keepTimer);
  keepTimer = window.setTimeout(() => {
    if (page === undefined || toRestore !== undefined) return;
    host.keep({
      answer: state.kind === "answer" ? state.answer : undefined,
      topRow: page.grid.topRow,
      place: page.grid.place,
      ranges: page.grid.selection.ranges.slice(0, 1_000),
      detailShown: page.side.isShown,
      sideWidth: page.side.width,
    });
  }, 100);
}

host.post({ kind: "ready" });
