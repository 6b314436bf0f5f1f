/**
 * Writes into the text editor that has the focus, at the end of its text, as a person does: what was typed is read back,
 * and a small step that went wrong is taken again. A busy editor loses keys, opens no list for a letter, and fills a list
 * while it is being read; a person sees that and goes on.
 *
 *   const typing = await startTyping(editor.page, "first.slsq");
 *   await typing.take({ typed: "ki", label: "kind", line: "kind: " });   // from the list of completions
 *   await typing.type(" | ");
 *   await typing.newLine();
 */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "playwright-core";
import { insist } from "./editor.ts";

export type Taken = {
  /** The beginning of a word; nothing where the list is open by what was taken before. */
  readonly typed: string;
  /** What the list names it. A list that was opened earlier may name it with what was typed since. */
  readonly label: string | RegExp;
  /** What the list has to say of it, behind its name. */
  readonly note?: RegExp;
  /** The last line when it is written. */
  readonly line: string;
};

export interface Typing {
  type(text: string): Promise<void>;
  newLine(): Promise<void>;
  /** Goes behind what was taken, where that has a place to fill in. */
  leave(): Promise<void>;
  /** Waits until the list names what is wanted. It stays open. */
  offer(wanted: Wanted): Promise<void>;
  take(taken: Taken): Promise<void>;
}

/** How often a step is taken before its failure is the test's. */
const attempts = 4;

/** Asks until the answer is the one expected, and says the last one where it never is. */
async function becomes<T>(expected: T, timeoutMs: number, ask: () => Promise<T>): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (Date.now() > until) assert.deepEqual(answer, expected);
    try {
      assert.deepEqual(answer, expected);
      return;
    } catch {
      await pause(20);
    }
  }
}

