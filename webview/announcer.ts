import { element } from "./element.ts";

/** Tells readers of the screen what happened, and shows it at the foot of the page for a moment where it is asked to. */
export class Announcer {
  readonly root = element("div", { class: "announcer", role: "status", "aria-live": "polite" });
  private readonly toast = element("div", { class: "toast", "aria-hidden": true });
  private timer: number | undefined;

  say(text: string): void {
    // The same words twice are said twice: the region must change for that.
    this.root.textContent = this.root.textContent === text ? `${text}\u00a0` : text;
  }

  show(text: string): void {
    this.say(text);
    this.toast.textContent = text;
    document.body.append(this.toast);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.toast.remove(), 4_000);
  }
}
