import { fill } from "../../src/pages/message.ts";
import { cutText } from "../../src/pages/resultsState.ts";
import { clock, dateTime, sinceStart, utc } from "../../src/pages/shownTime.ts";
import type { LineId, TraceLine, TraceState, TraceWord } from "../../src/pages/trace.ts";
import { namedUser } from "../../src/pages/traceUser.ts";
import { visibleLine } from "../../src/pages/visibleText.ts";
import { closest, element, setAttribute, textIsSelected } from "../element.ts";
import { icon } from "../icon.ts";
import { riskHint, severityIcon, severityMark } from "../riskMark.ts";
import { RowList } from "../rowList.ts";
import { ancestorsOf, type OutlineNode, outlineOf, unfoldedLines } from "./outline.ts";

type Trace = Extract<TraceState, { kind: "trace" }>;
type Words = Readonly<Record<TraceWord, string>>;

export type TreeActions = {
  selected(line: TraceLine): void;
  /** The lines on screen are others now. */
  scrolled(): void;
  openDetail(): void;
  find(): void;
  step(to: "risky" | "found", forward: boolean): void;
  duration(ms: number): string;
};

const shownLength = 1_000;
const longestName = 200;

/** The lines of a trace as a tree, of which those on screen exist. */
export class Tree {
  readonly root: HTMLElement;
  private readonly body = element("div", { class: "body", role: "none" });
  private readonly list: RowList;
  private readonly actions: TreeActions;
  private trace: Trace | undefined;
  private words: Words;
  private zone = "UTC";
  private nodes: readonly OutlineNode[] = [];
  private folded = new Set<LineId>();
  /** Places of the lines that are not folded away, and where a line stands among them. */
  private shown: readonly number[] = [];
  private rowOf = new Map<number, number>();
  private at = 0;
  private found = "";

  constructor(words: Words, actions: TreeActions) {
    this.words = words;
    this.actions = actions;
    this.root = element("div", { class: "tree", role: "tree", tabindex: 0 }, this.body);
    this.list = new RowList({
      scroller: this.root,
      head: undefined,
      body: this.body,
      create: () => element("div", { class: "row line", role: "treeitem" }),
      draw: (row, index) => this.draw(row, index),
      drawn: () => {
        this.point();
        this.actions.scrolled();
      },
    });
    this.listen();
  }

  /** The place of the selected line. */
  get selected(): number {
    return this.at;
  }

  get foldedLines(): readonly LineId[] {
    return [...this.folded];
  }

  get topRow(): number {
    return this.list.topRow;
  }

  /** The lines on screen. */
  get visible(): readonly TraceLine[] {
    const { first, last } = this.list.visible;
    return this.shown.slice(first, last + 1).flatMap((index) => this.trace?.lines[index] ?? []);
  }

  show(trace: Trace, words: Words, zone: string, folded: readonly LineId[], selected: number): void {
    this.trace = trace;
    this.words = words;
    this.zone = zone;
    this.nodes = outlineOf(trace.lines);
    this.folded = new Set(folded);
    this.at = selected;
    setAttribute(this.root, "aria-label", words.tree);
    this.unfoldTo(selected);
    this.layOut();
  }

  /** Shows what is known of the same trace's user by now. */
  setUser(trace: Trace): void {
    this.trace = trace;
    this.list.redraw();
  }

  scrollToTop(row: number): void {
    this.list.scrollToTop(row);
  }

  /** Selects a line, unfolds what hides it, and has it on screen. */
  select(index: number): void {
    const line = this.trace?.lines[index];
    if (line === undefined) return;
    if (this.unfoldTo(index)) this.layOut();
    this.at = index;
    this.list.reveal(this.rowOf.get(index) ?? 0);
    this.list.redraw();
    this.actions.selected(line);
  }

  /** Marks a text where it occurs. */
  mark(text: string): void {
    this.found = text.toLowerCase();
    this.list.redraw();
  }

