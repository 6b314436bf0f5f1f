import { fill } from "../../src/pages/message.ts";
import type { ColumnLayout, ResultsState, ResultsWord, RowRange, ShownRow } from "../../src/pages/results.ts";
import { columnRole, cutText, shortName, shownCellLength } from "../../src/pages/resultsState.ts";
import { recordedTime } from "../../src/pages/shownTime.ts";
import { visibleLine } from "../../src/pages/visibleText.ts";
import { closest, element, setAttribute, setText, textIsSelected } from "../element.ts";
import { icon } from "../icon.ts";
import { riskHint, severityMark } from "../riskMark.ts";
import { RowList } from "../rowList.ts";
import type { RowCache } from "./rowCache.ts";
import { RowSelection } from "./rowSelection.ts";

type Answer = Extract<ResultsState, { kind: "answer" }>;
type Words = Readonly<Record<ResultsWord, string>>;
type ShownColumn = Answer["columns"][number];

/** `row` −1 is the head. `column` counts what is drawn, the column of marks included. */
export type Place = { readonly row: number; readonly column: number };

/** What the grid asks of the page. */
export type GridActions = {
  sort(column: string, add: boolean): void;
  layout(layout: readonly ColumnLayout[]): void;
  openTrace(row: ShownRow): void;
  showDetail(): void;
  /** False where none was shown. */
  hideDetail(): boolean;
  moved(place: Place): void;
  menu(at: { readonly x: number; readonly y: number }): void;
  say(text: string): void;
  focusFilter(): void;
};

/** One drawn column: of the answer, or (`column` undefined) the marks of risk. */
type Drawn = {
  readonly column: ShownColumn | undefined;
  /** Where the cell lies in a row's cells. */
  readonly cell: number;
  readonly name: string;
  readonly widthPx: number;
  readonly grows: boolean;
  readonly className: string;
};

const minWidth = 40;
const maxWidth = 2_000;

/** The rows of an answer. Sorting, filtering and copying are asked of the host: here is only what is on screen. */
export class Grid {
  readonly root: HTMLElement;
  readonly selection = new RowSelection();
  private readonly head = element("div", { class: "row head", role: "row", "aria-rowindex": 1 });
  private readonly headGroup = element("div", { class: "head-group", role: "rowgroup" }, this.head);
  private readonly body = element("div", { class: "body", role: "rowgroup" });
  private readonly list: RowList;
  private readonly actions: GridActions;
  private readonly cache: RowCache;
  private answer: Answer | undefined;
  private words: Words;
  private zone = "UTC";
  private columns: readonly Drawn[] = [];
  private active: Place = { row: 0, column: 0 };
  /** How many characters the first rows of this answer hold in each cell; until they come, what is usual decides. */
  private fitted: { readonly answer: string; readonly lengths: readonly number[] } | undefined;

  constructor(cache: RowCache, words: Words, actions: GridActions) {
    this.cache = cache;
    this.words = words;
    this.actions = actions;
    this.root = element(
      "div",
      { class: "grid", role: "grid", tabindex: 0, "aria-multiselectable": true },
      this.headGroup,
      this.body,
    );
    this.list = new RowList({
      scroller: this.root,
      head: this.headGroup,
      body: this.body,
      create: () => element("div", { class: "row", role: "row" }),
      draw: (row, index) => this.drawRow(row, index),
      drawn: (first, last) => {
        if (!this.cache.isStale && last >= first) this.cache.need(first, last);
        this.pointToActive();
      },
    });
    this.listen();
  }

  get place(): Place {
    return this.active;
  }

  get topRow(): number {
    return this.list.topRow;
  }

  get maxRows(): number {
    return this.list.maxRows;
  }

  get pageRows(): number {
    return this.list.pageRows;
  }

  activeRow(): ShownRow | undefined {
    return this.active.row < 0 ? undefined : this.cache.row(this.active.row);
  }

  /** The column that the active cell lies in; undefined for the marks of risk. */
  activeColumn(): string | undefined {
    return this.columns[this.active.column]?.column?.name;
  }

