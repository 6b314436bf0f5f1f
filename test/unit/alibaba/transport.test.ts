import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { HttpRequest, Transport, TransportFailure } from "../../../src/alibaba/http.ts";
import { decodeLz4Block } from "../../../src/alibaba/lz4.ts";
import { isExempt, noProxyOfEnvironment, proxyOfEnvironment } from "../../../src/alibaba/proxy.ts";
import { createTransport, type TransportOptions } from "../../../src/alibaba/transport.ts";
import { type Answering, certificate, closedPort, type Loopback, listen, proxyTo, serve } from "./loopback.ts";

const never = new AbortController().signal;

function transport(options: Partial<TransportOptions> = {}): Transport & Disposable {
  const made = createTransport({
    proxy: () => undefined,
    strictSsl: () => true,
    systemCertificates: () => [],
    ...options,
  });
  return { ...made, [Symbol.dispose]: () => made.close() };
}

function request(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url: new URL(url), headers: {}, body: undefined, ...change };
}

function text(outcome: Awaited<ReturnType<Transport["send"]>>): string {
  return outcome.kind === "answer" ? Buffer.from(outcome.body).toString() : `${outcome.reason}: ${outcome.detail}`;
}

function reason(outcome: Awaited<ReturnType<Transport["send"]>>): TransportFailure["reason"] | "answer" {
  return outcome.kind === "answer" ? "answer" : outcome.reason;
}

const limits = (change: { signal?: AbortSignal; timeoutMs?: number } = {}) => ({
  signal: never,
  timeoutMs: 10_000,
  ...change,
});

/** What one request to a service of the test's own comes to. */
async function ask(answer: Answering, change: Partial<HttpRequest> = {}, options: Partial<TransportOptions> = {}) {
  await using server = await serve(answer);
  using sending = transport(options);
  return await sending.send(request(`http://127.0.0.1:${server.port}/`, change), limits());
}

const turns = async (count = 5): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Waits for what the other side of a socket does. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries += 1) {
    assert.ok(tries < 1_000, "It never came about.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("an answer comes with its status, its headers in lower case and its body", async () => {
  const outcome = await ask((_, response) => response.writeHead(404, { "X-Log-RequestId": "R1" }).end("nothing"));
  assert.ok(outcome.kind === "answer");
  assert.deepEqual([outcome.status, outcome.headers["x-log-requestid"], text(outcome)], [404, "R1", "nothing"]);
});

test("method, path, query, headers and bytes arrive as they were given", async () => {
  await using server = await serve((_, response) => response.end());
  using sending = transport();
  await sending.send(
    request(`http://127.0.0.1:${server.port}/a%20b?q=%2A&x`, {
      method: "PUT",
      headers: { "x-log-apiversion": "0.6.0", "user-agent": "ack-container-audit/0.1.0" },
      body: Buffer.from([0, 255, 10]),
    }),
    limits(),
  );
  const [received] = server.requests;
  assert.deepEqual(
    [received?.method, received?.path, received?.headers["x-log-apiversion"], received?.headers["user-agent"]],
    ["PUT", "/a%20b?q=%2A&x", "0.6.0", "ack-container-audit/0.1.0"],
  );
  assert.deepEqual([...(received?.body ?? [])], [0, 255, 10]);
  assert.equal(received?.headers["content-length"], "3");
});

test("gzip is asked for unless the request says otherwise", async () => {
  await using server = await serve((_, response) => response.end());
  using sending = transport();
  await sending.send(request(`http://127.0.0.1:${server.port}/`), limits());
  await sending.send(request(`http://127.0.0.1:${server.port}/`, { headers: { "accept-encoding": "lz4" } }), limits());
  assert.deepEqual(
    server.requests.map(({ headers }) => headers["accept-encoding"]),
    ["gzip", "lz4"],
  );
});

