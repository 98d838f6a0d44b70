/**
 * A request to a remote server: messages, sampling and extras in OpenAI's words, and in those of
 * vLLM, llama-server and Ollama where they differ. What a server would leave out in silence is not
 * granted, so nobody believes to have got it.
 * Sources: the OpenAI API reference, "Create chat completion"; vLLM's "OpenAI-Compatible Server";
 * llama.cpp's server README; Ollama's "OpenAI compatibility".
 */

import type { Request } from "../../core/engine.ts";
import type { Grammar, Tools } from "../../core/extras.ts";
import type { Image } from "../../core/images.ts";
import { notGranted } from "../../core/refusals.ts";
import type { ThinkingWish } from "../../core/thoughts.ts";
import type { Extras, Message } from "../../core/types.ts";
import { wordsFor } from "../thinking.ts";

/** Which program answers; `other` is whatever else speaks OpenAI's API. */
export type Kind = "vllm" | "llamacpp" | "ollama" | "other";

/** Ollama takes no biases, and a choice of tools only as a hint that it does not follow. */
const COMMON = ["presencePenalty", "frequencyPenalty", "grammar", "tools"] as const;
const STANDARD = [...COMMON, "logprobs", "logitBias"] as const;
/** What OpenAI has no name for, under llama.cpp's and vLLM's. */
const GRANTS: Readonly<Record<Kind, readonly (keyof Extras)[]>> = {
  ollama: [...COMMON, "prefill"],
  other: STANDARD,
  vllm: [...STANDARD, "topK", "minP", "prefill"],
  llamacpp: [...STANDARD, "topK", "minP", "repeatPenalty", "dry", "prefill"],
};

export const grantsOf = (kind: Kind): readonly (keyof Extras)[] => GRANTS[kind];

export function bodyOf(
  kind: Kind,
  model: string,
  { messages, sampling, extras = {} }: Pick<Request, "messages" | "sampling" | "extras">,
): object {
  return {
    model,
    messages: toApi(messages),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    max_tokens: sampling.maxTokens,
    seed: sampling.seed,
    stream: true,
    stream_options: { include_usage: true },
    presence_penalty: extras.presencePenalty,
    frequency_penalty: extras.frequencyPenalty,
    logit_bias: extras.logitBias,
    top_k: extras.topK,
    min_p: extras.minP,
    ...ownPenalties(extras),
    ...(extras.logprobs !== undefined && { logprobs: true, top_logprobs: extras.logprobs }),
    ...(extras.grammar && constraint(extras.grammar, kind, model)),
    ...(extras.tools && choiceOf(extras.tools, kind, model)),
    ...(kind === "vllm" && isBegun(messages) && GOES_ON),
    ...(extras.thinking && thoughtsOf(extras.thinking, kind)),
  };
}

const isBegun = (messages: readonly Message[]) =>
  messages.at(-1)?.role === "assistant" && messages.at(-1)?.content !== "";

/** In the words of a server, which knows whether its model thinks. */
function thoughtsOf({ tokens, effort }: ThinkingWish, kind: Kind): object {
  const off = tokens === 0;
  const bound = off ? undefined : tokens;
  switch (kind) {
    case "vllm":
      return {
        ...(off && { chat_template_kwargs: wordsFor({ tokens }) }),
        ...{ thinking_token_budget: bound, reasoning_effort: effort },
      };
    case "llamacpp": {
      const words = wordsFor({ tokens, effort });
      const told = Object.keys(words).length > 0;
      return {
        ...(told && { chat_template_kwargs: words }),
        thinking_budget_tokens: tokens,
      };
    }
    default:
      return { reasoning_effort: off ? "none" : effort };
  }
}

/** llama-server and Ollama go on with a last message of the assistant by themselves. */
const GOES_ON = { continue_final_message: true, add_generation_prompt: false };

/** llama-server's names, to which -1 means all of the context. */
const ownPenalties = ({ repeatPenalty: repeat, dry }: Extras): object => ({
  ...(repeat && { repeat_penalty: repeat.factor, repeat_last_n: repeat.lastN ?? -1 }),
  ...(dry && {
    dry_multiplier: dry.multiplier,
    dry_base: dry.base,
    dry_allowed_length: dry.allowedLength,
    dry_penalty_last_n: dry.lastN ?? -1,
    dry_sequence_breakers: dry.breakers,
  }),
});

/** The messages with their calls of tools, as a server has them. */
export function toApi(messages: readonly Message[]): readonly object[] {
  return messages.map(({ role, content, toolCallId, toolCalls, images = [] }) => {
    if (images.length > 0) return { role, content: withImages(content, images) };
    if (toolCallId !== undefined) return { role: "tool", content, tool_call_id: toolCallId };
    if (!toolCalls?.length) return { role, content };
    const tool_calls = toolCalls.map(({ id, name, arguments: given }) => ({
      id,
      type: "function",
      function: { name, arguments: given },
    }));
    return { role, content, tool_calls };
  });
}

/** Text and images in the order in which they stand. */
function withImages(content: string, images: readonly Image[]): readonly object[] {
  const parts: object[] = [];
  let from = 0;
  const say = (upTo: number) => {
    const said = content.slice(from, upTo);
    if (said !== "") parts.push({ type: "text", text: said });
    from = Math.max(from, upTo);
  };
  for (const { media, base64, at = 0, detail } of images) {
    say(Math.min(at, content.length));
    const url = `data:${media};base64,${base64}`;
    parts.push({ type: "image_url", image_url: { url, ...(detail && { detail }) } });
  }
  say(content.length);
  return parts;
}

export const toolsOf = ({ list }: Pick<Tools, "list">): readonly object[] =>
  list.map(({ name, description, parameters = { type: "object", properties: {} } }) => ({
    type: "function",
    function: { name, description, parameters },
  }));

function constraint(grammar: Grammar, kind: Kind, model: string): object {
  if (grammar.type === "json_object") return { response_format: { type: "json_object" } };
  if (grammar.type === "json_schema") {
    const { schema } = grammar;
    return {
      response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
    };
  }
  if (kind === "llamacpp") return { grammar: grammar.source };
  throw notGranted(model, "grammar");
}

function choiceOf({ list, choice, parallel }: Tools, kind: Kind, model: string): object {
  // No tools are an empty list to some servers, and a fault to others.
  if (list.length === 0 || (choice === "none" && kind === "ollama")) return {};
  const tools = toolsOf({ list });
  const several = parallel ? {} : { parallel_tool_calls: false };
  if (kind === "ollama") {
    if (choice !== "auto") throw notGranted(model, "tool_choice");
    return { tools };
  }
  const named = typeof choice === "object";
  const tool_choice = named ? { type: "function", function: { name: choice.name } } : choice;
  return { tools, ...several, ...(choice !== "auto" && { tool_choice }) };
}
