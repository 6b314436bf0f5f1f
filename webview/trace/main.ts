import { counted, fill } from "../../src/pages/message.ts";
import { cutText } from "../../src/pages/resultsState.ts";
import { clock, dateTime, dateTimeRange, durationText, sinceStart, utc } from "../../src/pages/shownTime.ts";
import type {
  FromTrace,
  LineDetail,
  LineId,
  ToTrace,
  TraceLine,
  TraceState,
  TraceWord,
} from "../../src/pages/trace.ts";
import { namedUser } from "../../src/pages/traceUser.ts";
import { visibleLine, visibleText } from "../../src/pages/visibleText.ts";
import { Announcer } from "../announcer.ts";
import { iconButton, linkButton, textButton, textField } from "../control.ts";
import { type Child, element, fillWith, setText } from "../element.ts";
import { fieldList } from "../fieldList.ts";
import { connect } from "../host.ts";
import { icon } from "../icon.ts";
import { openMenu } from "../menu.ts";
import { riskBoxes } from "../riskMark.ts";
import { SidePanel } from "../sidePanel.ts";
import { linesWith } from "./outline.ts";
import { Strip } from "./strip.ts";
import { Tree } from "./tree.ts";

type Trace = Extract<TraceState, { kind: "trace" }>;
type RecordLine = Exclude<TraceLine, { kind: "idle" }>;

/** What outlives the page; the rest is asked of the host again. */
type Kept = {
  readonly trace: string | undefined;
  readonly selected: LineId | undefined;
  readonly folded: readonly LineId[];
  readonly topRow: number;
  readonly sideWidth: number;
};

const host = connect<ToTrace, FromTrace, Kept>(receive);
const announcer = new Announcer();

let words: Readonly<Record<TraceWord, string>>;
let zone = "UTC";
let numbers = new Intl.NumberFormat("en");
let state: TraceState | undefined;
let page: ReturnType<typeof buildPage> | undefined;
let detail: LineDetail | undefined;
let detailAsked: LineId | undefined;
let restore: Readonly<Record<string, unknown>> = {};
let found: readonly number[] = [];
let selectTimer: number | undefined;
let keepTimer: number | undefined;

const number = (value: number) => numbers.format(value);
const duration = (ms: number) => durationText(ms, words, number);

function receive(message: ToTrace): void {
  switch (message.kind) {
    case "state":
      showState(message);
      return;
    case "detail":
      detail = message.detail;
      drawDetail();
      return;
    case "identity":
      if (state?.kind !== "trace" || state.trace !== message.trace) return;
      state = { ...state, identity: message.identity };
      drawHeader(state);
      page?.tree.setUser(state);
      return;
    case "announce":
      announcer.show(message.text);
      return;
    default:
      message satisfies never;
  }
}

// ---------------------------------------------------------------------------------------------------------- page

function buildPage() {
  const tree = new Tree(words, {
    selected: (line) => {
      askForDetail(line);
      drawDetail();
      drawFound();
      keepSoon();
    },
    scrolled: () => {
      pointStrip();
      keepSoon();
    },
    openDetail: () => side.root.querySelector<HTMLElement>(".side-body")?.focus(),
    find: () => find.root.focus(),
    step,
    duration,
  });
  const strip = new Strip(jump);
  const side = new SidePanel(host.kept.sideWidth ?? 400, keepSoon);
  side.name(words.detail, words.resizeDetail);
  side.root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tree.focus();
  });
  const find = textField("search", words.find, 120, lookFor, () => tree.focus());
  const foundCount = element("span", { class: "found", role: "status" });
  const copyButton = iconButton("copy", words.copy, (at) =>
    openMenu(at, words.copy, () => [
      { label: words.copyText, run: () => host.post({ kind: "copyTrace", what: "text" }) },
      { label: words.copyTraceId, run: () => host.post({ kind: "copyTrace", what: "traceId" }) },
      { label: words.copyCommandLine, disabled: selectedLine() === undefined, run: () => copyLine("commandLine") },
      { label: words.copyRecord, disabled: selectedLine() === undefined, run: () => copyLine("record") },
    ]),
  );
  const moreButton = iconButton("more", words.more, (at) =>
    openMenu(at, words.more, () => [
      { label: words.expandAll, key: "*", run: () => tree.foldAll(false) },
      { label: words.collapseAll, run: () => tree.foldAll(true) },
    ]),
  );
  for (const button of [copyButton, moreButton]) button.setAttribute("aria-haspopup", "menu");
  const title = element("h1", {});
  const where = element("span", { class: "where" });
  const range = element("span", { class: "range" });
  const facts = element("div", { class: "facts" });
  const tools = element(
    "div",
    { class: "tools" },
    find.root,
    foundCount,
    iconButton("previous", words.previousRisky, () => step("risky", false)),
    iconButton("down", words.nextRisky, () => step("risky", true)),
    iconButton("rows", words.openRows, () => host.post({ kind: "openRows" })),
    iconButton("document", words.openAsText, () => host.post({ kind: "openAsText" })),
    copyButton,
    moreButton,
  );
  const header = element(
    "header",
    {},
    element("div", { class: "heading" }, title, where, range),
    element("div", { class: "summary" }, facts, tools),
  );
  const notices = element("div", { class: "notices" });
  const message = element("div", { class: "message" });
  const split = element("div", { class: "split" }, tree.root, side.bar, side.root);
  document.body.replaceChildren(
    element("main", { class: "page", "aria-label": words.page }, header, notices, strip.root, message, split),
    announcer.root,
  );
  return { tree, strip, side, find, foundCount, title, where, range, facts, header, notices, message, split };
}

