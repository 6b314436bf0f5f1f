import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LogRecord } from "../../src/audit/event.ts";
import { calm } from "./calm.ts";
import { type OpenPage, openPage, type PageOptions, type Theme } from "./harness.ts";
import { commandRecord, incidentId, incidentRecords, shownTrace, traceHost, traceMessage } from "./traceHost.ts";

type Options = PageOptions & Parameters<typeof shownTrace>[0];

async function openTrace(options: Options = {}): Promise<OpenPage> {
  const { records, riskOf, changes, event, ...page } = options;
  const given = {
    ...(records && { records }),
    ...(riskOf && { riskOf }),
    ...(changes && { changes }),
    ...(event && { event }),
  };
  const { state, trace } = shownTrace(given);
  const opened = await openPage("trace", { width: 1_300, height: 640, ...page, ...traceHost(state, trace) });
  await opened.page.waitForSelector(".fields .wide");
  return calm(opened);
}

/** The text of the selected line, as the tree tells readers of the screen. A line far away is drawn with the next frame. */
async function selectedText({ page }: OpenPage): Promise<string> {
  const found = await page.waitForFunction<string>(`(() => {
    const tree = document.querySelector("[role=tree]");
    const line = document.getElementById(tree.getAttribute("aria-activedescendant"));
    return (line?.querySelector(".text") ?? line?.querySelector(".pause"))?.textContent;
  })()`);
  return found.jsonValue();
}

async function texts({ page }: OpenPage): Promise<readonly string[]> {
  return await page.locator(".line .text, .line .pause").allTextContents();
}

function line({ page }: OpenPage, text: string) {
  return page.locator(".line", { hasText: text }).first();
}

describe("what the head says", () => {
  test("where, when, who, what and how much", async () => {
    await using trace = await openTrace();
    const header = trace.page.locator("header");
    await header.getByRole("heading", { name: "api-6f7c9d5b8-k2x4p / api" }).waitFor();
    await header.getByText("2026-11-23 14:28:40.112 → 18:43:50.112 +08:00, at least 4 h 15 min").waitFor();
    assert.equal(
      await header.locator(".facts").textContent(),
      "entered by dev-07 (2087…4410) running bash · 18 commands · 6 risky · uid 1000 → 0",
    );
    assert.equal(await header.locator(".where").textContent(), "Sample · shop-prod · payments · trace 7c1f…0000");
    assert.equal(
      await header.locator(".facts span").first().getAttribute("title"),
      "dev-07\n208712345678904410\nGroups: system:authenticated, dev-oncall",
    );
    assert.match(
      (await header.locator(".range").getAttribute("title")) ?? "",
      /^2026-11-23 06:28:40.112 → 10:43:50.112 UTC\nSearched 2026-11-22/,
    );
  });
  test("an entry that was not recorded, and what is missing", async () => {
    await using trace = await openTrace({
      records: incidentRecords.slice(1),
      changes: { gaps: ["Stopped after 100,000 events."] },
    });
    await trace.page.locator(".notice.info").getByText("No record of the entry itself between 2026-11-22").waitFor();
    await trace.page.locator(".notice.warning").getByText("Stopped after 100,000 events.").waitFor();
    assert.equal(
      await trace.page.locator(".facts").textContent(),
      "entered by dev-07 (2087…4410) · 18 commands · 6 risky · uid 1000 → 0",
    );
    await trace.screenshot("trace-no-entry-dark");
  });
  test("one event lasts no time and has no length", async () => {
    await using trace = await openTrace({ records: incidentRecords.slice(0, 1), riskOf: () => undefined });
    assert.equal(
      await trace.page.locator(".range").textContent(),
      "2026-11-23 14:28:40.112 → 2026-11-23 14:28:40.112 +08:00",
    );
    assert.match((await trace.page.locator(".facts").textContent()) ?? "", /0 commands · none risky$/);
  });
});