test("hosts below localhost go to this machine with their own name, whatever the resolver says", async () => {
  await using server = await serve(({ host }, response) => response.end(host));
  using sending = transport({ proxy: () => "http://127.0.0.1:1" });
  const outcome = await sending.send(request(`http://k8s-log-c1.sls.localhost:${server.port}/`), limits());
  assert.equal(text(outcome), `k8s-log-c1.sls.localhost:${server.port}`);
});

test("plain http beyond this machine is refused before anything is sent", async () => {
  using sending = transport();
  assert.deepEqual(await sending.send(request("http://cs.cn-hangzhou.aliyuncs.com/clusters"), limits()), {
    kind: "failure",
    reason: "tls",
    detail: "http cs.cn-hangzhou.aliyuncs.com",
  });
});

test("connections are kept and used again", async () => {
  await using server = await serve((_, response) => response.end("a"));
  using sending = transport();
  for (let time = 0; time < 5; time += 1) await sending.send(request(`http://127.0.0.1:${server.port}/`), limits());
  assert.deepEqual([server.requests.length, server.connections()], [5, 1]);
});

test("what must not be sent twice takes a connection of its own and leaves none", async () => {
  await using server = await serve((_, response) => response.end("a"));
  using sending = transport();
  await sending.send(request(`http://127.0.0.1:${server.port}/`), limits());
  await sending.send(request(`http://127.0.0.1:${server.port}/`, { freshConnection: true }), limits());
  await until(() => server.open() === 1);
  assert.equal(server.connections(), 2);
});

test("no more than 64 requests are under way at one host", async () => {
  const answers: (() => void)[] = [];
  await using server = await serve((_, response) => answers.push(() => response.end()));
  using sending = transport();
  const sent = Array.from({ length: 100 }, () => sending.send(request(`http://127.0.0.1:${server.port}/`), limits()));
  await until(() => answers.length >= 64);
  await turns(50);
  assert.equal(answers.length, 64);
  for (const answer of answers.splice(0)) answer();
  await until(() => answers.length === 36);
  for (const answer of answers) answer();
  assert.deepEqual(new Set((await Promise.all(sent)).map(reason)), new Set(["answer"]));
  assert.equal(server.connections(), 64);
});

test("closing closes the connections that are kept", async () => {
  await using server = await serve((_, response) => response.end("a"));
  const sending = transport();
  await sending.send(request(`http://127.0.0.1:${server.port}/`), limits());
  sending.close();
  await until(() => server.open() === 0);
});

// Ends before the answer.

test("an answer that takes longer than allowed ends the request and its connection", async () => {
  await using server = await serve(() => {});
  using sending = transport();
  const outcome = await sending.send(request(`http://127.0.0.1:${server.port}/`), limits({ timeoutMs: 50 }));
  assert.equal(text(outcome), `timeout: 127.0.0.1:${server.port}`);
  await until(() => server.open() === 0);
});

test("the time is for the whole answer: one that trickles for ever ends as well", async () => {
  await using server = await serve((_, response) => {
    const trickle = setInterval(() => response.write(" "), 5);
    response.on("close", () => clearInterval(trickle));
  });
  using sending = transport();
  const outcome = await sending.send(request(`http://127.0.0.1:${server.port}/`), limits({ timeoutMs: 60 }));
  assert.equal(reason(outcome), "timeout");
});

test("an answer after the three seconds that Alibaba's clients wait is an answer", async () => {
  const outcome = await ask((_, response) => setTimeout(() => response.end("late"), 3_200));
  assert.equal(text(outcome), "late");
});

test("a signal that has fired sends nothing", async () => {
  await using server = await serve((_, response) => response.end());
  using sending = transport();
  const outcome = await sending.send(
    request(`http://127.0.0.1:${server.port}/`),
    limits({ signal: AbortSignal.abort() }),
  );
  await turns();
  assert.deepEqual([reason(outcome), server.connections()], ["aborted", 0]);
});

test("cancelling returns at once and closes the connection", async () => {
  const stop = new AbortController();
  await using server = await serve(() => stop.abort());
  using sending = transport();
  const outcome = await sending.send(request(`http://127.0.0.1:${server.port}/`), limits({ signal: stop.signal }));
  assert.equal(text(outcome), `aborted: 127.0.0.1:${server.port}`);
  await until(() => server.open() === 0);
});

