/**
 * The ports of a replica. Whoever comes is answered by the one that leads: here, or forwarded. What
 * others forward is taken where this one leads, and nowhere else, so that nothing goes round in circles.
 */
import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { type Further, listenToBoth } from "../server/listen-both.ts";
import { notHere } from "./errors.ts";
import { breakOff, type Forwarder, hasBody, hostOf, type Outgoing, told } from "./forward.ts";
import { HEADER, type Heads, NOT_BEGUN } from "./head.ts";
import { Kept, Room } from "./kept.ts";
import type { Local } from "./local.ts";

type App = Pick<Hono, "fetch">;

interface Leading {
  readonly app: App;
  readonly term: string;
}

export interface FrontOptions {
  readonly heads: Heads;
  readonly forwarder: Forwarder;
  /** What a replica that follows answers itself. */
  readonly local: Local;
}

export class Front {
  readonly #options: FrontOptions;
  /** By the port that was wished for. */
  readonly #ports = new Map<number, Further>();
  readonly #running = new Set<Outgoing>();
  readonly #room = new Room();
  #leading: Leading | undefined;
  #stopping = false;
  #idle = () => {};

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  /** Opens a port, if it is not open yet. @throws CharlaError `port_in_use`, `port_not_allowed` */
  async open(host: string, wish: number): Promise<Further> {
    const open = this.#ports.get(wish) ?? (await listenToBoth(this, host, wish));
    this.#ports.set(wish, open);
    return open;
  }

  get leads(): boolean {
    return this.#leading !== undefined;
  }

  /** From now on this one answers itself, also what others forward in this term. */
  lead(app: App, term: string): void {
    this.#stopping = false;
    this.#leading = { app, term };
  }

  /** It is about to stop: what it does not begin any more is for the next one. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Forwards what comes from now on; what runs may end, and is cut after so many milliseconds. */
  async leave(graceMs: number): Promise<void> {
    this.#leading = undefined;
    if (this.#running.size === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    const late = setTimeout(() => {
      for (const outgoing of this.#running) breakOff(outgoing);
    }, graceMs);
    await idle;
    clearTimeout(late);
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([...this.#ports.values()].map((port) => port.close(graceMs)));
  }

  /** Without a `this` of its own, as servers call it. */
  readonly fetch = async (request: Request, given?: unknown): Promise<Response> => {
    const env = given as HttpBindings;
    const head = env.incoming.headers[HEADER];
    const leading = this.#leading;
    if (head !== undefined) return this.#forwarded(String(head), request, env);
    if (!leading) {
      const own = await this.#options.local(env.incoming);
      return own ?? this.#options.forwarder.fetch(request, env);
    }
    if (!this.#stopping) return this.#serve(leading, request, env);
    const { incoming, outgoing } = env;
    const body = new Kept(incoming, this.#room, !hasBody(incoming));
    const response = await this.#serve(leading, withBody(request, body, hasBody(incoming)), env);
    const next = body.whole && (await refused(response));
    if (next) return this.#options.forwarder.send(incoming, outgoing, body);
    body.release();
    return response;
  };

  async #forwarded(text: string, request: Request, env: HttpBindings): Promise<Response> {
    const { incoming } = env;
    const leading = this.#leading;
    const { method = "", url: path = "" } = incoming;
    const head = { method, path, host: hostOf(incoming) };
    const peer = leading && this.#options.heads.read(text, leading.term, head);
    if (!leading || peer === undefined) return told(notHere(), { [HEADER]: NOT_BEGUN });
    const response = await this.#serve(leading, request, { ...env, peer } as HttpBindings);
    if (this.#stopping && (await refused(response))) response.headers.set(HEADER, NOT_BEGUN);
    return response;
  }

  async #serve({ app }: Leading, request: Request, env: HttpBindings): Promise<Response> {
    const { outgoing } = env;
    this.#running.add(outgoing);
    outgoing.once("close", () => {
      this.#running.delete(outgoing);
      if (this.#running.size === 0) this.#idle();
    });
    return app.fetch(request, env);
  }
}

/**
 * What says that nothing was begun, of one that is about to stop: no turn is taken any more, or one that
 * waited was given back. See `server/drain.ts` and `features/conversations/errors.ts`.
 */
const NOTHING_BEGUN: readonly unknown[] = ["server_stopping", "turn_withdrawn"];

async function refused(response: Response): Promise<boolean> {
  if (response.status !== 503 && response.status !== 409) return false;
  if (!response.headers.get("content-type")?.startsWith("application/json")) return false;
  const { error } = (await response.clone().json()) as { error?: { code?: unknown } };
  return NOTHING_BEGUN.includes(error?.code);
}

/** The same request, whose body can be read again. */
function withBody(request: Request, body: Kept, has: boolean): Request {
  if (!has) return request;
  const { url, method, headers, signal } = request;
  const init = { method, headers, signal, duplex: "half" };
  return new Request(url, { ...init, body: ReadableStream.from(body.read()) } as RequestInit);
}
