import { join } from "node:path";
import { test } from "node:test";
import { childEnvironment, nodePath, root, run } from "../../../scripts/project.mjs";
import { openEditor } from "./editor.ts";

const skip = process.env["ACK_AUDIT_FULL"] !== "1" || process.env["ACK_AUDIT_EDITOR"] === "desktop";

test("the packed extension is complete: installed elsewhere, it answers from the sample's logs", { skip }, async () => {
  const printed = await run(nodePath(), [join(root, "scripts", "package.mjs")], { env: childEnvironment() });
  const vsix = /^(\S.*\.vsix) \(/m.exec(printed)?.[1] ?? "";
  await using editor = await openEditor({ name: "package", withoutProduct: true, vsix });
  await editor.openCommand("Container Audit: Focus on Clusters View");
  await editor.expand(/^Sample/);
  // Only DuckDB, which is in the package, knows the newest event.
  await editor.treeRow(/^shop-prod.*newest event/).waitFor();
});