  show(answer: Answer, words: Words, zone: string): void {
    this.answer = answer;
    this.words = words;
    this.zone = zone;
    setAttribute(this.root, "aria-label", answer.question.title);
    this.layOut();
  }

  /** The rows changed: their number, or what is in them. */
  refresh(): void {
    this.fitToRows();
    const rows = this.cache.rowCount;
    setAttribute(this.root, "aria-rowcount", String(rows + 1));
    setAttribute(this.root, "aria-busy", this.cache.isStale ? "true" : undefined);
    this.root.classList.toggle("stale", this.cache.isStale);
    if (this.active.row >= rows) this.active = { ...this.active, row: Math.max(0, rows - 1) };
    this.list.setCount(rows);
  }

  /** Widths follow the first rows of an answer, once: columns that moved while someone reads would be worse. */
  private fitToRows(): void {
    const { answer } = this;
    if (answer === undefined || this.fitted?.answer === answer.answer || this.cache.isStale) return;
    const rows = Array.from({ length: fittedRows }, (_, index) => this.cache.row(index)).filter(
      (row) => row !== undefined,
    );
    if (rows.length === 0) return;
    const lengths = answer.columns.map((_, cell) => nearlyLongest(rows.map(({ cells }) => cells[cell]?.length ?? 0)));
    this.fitted = { answer: answer.answer, lengths };
    this.layOut();
  }

  /** As it was before a reload. */
  restore(place: Place, topRow: number, ranges: readonly RowRange[]): void {
    this.active = place;
    this.selection.restore(ranges, this.cache.rowCount);
    this.refresh();
    this.list.scrollToTop(topRow);
  }

  /** Another view of the rows, or another answer: begins at the top with nothing selected. */
  toTop(): void {
    this.selection.clear();
    const column = Math.min(this.active.column, Math.max(0, this.columns.length - 1));
    this.active = { row: Math.min(0, this.active.row), column };
    this.root.scrollTop = 0;
  }

  focus(): void {
    this.root.focus();
  }

  /** The point below the active cell, for a menu that the keyboard opens. */
  get activePoint(): { readonly x: number; readonly y: number } {
    const cell = this.activeCell() ?? this.root;
    const { left, bottom } = cell.getBoundingClientRect();
    return { x: Math.max(left, this.root.getBoundingClientRect().left) + 8, y: bottom };
  }

  redraw(): void {
    this.list.redraw();
  }

  moveTo(row: number, extend = false): void {
    const last = this.cache.rowCount - 1;
    const to = Math.max(0, Math.min(last, row));
    if (last < 0) return;
    this.active = { ...this.active, row: to };
    if (extend) this.selection.extendTo(to);
    else this.selection.only(to);
    this.list.reveal(to);
    this.changed();
  }

  private changed(): void {
    this.list.redraw();
    this.actions.moved(this.active);
  }

  // ------------------------------------------------------------------------------------------------ columns

  private layOut(): void {
    const { answer, words } = this;
    if (answer === undefined) return;
    const textWidth = textMeter();
    const places = new Map(answer.columns.map((column, index) => [column.name, index]));
    const shown = answer.layout.flatMap((each) => {
      const cell = places.get(each.column);
      const column = cell === undefined ? undefined : answer.columns[cell];
      return each.hidden || cell === undefined || column === undefined ? [] : [{ column, cell, set: each.widthPx }];
    });
    const names = answer.columns.map((column) => column.name);
    const marksWidth =
      Math.ceil(Math.max(...[words.low, words.medium, words.high, words.critical].map(textWidth))) + 36;
    const widest = shown.find(({ column }) => column.name.toLowerCase() === "process.cmdline");
    const growing = widest ?? shown.findLast(({ column }) => column.kind !== "number");
    const marks: Drawn[] = answer.marksRisk
      ? [{ column: undefined, cell: -1, name: words.risk, widthPx: marksWidth, grows: false, className: "cell marks" }]
      : [];
    this.columns = [
      ...marks,
      ...shown.map(({ column, cell, set }) => {
        const name = shortName(column.name, names);
        const seen = this.fitted?.answer === answer.answer ? this.fitted.lengths[cell] : undefined;
        const length = seen === undefined ? usualLength(column) : Math.min(seen, longestFitted(column));
        const usual = Math.max(textWidth(name) + 34, length * textWidth("0") + 20);
        return {
          column,
          cell,
          name,
          widthPx: set ?? Math.round(usual),
          grows: set === undefined && growing?.column === column,
          className: `cell ${column.kind} ${columnRole(column)}`,
        };
      }),
    ];
    setAttribute(this.root, "aria-colcount", String(this.columns.length));
    this.applyWidths();
    this.drawHead();
    for (const row of this.body.children) row.replaceChildren();
    this.list.redraw();
  }