function showState(told: Extract<ToTrace, { kind: "state" }>): void {
  const before = state;
  words = told.words;
  zone = told.zone;
  numbers = new Intl.NumberFormat(told.locale);
  state = told.state;
  page ??= buildPage();
  restore = told.restore;
  keepSoon();
  const isTrace = state.kind === "trace";
  for (const part of [page.header, page.strip.root, page.split]) part.hidden = !isTrace;
  page.message.hidden = isTrace;
  if (state.kind === "trace") showTrace(state, before);
  else {
    page.notices.replaceChildren();
    page.message.replaceChildren(...messageContent(state));
  }
}

function messageContent(shown: Exclude<TraceState, { kind: "trace" }>): readonly HTMLElement[] {
  const where = element(
    "p",
    { class: "quiet" },
    fill(words.loadingWhere, visibleLine(shown.trace), visibleLine(shown.cluster)),
  );
  if (shown.kind === "loading") {
    return [
      element("div", { class: "progress", role: "progressbar", "aria-label": words.loading }),
      element("h2", {}, words.loading),
      where,
    ];
  }
  return [
    element("div", { class: "message-head", role: "alert" }, icon("error"), element("h2", {}, shown.message)),
    where,
    ...(shown.detail === "" ? [] : [element("pre", { class: "value" }, visibleText(shown.detail))]),
    ...(shown.canRetry
      ? [
          element(
            "div",
            { class: "buttons" },
            textButton(words.retry, () => host.post({ kind: "retry" })),
          ),
        ]
      : []),
  ];
}

function showTrace(trace: Trace, before: TraceState | undefined): void {
  if (page === undefined) return;
  const { tree, strip } = page;
  const same = before?.kind === "trace" && before.trace === trace.trace;
  const restored = !same && host.kept.trace === trace.trace;
  const wanted = same ? selectedLine(before)?.id : restored ? host.kept.selected : undefined;
  const folded = same ? tree.foldedLines : restored ? (host.kept.folded ?? []) : [];
  const top = same ? tree.topRow : restored ? host.kept.topRow : undefined;
  const placeOf = (id: LineId | undefined) =>
    trace.lines.findIndex((line) => line.kind !== "idle" && line.id === id && id !== undefined);
  const selected = [placeOf(wanted), placeOf(trace.selected), 0].find((place) => place >= 0) ?? 0;

  if (!same) detail = undefined;
  detailAsked = undefined;
  drawHeader(trace);
  drawNotices(trace);
  strip.show({
    lines: trace.lines,
    axis: trace.axis,
    label: fill(
      words.strip,
      counted(trace.commandCount, words.commandsOne, words.commandsMany, number),
      dateTimeRange(trace.firstMs, trace.lastMs, zone),
      risky(trace),
    ),
    clockOf: (ms) => clock(ms, zone),
    idleOf: duration,
  });
  tree.show(trace, words, zone, folded, selected);
  if (top !== undefined) tree.scrollToTop(top);
  else tree.select(selected);
  const line = trace.lines[tree.selected];
  if (line !== undefined) askForDetail(line);
  drawDetail();
  found = linesWith(trace.lines, page.find.value());
  drawFound();
}

// ---------------------------------------------------------------------------------------------------- head of the page

