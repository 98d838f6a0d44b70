/** A local server that behaves as the documentation of a remote one says. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what the tests find out.
  readonly body: any;
}

/** Answers with JSON by returning it, or writes to the response itself and returns nothing. */
export type Answer = (asked: Asked, response: ServerResponse) => unknown;

export interface Fake extends AsyncDisposable {
  readonly url: string;
  readonly asked: Asked[];
  /** Resolves when the client has closed a connection in the middle of an answer. */
  readonly left: Promise<void>;
}

/** @param routes by "METHOD /path"; anything else is a 404 */
export async function fake(routes: Record<string, Answer>): Promise<Fake> {
  const asked: Asked[] = [];
  const left = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    response.on("close", () => response.writableFinished || left.resolve());
    const one = await read(request);
    asked.push(one);
    const answer = routes[`${one.method} ${one.path}`];
    if (!answer) return fail(response, 404, "Not Found");
    const value = answer(one, response);
    if (value === undefined) return;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(value));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    left: left.promise,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const text = (await request.setEncoding("utf8").toArray()).join("");
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    key: request.headers.authorization,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

/** An error in OpenAI's shape. */
export function fail(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): undefined {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ error: { message, type: "error", code: status } }));
}

/** Opens a stream of chunks; each text is a chunk of its own. */
export function say(response: ServerResponse, ...texts: readonly string[]): void {
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  for (const content of texts) event(response, chunk({ content }, null));
}

/** Ends a stream as OpenAI does: reason, usage if given, [DONE]. */
export function end(response: ServerResponse, reason: string, usage?: object): undefined {
  event(response, chunk({}, reason));
  if (usage) event(response, { ...chunk({}, null), choices: [], usage });
  response.end("data: [DONE]\n\n");
}

export function event(response: ServerResponse, data: unknown): void {
  response.write(`data: ${JSON.stringify(data)}\n\n`);
}

function chunk(delta: object, finish_reason: string | null): object {
  const head = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m" };
  return { ...head, choices: [{ index: 0, delta, finish_reason }] };
}
