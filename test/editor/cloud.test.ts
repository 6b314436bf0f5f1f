import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startApiServers } from "../fakes/apiServers.ts";
import { defaultKeys, defaultWorld } from "../fakes/defaultWorld.ts";
import { startFakeCloud } from "../fakes/fakeCloud.ts";
import { type Editor, openEditor } from "./harness/editor.ts";

/** A home folder in which the Alibaba Cloud CLI has a profile for the services of this machine. */
function homeWithProfile(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "ack-audit-home-"));
  mkdirSync(join(path, ".aliyun"));
  const { accessKeyId, accessKeySecret } = defaultKeys.administrator;
  const profile = {
    name: "administrator",
    mode: "AK",
    access_key_id: accessKeyId,
    access_key_secret: accessKeySecret,
    region_id: "cn-hangzhou",
  };
  writeFileSync(join(path, ".aliyun", "config.json"), JSON.stringify({ current: profile.name, profiles: [profile] }));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Answers one question of *Add Account…*: waits for it, writes, and goes on. */
async function answer({ page }: Editor, question: string | RegExp, text: string): Promise<void> {
  const asked = page.locator(".quick-input-widget:visible");
  await asked.getByText(question).or(asked.getByPlaceholder(question)).first().waitFor();
  const input = page.locator(".quick-input-widget:visible input.input");
  await input.fill(text);
  await input.press("Enter");
}

/** Takes an entry of a row's context menu. A menu that has just opened lets the first click go by, so it is taken by key. */
async function choose({ page, treeRow }: Editor, row: RegExp, entry: string): Promise<void> {
  await treeRow(row).last().click({ button: "right" });
  const item = page.getByRole("menuitem", { name: entry, exact: true });
  await item.hover();
  await page.keyboard.press("Enter");
  await item.waitFor({ state: "hidden" });
}

/** Waits for a notification where all of them are, since a toast goes away by itself. */
async function isTold({ page, openCommand }: Editor, text: RegExp): Promise<void> {
  await openCommand("Notifications: Show Notifications");
  await page.locator(".notifications-center").getByText(text).waitFor();
  await openCommand("Notifications: Hide Notifications");
}