test("cancelling in the middle of an answer returns at once and closes the connection", async () => {
  const stop = new AbortController();
  await using server = await serve((_, response) => {
    response.write("half");
    setTimeout(() => stop.abort(), 30);
  });
  using sending = transport();
  const outcome = await sending.send(request(`http://127.0.0.1:${server.port}/`), limits({ signal: stop.signal }));
  assert.equal(reason(outcome), "aborted");
  await until(() => server.open() === 0);
});

test("a request that waits for a free connection is not sent once it is cancelled", async () => {
  const answers: (() => void)[] = [];
  await using server = await serve((_, response) => answers.push(() => response.end()));
  using sending = transport();
  const first = Array.from({ length: 64 }, () => sending.send(request(`http://127.0.0.1:${server.port}/`), limits()));
  const stop = new AbortController();
  const waiting = sending.send(request(`http://127.0.0.1:${server.port}/waiting`), limits({ signal: stop.signal }));
  await until(() => answers.length === 64);
  stop.abort();
  assert.equal(reason(await waiting), "aborted");
  for (const answer of answers) answer();
  await Promise.all(first);
  await turns(20);
  assert.deepEqual(
    server.requests.filter(({ path }) => path === "/waiting"),
    [],
  );
});

// What the network does.

test("a port on which nobody listens", async () => {
  const port = await closedPort();
  using sending = transport();
  const outcome = await sending.send(request(`http://127.0.0.1:${port}/`), limits());
  assert.equal(text(outcome), `refused: ECONNREFUSED 127.0.0.1:${port}`);
});

test("a host that nobody knows", async () => {
  using sending = transport();
  const outcome = await sending.send(request("https://no-such-host.invalid/"), limits());
  assert.equal(reason(outcome), "dns");
});

test("a connection that is reset before the answer", async () => {
  const outcome = await ask((_, _response, request) => request.socket.resetAndDestroy());
  assert.equal(reason(outcome), "reset");
});

test("a connection that is closed without an answer", async () => {
  const outcome = await ask((_, _response, request) => request.socket.destroy());
  assert.equal(reason(outcome), "reset");
});

test("a connection that ends in the middle of a body of a known length", async () => {
  const outcome = await ask((_, response, request) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => request.socket.destroy());
  });
  assert.equal(reason(outcome), "reset");
});

test("a connection that ends in the middle of a body in chunks", async () => {
  const outcome = await ask((_, response, request) => {
    response.write("half", () => request.socket.destroy());
  });
  assert.equal(reason(outcome), "reset");
});

test("an answer that is not HTTP", async () => {
  const outcome = await ask((_, _response, request) => request.socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
  assert.equal(reason(outcome), "reset");
});

test("a header that cannot be sent is a failure without its value", async () => {
  const outcome = await ask((_, response) => response.end(), { headers: { "x-acs-security-token": "se\ncret" } });
  assert.ok(outcome.kind === "failure" && !outcome.detail.includes("se"), text(outcome));
  assert.equal(outcome.reason, "refused");
});

// Size.

const oneKilobyte = { maxAnswerBytes: 1024 };

test("a body that announces more than the bound is not read", async () => {
  const outcome = await ask(
    (_, response) => response.writeHead(200, { "content-length": "1025" }).write("a"),
    {},
    oneKilobyte,
  );
  assert.equal(reason(outcome), "tooLarge");
});

test("a body that grows beyond the bound is cut off", async () => {
  const outcome = await ask(
    (_, response) => {
      const more = setInterval(() => response.write("a".repeat(600)), 2);
      response.on("close", () => clearInterval(more));
    },
    {},
    oneKilobyte,
  );
  assert.equal(reason(outcome), "tooLarge");
});

for (const [name, compress] of Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync })) {
  test(`${name}: decompressed`, async () => {
    const outcome = await ask((_, response) =>
      response.writeHead(200, { "content-encoding": name }).end(compress(Buffer.from('{"名":1}'.repeat(500)))),
    );
    assert.equal(text(outcome), '{"名":1}'.repeat(500));
  });

  test(`${name}: a small body that stands for more than the bound`, async () => {
    const bomb = compress(Buffer.alloc(1_000_000));
    assert.ok(bomb.length < 1100);
    const outcome = await ask(
      (_, response) => response.writeHead(200, { "content-encoding": name }).end(bomb),
      {},
      {
        maxAnswerBytes: 10_000,
      },
    );
    assert.equal(reason(outcome), "tooLarge");
  });

  test(`${name}: a body that is cut off`, async () => {
    const cut = compress(Buffer.from("abcdefgh".repeat(100))).subarray(0, -4);
    const outcome = await ask((_, response) => response.writeHead(200, { "content-encoding": name }).end(cut));
    assert.ok(outcome.kind === "failure");
    assert.match(text(outcome), new RegExp(`^compression: ${name} 127\\.0\\.0\\.1:`));
  });
}

