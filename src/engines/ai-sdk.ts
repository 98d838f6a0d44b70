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
import type { Engine, Piece, Request } from "../core/engine.ts";
import { CharlaError } from "../core/errors.ts";
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

/**
 * An engine as a model of the AI SDK. It answers with text; what it cannot do is refused.
 *
 * @throws CharlaError `text_only`, when a call asks for more, and what the engine throws
 */
export function toLanguageModel(engine: Engine): LanguageModelV4 {
  async function* pieces(options: LanguageModelV4CallOptions): AsyncGenerator<Piece> {
    if (options.tools?.length) throw textOnly("tools");
    if (options.stopSequences?.length) throw textOnly("stopSequences");
    if (options.responseFormat?.type === "json") throw textOnly("responseFormat");
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
      const delta = textOf(piece);
      if (delta !== "") yield { type: "text-delta", id: "0", delta } as const;
      if (!isEnding(piece)) continue;
      yield { type: "text-end", id: "0" } as const;
      yield { type: "finish", ...ended(piece) } as const;
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
        text += textOf(piece);
        if (!isEnding(piece)) continue;
        return { content: [{ type: "text", text }], ...ended(piece), warnings: [] };
      }
      throw new TypeError("the engine did not say how its answer ended");
    },
    doStream: async (options) => ({ stream: ReadableStream.from(parts(options)) }),
  };
}

/** The text of a piece; empty for what is not text. */
export function textOf(piece: Piece): string {
  if (typeof piece === "string") return piece;
  return "text" in piece ? piece.text : "";
}

export function isEnding(piece: Piece): piece is Ending {
  return typeof piece === "object" && "reason" in piece;
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
    if (role === "tool") throw textOnly("tool messages");
    if (role === "system") return { role, content };
    const texts = content.map((part) => {
      if (part.type === "text") return part.text;
      throw textOnly(`content of type ${part.type}`);
    });
    return { role, content: texts.join("") };
  });
}

function textOnly(what: string): CharlaError {
  return new CharlaError("text_only", {
    status: 400,
    message: "Charla's engines answer texts with text and do not support {what}.",
    hint: "Leave it out; Charla refuses what it would otherwise have to ignore.",
    params: { what },
  });
}
