/**
 * Engines and the AI SDK's `LanguageModelV4`, both ways: any model of the SDK as an engine of ours,
 * and any engine of ours in the SDK's agents, tools and `streamText`.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import type { Engine, Request } from "../core/engine.ts";
import { DEFAULT_SAMPLING, type Ending, type Message } from "../core/types.ts";

/** Asks a model of the AI SDK for the pieces that `Engine.generate` gives. */
export async function* generateWith(
  model: LanguageModelV4,
  { messages, sampling, signal }: Request,
): AsyncGenerator<string | Ending> {
  const { stream } = await model.doStream({
    prompt: toPrompt(messages),
    temperature: sampling.temperature,
    topP: sampling.topP,
    maxOutputTokens: sampling.maxTokens,
    // Some servers refuse an empty list.
    seed: sampling.seed,
    abortSignal: signal,
  });
  for await (const part of stream) {
    if (part.type === "text-delta") yield part.delta;
    if (part.type === "error") throw part.error;
    if (part.type === "finish") {
      const { inputTokens, outputTokens } = part.usage;
      yield {
        reason: part.finishReason.unified === "length" ? "length" : "stop",
        promptTokens: inputTokens.total ?? 0,
        cachedTokens: inputTokens.cacheRead ?? 0,
        completionTokens: outputTokens.total ?? 0,
      };
    }
  }
}

/** An engine as a model of the AI SDK. It answers with text; what it cannot do is refused. */
export function toLanguageModel(engine: Engine): LanguageModelV4 {
  async function* pieces(options: LanguageModelV4CallOptions): AsyncGenerator<string | Ending> {
    if (options.tools?.length) throw new TypeError("tools are not supported");
    if (options.stopSequences?.length) throw new TypeError("stop sequences are not supported");
    if (options.responseFormat?.type === "json") throw new TypeError("JSON is not supported");
    yield* engine.generate({
      messages: fromPrompt(options.prompt),
      sampling: {
        temperature: options.temperature ?? DEFAULT_SAMPLING.temperature,
        topP: options.topP ?? DEFAULT_SAMPLING.topP,
        maxTokens: options.maxOutputTokens ?? DEFAULT_SAMPLING.maxTokens,
        seed: options.seed ?? Math.floor(Math.random() * 2 ** 31),
      },
      reproducible: options.seed !== undefined,
      signal: options.abortSignal ?? new AbortController().signal,
    });
  }
  async function* parts(options: LanguageModelV4CallOptions) {
    const opening: LanguageModelV4StreamPart[] = [
      { type: "stream-start", warnings: [] },
      { type: "text-start", id: "0" },
    ];
    yield* opening;
    for await (const piece of pieces(options)) {
      if (typeof piece === "string") yield { type: "text-delta", id: "0", delta: piece } as const;
      else
        yield* [
          { type: "text-end", id: "0" },
          { type: "finish", ...ended(piece) },
        ] as const;
    }
  }
  return {
    specificationVersion: "v4",
    provider: "charla",
    modelId: engine.card.id,
    supportedUrls: {},
    async doGenerate(options) {
      let text = "";
      for await (const piece of pieces(options)) {
        if (typeof piece === "string") text += piece;
        else return { content: [{ type: "text", text }], ...ended(piece), warnings: [] };
      }
      throw new TypeError("the engine did not say how its answer ended");
    },
    doStream: async (options) => ({ stream: ReadableStream.from(parts(options)) }),
  };
}

function ended(ending: Ending): {
  finishReason: LanguageModelV4FinishReason;
  usage: LanguageModelV4Usage;
} {
  const { reason, promptTokens, cachedTokens, completionTokens } = ending;
  return {
    finishReason: { unified: reason, raw: reason },
    usage: {
      inputTokens: {
        total: promptTokens,
        noCache: promptTokens - cachedTokens,
        cacheRead: cachedTokens,
        cacheWrite: undefined,
      },
      outputTokens: { total: completionTokens, text: completionTokens, reasoning: undefined },
    },
  };
}

export function toPrompt(messages: readonly Message[]): LanguageModelV4Prompt {
  return messages.map(({ role, content }) =>
    role === "system" ? { role, content } : { role, content: [{ type: "text", text: content }] },
  );
}

/** The texts of a prompt. Images, files and tool results are not for engines of texts. */
export function fromPrompt(prompt: LanguageModelV4Prompt): Message[] {
  return prompt.map(({ role, content }) => {
    if (role === "tool") throw new TypeError("tool messages are not supported");
    if (role === "system") return { role, content };
    const texts = content.map((part) => {
      if (part.type === "text") return part.text;
      throw new TypeError(`content of type ${part.type} is not supported`);
    });
    return { role, content: texts.join("") };
  });
}
