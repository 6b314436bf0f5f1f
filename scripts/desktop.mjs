// Finds a desktop VS Code or VSCodium on the PATH.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root, run } from "./project.mjs";

const commands = process.platform === "win32" ? ["code.cmd", "codium.cmd"] : ["code", "codium"];

function onPath(command) {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, command))
    .find((path) => existsSync(path));
}

function parts(version) {
  return version.split(".").map((part) => Number.parseInt(part, 10));
}

function isAtLeast(version, least) {
  const [a, b] = [parts(version), parts(least)];
  const different = [0, 1, 2].find((at) => a[at] !== b[at]);
  return different === undefined || a[different] > b[different];
}

/** The version that engines.vscode asks for at least. */
export function leastEditor() {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.vscode.replace(/^[^\d]*/, "");
}

/**
 * Why a command named `code` is not always a desktop editor: in a remote window, and in code-server's terminal, it is
 * a messenger to that window; under WSL it is a program of Windows; the tunnel CLI has no window at all. A desktop
 * build prints three lines for --version: version, commit and architecture.
 */
async function desktopVersion(path) {
  const real = realpathSync(path);
  if (real.includes("remote-cli") || real.startsWith("/mnt/") || process.env["VSCODE_IPC_HOOK_CLI"] !== undefined) {
    return undefined;
  }
  const asRoot =
    process.getuid?.() === 0 ? ["--no-sandbox", `--user-data-dir=${join(root, ".ack-audit", "desktop")}`] : [];
  let printed;
  try {
    printed = await run(path, ["--version", ...asRoot], { budgetMs: 20_000, shell: process.platform === "win32" });
  } catch {
    // A command that cannot even tell its version is no editor to open.
    return undefined;
  }
  const lines = printed.trim().split(/\r?\n/);
  const at = lines.findIndex((line) => /^\d+\.\d+\.\d+/.test(line));
  const looksRight =
    at >= 0 && /^[0-9a-f]{40}$/.test(lines[at + 1] ?? "") && /^(x64|arm64|armhf|ia32)$/.test(lines[at + 2] ?? "");
  return looksRight ? lines[at] : undefined;
}

/** A window can be opened: there is a display, or this is a system that always has one. */
export function hasDisplay() {
  return (
    process.platform === "darwin" ||
    process.platform === "win32" ||
    (process.env["DISPLAY"] ?? "") !== "" ||
    (process.env["WAYLAND_DISPLAY"] ?? "") !== ""
  );
}

/** The first desktop editor on the PATH that is new enough: its path and version. */
export async function findDesktop() {
  if (!hasDisplay()) {
    return undefined;
  }
  for (const command of commands) {
    const path = onPath(command);
    const version = path === undefined ? undefined : await desktopVersion(path);
    if (version !== undefined && isAtLeast(version, leastEditor())) {
      return { path, version };
    }
  }
  return undefined;
}
