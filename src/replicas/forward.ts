/**
 * Forwards requests to the one that leads, both ways as they come: bodies, events, trailers, and that
 * somebody has left. A request that was not begun there is sent again, to the next one that leads; one
 * that may have been begun is not, and its client is told.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { CharlaError } from "../core/errors.ts";
import { cut, noLeader } from "./errors.ts";
import { HEADER, type Heads } from "./head.ts";
import { asObject, passOn } from "./headers.ts";
import { Kept, Room } from "./kept.ts";
import { type Answer, byHttp1, byHttp2, type Sent, type Way } from "./send.ts";
import type { Target, Watch } from "./watch.ts";

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

/** Requests that may wait for another one to lead. */
const MOST_WAITING = 1024;
/** Before the same one is asked again, which could not be reached, in milliseconds. */
const AGAIN_MS = 200;
/** Source: RFC 9113, section 7. */
const INTERNAL_ERROR = 2;
/** Reading twice does no harm. */
const READS = ["GET", "HEAD", "OPTIONS"];

export interface Bounds {
  /** Says where nobody is reached, once for each that leads. */
  log?(line: string): void;
  /** How long a request may wait until one leads that takes it, in milliseconds. */
  readonly patienceMs: number;
  readonly waiting?: number;
}

/** For whoever watches. */
export interface Counts {
  forwarded: number;
  /** Sent again, because they had not been begun. */
  repeated: number;
  /** Given up in the middle, because the one that led has ended. */
  cut: number;
  waiting: number;
}

export class Forwarder {
  readonly counts: Counts = { forwarded: 0, repeated: 0, cut: 0, waiting: 0 };
  readonly #watch: Pick<Watch, "now" | "other">;
  readonly #heads: Heads;
  readonly #bounds: Bounds;
  readonly #room = new Room();
  #unreached: string | undefined;

  constructor(watch: Pick<Watch, "now" | "other">, heads: Heads, bounds: Bounds) {
    this.#watch = watch;
    this.#heads = heads;
    this.#bounds = bounds;
  }

  /** What a server calls with a request that it does not answer itself. */
  async fetch(_request: Request, env: object): Promise<Response> {
    const { incoming, outgoing } = env as HttpBindings;
    const body = new Kept(incoming, this.#room, !hasBody(incoming));
    return this.send(incoming, outgoing, body);
  }

  /** The body is what was kept of it, where somebody else has read it before. */
  async send(incoming: Incoming, outgoing: Outgoing, body: Kept): Promise<Response> {
    const left = new AbortController();
    outgoing.once("close", () => left.abort());
    this.counts.forwarded += 1;
    try {
      const answer = await this.#answered(incoming, body, left.signal);
      body.release();
      await pass(answer, incoming, outgoing, left.signal);
    } catch (thrown) {
      if (!outgoing.headersSent && !left.signal.aborted) return told(thrown);
      if (!left.signal.aborted) breakOff(outgoing);
    } finally {
      body.release();
    }
    return RESPONSE_ALREADY_SENT;
  }

  /** The first answer of one that has begun it. */
  async #answered(incoming: Incoming, body: Kept, left: AbortSignal): Promise<Answer> {
    const late = performance.now() + this.#bounds.patienceMs;
    let not: string | undefined;
    for (;;) {
      const target = await this.#target(not, late, left);
      const sent = await this.#sent(target, incoming, body, left);
      if (sent.state === "begun") return sent.answer;
      if (left.aborted) throw new Gone();
      if (!body.whole || (sent.state === "cut" && !harmless(incoming, target))) {
        this.counts.cut += 1;
        throw cut();
      }
      this.counts.repeated += 1;
      if (sent.state === "unreached") this.#complain(target);
      // One that is about to stop does not come back; one that was not reached may.
      not = sent.state === "refused" ? target.term : undefined;
      if (sent.state === "refused") continue;
      if (performance.now() > late) throw noLeader();
      await this.#waiting(() => sleep(AGAIN_MS, undefined, { signal: left })).catch((thrown) => {
        throw left.aborted ? new Gone() : thrown;
      });
    }
  }

  /** No more than there are places: whoever waits has a connection, and a body that is kept. */
  async #waiting<Result>(wait: () => Promise<Result>): Promise<Result> {
    const { counts } = this;
    if (counts.waiting >= (this.#bounds.waiting ?? MOST_WAITING)) throw noLeader();
    counts.waiting += 1;
    try {
      return await wait();
    } finally {
      counts.waiting -= 1;
    }
  }

  #complain({ term, address }: Target): void {
    if (this.#unreached !== term) this.#bounds.log?.(`${address} leads, and is not reached`);
    this.#unreached = term;
  }

  async #target(not: string | undefined, late: number, left: AbortSignal): Promise<Target> {
    const { now } = this.#watch;
    if (now && now.term !== not) return now;
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), Math.max(0, late - performance.now()));
    try {
      const ends = AbortSignal.any([left, over.signal]);
      return await this.#waiting(() => this.#watch.other(not, ends));
    } catch {
      throw left.aborted ? new Gone() : noLeader();
    } finally {
      clearTimeout(timer);
    }
  }

  #sent(target: Target, incoming: Incoming, body: Kept, left: AbortSignal): Promise<Sent> {
    const method = incoming.method ?? "GET";
    const path = incoming.url ?? "/";
    const host = hostOf(incoming);
    const address = incoming.socket.remoteAddress ?? "unknown";
    const head = { method, path, host, address: address.replace(/%.*$/, "") };
    const way: Way = {
      ...{ target, method, path, host, body: body.read() },
      headers: passOn(incoming.rawHeaders, [HEADER, this.#heads.write(target.term, head)]),
      empty: !hasBody(incoming),
      trailers: incoming.headers.te === "trailers",
      signal: AbortSignal.any([left, target.over]),
    };
    return "stream" in incoming && incoming.stream.session
      ? byHttp2(way, incoming.stream.session)
      : byHttp1(way);
  }
}

