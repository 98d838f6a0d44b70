/**
 * One request of a remote server whose answer is read as it comes. `node:http` takes half the time
 * of `fetch` for it, and all that has come at once is one text (docs/decisions/0011).
 */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { proxyAgent } from "../../net/proxy.ts";
import { type From, unreadable } from "./errors.ts";
import { MAX_BYTES } from "./limit.ts";
import type { Server } from "./server.ts";

/**
 * POST, or GET when there is no body. A redirect is an answer like any other: key and text are for
 * the server of the settings, wherever it would send them.
 *
 * @throws the signal's reason, or the error of the network
 */
export async function connect(
  server: Server,
  path: string,
  body: string | undefined,
  signal: AbortSignal,
): Promise<Connection> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return new Connection(await ask(server, path, body, signal), server);
    } catch (thrown) {
      // A server may close a connection that it has kept open just when it is used again.
      const { code, reused } = Object(thrown);
      if (signal.aborted) throw signal.reason;
      if (tries > 1 || !reused || (code !== "ECONNRESET" && code !== "EPIPE")) throw thrown;
    }
  }
}

function ask(
  server: Server,
  path: string,
  body: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { request } = server.origin.startsWith("https:") ? https : http;
  const url = new URL(server.address(path));
  const agent = proxyAgent(url);
  const asked = request(url, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...(body !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      }),
      ...server.headers,
    },
    ...(agent && { agent }),
  });
  const giveUp = () => void asked.destroy();
  signal.addEventListener("abort", giveUp);
  asked.on("response", (response) => {
    response.on("error", () => {}); // told to who reads
    response.on("close", () => signal.removeEventListener("abort", giveUp));
    resolve(response);
  });
  asked.on("error", (error) => {
    signal.removeEventListener("abort", giveUp);
    reject(Object.assign(error, { reused: asked.reusedSocket }));
  });
  asked.end(body);
  return promise;
}

export class Connection {
  readonly response: IncomingMessage;
  readonly #from: From;
  #wake = () => {};

  constructor(response: IncomingMessage, from: From) {
    this.response = response.setEncoding("utf8");
    this.#from = from;
    for (const event of ["readable", "end", "close"]) response.on(event, () => this.#wake());
  }

  /** What has come since, or comes next; undefined at the end. @throws when it broke off */
  async read(): Promise<string | undefined> {
    for (;;) {
      const text: string | null = this.response.read();
      if (text !== null) return text;
      if (this.response.readableEnded) return undefined;
      if (this.response.destroyed) throw this.response.errored ?? new Error("closed");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** All of it. @throws CharlaError `remote_unreadable` when there is no end to it */
  async text(): Promise<string> {
    let text = "";
    for (let next = await this.read(); next !== undefined; next = await this.read()) {
      text += next;
      if (text.length > MAX_BYTES) throw unreadable(this.#from);
    }
    return text;
  }

  /** Closes it, unless it has ended and serves the next request. */
  close(): void {
    if (!this.response.readableEnded) this.response.destroy();
  }
}
