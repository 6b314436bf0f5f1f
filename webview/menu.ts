import { element } from "./element.ts";
import { icon } from "./icon.ts";

export type MenuItem =
  | {
      readonly label: string;
      /** Shown at the right, e.g. `Enter`; the page itself listens for it. */
      readonly key?: string;
      /** A tick that the item sets or takes away; the menu stays open for the next. */
      readonly checked?: boolean;
      readonly disabled?: boolean;
      readonly run: () => void;
    }
  | "separator";

type Place = { readonly x: number; readonly y: number };

let closeOpenMenu: (() => void) | undefined;

/** Opens a menu below an element or at a point. One menu is open at most; closing gives the focus back. */
export function openMenu(at: HTMLElement | Place, label: string, items: () => readonly MenuItem[]): void {
  closeOpenMenu?.();
  const before = document.activeElement;
  const menu = element("div", { class: "menu", role: "menu", "aria-label": label });
  const close = () => {
    closeOpenMenu = undefined;
    menu.remove();
    document.removeEventListener("pointerdown", closeOutside, true);
    window.removeEventListener("blur", close);
    window.removeEventListener("resize", close);
    if (at instanceof HTMLElement) at.removeAttribute("aria-expanded");
    if (before instanceof HTMLElement) before.focus();
  };
  const closeOutside = (event: Event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) close();
  };

  const draw = (focused: number) => {
    menu.replaceChildren(
      ...items().map((item) => {
        if (item === "separator") return element("div", { class: "menu-separator", role: "separator" });
        const ticks = item.checked !== undefined;
        const entry = element(
          "div",
          {
            class: "menu-item",
            role: ticks ? "menuitemcheckbox" : "menuitem",
            tabindex: -1,
            "aria-checked": item.checked,
            "aria-disabled": item.disabled ? true : undefined,
          },
          element("span", { class: "menu-tick" }, item.checked ? icon("check") : undefined),
          element("span", { class: "menu-label" }, item.label),
          item.key === undefined ? undefined : element("span", { class: "menu-key" }, item.key),
        );
        const run = () => {
          if (item.disabled) return;
          if (ticks) {
            const place = entries().indexOf(entry);
            item.run();
            draw(place);
          } else {
            close();
            item.run();
          }
        };
        entry.addEventListener("click", run);
        entry.addEventListener("pointerenter", () => entry.focus());
        entry.addEventListener("keydown", (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          event.stopPropagation();
          run();
        });
        return entry;
      }),
    );
    entries()[focused]?.focus();
  };
  const entries = () => [...menu.querySelectorAll<HTMLElement>(".menu-item")];

  menu.addEventListener("keydown", (event) => {
    const all = entries();
    const place = document.activeElement instanceof HTMLElement ? all.indexOf(document.activeElement) : -1;
    const to: Record<string, number> = {
      ArrowDown: (place + 1) % all.length,
      ArrowUp: (place - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = to[event.key];
    if (next !== undefined) all[next]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key.length === 1) {
      const typed = event.key.toLowerCase();
      const after = [...all.slice(place + 1), ...all.slice(0, place + 1)];
      after.find((entry) => entry.querySelector(".menu-label")?.textContent?.toLowerCase().startsWith(typed))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  closeOpenMenu = close;
  document.body.append(menu);
  draw(0);
  place(menu, at);
  if (at instanceof HTMLElement) at.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", closeOutside, true);
  window.addEventListener("blur", close);
  window.addEventListener("resize", close);
}

/** Below the element or at the point, moved so that it stays inside the page. */
function place(menu: HTMLElement, at: HTMLElement | Place): void {
  const anchor = at instanceof HTMLElement ? at.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0);
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.max(4, Math.min(anchor.left, window.innerWidth - width - 4));
  const below = anchor.bottom + 2;
  const top = below + height <= window.innerHeight - 4 ? below : Math.max(4, window.innerHeight - height - 4);
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${top}px`);
}
