/**
 * A model hub and its content network, on two ports of this machine, that answer as the hub is
 * documented to: `resolve` redirects with `X-Linked-*` and `X-Repo-Commit`, then bytes with ranges.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CatalogueModel } from "../../../src/engines/library/catalogue.ts";
import type { Hub } from "../../../src/engines/library/hub.ts";

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The same bytes for the same seed, and no two parts alike. */
export function bytesOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** A catalogue model whose file the fake hub has. */
export function modelOf(bytes: Uint8Array, more: Partial<CatalogueModel> = {}): CatalogueModel {
  return {
    id: "tiny",
    name: "Tiny",
    description: { en: "For tests.", es: "Para pruebas." },
    languages: ["en", "es"],
    licence: "Apache-2.0",
    parameters: "1K",
    quantisation: "F32",
    contextWindow: 256,
    fileBytes: bytes.length,
    memoryBytes: 1e6,
    gated: false,
    digest: sha256(bytes),
    hub: { repository: "someone/tiny-GGUF", revision: "main", file: "tiny.gguf" },
    ...more,
  };
}

export interface Seen {
  readonly server: "hub" | "cdn";
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

export class HubServer {
  bytes: Buffer;
  commit = "c0ffee0000000000000000000000000000000000";
  readonly seen: Seen[] = [];
  /** Answers of the hub itself, used up one by one before it answers properly. */
  refusals: { status: number; headers?: Record<string, string> }[] = [];
  /** For each answer of the network: what goes wrong with it. */
  faults: { cutAt?: number; stallAt?: number; status?: number; page?: boolean }[] = [];
  /** Paths of the files of every repository, as the hub lists them. */
  names: readonly string[] = [];
  ignoresRange = false;
  /** Takes questions and never answers. */
  silent = false;
  /** What the network really sends, when that is not the file. */
  sends: Buffer | undefined;
  digestHeader = true;
  /** Bytes a second, about; as fast as it can when absent. */
  chunkMs = 0;
  readonly #hub: Server;
  readonly #cdn: Server;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#hub = createServer((request, response) => this.#resolve(request, response));
    this.#cdn = createServer((request, response) => void this.#send(request, response));
  }

  static async start(bytes: Buffer): Promise<HubServer> {
    const server = new HubServer(bytes);
    for (const one of [server.#hub, server.#cdn]) {
      one.listen(0, "127.0.0.1");
      await once(one, "listening");
    }
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#hub.address() as AddressInfo).port}`;
  }

  hub(more: Partial<Hub> = {}): Hub {
    const { endpoint } = this;
    return { endpoint, token: undefined, offline: false, stallMs: 5000, retryMs: 1, ...more };
  }

  async close(): Promise<void> {
    for (const one of [this.#hub, this.#cdn]) {
      one.closeAllConnections();
      one.close();
      await once(one, "close");
    }
  }

  #resolve(request: IncomingMessage, response: ServerResponse): void {
    this.#note("hub", request);
    if (this.silent) return;
    const refusal = this.refusals.shift();
    if (refusal) return void response.writeHead(refusal.status, refusal.headers).end();
    if (request.url?.startsWith("/api/models/")) {
      const list = this.names.map((path) => ({ type: "file", path }));
      return void response.end(JSON.stringify([{ type: "directory", path: "q" }, ...list]));
    }
    const port = (this.#cdn.address() as AddressInfo).port;
    const digest = sha256(this.bytes);
    response.writeHead(302, {
      location: `http://127.0.0.1:${port}/blobs/${digest}?signature=once`,
      "x-repo-commit": this.commit,
      "x-linked-size": String(this.bytes.length),
      ...(this.digestHeader ? { "x-linked-etag": `"${digest}"` } : { etag: 'W/"abc"' }),
    });
    response.end();
  }

  async #send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#note("cdn", request);
    const fault = this.faults.shift() ?? {};
    if (fault.page) {
      return void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sign in</h1>");
    }
    const whole = this.sends ?? this.bytes;
    const etag = `"${sha256(whole).slice(0, 16)}"`;
    if (fault.status) return void response.writeHead(fault.status).end();
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? Number.NaN);
    const condition = request.headers["if-range"];
    const ranged =
      !Number.isNaN(from) && !this.ignoresRange && (condition === undefined || condition === etag);
    if (ranged && from >= whole.length) {
      return void response.writeHead(416, { "content-range": `bytes */${whole.length}` }).end();
    }
    const body = ranged ? whole.subarray(from) : whole;
    response.setMaxListeners(0);
    response.writeHead(ranged ? 206 : 200, {
      etag,
      "content-length": String(body.length),
      ...(ranged && { "content-range": `bytes ${from}-${whole.length - 1}/${whole.length}` }),
    });
    const stop = Math.min(fault.cutAt ?? Infinity, fault.stallAt ?? Infinity, body.length);
    for (let at = 0; at < stop; at += 65_536) {
      if (response.destroyed) return;
      const more = response.write(body.subarray(at, Math.min(stop, at + 65_536)));
      if (!more) await Promise.race([once(response, "drain"), once(response, "close")]);
      if (this.chunkMs > 0) await new Promise((resolve) => setTimeout(resolve, this.chunkMs));
    }
    if (fault.cutAt !== undefined && fault.cutAt < body.length) response.socket?.resetAndDestroy();
    else if (fault.stallAt === undefined) response.end();
  }

  #note(server: Seen["server"], { method = "", url = "", headers }: IncomingMessage): void {
    this.seen.push({ server, method, path: url, headers });
  }
}