/** What can be asked twice. */
function harmless({ method = "", url = "" }: Incoming, { repeatable }: Target): boolean {
  return READS.includes(method) || repeatable.includes(url.split("?")[0] ?? "");
}

/** Who asked has left. */
class Gone extends Error {}

/** Of HTTP/2, which has it in a field of its own. */
export const hostOf = (incoming: Incoming): string =>
  ("authority" in incoming && incoming.authority) || (incoming.headers.host ?? "");

export function hasBody(incoming: Incoming): boolean {
  if ("stream" in incoming) return !incoming.stream.endAfterHeaders;
  const { headers } = incoming;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Writes an answer as it comes, no faster than it is read. */
async function pass(
  { status, message, headers, body, trailers, bare }: Answer,
  incoming: Incoming,
  outgoing: Outgoing,
  left: AbortSignal,
): Promise<void> {
  const out = outgoing as ServerResponse; // that of HTTP/2 has the same methods
  const two = "stream" in incoming;
  if (two) for (const [name, value] of Object.entries(headers.object)) out.setHeader(name, value);
  if (two) out.writeHead(status);
  else out.writeHead(status, message, headers.raw);
  const ended = new Promise<void>((resolve) => outgoing.once("close", resolve));
  if (bare) {
    out.end();
    return ended;
  }
  // Streams that have nothing to say yet are open all the same; others go out in one packet.
  const soon = setImmediate(() => out.flushHeaders());
  try {
    for await (const chunk of body) {
      clearImmediate(soon);
      if (!out.write(chunk) && !left.aborted) await drained(outgoing);
      if (left.aborted) break;
    }
  } finally {
    clearImmediate(soon);
  }
  const more = trailers();
  if (more.length > 0) out.addTrailers(two ? asObject(more.flat()) : more);
  out.end();
  await ended;
}

/** So that nobody takes what has come for the whole of it. */
export function breakOff(outgoing: Outgoing): void {
  if ("stream" in outgoing) outgoing.stream.close(INTERNAL_ERROR);
  else outgoing.destroy();
}

function drained(outgoing: Outgoing): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done);
      outgoing.off("close", done);
      resolve();
    };
    outgoing.on("drain", done);
    outgoing.on("close", done);
  });
}

/** An error of the replica itself, as the routes tell theirs. */
export function told(thrown: unknown, more: Readonly<Record<string, string>> = {}): Response {
  const error = CharlaError.from(thrown);
  // Without the message, which may quote what somebody has sent.
  if (!(thrown instanceof CharlaError))
    console.error("forward", String((thrown as Error)?.stack).replace(/^.*?\n/s, ""));
  const retry = error.retryable && { "retry-after": String(error.retryAfter ?? 1) };
  const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff", ...retry };
  return Response.json({ error }, { status: error.status, headers: { ...headers, ...more } });
}
