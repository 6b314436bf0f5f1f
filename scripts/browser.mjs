// Where this machine keeps a browser of the Chromium family, for the tests that need a real one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = [
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
  "chrome",
  "microsoft-edge-stable",
  "microsoft-edge",
  "msedge",
];

function usualPlaces() {
  const { env, platform } = process;
  if (platform === "darwin") {
    const apps = [
      "Google Chrome.app/Contents/MacOS/Google Chrome",
      "Chromium.app/Contents/MacOS/Chromium",
      "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ];
    return ["/Applications", join(env.HOME ?? "", "Applications")].flatMap((folder) =>
      apps.map((app) => join(folder, app)),
    );
  }
  if (platform === "win32") {
    const programs = ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"];
    return [env["ProgramFiles"], env["ProgramFiles(x86)"], env["LOCALAPPDATA"]]
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => programs.map((program) => join(folder, program)));
  }
  return ["/usr/bin", "/usr/local/bin", "/opt/google/chrome", "/snap/bin"].flatMap((folder) =>
    names.map((name) => join(folder, name)),
  );
}

/**
 * The path of a browser: what CHROME_PATH names, else the first one on the PATH, else the first in the usual places.
 * A CHROME_PATH that names no file is an error, because whoever set it meant that browser and no other.
 */
export function findBrowser() {
  const chosen = process.env["CHROME_PATH"];
  if (chosen !== undefined && chosen !== "") {
    if (!existsSync(chosen)) {
      throw new Error(`CHROME_PATH names ${chosen}, and there is no such file.`);
    }
    return chosen;
  }
  const ending = process.platform === "win32" ? ".exe" : "";
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => names.map((name) => join(folder, name + ending)));
  return [...onPath, ...usualPlaces()].find((path) => existsSync(path));
}

export const howToInstallBrowser =
  "No Chrome, Chromium or Edge was found: install one (Debian: apt-get install chromium) or name it in CHROME_PATH.";

/** Whether this is Debian or a child of it, run by root: the one case in which a browser is installed unasked. */
export function canInstallBrowser() {
  return process.platform === "linux" && process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

/** Installs Debian's Chromium; says whether it is there afterwards. */
export function installBrowser() {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = (...args) => spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] });
  run("update", "-qq");
  run("install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core");
  return findBrowser() !== undefined;
}

/**
 * What a headless run needs to be the same everywhere: no sandbox (root has none), no GPU, and no calls of the browser
 * to its maker's servers.
 */
export const browserFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