function drawHeader(trace: Trace): void {
  if (page === undefined) return;
  setText(page.title, visibleLine([trace.pod, trace.container].filter((part) => part !== "").join(" / ")));
  page.title.title = `${words.image}: ${visibleLine(trace.image)}\n${words.node}: ${visibleLine(trace.node)}`;
  const id = linkButton(fill(words.traceId, shortId(visibleLine(trace.trace))), () =>
    host.post({ kind: "copyTrace", what: "traceId" }),
  );
  id.title = `${visibleLine(trace.trace)}\n${words.copyTraceId}`;
  id.classList.add("quiet");
  page.where.replaceChildren(
    visibleLine([trace.account, trace.cluster, trace.namespace].filter((part) => part !== "").join(" · ")),
    " · ",
    id,
  );
  const length = trace.lastMs - trace.firstMs;
  const times = dateTimeRange(trace.firstMs, trace.lastMs, zone);
  setText(page.range, length < 1_000 ? times : `${times}, ${fill(words.atLeast, duration(length))}`);
  page.range.title = [
    dateTimeRange(trace.firstMs, trace.lastMs, "UTC"),
    fill(words.searchedRange, dateTimeRange(trace.searched.fromMs, trace.searched.toMs, zone)),
  ].join("\n");

  const parts: readonly (readonly Child[])[] = [
    entered(trace),
    [counted(trace.commandCount, words.commandsOne, words.commandsMany, number)],
    [
      trace.riskyCount === 0
        ? words.riskyNone
        : element("span", { class: "mark medium" }, icon("warning"), risky(trace)),
    ],
    ...(trace.uids.length === 0 ? [] : [[fill(words.uids, visibleLine(trace.uids.join(" → ")))]]),
  ];
  page.facts.replaceChildren(
    ...parts.flatMap((part, index) => [...(index === 0 ? [] : [" · "]), ...part]).filter((part) => part !== undefined),
  );
}

function entered(trace: Trace): readonly Child[] {
  const { username, aliuid, groups } = trace.user;
  const { identity } = trace;
  const user = namedUser(trace.user, identity);
  const shown = (name: string) => visibleLine(cutText(name, 200));
  const who = element("span", {}, element("strong", {}, user === undefined ? words.unknownUser : shown(user.name)));
  if (user !== undefined && user.beside.length > 0) {
    who.append(
      ` (${user.beside.map((part) => (part === aliuid ? shortId(visibleLine(part)) : shown(part))).join(", ")})`,
    );
  }
  who.title = [
    visibleLine(username),
    visibleLine(aliuid),
    shown(identity?.detail ?? ""),
    `${words.groups}: ${visibleLine(groups.join(", "))}`,
  ]
    .filter((part) => part !== "")
    .join("\n");
  return trace.command === ""
    ? fillWith(words.enteredBy, who)
    : fillWith(words.enteredByRunning, who, element("code", {}, visibleLine(cutText(trace.command, 200))));
}

function risky(trace: Trace): string {
  return trace.riskyCount === 0 ? words.riskyNone : counted(trace.riskyCount, words.riskyOne, words.riskyMany, number);
}

