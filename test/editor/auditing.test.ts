import { test } from "node:test";
import { openEditor } from "./harness/editor.ts";

test("auditing is turned on after a confirmation, and events arrive", async () => {
  await using editor = await openEditor({ name: "auditing" });
  const { page } = editor;
  await editor.openCommand("Container Audit: Focus on Clusters View");
  await editor.expand(/^Sample/);
  const batch = editor.treeRow(/^batch/).first();
  await batch.waitFor();
  await editor.treeRow(/^batch, off · eligible/).waitFor();

  await batch.hover();
  await batch.getByRole("button", { name: /Turn On Container Auditing/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Turn on container auditing for batch?").waitFor();
  await dialog.getByText(/logtail-ds: collects the records .* version 1\.8\.9/).waitFor();
  await dialog.getByText(/kubectl exec/).waitFor();
  await editor.screenshot("07-turn-on");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await editor.treeRow(/^batch, off · eligible/).waitFor();

  await batch.hover();
  await batch.getByRole("button", { name: /Turn On Container Auditing/ }).click();
  await dialog.getByRole("button", { name: "Turn On" }).click();
  await editor.treeRow(/^batch, turning on/).waitFor();
  await editor.treeRow(/^batch, auditing · newest event/).waitFor({ timeout: 60_000 });
  await editor.screenshot("08-turned-on");

  await batch.hover();
  await batch.getByRole("button", { name: /Turn Off Container Auditing/ }).click();
  await dialog.getByText(/is not deleted: it stays with its records/).waitFor();
  await dialog.getByRole("button", { name: "Turn Off" }).click();
  await editor.treeRow(/^batch, half installed: ack-advanced-audit is missing/).waitFor({ timeout: 60_000 });
});
