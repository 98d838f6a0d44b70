/**
 * The chat endpoint: messages in, deltas out, in the core's own words. The smallest page speaks it;
 * OpenAI's words for the same are a feature.
 */
import * as z from "zod";
import { type Input, type Route, route, text } from "./route.ts";
import { eventStream } from "./sse.ts";
import type { RunTurn } from "./turn.ts";
import { DEFAULT_SAMPLING, type Delta } from "./types.ts";

/** What each sampling parameter may be; the defaults are `DEFAULT_SAMPLING`. */
export const sampling = {
  temperature: z.number().min(0).max(2),
  topP: z.number().gt(0).max(1),
  maxTokens: z.int().min(1),
  seed: z.int().min(0).max(0xffffffff),
};

export const MAX_MESSAGES = 10_000;
const message = z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: text });
export const chatRequest = z.strictObject({
  model: z.string().optional(),
  messages: z
    .array(message)
    .max(MAX_MESSAGES)
    .refine((list) => list.at(-1)?.role === "user", "must end with a message of the user"),
  sampling: z.strictObject(sampling).partial().default({}),
});

export function chatRoutes(run: RunTurn): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/api/chat",
      summary: "Answers a list of messages with a stream of deltas; an error ends it.",
      body: chatRequest,
      handle({ body, signal, log }) {
        const sampling = { ...DEFAULT_SAMPLING, ...body.sampling };
        return stream(run({ ...body, sampling, origin: "chat", signal }), log);
      },
    }),
  ];
}

/**
 * The first delta is awaited before the stream opens, so that what is wrong with the request gets
 * its own HTTP status.
 */
export async function stream(deltas: AsyncIterable<Delta>, log: Input["log"]): Promise<Response> {
  const iterator = deltas[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* events(): AsyncGenerator<Delta> {
    if (!first.done) yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return eventStream(events(), log);
}