export async function startTyping(page: Page, file: string): Promise<Typing> {
  const group = page.locator(".editor-group-container.active");
  const list = page.locator(".suggest-widget.visible");

  /** All lines of the text; a short one is drawn whole. */
  async function lines(): Promise<readonly string[]> {
    const drawn = await group
      .locator(".view-line")
      .evaluateAll((all: readonly DrawnLine[]) =>
        all.map(({ style, textContent }) => ({ top: Number.parseFloat(style.top), text: textContent ?? "" })),
      );
    return drawn.sort((one, other) => one.top - other.top).map(({ text }) => text.replaceAll("\u00a0", " "));
  }

  const lastLine = async (): Promise<string> => (await lines()).at(-1) ?? "";

  async function focus(): Promise<void> {
    await insist(group.locator(".monaco-editor.focused"), () => group.locator(".view-lines").first().click());
  }

  async function closeList(): Promise<void> {
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "hidden", timeout: 5_000 });
  }

  /** Gives the text its end back, a change at a time; a step leaves all lines but the last as they were. */
  async function restore(text: readonly string[]): Promise<void> {
    await focus();
    for (let change = 0; change < 10; change++) {
      await closeList();
      await page.keyboard.press("ControlOrMeta+End");
      const now = await lines();
      if (now.length === text.length && now.at(-1) === text.at(-1)) break;
      if (now.length < text.length) {
        await page.keyboard.press("Enter");
      } else if (now.at(-1) !== "") {
        // The first press goes no further than the first letter.
        await page.keyboard.press("Shift+Home");
        await page.keyboard.press("Shift+Home");
        await page.keyboard.press("Backspace");
      } else if (now.length > text.length) {
        await page.keyboard.press("Backspace");
      } else {
        await page.keyboard.insertText(text.at(-1) ?? "");
      }
    }
    await becomes(text, 5_000, lines);
  }

  /** Takes a step that begins with the text as it is; one that fails begins again with that text. */
  async function step(take: () => Promise<void>): Promise<void> {
    const before = await lines();
    for (let attempt = 1; ; attempt++) {
      try {
        if (attempt > 1) await restore(before);
        await take();
        return;
      } catch (failure) {
        if (attempt === attempts) throw failure;
      }
    }
  }

  async function write(text: string): Promise<void> {
    const before = await lastLine();
    await page.keyboard.type(text);
    await becomes(before + text, 5_000, lastLine);
  }

  /** The rows of the list that are drawn, in their order. */
  function rows(): Promise<readonly Row[]> {
    return list.locator(".monaco-list-row").evaluateAll((all: readonly DrawnRow[]) =>
      all
        .map((row) => ({
          at: Number(row.getAttribute("data-index")),
          label: row.querySelector(".label-name")?.textContent ?? "",
          note: row.querySelector(".details-label")?.textContent ?? "",
          isFocused: row.classList.contains("focused"),
        }))
        .sort((one, other) => one.at - other.at),
    );
  }

  async function find(wanted: Wanted): Promise<Row | undefined> {
    return (await rows()).find((row) => isRow(row, wanted));
  }

  /** Typed while the extension host is busy, a letter opens no list, or one that lacks something; it is asked for again. */
  async function offer(wanted: Wanted): Promise<void> {
    const loading = list.locator(".message");
    const over = Date.now() + 40_000;
    let offered: readonly Row[] = [];
    for (let patienceMs = 400; Date.now() < over; patienceMs *= 2) {
      const until = Date.now() + patienceMs;
      do {
        offered = await rows();
        if (offered.some((row) => isRow(row, wanted))) return;
        await pause(20);
        // Asking again would give up what is on its way.
      } while (Date.now() < until || (await loading.isVisible()));
      // Asked for while it is open, it would show its details instead.
      await closeList();
      await page.keyboard.press("Control+Space");
    }
    const names = offered.map(({ label, note }) => `${label} ${note}`);
    assert.fail(
      `There is no ${wanted.label} ${wanted.note ?? ""} behind ${await lastLine()}, but: ${names.join(", ")}`,
    );
  }

  /** Moves to the row by the keyboard: a list that is still being filled moves away under a pointer. */
  async function choose(wanted: Taken): Promise<void> {
    const row = await find(wanted);
    assert.ok(row !== undefined, `${wanted.label} is gone.`);
    const focused = (await rows()).find(({ isFocused }) => isFocused);
    const way = row.at - (focused?.at ?? 0);
    for (let at = 0; at < Math.abs(way); at++) await page.keyboard.press(way > 0 ? "ArrowDown" : "ArrowUp");
    await becomes(true, 1_000, async () => (await find(wanted))?.isFocused === true);
    await page.keyboard.press("Enter");
  }

  await page.getByRole("tab", { name: file, selected: true }).waitFor();
  await group.locator(".view-line").first().waitFor();
  await focus();
  return {
    type: (text) => step(() => write(text)),
    offer,
    newLine: () =>
      step(async () => {
        const before = await lines();
        await page.keyboard.press("Enter");
        await becomes([...before, ""], 3_000, lines);
      }),
    async leave() {
      const all = await lines();
      const end = `Ln ${all.length}, Col ${(all.at(-1) ?? "").length + 1}`;
      const caret = page.locator("[id='status.editor.selection']").getByText(end, { exact: true });
      await insist(caret, () => page.keyboard.press("Tab"));
    },
    take: (taken) =>
      step(async () => {
        await write(taken.typed);
        await offer(taken);
        await choose(taken);
        await becomes(taken.line, 3_000, lastLine);
      }),
  };
}

type Wanted = Pick<Taken, "label" | "note">;
type Row = { readonly at: number; readonly label: string; readonly note: string; readonly isFocused: boolean };

function isRow(row: Row, { label, note }: Wanted): boolean {
  const isNamed = typeof label === "string" ? row.label === label : label.test(row.label);
  return isNamed && (note === undefined || note.test(row.note));
}

/** What is read of the page's elements; the tests are compiled without its types. */
type DrawnLine = { readonly style: { readonly top: string }; readonly textContent: string | null };
type DrawnRow = {
  readonly classList: { contains(name: string): boolean };
  getAttribute(name: string): string | null;
  querySelector(selector: string): { readonly textContent: string | null } | null;
};
