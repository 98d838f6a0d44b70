/** Asks `POST /v1/chat/completions` and reads the answer as it is written. */
import type { Finish, Message, Start } from "../../../src/core/types.ts";
import { type Problem, RequestError, request } from "./problem.ts";
import { readEvents } from "./sse.ts";

/** A chunk of OpenAI's stream; `charla` has our details, in the first and the last one. */
export interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
  readonly charla?: Partial<Start> & { readonly finish?: Finish };
  readonly error?: Problem;
}

export async function* ask(
  messages: readonly Message[],
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const options = { stream: true, stream_options: { include_usage: true } };
  const response = await request("/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ messages, ...options }),
    signal,
  });
  if (!response.body) throw new TypeError("the answer has no body");
  for await (const event of readEvents(response.body)) {
    const chunk = event as Chunk;
    if (chunk.error) throw new RequestError(chunk.error);
    yield chunk;
  }
}