describe("who the account is", () => {
  const user = { username: "208712345678904410-1700000000", aliuid: "208712345678904410", groups: [] };
  const identity = { name: "li.wei", detail: "RAM user li.wei (Li Wei)" };
  const told = (name = identity) => ({ kind: "identity", trace: incidentId, identity: name });
  const facts = ({ page }: OpenPage) => page.locator(".facts").textContent();

  test("without a name there is what was recorded, and the id", async () => {
    await using trace = await openTrace({ changes: { user: { ...user, username: "" } } });
    assert.match((await facts(trace)) ?? "", /^entered by 208712345678904410 running bash · /);
    assert.equal((await texts(trace))[0], "208712345678904410 enters, running bash");
  });
  test("a name that comes later stands in the head, at the entry and on hover, and nothing else changes", async () => {
    await using trace = await openTrace({ changes: { user } });
    await line(trace, "env").click();
    const before = await texts(trace);
    assert.equal(before[0], "208712345678904410-1700000000 enters, running bash");
    await trace.post(told());
    await trace.page.getByText("li.wei enters, running bash").waitFor();
    assert.match((await facts(trace)) ?? "", /^entered by li\.wei \(2087…4410\) running bash · /);
    assert.equal(
      await trace.page.locator(".facts span").first().getAttribute("title"),
      "208712345678904410-1700000000\n208712345678904410\nRAM user li.wei (Li Wei)\nGroups: ",
    );
    assert.deepEqual((await texts(trace)).slice(1), before.slice(1));
    assert.equal(await selectedText(trace), "env");
    await trace.screenshot("trace-named-dark");
  });
  test("beside a name that was recorded it is another one", async () => {
    await using trace = await openTrace();
    await trace.post(told());
    await trace.page.getByText("entered by dev-07 (li.wei, 2087…4410) running bash").waitFor();
    assert.equal((await texts(trace))[0], "dev-07 enters, running bash");
  });
  test("a name that is known when the page opens is there at once", async () => {
    await using trace = await openTrace({ changes: { user, identity } });
    assert.equal((await texts(trace))[0], "li.wei enters, running bash");
  });
  test("a name for another trace, or before there is one, is not shown", async () => {
    await using trace = await openTrace({ changes: { user } });
    const before = await facts(trace);
    await trace.post({ ...told(), trace: "another" });
    await trace.post({ kind: "announce", text: "Said." });
    await trace.page.locator(".toast", { hasText: "Said." }).waitFor();
    assert.equal(await facts(trace), before);
    const loading = { kind: "loading", trace: incidentId, cluster: "shop-prod" } as const;
    await using early = await openPage("trace", { height: 300, ...traceHost(loading) });
    await early.page.getByText("Reading the trace").waitFor();
    await early.post(told());
    await early.post(traceMessage(shownTrace({ changes: { user } }).state));
    await early.page.getByText("208712345678904410-1700000000 enters, running bash").waitFor();
  });
  test("a hostile name is text on one line", async () => {
    await using trace = await openTrace({ changes: { user } });
    const elements = () => trace.page.locator("img, script:not([src]), b").count();
    const before = await elements();
    const name = "<img src=x onerror=hostProblem(1)>\n<b>\u202ex";
    await trace.post(told({ name, detail: name }));
    const shown = "<img src=x onerror=hostProblem(1)>⏎<b>⟨U+202E⟩x";
    await trace.page.locator(".facts strong", { hasText: "<img" }).waitFor();
    assert.equal(await trace.page.locator(".facts strong").textContent(), shown);
    assert.equal((await texts(trace))[0], `${shown} enters, running bash`);
    assert.equal(await elements(), before);
  });
  test("an endless name is cut", async () => {
    await using trace = await openTrace({ changes: { user, identity: { name: "x".repeat(100_000), detail: "" } } });
    assert.equal(await trace.page.locator(".facts strong").textContent(), `${"x".repeat(199)}…`);
    assert.equal((await texts(trace))[0], `${"x".repeat(199)}… enters, running bash`);
  });
});

describe("states without a trace", () => {
  test("loading", async () => {
    const state = { kind: "loading", trace: incidentId, cluster: "shop-prod" } as const;
    await using trace = await openPage("trace", { height: 300, ...traceHost(state) });
    await trace.page.getByText("Reading the trace").waitFor();
    await trace.page.getByText(`Trace ${incidentId} in shop-prod`).waitFor();
    await trace.screenshot("trace-loading-dark");
  });
  test("failed, and tried again", async () => {
    const state = {
      kind: "failed",
      trace: incidentId,
      cluster: "shop-prod",
      message: "The cluster's log cannot be reached.",
      detail: "connect ECONNREFUSED",
      canRetry: true,
    } as const;
    await using trace = await openPage("trace", { height: 300, ...traceHost(state) });
    await trace.page.getByRole("alert").getByText("The cluster's log cannot be reached.").waitFor();
    await trace.screenshot("trace-failed-dark");
    await trace.page.getByRole("button", { name: "Try Again" }).click();
    await trace.posted("retry");
    const { state: found } = shownTrace();
    await trace.post(traceMessage(found));
    await trace.page.getByRole("tree").waitFor();
    await trace.posted("select");
  });
});