  foldAll(fold: boolean): void {
    const lines = this.trace?.lines ?? [];
    const all = lines.flatMap((line, index) =>
      line.kind !== "idle" && this.nodes[index]?.hasChildren ? [line.id] : [],
    );
    this.folded = new Set(fold ? all : []);
    this.keepSelectedShown();
  }

  focus(): void {
    this.root.focus();
  }

  private layOut(): void {
    this.shown = unfoldedLines(this.trace?.lines ?? [], this.nodes, this.folded);
    this.rowOf = new Map(this.shown.map((index, row) => [index, row]));
    this.list.setCount(this.shown.length);
  }

  private unfoldTo(index: number): boolean {
    const hiding = ancestorsOf(this.nodes, index).flatMap((place) => {
      const line = this.trace?.lines[place];
      return line !== undefined && line.kind !== "idle" && this.folded.has(line.id) ? [line.id] : [];
    });
    for (const id of hiding) this.folded.delete(id);
    return hiding.length > 0;
  }

  private fold(index: number, fold: boolean): void {
    const line = this.trace?.lines[index];
    if (line === undefined || line.kind === "idle" || !this.nodes[index]?.hasChildren) return;
    if (fold) this.folded.add(line.id);
    else this.folded.delete(line.id);
    this.keepSelectedShown();
  }

  private keepSelectedShown(): void {
    this.layOut();
    if (this.rowOf.has(this.at)) {
      this.list.redraw();
      return;
    }
    const above = ancestorsOf(this.nodes, this.at).find((index) => this.rowOf.has(index));
    this.select(above ?? 0);
  }

  // --------------------------------------------------------------------------------------------------- drawing

  private draw(row: HTMLElement, place: number): void {
    const index = this.shown[place];
    const line = index === undefined ? undefined : this.trace?.lines[index];
    const node = index === undefined ? undefined : this.nodes[index];
    if (index === undefined || line === undefined || node === undefined) return;
    const isFolded = line.kind !== "idle" && this.folded.has(line.id);
    row.dataset["line"] = String(index);
    row.className = `row line ${line.kind}`;
    row.classList.toggle("selected", index === this.at);
    setAttribute(row, "aria-level", String(line.depth + 1));
    setAttribute(row, "aria-posinset", String(node.position));
    setAttribute(row, "aria-setsize", String(node.setSize));
    setAttribute(row, "aria-selected", String(index === this.at));
    setAttribute(row, "aria-expanded", node.hasChildren ? String(!isFolded) : undefined);
    setAttribute(row, "title", undefined);
    row.replaceChildren(
      ...(line.kind === "idle"
        ? this.idleParts(line)
        : [...this.timeParts(line.atMs), this.what(line, node, isFolded), ...this.whereParts(line, place)]),
    );
  }

  private idleParts(line: Extract<TraceLine, { kind: "idle" }>): readonly HTMLElement[] {
    const text = fill(this.words.idle, this.actions.duration(line.toMs - line.fromMs));
    return [
      element("span", { class: "clock" }),
      element("span", { class: "since" }),
      element("span", { class: "what" }, ...indents(line.depth), element("span", { class: "pause" }, text)),
    ];
  }

  private timeParts(atMs: number): readonly HTMLElement[] {
    const first = this.trace?.firstMs ?? atMs;
    return [
      element("span", { class: "clock" }, clock(atMs, this.zone)),
      element("span", { class: "since" }, sinceStart(atMs - first)),
    ];
  }

