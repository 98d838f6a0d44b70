/** Asks the server that runs on the same data folder, for commands and chats in the terminal beside it. */
import { CharlaError, type ErrorBody } from "../core/errors.ts";
import type { RunningServer } from "../core/feature.ts";
import { safeFetch } from "../net/fetch.ts";

export interface Server extends RunningServer {
  /** Whatever it answers; what it says of an error is in it. */
  send(
    method: "GET" | "POST" | "DELETE",
    path: string,
    signal: AbortSignal,
    body?: object | AsyncIterable<Uint8Array>,
  ): Promise<Response>;
}

/** How long a server may take to say what it has, in milliseconds. */
const PATIENCE_MS = 5000;

/** @param url of the server, without a slash at its end */
export function serverAt(url: string): Server {
  const send: Server["send"] = async (method, path, signal, body) => {
    const bytes = body !== undefined && Symbol.asyncIterator in body;
    const sent = body === undefined || bytes ? { body } : { body: JSON.stringify(body) };
    const type = bytes ? "application/octet-stream" : "application/json";
    const headers = body && { "content-type": type };
    const asked = { method, signal, ...sent, ...(headers && { headers }) };
    return safeFetch(`${url}${path}`, asked as Parameters<typeof safeFetch>[1], {
      ...{ operator: url, redirects: 0 },
    });
  };
  return {
    ...{ url, send },
    async ask<Reply>(...[method, path, body]: Parameters<RunningServer["ask"]>) {
      try {
        // A file may take long to be sent, and what is done with it is a job.
        const bytes = body !== undefined && Symbol.asyncIterator in body;
        const signal = bytes ? new AbortController().signal : AbortSignal.timeout(PATIENCE_MS);
        const response = await send(method, path, signal, body);
        if (!response.ok) throw await errorOf(response);
        return (response.status === 204 ? undefined : await response.json()) as Reply;
      } catch (thrown) {
        throw told(thrown);
      }
    },
    async *events<Event>(path: string, signal: AbortSignal) {
      try {
        const response = await send("GET", path, signal);
        if (!response.ok) throw await errorOf(response);
        yield* eventsOf<Event>(response);
      } catch (thrown) {
        if (!signal.aborted) throw told(thrown);
      }
    },
  };
}

/** What the server itself has said, or that it says nothing. */
export const told = (thrown: unknown): CharlaError =>
  thrown instanceof CharlaError ? thrown : gone(thrown);

function gone(cause: unknown): CharlaError {
  return new CharlaError("server_gone", {
    status: 503,
    message: "The server on this data folder has stopped answering.",
    hint: "Start it again, or try once more without it: the command then works by itself.",
    cause,
  });
}

/** Source: WHATWG HTML, section 9.2 "Server-sent events"; each is one line of JSON. */
export async function* eventsOf<Event>({ body }: Response): AsyncGenerator<Event> {
  let rest = "";
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
  }
}

export async function errorOf(response: Response): Promise<CharlaError> {
  const { error } = (await response.json()) as { error: ErrorBody };
  return remade(error, response.status);
}

/** As it was thrown there, so that it is told in the terminal's language. */
export function remade(error: ErrorBody, status: number): CharlaError {
  const { code, message, hint, retryable, retryAfter, params } = error;
  return new CharlaError(code, { status, message, hint, retryable, retryAfter, params });
}
