/** Text of a record goes onto the pages as characters and nothing else. A break of the policy fails in the harness. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calm } from "./calm.ts";
import { type OpenPage, openPage } from "./harness.ts";
import { payloads } from "./payloads.ts";
import { answerOf, question, resultsHost, stateMessage } from "./resultsHost.ts";
import { commandRecord, incidentId, shownTrace, traceHost } from "./traceHost.ts";

/** The kinds of elements that the pages make. */
const ours = new Set(
  (
    "aside body button circle code dd div dl dt g h1 h2 head header html line link main mark meta p path pre rect script " +
    "span strong svg text title vscode-button vscode-textfield wbr"
  ).split(" "),
);

async function foreign({ page }: OpenPage): Promise<readonly string[]> {
  const found = await page.evaluate<readonly string[]>(`(() => {
    const bad = [];
    for (const element of document.querySelectorAll("*")) {
      bad.push(element.localName);
      for (const { name } of element.attributes) {
        if (name.startsWith("on") || ["src", "href", "srcdoc", "action"].includes(name)) bad.push(element.localName + "[" + name + "]");
      }
    }
    return [...new Set(bad)];
  })()`);
  // What the extension's own document loads.
  const loaded = ["link[href]", "script[src]"];
  return found.filter((name) => !ours.has(name) && !loaded.includes(name));
}

/** Requests that the page made after it was loaded. */
function requestsOf({ page }: OpenPage): readonly string[] {
  const made: string[] = [];
  page.on("request", (request) => made.push(request.url()));
  return made;
}

async function shown(text: { textContent(): Promise<string | null> }): Promise<string> {
  return (await text.textContent()) ?? "";
}

test("at least fifty payloads", () => assert.ok(payloads.length >= 50));

test("rows, heads, hints, details, menus and notices hold hostile text as text", async () => {
  const columns = [...payloads.slice(0, 12), "process.cmdline", "traceId"].map((name) => ({
    name,
    kind: "text" as const,
  }));
  const cells = (ordinal: number) => columns.map((_, place) => payloads[(ordinal + place) % payloads.length]);
  const verdict = (ordinal: number) => {
    const text = payloads[ordinal % payloads.length] ?? "";
    return { severity: "high" as const, rule: text, title: text, reason: text, mitre: [text] };
  };
  const state = answerOf({
    columns,
    rowCount: payloads.length,
    total: payloads.length,
    question: {
      ...question,
      title: "<img src=x onerror=hostProblem(1)>",
      statement: payloads.slice(0, 20).join("\n"),
      clusters: payloads.slice(0, 3),
    },
    gaps: payloads.slice(0, 5),
  });
  const riskOf = (ordinal: number) => ({ severity: "high" as const, verdicts: [verdict(ordinal)] });
  await using results = calm(await openPage("results", { height: 900, ...resultsHost(state, { cells, riskOf }) }));
  const { page } = results;
  await page.waitForSelector(".body .row:not(.loading)");
  const requests = requestsOf(results);
  await page.focus("[role=grid]");
  await page.keyboard.press("Enter");
  for (let row = 0; row < payloads.length; row++) {
    await page
      .locator(".side")
      .getByText(`Row ${row + 1} of `)
      .waitFor();
    await page.waitForSelector(".fields");
    if (row % 10 === 0)
      await page
        .locator(`[aria-rowindex="${row + 2}"] [role=gridcell]`)
        .nth(2)
        .hover();
    await page.keyboard.press("ArrowDown");
  }
  await page.getByRole("button", { name: "Columns" }).click();
  assert.deepEqual(await foreign(results), []);
  await page.keyboard.press("Escape");
  await results.post({ kind: "announce", text: "<img src=x onerror=hostProblem(1)>" });
  await page.locator(".toast", { hasText: "<img src=x" }).waitFor();
  assert.deepEqual(await foreign(results), []);
  await results.post(
    stateMessage({
      kind: "failed",
      question: state.question,
      message: "<b>x</b>",
      detail: payloads.join("\n"),
      canRetry: true,
    }),
  );
  await page.getByRole("alert").getByText("<b>x</b>").waitFor();
  assert.deepEqual(await foreign(results), []);
  assert.deepEqual(requests, []);
});

