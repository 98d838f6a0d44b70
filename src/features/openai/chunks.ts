/**
 * Deltas as OpenAI's chunks, which carry the number of their choice. The field `charla` adds what
 * OpenAI has no name for: how a turn began and ended, and its place in the queue.
 */
import { randomUUID } from "node:crypto";
import type { ModelCard } from "../../core/types.ts";
import { type Chunk, jsonState, newHead, toReason, toUsage } from "./answers.ts";
import { toLogprobs } from "./logprobs.ts";
import type { CompletionRequest } from "./request.ts";
import type { Chunks } from "./stream.ts";
import { toApi } from "./tools.ts";

export function chunks(id: string, card: ModelCard, body: CompletionRequest): Chunks {
  const head = { ...newHead(id, card), object: "chat.completion.chunk" as const };
  const withUsage = body.stream_options?.include_usage === true;
  const noUsage = withUsage ? { usage: null } : {};
  const json = (body.response_format ?? { type: "text" }).type !== "text";
  /** Of each choice: its calls so far, and its text where it has to be JSON in the end. */
  const calls: number[] = [];
  const texts: string[] = [];

  type Choice = Chunk["choices"][number];
  const say = (
    choice: Omit<Choice, "finish_reason">,
    charla?: object,
    reason?: Choice["finish_reason"],
  ): Chunk => ({
    ...head,
    choices: [{ ...choice, finish_reason: reason ?? null }],
    ...noUsage,
    ...(charla && { charla: { ...charla } }),
  });
  /** What stands before and after the text of a chunk, which is most of it: written once. */
  const frames: string[][] = [];
  const frame = (index: number) => {
    const gap = randomUUID();
    return JSON.stringify(say({ index, delta: { content: gap } })).split(JSON.stringify(gap));
  };

  return {
    usageChunk: withUsage
      ? (finishes): Chunk => ({ ...head, choices: [], usage: toUsage(finishes) })
      : undefined,
    chunk({ index, delta }): Chunk | string {
      switch (delta.type) {
        case "start":
          return say({ index, delta: { role: "assistant", content: "" } }, delta.start);
        case "waiting": {
          const { place, seconds } = delta;
          return say({ index, delta: {} }, { waiting: { place, seconds } });
        }
        case "finish": {
          const { finish } = delta;
          const called = calls[index] ?? 0;
          const state = json && called === 0 && { json: jsonState(texts[index] ?? "", finish) };
          const { receipt } = finish;
          const end = { finish, ...state, ...(receipt !== undefined && { receipt }) };
          return say({ index, delta: {} }, end, toReason(finish, called));
        }
      }
      const { text, tokens, toolCall, reasoning } = delta;
      if (reasoning !== undefined) {
        const logprobs = tokens && { logprobs: toLogprobs(tokens) };
        return say({ index, delta: { reasoning_content: reasoning }, ...logprobs });
      }
      if (json) texts[index] = (texts[index] ?? "") + text;
      if (!tokens && !toolCall) {
        frames[index] ??= frame(index);
        return frames[index].join(JSON.stringify(text));
      }
      const logprobs = tokens && { logprobs: toLogprobs(tokens) };
      if (toolCall) {
        const number = calls[index] ?? 0;
        calls[index] = number + 1;
        const tool_calls = [{ index: number, ...toApi(toolCall) }];
        return say({ index, delta: { tool_calls }, ...logprobs });
      }
      return say({ index, delta: { content: text }, ...logprobs });
    },
  };
}