  private applyWidths(override?: { readonly place: number; readonly widthPx: number }): void {
    const width = (drawn: Drawn, place: number) => (override?.place === place ? override.widthPx : drawn.widthPx);
    const tracks = this.columns.map((drawn, place) => {
      const px = `${width(drawn, place)}px`;
      return drawn.grows && override?.place !== place ? `minmax(${px}, 1fr)` : px;
    });
    const sum = this.columns.reduce((total, drawn, place) => total + width(drawn, place), 0);
    this.root.style.setProperty("--columns", tracks.join(" "));
    this.root.style.setProperty("--row-width", `${sum}px`);
  }

  private drawHead(): void {
    const { words } = this;
    const sort = this.answer?.view.sort ?? [];
    this.head.replaceChildren(
      ...this.columns.map((drawn, place) => {
        const { column } = drawn;
        const cell = element("div", {
          class: `${drawn.className} head-cell`,
          role: "columnheader",
          "aria-colindex": place + 1,
          "data-place": String(place),
        });
        if (column === undefined) {
          cell.append(element("span", { class: "name" }, words.risk));
          return cell;
        }
        const part = sort.findIndex((each) => each.column === column.name);
        const sorted = sort[part];
        setAttribute(cell, "aria-sort", sorted === undefined ? "none" : sorted.descending ? "descending" : "ascending");
        setAttribute(cell, "title", `${visibleLine(column.name)}\n${words.sortHint}`);
        setAttribute(cell, "aria-label", visibleLine(column.name));
        cell.append(element("span", { class: "name" }, visibleLine(drawn.name)));
        if (sorted !== undefined) {
          cell.append(
            element(
              "span",
              { class: "sort" },
              icon(sorted.descending ? "descending" : "ascending"),
              sort.length > 1 ? String(part + 1) : undefined,
            ),
          );
        }
        cell.append(element("div", { class: "resizer", title: words.resizeColumn, "data-resize": String(place) }));
        return cell;
      }),
    );
  }

  private resize(place: number, widthPx: number): void {
    const drawn = this.columns[place];
    const answer = this.answer;
    if (drawn?.column === undefined || answer === undefined) return;
    const name = drawn.column.name;
    const px = Math.round(Math.max(minWidth, Math.min(maxWidth, widthPx)));
    const layout = answer.layout.map((each) => (each.column === name ? { ...each, widthPx: px } : each));
    this.answer = { ...answer, layout };
    this.layOut();
    this.actions.layout(layout);
    this.actions.say(fill(this.words.columnWidth, visibleLine(name), String(px)));
  }

  /** As wide as the widest text on screen needs it. */
  private fit(place: number): void {
    const selector = `[role=gridcell][aria-colindex="${place + 1}"], [data-place="${place}"] > .name`;
    const cells = this.root.querySelectorAll<HTMLElement>(selector);
    const range = document.createRange();
    const widths = [...cells].map((cell) => {
      range.selectNodeContents(cell);
      return range.getBoundingClientRect().width;
    });
    this.resize(place, Math.min(800, Math.max(0, ...widths) + 20));
  }