/** The ends of an id tell it from others; its middle is on hover and in every copy. */
function shortId(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 4)}…${id.slice(-4)}`;
}

function drawNotices(trace: Trace): void {
  const notice = (kind: "info" | "warning", texts: readonly string[]) =>
    element(
      "div",
      { class: `notice ${kind}`, role: "status" },
      icon(kind),
      element("div", { class: "grow" }, ...texts.map((text) => element("div", {}, text))),
    );
  page?.notices.replaceChildren(
    ...(trace.entryRecorded
      ? []
      : [
          notice("info", [
            fill(words.entryNotRecorded, dateTimeRange(trace.searched.fromMs, trace.searched.toMs, zone)),
          ]),
        ]),
    ...(trace.gaps.length === 0 ? [] : [notice("warning", [words.incomplete, ...trace.gaps.map(visibleLine)])]),
  );
}

// ----------------------------------------------------------------------------------------------- moving in the trace

function selectedLine(of: TraceState | undefined = state): RecordLine | undefined {
  const line = of?.kind === "trace" && page !== undefined ? of.lines[page.tree.selected] : undefined;
  return line === undefined || line.kind === "idle" ? undefined : line;
}

function jump(at: number): void {
  if (state?.kind !== "trace" || page === undefined) return;
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, line] of state.lines.entries()) {
    const away = Math.abs(line.at - at);
    if (line.kind !== "idle" && away < least) {
      least = away;
      nearest = index;
    }
  }
  page.tree.select(nearest);
  page.tree.focus();
}

/** To the next line of a kind; past the last it goes on at the first. */
function step(to: "risky" | "found", forward: boolean): void {
  if (state?.kind !== "trace" || page === undefined) return;
  const places =
    to === "found"
      ? found
      : state.lines.flatMap((line, index) => (line.kind !== "idle" && line.risk !== undefined ? [index] : []));
  const at = page.tree.selected;
  const next = forward
    ? (places.find((place) => place > at) ?? places[0])
    : (places.findLast((place) => place < at) ?? places.at(-1));
  if (next !== undefined) page.tree.select(next);
  else announcer.show(to === "found" ? words.foundNone : words.riskyNone);
}

function lookFor(text: string, enter: KeyboardEvent | undefined): void {
  if (state?.kind !== "trace" || page === undefined) return;
  if (enter !== undefined && found.length > 0 && found === lookedUp.places && lookedUp.text === text) {
    step("found", !enter.shiftKey);
    return;
  }
  found = linesWith(state.lines, text);
  lookedUp = { text, places: found };
  page.tree.mark(text);
  const at = page.tree.selected;
  const first = found.find((place) => place >= at) ?? found[0];
  if (first !== undefined) page.tree.select(first);
  drawFound();
}

let lookedUp: { readonly text: string; readonly places: readonly number[] } = { text: "", places: [] };

function drawFound(): void {
  if (page === undefined) return;
  const at = found.indexOf(page.tree.selected);
  const text = page.find.value();
  setText(
    page.foundCount,
    text === ""
      ? ""
      : found.length === 0
        ? words.foundNone
        : fill(words.found, at < 0 ? "–" : number(at + 1), number(found.length)),
  );
}

function pointStrip(): void {
  if (page === undefined || state?.kind !== "trace") return;
  const places = page.tree.visible.map((line) => line.at);
  if (places.length === 0) return;
  page.strip.point(Math.min(...places), Math.max(...places), state.lines[page.tree.selected]?.at);
}

// --------------------------------------------------------------------------------------------------------- detail

/** Waits for the selection to rest: who holds a key down passes a hundred lines. */
function askForDetail(line: TraceLine): void {
  if (line.kind === "idle" || detailAsked === line.id || state?.kind !== "trace") return;
  window.clearTimeout(selectTimer);
  const { trace } = state;
  detailAsked = line.id;
  selectTimer = window.setTimeout(() => host.post({ kind: "select", trace, line: line.id }), 60);
}

function drawDetail(): void {
  if (page === undefined || state?.kind !== "trace") return;
  const line = state.lines[page.tree.selected];
  if (line === undefined) {
    page.side.root.replaceChildren();
    return;
  }
  page.side.root.replaceChildren(...(line.kind === "idle" ? idleDetail(line) : lineDetail(state, line)));
}

function idleDetail(line: Extract<TraceLine, { kind: "idle" }>): readonly HTMLElement[] {
  return [
    element("div", { class: "side-head" }, element("h2", {}, fill(words.idle, duration(line.toMs - line.fromMs)))),
    element(
      "div",
      { class: "side-body quiet", tabindex: 0, role: "group", "aria-label": words.detail },
      fill(words.idleRange, dateTime(line.fromMs, zone), dateTime(line.toMs, zone)),
    ),
  ];
}

function lineDetail(trace: Trace, line: RecordLine): readonly HTMLElement[] {
  const titles = { command: words.command, entry: words.entry, other: words.otherRecord };
  const known = detail?.line === line.id ? detail : undefined;
  const text = visibleText(line.text);
  const shown = element("pre", { class: "value command-line" }, cutText(text, 20_000));
  const whole =
    text.length <= 20_000
      ? undefined
      : linkButton(fill(words.showWhole, number(text.length)), () => {
          shown.textContent = text;
          whole?.remove();
        });
  return [
    element(
      "div",
      { class: "side-head" },
      element("h2", {}, titles[line.kind]),
      element("span", { class: "grow" }),
      iconButton("copy", words.copyCommandLine, () => copyLine("commandLine")),
    ),
    element(
      "div",
      { class: "side-body", tabindex: 0, role: "group", "aria-label": titles[line.kind] },
      line.text === "" ? undefined : shown,
      whole,
      ...(line.risk === undefined ? [] : riskBoxes(line.risk, words)),
      known === undefined || known.ancestry.length === 0 ? undefined : ancestry(trace, known),
      factList(trace, line, known),
      ...(known === undefined ? [] : record(line, known)),
    ),
  ];
}

function ancestry(trace: Trace, known: LineDetail): HTMLElement {
  const steps = known.ancestry.map(({ line, program }) => {
    const name = visibleLine(cutText(program, 60));
    const place = trace.lines.findIndex((each) => each.kind !== "idle" && each.id === line);
    return line === known.line ? element("strong", {}, name) : linkButton(name, () => page?.tree.select(place));
  });
  return element(
    "div",
    { class: "ancestry", role: "group", "aria-label": words.ancestry },
    ...steps.flatMap((part, index) => (index === 0 ? [part] : [element("span", { class: "quiet" }, " › "), part])),
  );
}

function factList(trace: Trace, line: RecordLine, known: LineDetail | undefined): HTMLElement {
  const facts: (readonly [string, string])[] = [
    [words.time, dateTime(line.atMs, zone)],
    [words.utc, utc(line.atMs)],
    [trace.entryRecorded ? words.sinceEntry : words.sinceFirst, sinceStart(line.atMs - trace.firstMs)],
  ];
  if (line.kind === "command") {
    facts.push([words.directory, line.workingDirectory]);
    const uid = line.uidBefore === undefined ? line.uid : fill(words.uidFrom, line.uid, line.uidBefore);
    facts.push([fill(words.uid, "").trim(), uid]);
    if (line.orphanOf !== undefined) {
      facts.push([words.ancestry, line.orphanOf === "" ? words.orphanUnknown : fill(words.orphan, line.orphanOf)]);
    }
  }
  if (known?.pid !== undefined) {
    const parent = [known.parentPid?.toString() ?? "", known.parentName].filter((part) => part !== "").join(" ");
    facts.push([words.pid, parent === "" ? String(known.pid) : fill(words.pidOf, String(known.pid), parent)]);
  }
  if (known !== undefined) facts.push([words.node, known.node]);
  return element(
    "dl",
    { class: "fields facts-list" },
    ...facts
      .filter(([, value]) => value !== "")
      .flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, visibleLine(value))]),
  );
}

function record(line: RecordLine, known: LineDetail): readonly HTMLElement[] {
  const trace = state?.kind === "trace" ? state.trace : undefined;
  return [
    element(
      "div",
      { class: "section" },
      element("h2", {}, words.record),
      element("span", { class: "grow" }),
      iconButton("copy", words.copyRecord, () => copyLine("record")),
    ),
    fieldList(
      known.fields,
      zone,
      {
        emptyValue: words.emptyValue,
        copyValue: words.copyValue,
        showWhole: (length) => fill(words.showWhole, number(length)),
      },
      (field) => trace !== undefined && host.post({ kind: "copyField", trace, line: line.id, field }),
    ),
  ];
}

// ------------------------------------------------------------------------------------------------- copy and restore

function copyLine(what: "commandLine" | "record"): void {
  const line = selectedLine();
  if (line !== undefined && state?.kind === "trace") {
    host.post({ kind: "copyLine", trace: state.trace, line: line.id, what });
  }
}

/** Marked text is copied by the browser as ever; without it, the selected command line. */
function copiesLine(): boolean {
  return (
    page !== undefined && document.activeElement === page.tree.root && document.getSelection()?.isCollapsed !== false
  );
}

document.addEventListener("beforecopy", (event) => {
  // Without marked text the browser would not even begin to copy.
  if (copiesLine()) event.preventDefault();
});

document.addEventListener("copy", (event) => {
  if (!copiesLine()) return;
  event.preventDefault();
  copyLine("commandLine");
});

function keepSoon(): void {
  window.clearTimeout(keepTimer);
  keepTimer = window.setTimeout(() => {
    if (page === undefined || state === undefined) return;
    if (state.kind !== "trace") {
      // Not yet here, or not this time: what was kept of it stays.
      const { trace, selected, folded = [], topRow = 0, sideWidth = page.side.width } = host.kept;
      host.keep({ ...restore, trace, selected, folded, topRow, sideWidth });
      return;
    }
    host.keep({
      ...restore,
      trace: state.trace,
      selected: selectedLine()?.id,
      folded: page.tree.foldedLines,
      topRow: page.tree.topRow,
      sideWidth: page.side.width,
    });
  }, 100);
}

host.post({ kind: "ready" });
