import { element, setAttribute } from "./element.ts";

const minWidth = 220;
const step = 24;

/** The panel beside a list, with a bar between them that is dragged or moved by keys. In a narrow page it lies below. */
export class SidePanel {
  readonly bar = element("div", { class: "split-bar", role: "separator", tabindex: 0, "aria-orientation": "vertical" });
  readonly root = element("aside", { class: "side" });
  private readonly changed: () => void;
  private widthPx: number;

  constructor(widthPx: number, changed: () => void) {
    this.changed = changed;
    this.widthPx = widthPx;
    this.bar.addEventListener("pointerdown", (down) => this.drag(down));
    this.bar.addEventListener("keydown", (event) => {
      const by = event.key === "ArrowLeft" ? step : event.key === "ArrowRight" ? -step : 0;
      if (by === 0) return;
      event.preventDefault();
      this.setWidth(this.widthPx + by);
      this.changed();
    });
    window.addEventListener("resize", () => this.setWidth(this.widthPx));
  }

  get width(): number {
    return this.widthPx;
  }

  name(label: string, resize: string): void {
    setAttribute(this.root, "aria-label", label);
    setAttribute(this.bar, "aria-label", resize);
    setAttribute(this.bar, "title", resize);
    this.setWidth(this.widthPx);
  }

  show(visible: boolean): void {
    this.root.hidden = !visible;
    this.bar.hidden = !visible;
  }

  get isShown(): boolean {
    return !this.root.hidden;
  }

  private setWidth(wantedPx: number): void {
    const most = Math.max(minWidth, Math.round(window.innerWidth * 0.7));
    this.widthPx = Math.round(Math.max(minWidth, Math.min(most, wantedPx)));
    document.body.style.setProperty("--side-width", `${this.widthPx}px`);
    setAttribute(this.bar, "aria-valuenow", String(this.widthPx));
    setAttribute(this.bar, "aria-valuemin", String(minWidth));
    setAttribute(this.bar, "aria-valuemax", String(most));
  }

  private drag(down: PointerEvent): void {
    if (down.button !== 0) return;
    down.preventDefault();
    const start = this.widthPx;
    const move = (event: PointerEvent) => this.setWidth(start - (event.clientX - down.clientX));
    const end = () => {
      this.bar.removeEventListener("pointermove", move);
      this.bar.removeEventListener("pointerup", end);
      this.bar.removeEventListener("pointercancel", end);
      this.changed();
    };
    this.bar.setPointerCapture(down.pointerId);
    this.bar.addEventListener("pointermove", move);
    this.bar.addEventListener("pointerup", end);
    this.bar.addEventListener("pointercancel", end);
  }
}
