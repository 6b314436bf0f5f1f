import { svgElement } from "./element.ts";

/** Line drawings on a 16 × 16 field, in the colour of the text around them. They never speak: a word stands beside each. */
const drawings = {
  warning: "M8 2 14.5 13.5h-13ZM8 6.2v3.6M8 11.3v1",
  error: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 4.6v4.2M8 10.4v1.1",
  info: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 7.2v4.2M8 4.5v1.1",
  close: "m3.5 3.5 9 9M12.5 3.5l-9 9",
  copy: "M5.5 5.5h7v8h-7ZM3.5 10.5v-8h7",
  columns: "M2.5 3h11v10h-11ZM6.2 3v10M9.8 3v10",
  detail: "M2.5 3h11v10h-11ZM9.5 3v10",
  refresh: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.3h-2.4",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  ascending: "M8 13V3.5M4.5 7 8 3.5 11.5 7",
  descending: "M8 3v9.5M4.5 9 8 12.5 11.5 9",
  right: "m6 3.5 4.5 4.5L6 12.5",
  down: "m3.5 6 4.5 4.5L12.5 6",
  previous: "m3.5 10 4.5-4.5L12.5 10",
  search: "M6.8 2.5a4.3 4.3 0 1 0 0 8.6 4.3 4.3 0 0 0 0-8.6ZM10 10l3.7 3.7",
  filter: "M2.5 3.5h11L9.3 8.6v4.2l-2.6-1.3V8.6Z",
  check: "m3 8.5 3.3 3.3L13 4.5",
  enter: "M9 2.5h4v11H9M2.5 8H10M7.2 5.2 10 8l-2.8 2.8",
  rows: "M2.5 4h11M2.5 8h11M2.5 12h11",
  document: "M3.5 1.8h6l3 3v9.4h-9ZM9.3 1.8v3.2h3.2",
} as const;

export type IconName = keyof typeof drawings;

export function icon(name: IconName): SVGSVGElement {
  const path = svgElement("path", { d: drawings[name] });
  return svgElement("svg", { class: `icon icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
}