test("gzip: a body of many pieces", async () => {
  // What is random does not shrink, so this is too long to be decompressed at once.
  const bytes = randomBytes(100_000);
  const outcome = await ask((_, response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(bytes)),
  );
  assert.ok(outcome.kind === "answer" && Buffer.compare(outcome.body, bytes) === 0);
});

test("gzip: a longer body that stands for more than the bound", async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  assert.ok(bomb.length > 40_000);
  const outcome = await ask(
    (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
    {},
    {
      maxAnswerBytes: 1_000_000,
    },
  );
  assert.equal(reason(outcome), "tooLarge");
});

test("gzip: a longer body that is cut off", async () => {
  const cut = gzipSync(randomBytes(100_000)).subarray(0, -4);
  const outcome = await ask((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(cut));
  assert.equal(reason(outcome), "compression");
});

test("a compression that is announced and not done", async () => {
  const outcome = await ask((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("{}"));
  assert.equal(reason(outcome), "compression");
});

test("a compression that nobody asked for", async () => {
  const outcome = await ask((_, response) => response.writeHead(200, { "content-encoding": "zstd" }).end("{}"));
  assert.equal(reason(outcome), "compression");
});

test("an empty body is not decompressed", async () => {
  const outcome = await ask((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end());
  assert.equal(text(outcome), "");
});

test("gzip that SLS names in a header of its own", async () => {
  const headers = { "x-log-compresstype": "gzip", "x-log-bodyrawsize": "2" };
  const outcome = await ask((_, response) => response.writeHead(200, headers).end(gzipSync("{}")));
  assert.equal(text(outcome), "{}");
});

test("gzip that both headers name was done once", async () => {
  const headers = { "x-log-compresstype": "gzip", "x-log-bodyrawsize": "2", "content-encoding": "gzip" };
  const outcome = await ask((_, response) => response.writeHead(200, headers).end(gzipSync("{}")));
  assert.equal(text(outcome), "{}");
});

// LZ4: a token, literals, a match of four bytes or more at a distance, …, literals. See lz4_Block_format.md.

const block = (...parts: readonly (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))));

function lz4(encoded: Uint8Array, sizeBytes: number): string | undefined {
  const decoded = decodeLz4Block(encoded, sizeBytes);
  return decoded === undefined ? undefined : Buffer.from(decoded).toString();
}

test("lz4: literals alone", () => assert.equal(lz4(block(0x50, "hello"), 5), "hello"));
test("lz4: nothing", () => assert.equal(lz4(block(0), 0), ""));
test("lz4: a match", () => assert.equal(lz4(block(0x40, "abcd", 4, 0, 0x10, "!"), 9), "abcdabcd!"));
test("lz4: a match that overlaps itself repeats", () =>
  assert.equal(lz4(block(0x2b, "ab", 2, 0, 0x10, "!"), 18), `${"ab".repeat(8)}a!`));
test("lz4: lengths beyond their nibbles", () =>
  assert.equal(lz4(block(0xff, 255, 10, "x".repeat(280), 1, 0, 255, 0, 0x10, "!"), 555), `${"x".repeat(554)}!`));
test("lz4: a distance in two bytes", () => {
  const digits = "0123456789".repeat(32).slice(0, 315);
  assert.equal(lz4(block(0xf0, 255, 45, digits, 0x2c, 1, 0x10, "!"), 320), `${digits}5678!`);
});

for (const [claim, encoded, size] of [
  ["an empty block", block(), 0],
  ["literals beyond the end of the block", block(0x50, "hell"), 5],
  ["literals beyond the size", block(0x50, "hello"), 4],
  ["less than the size", block(0x50, "hello"), 6],
  ["a length that never ends", block(0xf0, 255, 255, 255), 1000],
  ["a match at distance 0", block(0x40, "abcd", 0, 0, 0x10, "!"), 9],
  ["a match before the beginning", block(0x40, "abcd", 5, 0, 0x10, "!"), 9],
  ["a match beyond the size", block(0x4f, "abcd", 4, 0, 100, 0x10, "!"), 9],
  ["half a distance", block(0x40, "abcd", 4), 8],
  ["an end after a match, which is no end", block(0x40, "abcd", 4, 0), 8],
  ["a size that no block of its length can have", block(0x10, "a"), 2_000_000_000],
  ["a size below nothing", block(0), -1],
  ["a size that is no number", block(0), Number.NaN],
] as const) {
  test(`lz4: ${claim} is damaged`, () => assert.equal(decodeLz4Block(encoded, size), undefined));
}

test("lz4: no block of made-up bytes reads or writes outside", () => {
  let seed = 1;
  const byte = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (seed >> 16) & 255;
  };
  let decoded = 0;
  for (let round = 0; round < 20_000; round += 1) {
    // A block in the middle of other bytes: reading over its end would find some.
    const around = Uint8Array.from({ length: 48 }, byte);
    const size = byte() % 64;
    const answer = decodeLz4Block(around.subarray(8, 8 + (byte() % 32)), size);
    if (answer !== undefined) {
      decoded += 1;
      assert.equal(answer.length, size);
    }
  }
  assert.ok(decoded > 0);
});