describe("lines", () => {
  test("stand as processes below what started them, with breaks where nothing was recorded", async () => {
    await using trace = await openTrace();
    assert.deepEqual((await texts(trace)).slice(0, 10), [
      "dev-07 enters, running bash",
      "bash",
      "id",
      "uname -a",
      "ls -la",
      "cat /etc/os-release",
      "env",
      "grep -ri password .",
      "4 h 11 min idle",
      "cat /var/run/secrets/kubernetes.io/serviceaccount/token",
    ]);
    const curl = line(trace, "curl");
    assert.equal(await curl.getAttribute("aria-level"), "4");
    assert.equal(await curl.getAttribute("aria-posinset"), "1");
    assert.equal(await curl.getAttribute("aria-setsize"), "2");
    assert.equal(await line(trace, "sh -c").getAttribute("aria-expanded"), "true");
    assert.equal(await curl.getAttribute("aria-expanded"), null);
  });
  test("have local time, time since the entry, and both zones on hover", async () => {
    await using trace = await openTrace();
    const id = line(trace, "uname -a");
    assert.equal(await id.locator(".clock").textContent(), "14:28:49");
    assert.equal(await id.locator(".since").textContent(), "+0:09");
    await id.hover();
    assert.equal(
      await id.getAttribute("title"),
      "uname -a\n2026-11-23 14:28:49.112 (Asia/Shanghai)\n2026-11-23T06:28:49.112Z (UTC)",
    );
  });
  test("tell a change of the uid in words, and a parent that was not recorded", async () => {
    await using trace = await openTrace();
    assert.equal(await line(trace, "pkexec").locator(".uid").textContent(), "uid becomes 0 (root)");
    assert.equal(await line(trace, "sh -i").locator(".uid").textContent(), "uid 0");
    const orphan = line(trace, "tar czf").locator(".orphan");
    assert.equal(await orphan.textContent(), "containerd-shim ›");
    assert.equal(await orphan.getAttribute("title"), "Started by containerd-shim, which was not recorded");
  });
  test("mark risk with a drawing and a word", async () => {
    await using trace = await openTrace();
    const mark = line(trace, "nsenter").locator(".mark");
    assert.equal(await mark.textContent(), "Critical");
    assert.equal(await mark.locator("svg").count(), 1);
  });
});

