/**
 * The Logstore that is downloaded: a process of its own, which answers GetLogsV2 and GetHistograms after 30 ms. A body is
 * made when it is first asked for and kept, so that what is measured is sent as it lies there.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { firstFrom, rowText } from "./rows.ts";

export type FromService =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "served"; readonly requests: number; readonly mostInFlight: number };

const LATENCY_MS = 30;
/** What GetHistograms cuts a range into. */
const BUCKETS = 60;

const bodies = new Map<string, Buffer>();
let inFlight = 0;
let mostInFlight = 0;
let requests = 0;

type Page = { readonly from: number; readonly to: number; readonly line: number; readonly offset: number };

function logs({ from, to, line, offset }: Page): string {
  const end = firstFrom(to) - offset;
  const begin = Math.max(firstFrom(from), end - line);
  const rows: string[] = [];
  for (let index = end - 1; index >= begin; index -= 1) rows.push(rowText(index));
  return `{"meta":{"progress":"Complete","count":${rows.length},"hasSQL":false,"mode":0},"data":[${rows.join(",")}]}`;
}

function histogram(from: number, to: number): string {
  const step = Math.max(1, Math.ceil((to - from) / BUCKETS));
  const buckets: object[] = [];
  for (let at = from; at < to; at += step) {
    const end = Math.min(at + step, to);
    buckets.push({ from: at, to: end, count: firstFrom(end) - firstFrom(at), progress: "Complete" });
  }
  return JSON.stringify(buckets);
}

function bodyOf(url: URL, body: string): Buffer {
  const key = `${url.pathname}${url.search} ${body}`;
  const known = bodies.get(key);
  if (known !== undefined) return known;
  const query = url.searchParams;
  const text =
    query.get("type") === "histogram"
      ? histogram(Number(query.get("from")), Number(query.get("to")))
      : logs(JSON.parse(body) as Page);
  const made = gzipSync(text);
  bodies.set(key, made);
  return made;
}

function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
  const sent = bodyOf(new URL(request.url ?? "/", "http://localhost"), body);
  setTimeout(() => {
    inFlight -= 1;
    response.writeHead(200, {
      "content-type": "application/json",
      "content-encoding": "gzip",
      "content-length": sent.length,
      "x-log-requestid": "r",
    });
    response.end(sent);
  }, LATENCY_MS);
}

const server = createServer((request, response) => {
  requests += 1;
  inFlight += 1;
  mostInFlight = Math.max(mostInFlight, inFlight);
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => answer(request, body, response));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  process.send?.({ kind: "listening", port: (server.address() as AddressInfo).port } satisfies FromService);
});
process.on("message", () => {
  process.send?.({ kind: "served", requests, mostInFlight } satisfies FromService);
  requests = 0;
  mostInFlight = 0;
});
process.on("disconnect", () => process.exit());
