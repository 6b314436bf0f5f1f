// `npm start`: from a fresh clone to an editor with the extension and its sample in it.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { findDesktop, hasDisplay } from "./desktop.mjs";
import { calmSettings, currentServer, installServer, startServer, writeSettings } from "./editorServer.mjs";
import { startLoopbackCloud } from "./loopbackCloud.mjs";
import {
  buildOnce,
  cache,
  childEnvironment,
  ended,
  Failure,
  install,
  main,
  nodePath,
  orUsage,
  root,
  run,
  say,
  start,
} from "./project.mjs";

const usage = `Opens an editor with the extension on its sample workspace. Everything is kept in ${cache}.

  npm start -- [options]

  --folder DIR   open this folder instead of the sample workspace
  --cloud        with services on this machine that answer as Alibaba Cloud and Kubernetes do, to try accounts by hand
  --port N       the port of the editor in the browser; a free one is chosen without it
  --no-open      print the address, open no browser and no desktop editor
  --help         this text

A desktop VS Code or VSCodium on the PATH is taken when it is new enough; otherwise the VS Code server from npm runs on
127.0.0.1. Ctrl+C ends everything.`;

function readOptions(args) {
  const { values } = orUsage(
    () =>
      parseArgs({
        args,
        options: {
          folder: { type: "string" },
          port: { type: "string" },
          "no-open": { type: "boolean", default: false },
          cloud: { type: "boolean", default: false },
          help: { type: "boolean", default: false },
        },
      }),
    usage,
  );
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Failure(`--port ${values.port} is no port: a number from 1 to 65535 is.`);
  }
  const folder = values.folder === undefined ? undefined : resolve(values.folder);
  if (folder !== undefined && !(existsSync(folder) && statSync(folder).isDirectory())) {
    throw new Failure(`--folder ${values.folder} is no folder.`);
  }
  return { folder, port, open: !values["no-open"], cloud: values.cloud, help: values.help };
}

/** The sample is copied once, so that edits stay and the repository stays clean. */
function sampleWorkspace() {
  const workspace = join(cache, "workspace");
  if (!existsSync(workspace)) {
    const partial = `${workspace}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    cpSync(join(root, "media", "sample-workspace"), partial, { recursive: true });
    renameSync(partial, workspace);
  }
  return workspace;
}

async function stageExtension(extensions) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // The editor keeps a list of what it found there; without one it looks again.
  rmSync(join(extensions, "extensions.json"), { force: true });
  await run(nodePath(), ["scripts/stage.mjs", join(extensions, `${publisher}.${name}-${version}`)], {
    env: childEnvironment(),
  });
}

/** The pid of the editor's main process, which the command on the PATH starts and does not wait for. */
function desktopPid(data) {
  const lock = join(data, "code.lock");
  return existsSync(lock) ? Number.parseInt(readFileSync(lock, "utf8"), 10) : Number.NaN;
}

async function openDesktop(desktop, folder, trusting) {
  const data = join(cache, "desktop");
  writeSettings(join(data, "User"), calmSettings);
  const args = [
    `--extensionDevelopmentPath=${root}`,
    `--user-data-dir=${data}`,
    `--extensions-dir=${join(data, "extensions")}`,
    "--new-window",
    "--wait",
    ...(trusting ? ["--disable-workspace-trust"] : []),
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    folder,
  ];
  say(`Opening ${desktop.path} ${desktop.version} on ${folder}. Ctrl+C ends it.`);
  const child = start(desktop.path, args, { shell: process.platform === "win32" });
  const endWindow = () => {
    const pid = desktopPid(data);
    if (Number.isInteger(pid)) {
      try {
        process.kill(pid, "SIGTERM");
      } catch (failure) {
        if (failure.code !== "ESRCH") {
          throw failure;
        }
      }
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.prependOnceListener(signal, endWindow);
  }
  const { code } = await ended(child);
  return code ?? 0;
}

function openBrowser(url) {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", '""', url.replaceAll("&", "^&")]
        : ["xdg-open", url];
  const child = spawn(command, args, {
    stdio: "ignore",
    detached: true,
    windowsVerbatimArguments: process.platform === "win32",
  });
  child.once("error", () => say(`${command} could not open a browser; open the address above yourself.`));
  child.unref();
}

function sayCloud({ port, endpoints, profiles }) {
  say(`
The services run on this machine. In the editor: Add Account…, a profile of the Alibaba Cloud CLI (${profiles.join(", ")}),
Custom endpoints, and then
  ACK   ${endpoints.ack}
  SLS   ${endpoints.sls}
  STS   ${endpoints.sts}
Faults are switched on by hand, e.g. every answer of the log service cut off in its middle:
  curl -H 'Host: control.localhost' -d '[{"match":{"service":"sls"},"fault":{"kind":"resetMidBody"}}]' http://127.0.0.1:${port}/faults`);
}

async function openServer({ port, open, cloud }, folder, trusting) {
  await installServer(currentServer);
  const data = join(cache, cloud ? "editor-cloud" : "editor");
  const services = cloud ? await startLoopbackCloud() : undefined;
  const env = services === undefined ? {} : { HOME: services.home, USERPROFILE: services.home };
  const extensions = join(data, "extensions");
  writeSettings(join(data, "data", "User"), calmSettings);
  await stageExtension(extensions);
  const token = randomBytes(16).toString("hex");
  const server = await startServer({ version: currentServer, port: port ?? 0, token, data, extensions, trusting, env });
  const url = `http://127.0.0.1:${server.port}/?tkn=${token}&folder=${encodeURIComponent(folder)}`;
  say(`\n  ${url}\n\nThe editor runs until Ctrl+C. The address holds the key to it: keep it to yourself.`);
  if (services !== undefined) {
    sayCloud(services);
  }
  if (open && hasDisplay()) {
    openBrowser(url);
  }
  const { code, signal } = await server.ended;
  throw new Failure(`${server.log()}\nThe VS Code server ended by itself with ${signal ?? `code ${code}`}.`);
}

await main(async (args) => {
  const options = readOptions(args);
  if (options.help) {
    say(usage);
    return 0;
  }
  await install();
  await buildOnce();
  const folder = options.folder ?? sampleWorkspace();
  // The sample is this project's own; a folder that was named asks for trust as any folder does.
  const trusting = options.folder === undefined;
  // A home folder of its own would be one too many for a desktop editor.
  const desktop = options.open && options.port === undefined && !options.cloud ? await findDesktop() : undefined;
  return desktop === undefined
    ? await openServer(options, folder, trusting)
    : await openDesktop(desktop, folder, trusting);
});