describe("keys", () => {
  test("the first risky line is selected, n and N go from one to the next", async () => {
    await using trace = await openTrace();
    const { keyboard } = trace.page;
    await trace.page.focus("[role=tree]");
    const seen: string[] = [await selectedText(trace)];
    for (let step = 0; step < 6; step++) {
      await keyboard.press("n");
      seen.push(await selectedText(trace));
    }
    assert.deepEqual(
      seen.map((text) => text.split(" ")[0]),
      ["cat", "sh", "curl", "pkexec", "nsenter", "shred", "cat"],
    );
    await keyboard.press("Shift+N");
    assert.equal(await selectedText(trace), "shred -u /dev/shm/.kw");
  });
  test("j, k, arrows, page keys, Home and End move", async () => {
    await using trace = await openTrace();
    const { keyboard } = trace.page;
    await trace.page.focus("[role=tree]");
    for (const [key, text] of [
      ["Home", "dev-07 enters, running bash"],
      ["j", "bash"],
      ["ArrowDown", "id"],
      ["k", "bash"],
      ["ArrowUp", "dev-07 enters, running bash"],
      ["ArrowUp", "dev-07 enters, running bash"],
      ["End", "tar czf - /var/lib/app/exports"],
      ["j", "tar czf - /var/lib/app/exports"],
      ["PageUp", "dev-07 enters, running bash"],
    ] as const) {
      await keyboard.press(key);
      assert.equal(await selectedText(trace), text, key);
    }
  });
  test("the arrows fold, unfold and go to what started a process", async () => {
    await using trace = await openTrace();
    const { keyboard } = trace.page;
    await line(trace, "curl").click();
    await trace.page.focus("[role=tree]");
    await keyboard.press("ArrowLeft");
    assert.equal(await selectedText(trace), "sh");
    await keyboard.press("ArrowLeft");
    assert.equal(await trace.page.locator(".line.selected").getAttribute("aria-expanded"), "false");
    assert.equal(await trace.page.locator(".line.selected .below").textContent(), "1 risky below");
    assert.equal((await texts(trace)).filter((text) => text.startsWith("curl")).length, 0);
    await keyboard.press("ArrowRight");
    await keyboard.press("ArrowRight");
    assert.match(await selectedText(trace), /^curl/);
  });
  test("the next risky line is unfolded where it was folded away", async () => {
    await using trace = await openTrace();
    await trace.page.getByRole("button", { name: "More Actions" }).click();
    await trace.page.getByRole("menuitem", { name: "Fold All", exact: true }).click();
    assert.deepEqual(await texts(trace), ["dev-07 enters, running bash", "bash", "tar czf - /var/lib/app/exports"]);
    assert.equal(await selectedText(trace), "bash");
    await trace.screenshot("trace-folded-dark");
    await trace.page.focus("[role=tree]");
    await trace.page.keyboard.press("n");
    assert.match(await selectedText(trace), /^cat \/var\/run/);
    await trace.page.keyboard.press("*");
    assert.equal((await texts(trace)).length, 20);
  });
  test("an idle stretch is a place to stop at, and says from when to when", async () => {
    await using trace = await openTrace();
    await trace.page.focus("[role=tree]");
    await trace.page.keyboard.press("k");
    assert.equal(await selectedText(trace), "4 h 11 min idle");
    await trace.page
      .locator(".side")
      .getByText("Nothing was recorded from 2026-11-23 14:29:20.112 to 2026-11-23 18:41:07.112.")
      .waitFor();
  });
  test("Enter goes to the detail, Escape back", async () => {
    await using trace = await openTrace();
    await trace.page.focus("[role=tree]");
    await trace.page.keyboard.press("Enter");
    assert.equal(await trace.page.evaluate("document.activeElement.className"), "side-body");
    await trace.page.keyboard.press("Escape");
    assert.equal(await trace.page.evaluate("document.activeElement.getAttribute('role')"), "tree");
  });
});

describe("finding", () => {
  test("searches all lines, what is folded away too, and counts", async () => {
    await using trace = await openTrace();
    await line(trace, "sh -c").locator(".twisty").click();
    await trace.page.focus("[role=tree]");
    await trace.page.keyboard.press("/");
    await trace.page.keyboard.type(".kw");
    await trace.page.getByText("1 of 4").waitFor();
    assert.match(await selectedText(trace), /^curl/);
    await trace.page.keyboard.press("Enter");
    assert.match(await selectedText(trace), /^chmod/);
    await trace.page.getByText("2 of 4").waitFor();
    await trace.page.keyboard.press("Shift+Enter");
    assert.match(await selectedText(trace), /^curl/);
    assert.equal(await trace.page.locator("mark").count(), 4);
    await trace.screenshot("trace-found-dark");
    await trace.page.keyboard.press("Escape");
    assert.equal(await trace.page.locator("mark").count(), 0);
    await trace.page.keyboard.press("Escape");
    assert.equal(await trace.page.evaluate("document.activeElement.getAttribute('role')"), "tree");
  });
  test("says when there is nothing", async () => {
    await using trace = await openTrace();
    await trace.page.focus("vscode-textfield");
    await trace.page.keyboard.type("nowhere");
    await trace.page.getByText("Nothing found").waitFor();
    assert.match(await selectedText(trace), /^cat/);
  });
});

