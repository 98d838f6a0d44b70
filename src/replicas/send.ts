/** One try to send a request to the one that leads, by the version of HTTP in which it came. */
import { Agent, get, request as http1, type IncomingMessage } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type Http2Session,
  type IncomingHttpHeaders,
} from "node:http2";
import type { Readable } from "node:stream";
import { HEADER, NOT_BEGUN } from "./head.ts";
import { asObject, pairsOf, passOn } from "./headers.ts";
import type { Target } from "./watch.ts";

/** Until a machine that does not answer counts as gone, in milliseconds. */
const CONNECT_MS = 3000;

export interface Way {
  readonly target: Target;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** Names and values in turns. */
  readonly headers: readonly string[];
  readonly body: AsyncIterable<Buffer>;
  /** There is no body. */
  readonly empty: boolean;
  /** The client takes trailers. */
  readonly trailers: boolean;
  /** Who asks has left, or the target leads no more. */
  readonly signal: AbortSignal;
}

/**
 * - `unreached`: nobody was there
 * - `refused`: it is about to stop, or does not lead; nothing was begun
 * - `cut`: it may have begun, and nothing came back
 */
export type Sent =
  | { readonly state: "unreached" | "refused" | "cut" }
  | { readonly state: "begun"; readonly answer: Answer };

export interface Answer {
  readonly status: number;
  readonly message: string;
  readonly headers: {
    readonly raw: string[];
    readonly object: Readonly<Record<string, string | string[]>>;
  };
  /** Without a body. */
  readonly bare: boolean;
  readonly body: Readable;
  /** Once the body has ended. */
  trailers(): readonly [name: string, value: string][];
}

/** Kept open for the next request, for less time than servers keep them. */
const agent = new Agent({ keepAlive: true, scheduling: "lifo", maxFreeSockets: 512 });

export function byHttp1(way: Way): Promise<Sent> {
  const { target, method, path, empty, signal } = way;
  // Of what is really sent: Node writes a body of neither length nor chunks bare, and the next request
  // of this connection begins in it.
  const length = pairsOf(way.headers).some(([name]) => name.toLowerCase() === "content-length");
  const headers = empty || length ? way.headers : [...way.headers, "Transfer-Encoding", "chunked"];
  const { promise, resolve } = Promise.withResolvers<Sent>();
  const { hostname, port } = new URL(target.address);
  const to = { host: hostname.replace(/^\[|\]$/g, ""), port: port || 80 };
  // One that reads nothing is left when its client leaves, or when another one leads.
  const request = http1({ ...to, agent, method, path, headers, setHost: false, signal });
  let reached = false;
  request.on("socket", (socket) => {
    if (!socket.connecting) {
      reached = true;
      return;
    }
    const late = setTimeout(() => request.destroy(new Error("nobody answers")), CONNECT_MS);
    socket.once("connect", () => {
      reached = true;
      clearTimeout(late);
    });
    socket.once("close", () => clearTimeout(late));
  });
  request.on("error", () => resolve({ state: reached ? "cut" : "unreached" }));
  request.on("response", (response) => resolve(begun(response)));
  void upload(way.body, request, empty);
  return promise;

  function begun(response: IncomingMessage): Sent {
    if (response.headers[HEADER] === NOT_BEGUN) {
      // Who still sends it a body would take that from the next one.
      if (request.writableEnded) response.resume();
      else request.destroy();
      return { state: "refused" };
    }
    const raw = passOn(response.rawHeaders);
    const status = response.statusCode ?? 502;
    return {
      state: "begun",
      answer: {
        ...{ status, message: response.statusMessage ?? "", headers: { raw, object: {} } },
        bare: method === "HEAD" || status === 204 || status === 304,
        body: response,
        trailers: () => pairsOf(response.rawTrailers),
      },
    };
  }
}

interface Writable {
  write(chunk: Buffer): boolean;
  end(): void;
  destroy(error?: Error): void;
  readonly destroyed: boolean;
  on(event: "drain" | "close", listener: () => void): unknown;
  off(event: "drain" | "close", listener: () => void): unknown;
}

