/**
 * A call between the server's routes and Connect's handlers. The gate stands outside of all others: it
 * keeps the body, which a stream of both sides sends while it is answered, from whoever would read it
 * whole, and says what others refuse in the words of the caller's protocol. Over HTTP/2 the status of
 * a call comes in trailers, which only the socket's own object can send.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import type { Input } from "../../core/route.ts";
import type { Services } from "./services.ts";

/** How long a reader may take nothing while there is something for it, in milliseconds. */
const UNREAD_MS = 60_000;
/** Of gRPC itself, which has its status in trailers. */
const GRPC = /^application\/grpc(?!-web)/;

interface Call {
  /** With its body. */
  readonly request: Request;
  readonly outgoing: Outgoing;
  readonly version: string;
}

/** What both versions of HTTP have for an answer. */
type Outgoing = Pick<HttpBindings["outgoing"], "addTrailers" | "destroy">;

export class Calls {
  readonly #current = new AsyncLocalStorage<Call>();
  readonly #services: () => Promise<Services>;

  constructor(services: () => Promise<Services>) {
    this.#services = services;
  }

  gate(path: string): MiddlewareHandler {
    return async (c, next) => {
      const { incoming, outgoing } = c.env as HttpBindings;
      const request = c.req.raw;
      const call: Call = { request, outgoing, version: incoming.httpVersion };
      const { url, method, headers, signal } = request;
      c.req.raw = new Request(url, { method, headers, signal });
      await this.#current.run(call, next);
      if (c.error) c.res = await this.#respond(path, call, () => {}, c.error);
    };
  }

  answer(path: string, log: Input["log"]): Promise<Response> {
    const call = this.#current.getStore();
    if (!call) throw new TypeError("a call without its gate");
    return this.#respond(path, call, log);
  }

  /** @param refused what somebody before the handler has thrown */
  async #respond(path: string, call: Call, log: Input["log"], refused?: Error): Promise<Response> {
    const { request, version } = call;
    const trailing = GRPC.test(request.headers.get("content-type") ?? "");
    // Clients of HTTP/1.1 read no trailers.
    if (trailing && version.startsWith("1.")) return new Response(null, { status: 505 });
    const { handlers, values } = await this.#services();
    const answer = await (handlers.get(path) as UniversalHandler)({
      ...{ httpVersion: version, method: request.method, url: request.url },
      ...{ header: request.headers, body: request.body ?? nothing(), signal: request.signal },
      contextValues: values(log, refused),
    });
    const { status, header, body, trailer } = answer;
    return new Response(body && this.#stream(body, call, trailing ? trailer : undefined), {
      ...{ status, headers: header ?? {} },
    });
  }

  /** Reads in the name of who asks, as fast as it is taken. */
  #stream(body: AsyncIterable<Uint8Array>, { outgoing }: Call, trailer: Headers | undefined) {
    const inside = AsyncLocalStorage.snapshot();
    const source = body[Symbol.asyncIterator]();
    let unread: NodeJS.Timeout | undefined;
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          clearTimeout(unread);
          const next = await inside(() => source.next());
          if (!next.done) {
            controller.enqueue(next.value);
            unread = setTimeout(() => outgoing.destroy(), UNREAD_MS).unref();
            return;
          }
          // Filled when the body has ended.
          if (trailer) outgoing.addTrailers(Object.fromEntries(trailer));
          controller.close();
        },
        async cancel(reason) {
          clearTimeout(unread);
          await source.throw?.(reason).catch(() => {}); // it gives back what it was given
        },
      },
      { highWaterMark: 0 },
    );
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
