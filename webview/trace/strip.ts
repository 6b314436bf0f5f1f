import type { TraceLine, TraceState } from "../../src/pages/trace.ts";
import { element, setAttribute, svgElement } from "../element.ts";
import { barHeight, barsOf, labelsOf } from "./stripLayout.ts";

const barsHeight = 26;
const marksHeight = 6;
const labelsAt = 45;
const height = 48;
/** A bar of two pixels and one between. */
const columnWidth = 3;

type Content = {
  readonly lines: readonly TraceLine[];
  readonly axis: Extract<TraceState, { kind: "trace" }>["axis"];
  readonly label: string;
  readonly clockOf: (ms: number) => string;
  readonly idleOf: (ms: number) => string;
};

/** The whole trace at a glance. What it tells is in the list as well; it is for the eye and the mouse. */
export class Strip {
  readonly root = element("div", { class: "strip", role: "img" });
  private readonly drawing = svgElement("svg", { height, "aria-hidden": "true" });
  private readonly box = svgElement("rect", { class: "box", y: 0.5, height: marksHeight + barsHeight });
  private readonly cursor = svgElement("line", { class: "cursor", y1: 0, y2: marksHeight + barsHeight + 2 });
  private content: Content | undefined;
  private shown: readonly [from: number, to: number] = [0, 0];
  private selected: number | undefined;

  constructor(jump: (at: number) => void) {
    this.root.append(this.drawing);
    this.root.addEventListener("click", (event) => {
      const { left, width } = this.drawing.getBoundingClientRect();
      jump(Math.max(0, Math.min(1, (event.clientX - left) / width)));
    });
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  show(content: Content): void {
    this.content = content;
    setAttribute(this.root, "aria-label", content.label);
    this.draw();
  }

  /** The part of the axis that the lines on screen lie on, and the place of the selected line. */
  point(from: number, to: number, selected: number | undefined): void {
    this.shown = [from, to];
    this.selected = selected;
    const width = this.drawing.clientWidth;
    const isAll = from <= 0 && to >= 1;
    this.box.setAttribute("visibility", isAll ? "hidden" : "visible");
    this.box.setAttribute("x", String(Math.floor(from * width) + 0.5));
    this.box.setAttribute(
      "width",
      String(Math.max(4, Math.ceil((to - from) * (width - columnWidth)) + columnWidth - 1)),
    );
    this.cursor.setAttribute("visibility", selected === undefined ? "hidden" : "visible");
    const x = String((selected ?? 0) * (width - 1) + 0.5);
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
  }

  private draw(): void {
    const { content } = this;
    const width = this.root.clientWidth - 24;
    if (content === undefined || width <= 0) return;
    this.drawing.setAttribute("width", String(width));
    const bars = barsOf(content.lines, Math.max(1, Math.floor(width / columnWidth)));
    const most = Math.max(...bars.map((bar) => bar.count));
    const bottom = marksHeight + barsHeight;
    const paths = new Map<string, string[]>();
    const add = (name: string, path: string) => {
      const parts = paths.get(name);
      if (parts === undefined) paths.set(name, [path]);
      else parts.push(path);
    };
    for (const [column, { count, severity }] of bars.entries()) {
      if (count === 0) continue;
      const x = column * columnWidth;
      const tall = Math.round(barHeight(count, most) * barsHeight);
      add(severity ?? "plain", `M${x} ${bottom}v${-tall}h2v${tall}Z`);
      // A shape over the bar as well: colour is not all that tells a risk.
      if (severity !== undefined) add(`${severity} top`, `M${x + 1} ${bottom - tall - 6}l3 5h-6Z`);
    }
    const breaks = content.axis
      .filter(({ kind }) => kind === "idle")
      .map(({ from, to }) => {
        const x = Math.round(from * width) + columnWidth;
        const wide = Math.max(4, Math.round((to - from) * width) - columnWidth - 1);
        const middle = marksHeight + barsHeight / 2;
        return svgElement("path", {
          class: "break",
          d: `M${x} ${middle - 6}v12M${x + wide} ${middle - 6}v12M${x} ${middle}h${wide}`,
        });
      });
    const context = document.createElement("canvas").getContext("2d");
    if (context !== null) context.font = `11px ${getComputedStyle(this.root).fontFamily}`;
    const textWidth = (text: string) => context?.measureText(text).width ?? text.length * 6.5;
    const labels = labelsOf(content.axis, width, textWidth, content.clockOf, content.idleOf);
    this.drawing.replaceChildren(
      svgElement("line", { class: "base", x1: 0, x2: width, y1: bottom + 0.5, y2: bottom + 0.5 }),
      this.box,
      ...breaks,
      ...[...paths].map(([name, parts]) => svgElement("path", { class: `bar ${name}`, d: parts.join("") })),
      this.cursor,
      ...labels.map(({ text, x, anchor }) => svgElement("text", { x, y: labelsAt, "text-anchor": anchor }, text)),
    );
    this.point(this.shown[0], this.shown[1], this.selected);
  }
}