  private what(line: Exclude<TraceLine, { kind: "idle" }>, node: OutlineNode, isFolded: boolean): HTMLElement {
    const { words } = this;
    const below =
      isFolded && node.riskyBelow > 0
        ? element(
            "span",
            { class: "below mark medium", title: fill(words.riskyBelow, String(node.riskyBelow)) },
            severityIcon("medium"),
            fill(words.riskyBelow, String(node.riskyBelow)),
          )
        : undefined;
    const orphan =
      line.kind === "command" && line.orphanOf !== undefined
        ? element(
            "span",
            {
              class: "quiet orphan",
              title: line.orphanOf === "" ? words.orphanUnknown : fill(words.orphan, visibleLine(line.orphanOf)),
            },
            `${line.orphanOf === "" ? "?" : visibleLine(line.orphanOf)} ›`,
          )
        : undefined;
    return element(
      "span",
      { class: "what" },
      ...indents(line.depth),
      element("span", { class: "twisty" }, node.hasChildren ? icon(isFolded ? "right" : "down") : undefined),
      line.kind === "entry" ? icon("enter") : undefined,
      line.risk === undefined ? undefined : severityMark(line.risk.severity, words),
      orphan,
      element("span", { class: "text" }, ...this.marked(this.lineText(line))),
      below,
    );
  }

  private lineText(line: Exclude<TraceLine, { kind: "idle" }>): string {
    const { words } = this;
    const text = visibleLine(cutText(line.text, shownLength));
    switch (line.kind) {
      case "command":
        return text;
      case "entry": {
        const { trace } = this;
        const user = trace === undefined ? undefined : namedUser(trace.user, trace.identity);
        const who = visibleLine(cutText(user?.name ?? words.unknownUser, longestName));
        return text === "" ? fill(words.entryLine, who) : fill(words.entryLineRunning, who, text);
      }
      case "other":
        return fill(words.otherLine, visibleLine(line.recordKind), text).trimEnd();
      default:
        return line satisfies never;
    }
  }

  private marked(text: string): readonly (Node | string)[] {
    if (this.found === "") return [text];
    const parts: (Node | string)[] = [];
    const lower = text.toLowerCase();
    // Where lower case has another length (İ), places in the two texts differ; then nothing is marked.
    if (lower.length !== text.length) return [text];
    let from = 0;
    for (let at = lower.indexOf(this.found); at >= 0; at = lower.indexOf(this.found, from)) {
      parts.push(text.slice(from, at), element("mark", {}, text.slice(at, at + this.found.length)));
      from = at + this.found.length;
    }
    return [...parts, text.slice(from)];
  }

  /** Directory and uid; quiet where the line above said the same, in words where the uid changes. */
  private whereParts(line: Exclude<TraceLine, { kind: "idle" }>, place: number): readonly HTMLElement[] {
    if (line.kind !== "command") return [element("span", { class: "directory" }), element("span", { class: "uid" })];
    const { words } = this;
    const before = this.commandBefore(place);
    const directory = visibleLine(line.workingDirectory);
    const sameDirectory = before?.workingDirectory === line.workingDirectory;
    const becomes = line.uid === "0" ? words.uidBecomesRoot : words.uidBecomes;
    const uid =
      line.uid === ""
        ? ""
        : line.uidBefore === undefined
          ? fill(words.uid, visibleLine(line.uid))
          : fill(becomes, visibleLine(line.uid));
    return [
      element("span", { class: sameDirectory ? "directory same" : "directory" }, directory),
      element(
        "span",
        { class: line.uidBefore !== undefined ? "uid changed" : before?.uid === line.uid ? "uid same" : "uid" },
        uid,
      ),
    ];
  }

  private commandBefore(place: number): Extract<TraceLine, { kind: "command" }> | undefined {
    for (let row = place - 1; row >= 0 && row >= place - 3; row--) {
      const line = this.trace?.lines[this.shown[row] ?? -1];
      if (line?.kind === "command") return line;
    }
    return undefined;
  }

  private hint(line: TraceLine): string {
    const { words, zone } = this;
    if (line.kind === "idle") {
      return fill(words.idleRange, dateTime(line.fromMs, zone), dateTime(line.toMs, zone));
    }
    const times = `${dateTime(line.atMs, zone)} (${zone})\n${utc(line.atMs)} (${words.utc})`;
    const text = visibleLine(cutText(line.text, 2_000));
    return [text, line.risk === undefined ? "" : riskHint(line.risk, words), times]
      .filter((part) => part !== "")
      .join("\n");
  }

