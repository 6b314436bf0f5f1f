import * as vscode from "vscode";
import type { NetworkSettings } from "./callContext.ts";

/** The editor's own settings, and where they say nothing the variables that the editor itself then takes. */
export function networkSettings(): NetworkSettings {
  const http = () => vscode.workspace.getConfiguration("http");
  return {
    proxy: () => {
      if (http().get<string>("proxySupport") === "off") return undefined;
      const set = http().get<string>("proxy")?.trim();
      return set || variable("HTTPS_PROXY") || variable("HTTP_PROXY");
    },
    strictSsl: () => http().get<boolean>("proxyStrictSSL") ?? true,
    noProxy: () => {
      const set = http().get<readonly string[]>("noProxy") ?? [];
      return set.length > 0 ? set : (variable("NO_PROXY") ?? "").split(/[\s,]+/).filter((host) => host !== "");
    },
  };
}

function variable(name: string): string | undefined {
  return process.env[name] || process.env[name.toLowerCase()] || undefined;
}
