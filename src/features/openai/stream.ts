/** Turns as a stream: when it opens, and how it ends. */
import type { Input } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import type { Finish } from "../../core/types.ts";
import type { Choices, Part } from "./choices.ts";

export interface Chunks {
  /** A chunk, or the JSON of one. */
  chunk(part: Part): object | string;
  /** The last one, if it was asked for. */
  usageChunk?: ((finishes: readonly Finish[]) => object) | undefined;
}

/** How long the stream stays closed while there is no token, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * The first token is awaited before the stream opens, so that an error before it still gets its
 * own HTTP status; a later one is an event of its own, as OpenAI sends it. A long prompt or queue
 * is not waited for, lest a proxy gives up on the silence.
 */
export async function stream(
  choices: Choices,
  { chunk, usageChunk }: Chunks,
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
  const told: unknown[] = starts.map((start, index) =>
    chunk({ index, delta: { type: "start", start } }),
  );
  told.push(...waits.map(chunk));
  const finishes: Finish[] = [];
  let ended = false;
  const pass = (part: Part | undefined): IteratorResult<unknown, undefined> => {
    if (!part) {
      ended = true;
      return usageChunk ? { done: false, value: usageChunk(finishes) } : OVER;
    }
    if (part.delta.type === "finish") finishes[part.index] = part.delta.finish;
    return { done: false, value: chunk(part) };
  };
  const fail = async (thrown: unknown) => {
    await choices.end();
    throw thrown;
  };
  let first: typeof pending | undefined = pending;
  // No generator: it would take twice as long for each piece.
  const events = {
    [Symbol.asyncIterator]: () => events,
    async next(): Promise<IteratorResult<unknown, undefined>> {
      if (told.length > 0) return { done: false, value: told.shift() };
      if (ended) return OVER;
      const part = first ?? choices.next();
      first = undefined;
      return part.then(pass, fail);
    },
    async return() {
      await choices.end();
      return OVER;
    },
  };
  return eventStream(events, log, "[DONE]");
}

const OVER = { done: true, value: undefined } as const;