describe("detail, copying and ways out", () => {
  test("the detail has the reason, the chain of processes, the facts and the record", async () => {
    await using trace = await openTrace();
    await line(trace, "curl").click();
    const side = trace.page.getByRole("complementary", { name: "Detail of the selected line" });
    await side.getByText("A program of the vendor's list of risky programs.").waitFor();
    await side.getByText("4715, started by 4714 sh").waitFor();
    assert.equal(await side.locator(".ancestry").textContent(), "bash › sh › sh › curl");
    for (const fact of ["/tmp", "cn-hangzhou.10.0.0.7", "+4:12:59", "2026-11-23T10:41:39.112Z"]) {
      await side.getByText(fact, { exact: true }).first().waitFor();
    }
    await side.locator(".ancestry").getByRole("button", { name: "bash" }).click();
    assert.equal(await selectedText(trace), "bash");
    assert.deepEqual(await trace.posted("select"), { kind: "select", trace: incidentId, line: "e-4711" });
  });
  test("a change of the uid names both", async () => {
    await using trace = await openTrace();
    await line(trace, "pkexec").click();
    await trace.page.locator(".side").getByText("0, before 1000").waitFor();
    await trace.page.locator(".side").getByText("4720, started by 4702 bash").waitFor();
  });
  test("copies of the line, its record, a field and the trace", async () => {
    await using trace = await openTrace();
    const ofLine = (what: string) => ({ kind: "copyLine", trace: incidentId, line: "e-4711", what });
    await trace.page.focus("[role=tree]");
    await trace.page.keyboard.press("Control+c");
    assert.deepEqual(await trace.posted("copyLine"), ofLine("commandLine"));
    await trace.page.locator(".side").getByRole("button", { name: "Copy Record as JSON" }).click();
    assert.deepEqual(await trace.posted("copyLine"), ofLine("record"));
    await trace.page.locator(".side").getByRole("button", { name: "Copy Value: eventId" }).focus();
    await trace.page.keyboard.press("Enter");
    assert.deepEqual(await trace.posted("copyField"), {
      kind: "copyField",
      trace: incidentId,
      line: "e-4711",
      field: "eventId",
    });
    await trace.page.getByRole("button", { name: "trace 7c1f…0000" }).click();
    assert.deepEqual(await trace.posted("copyTrace"), { kind: "copyTrace", what: "traceId" });
    await trace.page.locator("header").getByRole("button", { name: "Copy", exact: true }).click();
    await trace.page.getByRole("menuitem", { name: "Copy Trace as Text" }).click();
    assert.deepEqual(await trace.posted("copyTrace"), { kind: "copyTrace", what: "text" });
  });
  test("back to the rows, and on to a document", async () => {
    await using trace = await openTrace();
    await trace.page.getByRole("button", { name: "Show as Rows" }).click();
    await trace.posted("openRows");
    await trace.page.getByRole("button", { name: "Open as Text" }).click();
    await trace.posted("openAsText");
  });
});

describe("the strip", () => {
  test("a click jumps to the nearest event", async () => {
    await using trace = await openTrace();
    const strip = await trace.page.locator(".strip svg").boundingBox();
    assert.ok(strip !== null);
    await trace.page.mouse.click(strip.x + strip.width - 2, strip.y + 15);
    assert.equal(await selectedText(trace), "shred -u /dev/shm/.kw");
    await trace.page.mouse.click(strip.x + 1, strip.y + 15);
    assert.match(await selectedText(trace), /enters|^bash/);
  });
  test("is told in words", async () => {
    await using trace = await openTrace();
    assert.equal(
      await trace.page.getByRole("img").first().getAttribute("aria-label"),
      "The whole trace: 18 commands, 2026-11-23 14:28:40.112 → 18:43:50.112 +08:00, 6 risky",
    );
    assert.deepEqual(await trace.page.locator(".strip text").allTextContents(), ["14:28:40", "18:43:50", "4 h 11 min"]);
  });
  test("its box is what is on screen", async () => {
    await using trace = await openTrace({ records: longTrace(2_000), riskOf: () => undefined, height: 500 });
    const width = async () => Number(await trace.page.locator(".strip .box").getAttribute("width"));
    const x = async () => Number(await trace.page.locator(".strip .box").getAttribute("x"));
    const strip = (await trace.page.locator(".strip svg").boundingBox())?.width ?? 0;
    assert.ok((await width()) < strip / 20);
    await trace.page.focus("[role=tree]");
    await trace.page.keyboard.press("End");
    assert.ok((await x()) > strip * 0.9);
    await trace.page.getByText("11998, started by 4702 bash").waitFor();
  });
});

/** Commands of a shell, one a second. */
function longTrace(count: number): readonly LogRecord[] {
  const shell = commandRecord({ at: 0, pid: 4702, parent: 4690, command: "bash" });
  const commands = Array.from({ length: count - 1 }, (_, index) =>
    commandRecord({ at: index + 1, pid: 10_000 + index, parent: 4702, command: `ls -la /srv/${index}` }),
  );
  return [shell, ...commands];
}

