import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { CredentialSource } from "../../../src/alibaba/credential.ts";
import { createCredentialProvider } from "../../../src/alibaba/credentials/provider.ts";
import type { CredentialTools } from "../../../src/alibaba/credentials/tools.ts";
import type { HttpAnswer, HttpRequest, TransportFailure } from "../../../src/alibaba/http.ts";

export const startMs = Date.UTC(2026, 10, 24, 3, 0, 0);
export const minute = 60_000;

/** What a service says to a request; a promise keeps it waiting. */
export type Say = (request: HttpRequest, body: string) => Said | Promise<Said>;
type Said =
  | { readonly status?: number; readonly json?: unknown; readonly text?: string; readonly date?: string }
  | TransportFailure;

export type World = {
  readonly tools: CredentialTools;
  readonly requests: {
    readonly url: string;
    readonly body: string;
    readonly headers: HttpRequest["headers"];
  }[];
  readonly folder: string;
  nowMs: number;
  say: Say;
  secrets: Map<string, string>;
};

function endpointOf(service: string): (region: string) => string {
  return (region) => `https://${service}.${region === "" ? "central" : region}.example`;
}

/** The world around a provider: a clock that stands still, a home folder, and services that say what the test says. */
export function world(over: Partial<CredentialTools> = {}): World {
  const folder = mkdtempSync(join(tmpdir(), "credentials-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const requests: World["requests"] = [];
  const transport = {
    async send(
      request: HttpRequest,
      { signal }: { readonly signal: AbortSignal },
    ): Promise<HttpAnswer | TransportFailure> {
      const body = new TextDecoder().decode(request.body);
      requests.push({ url: request.url.href, body, headers: request.headers });
      const aborted = new Promise<TransportFailure>((resolve) => {
        signal.addEventListener("abort", () => resolve({ kind: "failure", reason: "aborted", detail: "" }), {
          once: true,
        });
      });
      const said = await Promise.race([aborted, here.say(request, body)]);
      if ("reason" in said) return said;
      const text = said.text ?? JSON.stringify(said.json);
      const headers: Record<string, string> = said.date === undefined ? {} : { date: said.date };
      return { kind: "answer", status: said.status ?? 200, headers, body: new TextEncoder().encode(text) };
    },
    close: () => {},
  };
  const here: World = {
    folder,
    requests,
    nowMs: startMs,
    say: () => assert.fail("Nobody expected a request."),
    secrets: new Map(),
    tools: {
      transport,
      endpoints: { sls: endpointOf("sls"), ack: endpointOf("cs"), sts: endpointOf("sts") },
      random: () => 0,
      report: () => {},
      now: () => here.nowMs,
      sleep: () => Promise.resolve(),
      env: {},
      homeFolder: folder,
      secrets: { get: (key) => Promise.resolve(here.secrets.get(key)) },
      secretKey: "ackAudit.account.1",
      confirmedCommands: new Set(),
      userAgent: "ack-container-audit/test",
      ...over,
    },
  };
  return here;
}

/** Writes the CLI's file of this world and gives the source that names a profile of it. */
export function configFile(at: World, content: string, profile = "p"): CredentialSource {
  const path = join(at.folder, "config.json");
  writeFileSync(path, content);
  return { kind: "profile", path, profile };
}

export function profiles(...entries: readonly object[]): string {
  return JSON.stringify({ current: "p", profiles: entries });
}

export const never = new AbortController().signal;

export function current(
  at: World,
  source: CredentialSource,
): ReturnType<ReturnType<typeof createCredentialProvider>["current"]> {
  return createCredentialProvider(source, at.tools).current(never);
}

/** The answer of STS, CloudSSO and the metadata service to who may have a credential. */
export function temporary(name: string, expiration: string): object {
  return {
    AccessKeyId: `STS.${name}`,
    AccessKeySecret: `secret-${name}`,
    SecurityToken: `token-${name}`,
    Expiration: expiration,
  };
}
