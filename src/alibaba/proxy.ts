import { BlockList, isIP } from "node:net";

/** Loopback never leaves the machine: it is never proxied, and plain http is allowed. */
export function isLoopback(host: string): boolean {
  return isLocalName(host) || (isIP(host) > 0 && loopback.check(host, isIP(host) === 4 ? "ipv4" : "ipv6"));
}

/** These names mean this machine (RFC 6761), but not every resolver knows those below `localhost`. */
export function isLocalName(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** The name or address in a URL, without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/**
 * Whether a host goes past the proxy, by entries as `NO_PROXY` and VS Code's `http.noProxy` write them: `*`, a name (which
 * stands for the names below it as well, with or without `.` or `*.` in front), an address, each perhaps with a port.
 */
export function isExempt(url: URL, entries: readonly string[]): boolean {
  const host = hostOf(url).toLowerCase();
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return entries.some((entry) => {
    const written = entry.trim().toLowerCase();
    if (written === "*") return true;
    const [, name, wantedPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(written) === 6 ? `[${written}]` : written) ?? [];
    const bare = (name ?? "").replace(/^\*?\./, "");
    if (bare === "" || (wantedPort !== undefined && wantedPort !== port)) return false;
    return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
  });
}

/** What the environment says where the editor's settings name no proxy. */
export function proxyOfEnvironment(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].map((name) => env[name]).find((value) => value);
}

export function noProxyOfEnvironment(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return (env["no_proxy"] || env["NO_PROXY"] || "").split(/[\s,]+/).filter((entry) => entry !== "");
}