const lz4Headers = (size: string) => ({ "x-log-compresstype": "lz4", "x-log-bodyrawsize": size });

test("lz4: the body of an answer of SLS", async () => {
  const outcome = await ask((_, response) =>
    response.writeHead(200, lz4Headers("9")).end(block(0x40, "abcd", 4, 0, 0x10, "!")),
  );
  assert.equal(text(outcome), "abcdabcd!");
});

test("lz4: a body whose size is announced wrongly", async () => {
  const outcome = await ask((_, response) =>
    response.writeHead(200, lz4Headers("8")).end(block(0x40, "abcd", 4, 0, 0x10, "!")),
  );
  assert.match(text(outcome), /^compression: lz4 /);
});

test("lz4: a body without its size", async () => {
  const outcome = await ask((_, response) =>
    response.writeHead(200, { "x-log-compresstype": "lz4" }).end(block(0x40, "abcd", 4, 0, 0x10, "!")),
  );
  assert.equal(reason(outcome), "compression");
});

test("lz4: a size beyond the bound is not allocated", async () => {
  const outcome = await ask(
    (_, response) => response.writeHead(200, lz4Headers("99999999999")).end(block(0x10, "a")),
    {},
    oneKilobyte,
  );
  assert.equal(reason(outcome), "tooLarge");
});

// TLS and proxies.

test("a certificate that nobody vouches for ends the request", async () => {
  await using server = await serve((_, response) => response.end("a"), { secure: true });
  using sending = transport();
  const outcome = await sending.send(request(`https://localhost:${server.port}/`), limits());
  assert.deepEqual(
    [text(outcome), server.requests.length],
    [`tls: DEPTH_ZERO_SELF_SIGNED_CERT localhost:${server.port}`, 0],
  );
});

