/** An end to what a remote server sends: it may be broken, or mean no good. */
import { unreadable } from "./errors.ts";

/** Longest reply, or line of a stream of events, in bytes; lists of models take some kilobytes. */
export const MAX_BYTES = 10 * 2 ** 20;
/** Mean length of an answer's tokens, in characters, that no language reaches. */
const TOKEN_CHARACTERS = 32;

/** The same response, whose connection is closed once too much of it has come. */
export function limited(response: Response, server: string): Response {
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) controller.error(unreadable(server));
      else controller.enqueue(chunk);
    },
  });
  const { status, headers } = response;
  return new Response(response.body?.pipeThrough(counter) ?? null, { status, headers });
}

/** Whether an answer that was to have so many tokens has more, for servers that do not look. */
export function isOver(maxTokens: number, chunks: number, characters: number): boolean {
  return chunks > maxTokens || characters > (maxTokens + TOKEN_CHARACTERS) * TOKEN_CHARACTERS;
}
