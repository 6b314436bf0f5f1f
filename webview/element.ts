/**
 * The one way elements are made: a text is always text, and the attributes that could run or load something cannot be
 * written. So no log text can become anything but characters.
 */
type Attributes = {
  readonly class?: string;
  readonly id?: string;
  readonly role?: string;
  readonly title?: string;
  readonly tabindex?: number;
  readonly [aria: `aria-${string}`]: string | number | boolean | undefined;
  readonly [data: `data-${string}`]: string | undefined;
};

export type Child = Node | string | undefined;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Sets an attribute, or removes it for undefined, and touches the document only when something changes. */
export function setAttribute(
  on: Element,
  name: `aria-${string}` | "title" | "id" | "role",
  value: string | undefined,
): void {
  if (value === undefined) {
    if (on.hasAttribute(name)) on.removeAttribute(name);
  } else if (on.getAttribute(name) !== value) {
    on.setAttribute(name, value);
  }
}

export function setText(on: Element, text: string): void {
  if (on.textContent !== text) on.textContent = text;
}

/** Puts elements into the holes of a word, as `fill` puts texts. */
export function fillWith(word: string, ...parts: readonly Child[]): readonly Child[] {
  return word.split(/(\{\d+\})/).map((piece) => {
    const hole = /^\{(\d+)\}$/.exec(piece)?.[1];
    return hole === undefined ? piece : parts[Number(hole)];
  });
}

type SvgAttributes = Readonly<
  Partial<
    Record<
      | "class"
      | "d"
      | "x"
      | "y"
      | "x1"
      | "x2"
      | "y1"
      | "y2"
      | "width"
      | "height"
      | "viewBox"
      | "text-anchor"
      | "aria-hidden",
      string | number
    >
  >
>;

export function svgElement<Tag extends "svg" | "g" | "path" | "rect" | "line" | "text">(
  tag: Tag,
  attributes: SvgAttributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The closest element up from where an event happened that matches, inside `root`. */
export function closest(event: Event, selector: string): HTMLElement | undefined {
  const target = event.target;
  const found = target instanceof Element ? target.closest(selector) : null;
  return found instanceof HTMLElement ? found : undefined;
}

/** Whether the user has just marked text with the mouse: then a click is the end of that and no action. */
export function textIsSelected(inside: Node): boolean {
  const selection = document.getSelection();
  return (
    selection !== null &&
    !selection.isCollapsed &&
    selection.anchorNode !== null &&
    inside.contains(selection.anchorNode)
  );
}