test("without strict TLS it does not", async () => {
  await using server = await serve((_, response) => response.end("a"), { secure: true });
  using sending = transport({ strictSsl: () => false });
  assert.equal(text(await sending.send(request(`https://localhost:${server.port}/`), limits())), "a");
});

test("the machine's own certificates are asked for when one is not known, and only then", async () => {
  await using server = await serve((_, response) => response.end("a"), { secure: true });
  let asked = 0;
  using sending = transport({
    systemCertificates: () => {
      asked += 1;
      return [certificate];
    },
  });
  assert.equal(asked, 0);
  for (let time = 0; time < 2; time += 1) {
    assert.equal(text(await sending.send(request(`https://localhost:${server.port}/`), limits())), "a");
  }
  assert.deepEqual([asked, server.requests.length], [1, 2]);
});

test("a certificate for another host ends the request", async () => {
  await using server = await serve((_, response) => response.end("a"), { secure: true });
  await using proxy = await proxyTo(server.port);
  using sending = transport({ proxy: () => `http://127.0.0.1:${proxy.port}`, systemCertificates: () => [certificate] });
  const outcome = await sending.send(request("https://other.example.test/"), limits());
  assert.deepEqual(
    [text(outcome), server.requests.length],
    ["tls: ERR_TLS_CERT_ALTNAME_INVALID other.example.test", 0],
  );
});

/** A request to a host that only the proxy knows. */
async function askThrough(
  written: (port: number) => string,
  options: { readonly noProxy?: readonly string[]; readonly status?: number } = {},
) {
  await using server: Loopback = await serve(({ host, path }, response) => response.end(`${host}${path}`), {
    secure: true,
  });
  await using proxy = await proxyTo(server.port, options.status);
  using sending = transport({
    proxy: () => written(proxy.port),
    noProxy: () => options.noProxy ?? [],
    systemCertificates: () => [certificate],
  });
  const outcome = await sending.send(request("https://p1.log.example.test/logstores?size=1"), limits());
  return { outcome, tunnels: proxy.tunnels, connections: server.connections(), port: proxy.port };
}

test("https goes through the proxy in a tunnel", async () => {
  const { outcome, tunnels } = await askThrough((port) => `http://127.0.0.1:${port}`);
  assert.equal(text(outcome), "p1.log.example.test/logstores?size=1");
  assert.deepEqual(tunnels.at(-1), { target: "p1.log.example.test:443", credentials: undefined });
});

test("a proxy that is written without a scheme", async () => {
  const { outcome } = await askThrough((port) => `127.0.0.1:${port}`);
  assert.equal(reason(outcome), "answer");
});

test("the credentials in a proxy's address are given to it, decoded", async () => {
  const { outcome, tunnels } = await askThrough((port) => `http://me:p%40ss@127.0.0.1:${port}`);
  assert.equal(reason(outcome), "answer");
  assert.equal(tunnels[0]?.credentials, `Basic ${Buffer.from("me:p@ss").toString("base64")}`);
});

test("a proxy that refuses is named without its credentials", async () => {
  const { outcome, port, connections } = await askThrough((at) => `http://me:p%40ss@127.0.0.1:${at}`, { status: 407 });
  assert.deepEqual([text(outcome), connections], [`proxy: http://127.0.0.1:${port} 407`, 0]);
});

test("a proxy that is down is named without its credentials", async () => {
  const port = await closedPort();
  using sending = transport({ proxy: () => `http://me:secret@127.0.0.1:${port}` });
  const outcome = await sending.send(request("https://p1.log.example.test/"), limits());
  assert.equal(text(outcome), `proxy: http://127.0.0.1:${port} ECONNREFUSED`);
});

test("a proxy whose address is none is not repeated", async () => {
  using sending = transport({ proxy: () => "http://me:secret@:no port" });
  assert.equal(text(await sending.send(request("https://p1.log.example.test/"), limits())), "proxy: URL");
});

test("a SOCKS proxy is named as what it is", async () => {
  using sending = transport({ proxy: () => "socks5://me:secret@127.0.0.1:1080" });
  assert.equal(
    text(await sending.send(request("https://p1.log.example.test/"), limits())),
    "proxy: socks5://127.0.0.1:1080",
  );
});

