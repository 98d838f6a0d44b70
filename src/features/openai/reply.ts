/**
 * A turn in OpenAI's words: a chat completion, or a stream of its chunks. The field `charla` adds
 * what OpenAI has no name for.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { CharlaError } from "../../core/errors.ts";
import type { Input } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import type { Delta, Finish, Start } from "../../core/types.ts";
import type { Chunk, Completion, Usage } from "./answers.ts";

const finishReason = (finish: Finish) => (finish.reason === "length" ? "length" : "stop");

const usage = (finish: Finish): Usage => ({
  prompt_tokens: finish.promptTokens,
  completion_tokens: finish.completionTokens,
  total_tokens: finish.promptTokens + finish.completionTokens,
  prompt_tokens_details: { cached_tokens: finish.cachedTokens },
});

const now = () => Math.floor(Date.now() / 1000);

export async function whole(id: string, deltas: AsyncIterable<Delta>): Promise<Completion> {
  let content = "";
  let start: Start | undefined;
  for await (const delta of deltas) {
    if (delta.type === "start") start = delta.start;
    if (delta.type === "text") content += delta.text;
    if (delta.type !== "finish" || !start) continue;
    const { finish } = delta;
    const message = { role: "assistant", content, refusal: null } as const;
    const reason = finishReason(finish);
    return {
      ...{ id, object: "chat.completion", created: now(), model: start.model.id },
      choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
      usage: usage(finish),
      charla: { ...start, finish },
    };
  }
  throw new TypeError("a turn ended without a start and a finish");
}

/** How long the stream stays closed while there is no token, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * The first token is awaited before the stream opens, so that an error before it still gets its
 * own HTTP status; a later one is an event of its own, as OpenAI sends it. A long prompt is not
 * waited for, lest a proxy gives up on the silence.
 */
export async function stream(
  id: string,
  deltas: AsyncIterable<Delta>,
  includeUsage: boolean,
  log: Input["log"],
): Promise<Response> {
  const iterator = deltas[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done || first.value.type !== "start") throw new TypeError("a turn opens with a start");
  const { start } = first.value;
  const second = iterator.next();
  await Promise.race([second, sleep(PATIENCE_MS, undefined, { ref: false })]);
  const object = "chat.completion.chunk";
  const head = { id, object, created: now(), model: start.model.id } as const;
  const noUsage = includeUsage ? { usage: null } : {};
  const chunk = (
    delta: Chunk["choices"][number]["delta"],
    reason: ReturnType<typeof finishReason> | null,
    extra: Pick<Chunk, "charla"> = {},
  ): Chunk => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: reason }],
    ...noUsage,
    ...extra,
  });

  async function* events(): AsyncGenerator<unknown> {
    try {
      yield chunk({ role: "assistant", content: "" }, null, { charla: { ...start } });
      for (let next = await second; !next.done; next = await iterator.next()) {
        const delta = next.value;
        if (delta.type === "text") yield chunk({ content: delta.text }, null);
        if (delta.type === "finish") {
          const { finish } = delta;
          yield chunk({}, finishReason(finish), { charla: { finish } });
          if (includeUsage) yield { ...head, choices: [], usage: usage(finish) } satisfies Chunk;
        }
      }
    } catch (thrown) {
      const error = CharlaError.from(thrown);
      if (error.status >= 500) log(error.code, thrown);
      yield { error };
    } finally {
      await iterator.return?.();
    }
    yield "[DONE]";
  }
  return eventStream(events());
}
