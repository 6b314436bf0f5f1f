import * as vscode from "vscode";
import { noProxyOfEnvironment, proxyOfEnvironment } from "../../alibaba/proxy.ts";
import type { NetworkSettings } from "./callContext.ts";

/** The editor's own settings, and where they say nothing the environment's variables. */
export function networkSettings(): NetworkSettings {
  const http = () => vscode.workspace.getConfiguration("http");
  return {
    proxy: () => {
      if (http().get<string>("proxySupport") === "off") return undefined;
      const set = http().get<string>("proxy")?.trim();
      return set || proxyOfEnvironment(process.env);
    },
    strictSsl: () => http().get<boolean>("proxyStrictSSL") ?? true,
    noProxy: () => {
      const set = http().get<readonly string[]>("noProxy") ?? [];
      return set.length > 0 ? set : noProxyOfEnvironment(process.env);
    },
  };
}