test("tunnels are kept and used again", async () => {
  await using server = await serve((_, response) => response.end("a"), { secure: true });
  await using proxy = await proxyTo(server.port);
  using sending = transport({ proxy: () => `http://127.0.0.1:${proxy.port}`, strictSsl: () => false });
  for (let time = 0; time < 3; time += 1) await sending.send(request("https://p1.log.example.test/"), limits());
  assert.deepEqual([server.requests.length, proxy.tunnels.length], [3, 1]);
});

test("what must not be sent twice has a tunnel of its own", async () => {
  await using server = await serve((_, response) => response.end("a"), { secure: true });
  await using proxy = await proxyTo(server.port);
  using sending = transport({ proxy: () => `http://127.0.0.1:${proxy.port}`, strictSsl: () => false });
  const once = request("https://p1.log.example.test/", { freshConnection: true });
  for (let time = 0; time < 2; time += 1) assert.equal(text(await sending.send(once, limits())), "a");
  assert.equal(proxy.tunnels.length, 2);
});

test("cancelling while a tunnel is dug returns at once and closes the connection to the proxy", async () => {
  const stop = new AbortController();
  await using silent = await listen((socket) => socket.resume());
  using sending = transport({ proxy: () => `http://127.0.0.1:${silent.port}` });
  const sent = sending.send(request("https://p1.log.example.test/"), limits({ signal: stop.signal }));
  await until(() => silent.connections() === 1);
  stop.abort();
  assert.equal(reason(await sent), "aborted");
  await until(() => silent.open() === 0);
});

test("a host that is exempt goes past the proxy", async () => {
  const { outcome, tunnels } = await askThrough((port) => `http://127.0.0.1:${port}`, { noProxy: [".example.test"] });
  assert.deepEqual([reason(outcome), tunnels], ["dns", []]);
});

test("this machine is never asked for through a proxy", async () => {
  await using server = await serve((_, response) => response.end("a"), { secure: true });
  await using proxy = await proxyTo(server.port);
  using sending = transport({ proxy: () => `http://127.0.0.1:${proxy.port}`, strictSsl: () => false });
  for (const host of ["localhost", "a.b.localhost", "127.0.0.1"]) {
    assert.equal(text(await sending.send(request(`https://${host}:${server.port}/`), limits())), "a");
  }
  assert.deepEqual(proxy.tunnels, []);
});

for (const [entry, host, isIt] of [
  ["*", "a.example.com", true],
  ["example.com", "example.com", true],
  ["example.com", "a.example.com", true],
  [".example.com", "a.example.com", true],
  ["*.example.com", "a.b.example.com", true],
  ["EXAMPLE.com", "a.example.com", true],
  ["example.com:443", "a.example.com", true],
  ["example.com:8443", "a.example.com", false],
  ["ample.com", "example.com", false],
  ["", "example.com", false],
  ["10.0.0.1", "10.0.0.1", true],
  ["0.0.1", "10.0.0.1", false],
  ["[fd00::1]:443", "[fd00::1]", true],
  ["fd00::1", "[fd00::1]", true],
] as const) {
  test(`«${entry}» ${isIt ? "exempts" : "does not exempt"} ${host}`, () =>
    assert.equal(isExempt(new URL(`https://${host}/`), [entry]), isIt));
}

test("the environment's proxy and exceptions, small letters first", () => {
  assert.equal(proxyOfEnvironment({ HTTPS_PROXY: "http://b", https_proxy: "http://a" }), "http://a");
  assert.equal(proxyOfEnvironment({ ALL_PROXY: "http://c" }), "http://c");
  assert.equal(proxyOfEnvironment({ https_proxy: "" }), undefined);
  assert.deepEqual(noProxyOfEnvironment({ NO_PROXY: "a, .b  c" }), ["a", ".b", "c"]);
  assert.deepEqual(noProxyOfEnvironment({}), []);
});