describe("much and long", () => {
  test("20,000 commands scroll to the last with lines drawn", async () => {
    await using trace = await openTrace({ records: longTrace(20_000), riskOf: () => undefined });
    await trace.page.focus("[role=tree]");
    await trace.page.keyboard.press("End");
    assert.equal(await selectedText(trace), "ls -la /srv/19998");
    assert.equal(await trace.page.locator(".line.selected").getAttribute("aria-setsize"), "19999");
    assert.ok((await trace.page.locator(".line").count()) < 60);
    await trace.page.keyboard.press("/");
    await trace.page.keyboard.type("/srv/7777");
    await trace.page.getByText("1 of 1").waitFor();
    assert.equal(await selectedText(trace), "ls -la /srv/7777");
    await trace.page.getByText("17777, started by 4702 bash").waitFor();
  });
  test("a command of a megabyte is drawn cut and opened whole on demand", async () => {
    const long = `python3 -c ${"x".repeat(1_000_000)}`;
    const records = [commandRecord({ at: 0, pid: 1, parent: 0, command: long })];
    await using trace = await openTrace({ records, riskOf: () => undefined });
    assert.equal((await selectedText(trace)).length, 1_000);
    await trace.page.getByRole("button", { name: "Show all 1,000,011 characters" }).first().click();
    assert.equal((await trace.page.locator(".command-line").textContent())?.length, 1_000_011);
  });
});

describe("after a reload", () => {
  test("selection, folds, place and what the host gave are back", async () => {
    await using trace = await openTrace({ height: 330 });
    await line(trace, "env").click();
    await trace.page.locator(".side").getByText("4707, started by 4702 bash").waitFor();
    await trace.page.evaluate("document.querySelector('[role=tree]').scrollTop = 95");
    await line(trace, "sh -c").locator(".twisty").click();
    await trace.page.waitForTimeout(200);
    const before = await texts(trace);
    await trace.reload();
    await trace.page.locator(".side").getByText("4707, started by 4702 bash").waitFor();
    assert.equal(await selectedText(trace), "env");
    assert.equal(await trace.page.evaluate("document.querySelector('[role=tree]').scrollTop"), 95);
    assert.deepEqual(await texts(trace), before);
    assert.equal(await line(trace, "sh -c").getAttribute("aria-expanded"), "false");
    assert.deepEqual(((await trace.state()) as { address: unknown }).address, { trace: incidentId });
  });
  test("what the host gave is kept though the trace could not be read", async () => {
    const failed = {
      kind: "failed",
      trace: incidentId,
      cluster: "c",
      message: "No.",
      detail: "",
      canRetry: true,
    } as const;
    await using trace = await openPage("trace", {
      state: { trace: incidentId, selected: "e-4707", folded: [], topRow: 3 },
      ...traceHost(failed),
    });
    await trace.page.getByRole("alert").waitFor();
    await trace.page.waitForTimeout(200);
    assert.partialDeepStrictEqual(await trace.state(), {
      address: { trace: incidentId },
      selected: "e-4707",
      topRow: 3,
    });
  });
  test("more of the same trace leaves the selection and the folds", async () => {
    await using trace = await openTrace();
    await line(trace, "env").click();
    await line(trace, "sh -c").locator(".twisty").click();
    const later = commandRecord({ at: 20_000, pid: 9_000, parent: 4_702, command: "exit-later" });
    await trace.post(traceMessage(shownTrace({ records: [...incidentRecords, later] }).state));
    await trace.page.getByText("19 commands").waitFor();
    assert.equal(await selectedText(trace), "env");
    assert.equal(await line(trace, "sh -c").getAttribute("aria-expanded"), "false");
    assert.equal((await texts(trace)).at(-2), "exit-later");
  });
  test("an event that was asked for is selected", async () => {
    await using trace = await openTrace({ event: "e-4716" });
    assert.equal(await selectedText(trace), "chmod +x /dev/shm/.kw");
  });
});

describe("how it looks", () => {
  for (const theme of ["dark", "light", "high-contrast", "high-contrast-light"] as const satisfies readonly Theme[]) {
    test(`a trace, ${theme}`, async () => {
      await using trace = await openTrace({ theme });
      await trace.page.focus("[role=tree]");
      await trace.screenshot(`trace-${theme}`);
    });
  }
  test("a theme that changes is followed", async () => {
    await using trace = await openTrace();
    const colour = () => trace.page.evaluate<string>("getComputedStyle(document.querySelector('.text')).color");
    const dark = await colour();
    await trace.setTheme("light");
    assert.notEqual(await colour(), dark);
  });
  test("a narrow page keeps everything within it", async () => {
    await using trace = await openTrace({ width: 400, height: 700 });
    assert.equal(await trace.page.evaluate("document.documentElement.scrollWidth"), 400);
    await trace.screenshot("trace-narrow-dark");
  });
});
