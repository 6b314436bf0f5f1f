import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, createServer as createConnectionServer, type Server, type Socket } from "node:net";

const tls = new URL("../../fixtures/tls/", import.meta.url);
/** A certificate for `localhost` and the hosts below `log.example.test`, which nobody vouches for but itself. */
export const certificate = readFileSync(new URL("certificate.pem", tls), "utf8");
const key = readFileSync(new URL("key.pem", tls), "utf8");

export type Received = {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

export type Loopback = {
  readonly port: number;
  readonly requests: readonly Received[];
  /** How many connections were made. */
  readonly connections: () => number;
  /** How many of them are open. */
  readonly open: () => number;
  [Symbol.asyncDispose](): Promise<void>;
};

export type Answering = (received: Received, response: ServerResponse, request: IncomingMessage) => void;

/** A service of the test's own on this machine. It notes what arrives, complete, and then answers. */
export async function serve(answer: Answering, options: { readonly secure?: boolean } = {}): Promise<Loopback> {
  const requests: Received[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("error", () => response.destroy());
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(", ") : `${value}`,
        ]),
      );
      const received = {
        method: request.method ?? "",
        host: headers["host"] ?? "",
        path: request.url ?? "",
        headers,
        body: Buffer.concat(chunks),
      };
      requests.push(received);
      answer(received, response, request);
    });
  };
  const server =
    options.secure === true ? createSecureServer({ cert: certificate, key }, listener) : createServer(listener);
  return { ...(await listening(server)), requests };
}

async function listening(server: Server) {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that goes away in the middle is what many of these tests are about.
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Proxy = Loopback & {
  readonly tunnels: readonly { readonly target: string; readonly credentials: string | undefined }[];
};

/** A proxy that leads every tunnel to one port of this machine, whatever host is asked for. */
export async function proxyTo(port: number, status = 200): Promise<Proxy> {
  const tunnels: { target: string; credentials: string | undefined }[] = [];
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    requests.push({
      method: request.method ?? "",
      host: "",
      path: request.url ?? "",
      headers: {},
      body: Buffer.alloc(0),
    });
    response.writeHead(500).end();
  });
  server.on("connect", (request, socket) => {
    tunnels.push({ target: request.url ?? "", credentials: request.headers["proxy-authorization"] });
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const onward = connect(port, "127.0.0.1", () => socket.write("HTTP/1.1 200 Connection established\r\n\r\n"));
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  return { ...(await listening(server)), requests, tunnels };
}

/** A port of this machine whose connections are the test's own. */
export async function listen(connected: (socket: Socket) => void) {
  return await listening(createConnectionServer(connected));
}

/** A port of this machine on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const { port, [Symbol.asyncDispose]: close } = await listening(server);
  await close();
  return port;
}