test("what turns or hides text is shown by name, one row stays one line", async () => {
  const hidden = payloads.filter((text) => /[\p{Cc}\p{Cf}]/u.test(text));
  const cells = (ordinal: number) => [hidden[ordinal]];
  const columns = [{ name: "process.cmdline", kind: "text" as const }];
  const state = answerOf({
    columns,
    rowCount: hidden.length,
    total: hidden.length,
    marksRisk: false,
    traceColumn: undefined,
  });
  await using results = calm(await openPage("results", resultsHost(state, { cells, riskOf: () => undefined })));
  await results.page.waitForSelector(".body .row:not(.loading)");
  const texts = await results.page.locator(".body [role=gridcell]").allTextContents();
  assert.equal(texts.length, hidden.length);
  for (const text of texts) assert.doesNotMatch(text, /\p{Cc}|\p{Cf}|\p{Cs}/u);
  assert.ok(texts.includes("safe␍rm -rf /"));
  assert.ok(texts.includes("safe⏎2026-11-23 10:00:00 forged line"));
  assert.ok(texts.includes("⟨U+202E⟩gnp.tpircs⟨U+202C⟩"));
  const heights = await results.page
    .locator(".body .row")
    .evaluateAll((rows) => rows.map((row: { clientHeight: number }) => row.clientHeight));
  assert.deepEqual(new Set(heights), new Set([22]));
});

test("a trace of hostile commands, names, rules and records is text", async () => {
  const records = payloads.map((command, index) => ({
    ...commandRecord({ at: index, pid: 100 + index, parent: 99, command, directory: command.slice(0, 300) }),
    [command.slice(0, 200)]: command,
  }));
  const [bad = ""] = payloads;
  const { state, trace } = shownTrace({
    records,
    riskOf: () => ({
      severity: "critical",
      verdicts: [{ severity: "critical", rule: bad, title: bad, reason: bad, mitre: [bad] }],
    }),
    changes: {
      pod: "<img src=x onerror=hostProblem(1)>",
      container: payloads[8] ?? "",
      namespace: payloads[9] ?? "",
      cluster: payloads[10] ?? "",
      account: payloads[11] ?? "",
      user: { username: payloads[12] ?? "", aliuid: payloads[13] ?? "", groups: payloads.slice(14, 18) },
      command: payloads[19] ?? "",
      node: payloads[20] ?? "",
      image: payloads[21] ?? "",
      gaps: payloads.slice(0, 4),
      uids: payloads.slice(4, 6),
    },
  });
  await using opened = calm(await openPage("trace", { height: 900, ...traceHost(state, trace) }));
  const { page } = opened;
  await page.waitForSelector(".fields .wide");
  const requests = requestsOf(opened);
  await page.focus("[role=tree]");
  await page.keyboard.press("Home");
  for (let step = 0; step < payloads.length; step++) {
    if (step % 10 === 0) await page.locator(".line.selected").hover();
    await page.keyboard.press("j");
    await page.waitForTimeout(70);
  }
  assert.deepEqual(await foreign(opened), []);
  await page.keyboard.press("/");
  await page.keyboard.type("<script>");
  await page.locator(".found", { hasText: " of " }).waitFor();
  assert.ok((await page.locator("mark").count()) > 0);
  assert.deepEqual(await foreign(opened), []);
  for (const text of await page.locator(".line .text").allTextContents())
    assert.doesNotMatch(text, /\p{Cc}|\p{Cf}|\p{Cs}/u);
  assert.equal(await shown(page.locator("h1")), "<img src=x onerror=hostProblem(1)> / <svg onload=hostProblem(1)>");
  assert.equal(state.trace, incidentId);
  assert.deepEqual(requests, []);
});