  private drag(place: number, from: PointerEvent): void {
    const cell = this.head.children[place];
    if (!(cell instanceof HTMLElement) || !(from.target instanceof HTMLElement)) return;
    const handle = from.target;
    const start = cell.getBoundingClientRect().width;
    const wanted = (event: PointerEvent) =>
      Math.max(minWidth, Math.min(maxWidth, start + event.clientX - from.clientX));
    const move = (event: PointerEvent) => this.applyWidths({ place, widthPx: wanted(event) });
    const end = (event: PointerEvent) => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
      if (event.type === "pointerup" && event.clientX !== from.clientX) this.resize(place, wanted(event));
      else this.applyWidths();
    };
    handle.setPointerCapture(from.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  }

  // --------------------------------------------------------------------------------------------------- rows

  private drawRow(row: HTMLElement, index: number): void {
    const data = this.cache.row(index);
    const isSelected = this.selection.has(index);
    row.dataset["row"] = String(index);
    row.classList.toggle("odd", index % 2 === 1);
    row.classList.toggle("selected", isSelected);
    row.classList.toggle("active", index === this.active.row);
    row.classList.toggle("loading", data === undefined);
    setAttribute(row, "aria-rowindex", String(index + 2));
    setAttribute(row, "aria-selected", String(isSelected));
    setAttribute(row, "aria-busy", data === undefined ? "true" : undefined);
    while (row.childElementCount > this.columns.length) row.lastElementChild?.remove();
    for (const [place, drawn] of this.columns.entries()) {
      let cell = row.children[place];
      if (cell === undefined) {
        cell = element("div", { role: "gridcell", "aria-colindex": place + 1 });
        row.append(cell);
      }
      if (cell.className !== drawn.className) cell.className = drawn.className;
      if (drawn.column === undefined) this.drawMarks(cell, data);
      else this.drawCell(cell, drawn, data);
    }
  }

  private drawMarks(cell: Element, row: ShownRow | undefined): void {
    const risk = row?.risk;
    if (risk === undefined) {
      cell.replaceChildren();
      return;
    }
    cell.replaceChildren(severityMark(risk.severity, this.words));
  }

  private drawCell(cell: Element, drawn: Drawn, row: ShownRow | undefined): void {
    if (row === undefined) {
      setText(cell, "");
      return;
    }
    const text = this.cellText(drawn, row);
    if (drawn.className.endsWith(" trace") && text !== "") {
      const link = cell.firstElementChild ?? cell.appendChild(element("span", { class: "link" }));
      setText(link, text);
      for (const node of [...cell.childNodes]) if (node !== link) node.remove();
    } else setText(cell, text);
    cell.classList.toggle("absent", row.cells[drawn.cell] === undefined);
  }

  private cellText(drawn: Drawn, row: ShownRow): string {
    const value = row.cells[drawn.cell];
    if (value === undefined) return "";
    const at = drawn.column?.kind === "time" ? recordedTime(value, this.zone) : undefined;
    if (at !== undefined) return at.local;
    return visibleLine(cutText(value, shownCellLength));
  }

  /** What the pointer rests on, in full as far as it was sent; a time in both zones, a mark with its reason. */
  private hint(row: ShownRow, drawn: Drawn): string {
    if (drawn.column === undefined) {
      return row.risk === undefined ? "" : riskHint(row.risk, this.words);
    }
    const value = row.cells[drawn.cell];
    if (value === undefined) return "";
    const at = drawn.column.kind === "time" ? recordedTime(value, this.zone) : undefined;
    if (at !== undefined) return `${at.utc} (${this.words.utc})\n${at.local} (${this.zone})`;
    return drawn.className.endsWith(" trace") ? `${visibleLine(value)}\n${this.words.openTrace}` : visibleLine(value);
  }

  // ------------------------------------------------------------------------------------------- focus and keys

  private activeCell(): HTMLElement | undefined {
    const row = this.active.row < 0 ? this.head : this.list.element(this.active.row);
    const cell = row?.children[this.active.column];
    return cell instanceof HTMLElement ? cell : undefined;
  }