  // ------------------------------------------------------------------------------------------- focus and keys

  private point(): void {
    const row = this.list.element(this.rowOf.get(this.at) ?? -1);
    const before = this.root.querySelector("#selected-line");
    if (before !== null && before !== row) before.removeAttribute("id");
    if (row !== undefined) setAttribute(row, "id", "selected-line");
    setAttribute(this.root, "aria-activedescendant", row === undefined ? undefined : "selected-line");
  }

  private listen(): void {
    this.root.addEventListener("click", (event) => {
      const index = closest(event, "[data-line]")?.dataset["line"];
      if (index === undefined || textIsSelected(this.body)) return;
      const place = Number(index);
      if (closest(event, ".twisty") !== undefined) {
        const line = this.trace?.lines[place];
        if (line !== undefined && line.kind !== "idle") this.fold(place, !this.folded.has(line.id));
      } else this.select(place);
    });
    this.root.addEventListener("mousedown", (event) => {
      if (event.detail > 1) event.preventDefault();
    });
    this.root.addEventListener("dblclick", (event) => {
      const index = closest(event, "[data-line]")?.dataset["line"];
      const line = index === undefined ? undefined : this.trace?.lines[Number(index)];
      if (line === undefined || line.kind === "idle" || closest(event, ".twisty") !== undefined) return;
      this.fold(Number(index), !this.folded.has(line.id));
    });
    this.root.addEventListener("mouseover", (event) => {
      const row = closest(event, "[data-line]");
      const line = row === undefined ? undefined : this.trace?.lines[Number(row.dataset["line"])];
      if (row !== undefined && line !== undefined) setAttribute(row, "title", this.hint(line));
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey ? !this.commandKey(event) : !this.key(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  private move(by: number): void {
    const row = this.rowOf.get(this.at) ?? 0;
    const next = this.shown[Math.max(0, Math.min(this.shown.length - 1, row + by))];
    if (next !== undefined) this.select(next);
  }

  private commandKey(event: KeyboardEvent): boolean {
    if (event.altKey || event.key.toLowerCase() !== "f") return false;
    this.actions.find();
    return true;
  }

  /** True for a key that the tree knows. */
  private key(event: KeyboardEvent): boolean {
    const line = this.trace?.lines[this.at];
    const node = this.nodes[this.at];
    if (line === undefined || node === undefined) return false;
    const isFolded = line.kind !== "idle" && this.folded.has(line.id);
    switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
      case "ArrowDown":
      case "j":
        this.move(1);
        return true;
      case "ArrowUp":
      case "k":
        this.move(-1);
        return true;
      case "ArrowRight":
        if (node.hasChildren && isFolded) this.fold(this.at, false);
        else if (node.hasChildren) this.move(1);
        return true;
      case "ArrowLeft":
        if (node.hasChildren && !isFolded) this.fold(this.at, true);
        else if (node.parent !== undefined) this.select(node.parent);
        return true;
      case "PageDown":
        this.move(this.list.pageRows);
        return true;
      case "PageUp":
        this.move(-this.list.pageRows);
        return true;
      case "Home":
        this.move(-this.shown.length);
        return true;
      case "End":
        this.move(this.shown.length);
        return true;
      case "n":
        this.actions.step("risky", !event.shiftKey);
        return true;
      case "/":
        this.actions.find();
        return true;
      case "F3":
        this.actions.step("found", !event.shiftKey);
        return true;
      case "Enter":
        this.actions.openDetail();
        return true;
      case "*":
        this.foldAll(false);
        return true;
      default:
        return false;
    }
  }
}

function indents(depth: number): readonly HTMLElement[] {
  // Deeper than this only the number of the level tells; the text needs room.
  return Array.from({ length: Math.min(depth, 24) }, () => element("span", { class: "indent" }));
}
