/** Turns as a stream: when it opens, and how it ends. */
import type { Input } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import type { Finish, ModelCard } from "../../core/types.ts";
import type { Choices, Part } from "./choices.ts";
import { chunks } from "./chunks.ts";
import type { CompletionRequest } from "./request.ts";

/** How long the stream stays closed while there is no token, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * The first token is awaited before the stream opens, so that an error before it still gets its
 * own HTTP status; a later one is an event of its own, as OpenAI sends it. A long prompt or queue
 * is not waited for, lest a proxy gives up on the silence.
 */
export async function stream(
  id: string,
  choices: Choices,
  body: CompletionRequest,
  log: Input["log"],
): Promise<Response> {
  const { starts } = choices;
  const waits: Part[] = [];
  const opening = Promise.withResolvers<void>();
  const patience = setTimeout(opening.resolve, PATIENCE_MS);
  let pending = choices.next();
  try {
    for (;;) {
      const part = await Promise.race([pending, opening.promise]);
      if (part?.delta.type !== "waiting") break;
      waits.push(part);
      pending = choices.next();
    }
  } catch (thrown) {
    await choices.end();
    throw thrown;
  } finally {
    clearTimeout(patience);
  }

  pending.catch(() => {}); // thrown below, if the stream is read at all
  const { chunk, usageChunk } = chunks(id, starts[0]?.model as ModelCard, body);
  async function* events(): AsyncGenerator<unknown> {
    const finishes: Finish[] = [];
    try {
      for (const [index, start] of starts.entries())
        yield chunk({ index, delta: { type: "start", start } });
      for (const part of waits) yield chunk(part);
      for (let part = await pending; part; part = await choices.next()) {
        if (part.delta.type === "finish") finishes[part.index] = part.delta.finish;
        yield chunk(part);
      }
      if (body.stream_options?.include_usage) yield usageChunk(finishes);
    } finally {
      await choices.end();
    }
  }
  return eventStream(events(), log, "[DONE]");
}