  /** The focus stays on the grid; which cell is meant is told by its id, since its element may be gone after a scroll. */
  private pointToActive(): void {
    const cell = this.activeCell();
    const before = this.root.querySelector("#active-cell");
    if (before !== null && before !== cell) {
      before.removeAttribute("id");
      before.classList.remove("active-cell");
    }
    if (cell !== undefined) {
      setAttribute(cell, "id", "active-cell");
      cell.classList.add("active-cell");
    }
    setAttribute(this.root, "aria-activedescendant", cell === undefined ? undefined : "active-cell");
  }

  private moveColumn(by: number): void {
    const last = this.columns.length - 1;
    this.active = { ...this.active, column: Math.max(0, Math.min(last, this.active.column + by)) };
    this.list.redraw();
    this.activeCell()?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.actions.moved(this.active);
  }

  private listen(): void {
    const { root } = this;
    root.addEventListener("keydown", (event) => {
      if (event.target === root && this.key(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
    root.addEventListener("pointerdown", (event) => {
      const place = closest(event, "[data-resize]")?.dataset["resize"];
      if (place !== undefined && event.button === 0) {
        event.preventDefault();
        this.drag(Number(place), event);
      }
    });
    root.addEventListener("mousedown", (event) => {
      // Shift would mark text from the last click on, and a second click a word: both mean rows here.
      if (event.shiftKey || event.detail > 1) event.preventDefault();
    });
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("dblclick", (event) => {
      const resizer = closest(event, "[data-resize]")?.dataset["resize"];
      if (resizer !== undefined) this.fit(Number(resizer));
      else if (closest(event, "[data-row]") !== undefined) this.actions.showDetail();
    });
    root.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      const at = this.placeOf(event);
      if (at !== undefined) {
        this.active = at;
        if (at.row >= 0 && !this.selection.has(at.row)) this.selection.only(at.row);
        this.changed();
      }
      // The key for menus gives no point.
      this.actions.menu(
        event.clientX === 0 && event.clientY === 0 ? this.activePoint : { x: event.clientX, y: event.clientY },
      );
    });
    root.addEventListener("mouseover", (event) => {
      const cell = closest(event, "[role=gridcell]");
      const at = this.placeOf(event);
      const row = at === undefined ? undefined : this.cache.row(at.row);
      const drawn = at === undefined ? undefined : this.columns[at.column];
      if (cell !== undefined && row !== undefined && drawn !== undefined) {
        setAttribute(cell, "title", this.hint(row, drawn) || undefined);
      }
    });
  }

  private placeOf(event: Event): Place | undefined {
    const cell = closest(event, "[aria-colindex]");
    if (cell === undefined) return undefined;
    const row = cell.closest<HTMLElement>("[data-row]");
    return {
      row: row === null ? -1 : Number(row.dataset["row"]),
      column: Number(cell.getAttribute("aria-colindex")) - 1,
    };
  }

  private click(event: MouseEvent): void {
    if (closest(event, "[data-resize]") !== undefined) return;
    const at = this.placeOf(event);
    if (at === undefined || textIsSelected(this.body)) return;
    this.active = at;
    if (at.row < 0) {
      const column = this.columns[at.column]?.column;
      if (column !== undefined) this.actions.sort(column.name, event.shiftKey);
      this.changed();
      return;
    }
    if (event.shiftKey) this.selection.extendTo(at.row);
    else if (event.ctrlKey || event.metaKey) this.selection.toggle(at.row);
    else this.selection.only(at.row);
    this.changed();
    const row = this.cache.row(at.row);
    if (row !== undefined && closest(event, ".link") !== undefined) this.actions.openTrace(row);
  }

  /** True for a key that the grid knows. */
  private key(event: KeyboardEvent): boolean {
    const { row } = this.active;
    const last = this.cache.rowCount - 1;
    const command = event.ctrlKey || event.metaKey;
    if (event.altKey) {
      if (row >= 0 || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return false;
      const cell = this.activeCell();
      const step = event.shiftKey ? 50 : 10;
      const by = event.key === "ArrowLeft" ? -step : step;
      if (cell !== undefined) this.resize(this.active.column, cell.getBoundingClientRect().width + by);
      return true;
    }
    switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
      case "ArrowDown":
        if (row < 0) this.moveTo(Math.ceil(this.topRow));
        else this.moveTo(row + 1, event.shiftKey);
        return true;
      case "ArrowUp":
        if (row === 0 && !event.shiftKey) this.toHead();
        else if (row > 0) this.moveTo(row - 1, event.shiftKey);
        return true;
      case "ArrowLeft":
        this.moveColumn(command ? -this.columns.length : -1);
        return true;
      case "ArrowRight":
        this.moveColumn(command ? this.columns.length : 1);
        return true;
      case "PageDown":
        this.moveTo(Math.max(0, row) + this.pageRows, event.shiftKey);
        return true;
      case "PageUp":
        this.moveTo(row - this.pageRows, event.shiftKey);
        return true;
      case "Home":
        this.moveTo(0, event.shiftKey);
        return true;
      case "End":
        this.moveTo(last, event.shiftKey);
        return true;
      case " ":
      case "Enter":
        if (row < 0) {
          const column = this.activeColumn();
          if (column !== undefined) this.actions.sort(column, event.shiftKey);
        } else if (event.key === "Enter") this.actions.showDetail();
        else {
          this.selection.toggle(row);
          this.changed();
        }
        return true;
      case "a":
        if (!command) return false;
        this.selection.all(this.cache.rowCount);
        this.changed();
        return true;
      case "t": {
        const data = this.activeRow();
        if (command || data === undefined) return false;
        this.actions.openTrace(data);
        return true;
      }
      case "/":
        this.actions.focusFilter();
        return true;
      case "f":
        if (!command) return false;
        this.actions.focusFilter();
        return true;
      case "Escape":
        if (this.selection.size <= 1) return this.actions.hideDetail();
        this.selection.only(Math.max(0, row));
        this.changed();
        return true;
      default:
        return false;
    }
  }

  private toHead(): void {
    this.active = { ...this.active, row: -1 };
    this.changed();
  }
}

/** Measures text of the page's own font, in px. */
function textMeter(): (text: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) return (text) => text.length * 7.5;
  // The shorthand `font` is empty in some modes.
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(document.body);
  context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  return (text) => context.measureText(text).width;
}

const fittedRows = 40;

/** The length that nine of ten keep to: one long value must not push the other columns away. */
function nearlyLongest(lengths: readonly number[]): number {
  const sorted = lengths.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * 0.9)] ?? 0;
}

/** Ids are told apart by their beginnings; commands and JSON are read in the detail of a row when they are long. */
function longestFitted(column: ShownColumn): number {
  const role = columnRole(column);
  return role === "trace" || role === "event" ? 16 : role === "json" ? 32 : 48;
}

/** How many characters such columns usually hold. */
const usualLengths: Readonly<Record<string, number>> = {
  kind: 10,
  "process.name": 12,
  "process.cmdline": 48,
  "kubeobject.operation.podexecoptions.commandstr": 32,
  "process.cwd": 16,
  "process.user.uid": 4,
  "k8s.user.username": 14,
  "k8s.user.aliuid": 20,
  "k8s.pod.namespace": 14,
  "k8s.pod.name": 24,
  "k8s.container.name": 12,
  "host.nodename": 24,
  "host.hostip": 14,
};

function usualLength(column: ShownColumn): number {
  const usual = usualLengths[column.name.toLowerCase()];
  if (usual !== undefined) return usual;
  switch (columnRole(column)) {
    case "trace":
    case "event":
      return 16;
    case "json":
      return 32;
    default:
      return column.kind === "time" ? 23 : column.kind === "number" ? 10 : 18;
  }
}