test("an account is added, its clusters are told truly, one is audited, asked, kept shorter, let go and deleted", async () => {
  using home = homeWithProfile();
  const cloud = await startFakeCloud({ world: defaultWorld(Date.now, { taskMs: 600, firstRecordMs: 800 }) });
  const servers = await startApiServers(cloud.world);
  try {
    await using editor = await openEditor({ name: "cloud", env: { HOME: home.path, USERPROFILE: home.path } });
    const { page } = editor;
    await editor.openCommand("Container Audit: Focus on Clusters View");
    await editor.treeRow(/^Sample/).waitFor();

    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget:visible input.input").fill(">Container Audit: Add Account…");
    await editor.pick(/^Container Audit: Add Account…/);
    await answer(editor, "Where does the credential come from?", "administrator");
    await editor.screenshot("40-add-account");
    await answer(editor, "To which site does the account belong?", "");
    await answer(editor, "How is Alibaba Cloud reached from here?", "custom");
    await answer(editor, /Container Service for Kubernetes/, cloud.endpoints.ack);
    await answer(editor, /Simple Log Service/, cloud.endpoints.sls);
    await answer(editor, /STS/, cloud.endpoints.sts);
    await page.getByPlaceholder("In which regions are the clusters?").waitFor();
    await page.keyboard.type("cn-beijing");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await editor.screenshot("41-regions");
    await page.keyboard.press("Enter");
    await answer(editor, "Name", "work");

    await editor.treeRow(/^work, 7 clusters · read-only/).waitFor();
    const row = (name: string) => editor.treeRow(new RegExp(`^${name}, `)).last();
    await row("shop-prod").waitFor();
    await editor
      .treeRow(/^edge-cn, not eligible/)
      .nth(1)
      .waitFor();
    await editor.treeRow(/^analytics, off · not offered/).waitFor();
    await editor.screenshot("42-clusters");

    // Why a cluster is not audited, as a page.
    await choose(editor, /^analytics, /, "Why Is This Cluster (Not) Audited?");
    const page1 = page.frameLocator("iframe.webview").last().frameLocator("iframe#active-frame");
    await page1.getByText("analytics").first().waitFor();
    await editor.screenshot("43-why");

    // Namespaces and pods come from the cluster's own API.
    await row("shop-prod").locator(".monaco-tl-twistie").click();
    await editor
      .treeRow(/^ci, 1 pod/)
      .last()
      .locator(".monaco-tl-twistie")
      .click();
    await editor
      .treeRow(/^runner-/)
      .last()
      .waitFor();
    await editor.screenshot("44-pods");
    await row("shop-prod").locator(".monaco-tl-twistie").click();

    // Read-only until the person lets the account out of it.
    await choose(editor, /^batch, /, "Turn On Container Auditing…");
    const dialog = page.getByRole("dialog");
    const press = (button: string) => dialog.getByRole("button", { name: button, exact: true }).click();
    await dialog.getByText("The account work is read-only: nothing is changed in it.").waitFor();
    await editor.screenshot("45-read-only");
    await press("Allow Changes for This Account…");
    await press("Allow Changes");

    // The plan says what is installed where; ACK and the log service fail now and then while it is carried out.
    await dialog.getByText("Turn on container auditing for batch?").waitFor();
    await dialog.getByText(/kubectl exec/).waitFor();
    await editor.screenshot("46-plan");
    cloud.faults.add({ match: { service: "ack", times: 2 }, fault: { kind: "throttled" } });
    cloud.faults.add({ match: { service: "ack", nth: 4, times: 1 }, fault: { kind: "resetMidBody" } });
    cloud.faults.add({
      match: { service: "sls", times: 2 },
      fault: { kind: "status", status: 503, code: "ServerBusy" },
    });
    await press("Turn On");
    await editor.treeRow(/^batch, auditing · newest event/).waitFor({ timeout: 60_000 });
    await isTold(editor, /Container auditing is on for batch/);
    await editor.screenshot("47-turned-on");
    cloud.faults.clear();

    // Its records are asked for like those of any cluster.
    await choose(editor, /^batch, auditing/, "New Query Here");
    await page.locator(".codelens-decoration a").filter({ hasText: "Run · batch" }).click();
    const results = await editor.webview("Results");
    await results.getByRole("row").nth(2).waitFor({ timeout: 30_000 });
    await editor.screenshot("48-rows");

    await choose(editor, /^batch, auditing/, "Check Log Schema");
    await page
      .locator(".view-line")
      .filter({ hasText: /Log.schema.of.batch/ })
      .waitFor();
    await editor.screenshot("51-schema");

    await choose(editor, /^batch, auditing/, "Change Retention…");
    await editor.pick(/^90 days/);
    await dialog.getByText("Keep the audit records of batch for 90 days?").waitFor();
    await editor.screenshot("49-retention");
    await press("Change Retention");
    await isTold(editor, /The retention of the Logstore .* is changed/);
    const kept = () =>
      [...cloud.world.projects.values()]
        .flatMap(({ logstores }) => [...logstores.values()])
        .find(({ ttlDays }) => ttlDays === 90);
    assert.notEqual(kept(), undefined);

    await choose(editor, /^batch, auditing/, "Turn Off Container Auditing…");
    await dialog.getByText(/is not deleted: it stays with its records/).waitFor();
    await press("Turn Off");
    await editor.treeRow(/^batch, half installed: ack-advanced-audit is missing/).waitFor({ timeout: 60_000 });
    await editor.screenshot("50-turned-off");

    // Only who types the cluster's name deletes its records.
    await choose(editor, /^batch, half installed/, "Delete Logstore…");
    await dialog.getByText(/with all its records\?/).waitFor();
    await editor.screenshot("52-delete");
    await press("Delete Logstore…");
    await answer(editor, /Type the name of the cluster, batch/, "batch");
    await page.getByText(/Type the name of the cluster, batch/).waitFor({ state: "hidden" });
    await isTold(editor, /The Logstore .* is deleted/);
    assert.equal(kept(), undefined);
    assert.deepEqual(cloud.failures, []);
  } finally {
    await Promise.all([cloud.close(), ...servers.map((server) => server.close())]);
  }
});