/** No faster than it is taken. Where it breaks off, so does the request. */
async function upload(body: AsyncIterable<Buffer>, into: Writable, empty: boolean): Promise<void> {
  try {
    if (!empty) {
      for await (const chunk of body) {
        if (into.destroyed) return;
        if (!into.write(chunk)) await ready(into);
      }
    }
    into.end();
  } catch {
    into.destroy();
  }
}

function ready(into: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      into.off("drain", done);
      into.off("close", done);
      resolve();
    };
    into.on("drain", done);
    into.on("close", done);
  });
}

/** For each connection of a client one of its own, so that nobody's slow reading holds up others. */
const sessions = new WeakMap<Http2Session, Map<string, ClientHttp2Session>>();
const reached = new WeakSet<ClientHttp2Session>();

function sessionTo(target: Target, client: Http2Session): ClientHttp2Session {
  const known = sessions.get(client) ?? new Map<string, ClientHttp2Session>();
  sessions.set(client, known);
  const open = known.get(target.term);
  if (open && !open.closed && !open.destroyed) return open;
  const session = connect(target.address);
  known.set(target.term, session);
  // Its streams are told.
  session.on("error", () => {});
  const late = setTimeout(() => session.destroy(), CONNECT_MS);
  session.once("connect", () => {
    reached.add(session);
    clearTimeout(late);
  });
  const end = () => session.destroy();
  client.once("close", end);
  target.over.addEventListener("abort", end);
  session.once("close", () => {
    clearTimeout(late);
    client.off("close", end);
    target.over.removeEventListener("abort", end);
    if (known.get(target.term) === session) known.delete(target.term);
  });
  return session;
}

export function byHttp2(way: Way, client: Http2Session): Promise<Sent> {
  const { target, method, path, host, empty, signal } = way;
  const { promise, resolve } = Promise.withResolvers<Sent>();
  if (signal.aborted) return Promise.resolve({ state: "unreached" });
  const session = sessionTo(target, client);
  const head = {
    ...asObject(way.headers),
    ...(way.trailers && { te: "trailers" }),
    ...{ ":method": method, ":path": path, ":authority": host, ":scheme": "http" },
  };
  let stream: ClientHttp2Stream;
  try {
    stream = session.request(head, { endStream: empty });
  } catch {
    return Promise.resolve({ state: "unreached" });
  }
  const leave = () => stream.close(constants.NGHTTP2_CANCEL);
  signal.addEventListener("abort", leave);
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (given) => {
    trailers = given;
  });
  stream.on("error", () => {});
  stream.once("close", () => {
    signal.removeEventListener("abort", leave);
    // Source: RFC 9113, section 8.7: what is refused so was not begun.
    const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
    resolve({ state: refused || !reached.has(session) ? "unreached" : "cut" });
  });
  stream.once("response", (given, flags) => {
    if (given[HEADER] === NOT_BEGUN) {
      stream.close();
      return resolve({ state: "refused" });
    }
    const raw = passOn(Object.entries(given).flatMap(flat));
    const answer: Answer = {
      ...{ status: given[":status"] ?? 502, message: "", headers: { raw, object: asObject(raw) } },
      bare: (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0,
      body: stream,
      trailers: () => pairsOf(Object.entries(trailers).flatMap(flat)),
    };
    resolve({ state: "begun", answer });
  });
  if (!empty) void upload(way.body, stream, empty);
  return promise;
}

const flat = ([name, value]: [string, string | string[] | number | undefined]) =>
  [value ?? []].flat().flatMap((one) => [name, String(one)]);

export interface Small {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
}

/** Something short of the one that leads. @returns undefined where it does not answer, or does not lead */
export function askSmall(
  { address }: Target,
  path: string,
  headers: Readonly<Record<string, string>>,
  ms: number,
): Promise<Small | undefined> {
  const { promise, resolve } = Promise.withResolvers<Small | undefined>();
  const signal = AbortSignal.timeout(ms);
  const request = get(`${address}${path}`, { headers, signal }, async (answer) => {
    try {
      const body = Buffer.concat(await answer.toArray());
      const type = answer.headers["content-type"] ?? "";
      const here = answer.headers[HEADER] === undefined;
      resolve(here ? { status: answer.statusCode ?? 502, type, body } : undefined);
    } catch {
      resolve(undefined);
    }
  });
  request.on("error", () => resolve(undefined));
  return promise;
}
