import dns from "node:dns";
import type { LookupFunction } from "node:net";

/**
 * Lets clients reach `*.localhost`, which this system's resolver does not know. They look `dns.lookup` up at the moment
 * of the call and offer no place for an agent of ours; the file of tests is a process of its own, so nobody else sees it.
 */
export function resolveLocalhost(): void {
  const lookup = dns.lookup as LookupFunction;
  const patched: LookupFunction = (host, options, done) =>
    lookup(host.endsWith(".localhost") ? "127.0.0.1" : host, options, done);
  Object.assign(dns, { lookup: patched });
}
