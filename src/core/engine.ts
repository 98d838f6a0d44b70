/**
 * The port that every engine implements: the AI SDK's `LanguageModelV4`, so that its ecosystem
 * (agents, tools, structured output) works with any engine of ours, plus what a chat needs beyond
 * it. To see the smallest one, read `engines/scripted.ts`.
 */
import type {
  LanguageModelV4,
  LanguageModelV4GenerateResult,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from "@ai-sdk/provider";
import type { Message, ModelCard } from "./types.ts";

export interface Engine extends LanguageModelV4 {
  readonly card: ModelCard;
  /** False when `countTokens` only estimates, because the tokenizer is out of reach. */
  readonly exactCount: boolean;
  /**
   * Size of the prompt in tokens as the model will see it, chat template included. The window
   * calls it a few times a turn, so it has to be quick.
   */
  countTokens(prompt: LanguageModelV4Prompt): Promise<number>;
  /** Frees memory and processes; streams that still run end with an error. */
  close(): Promise<void>;
}

/** Whoever owns the engines: one fixed engine, a library of files, a remote server. */
export interface Engines {
  /** The engine for a model, loaded if need be. Called once a turn; throws `model_not_found`. */
  get(model: string | undefined, signal: AbortSignal): Promise<Engine>;
  /** The models that `get` would accept. */
  list(): Promise<readonly ModelCard[]>;
  /** For `/readyz` and the page's first look; never waits. */
  status(): EngineStatus;
  close(): Promise<void>;
}

export interface EngineStatus {
  readonly state: "ready" | "loading" | "downloading" | "missing" | "failed";
  readonly model: ModelCard | null;
  /** 0 to 1 while loading or downloading. */
  readonly progress?: number | undefined;
  /** Why it is not ready, as a sentence with the next step. */
  readonly reason?: string | undefined;
}

/** An `Engines` that always answers with the same engine. */
export function only(engine: Engine): Engines {
  return {
    get: async () => engine,
    list: async () => [engine.card],
    status: () => ({ state: "ready", model: engine.card }),
    close: () => engine.close(),
  };
}

export function toPrompt(messages: readonly Message[]): LanguageModelV4Prompt {
  return messages.map(({ role, content }) =>
    role === "system" ? { role, content } : { role, content: [{ type: "text", text: content }] },
  );
}

/** The texts of a prompt. Images, files and tool results are not for the engines of this core. */
export function fromPrompt(prompt: LanguageModelV4Prompt): Message[] {
  return prompt.map((message) => {
    if (message.role === "tool") throw new TypeError("tool messages are not supported");
    if (message.role === "system") return { role: "system", content: message.content };
    const texts = message.content.map((part) => {
      if (part.type === "text") return part.text;
      throw new TypeError(`content of type ${part.type} is not supported`);
    });
    return { role: message.role, content: texts.join("") };
  });
}

/** Text deltas and a last `finish` as the parts of a `LanguageModelV4` stream. */
export function toStream(
  parts: AsyncIterable<string | (LanguageModelV4StreamPart & { type: "finish" })>,
): ReadableStream<LanguageModelV4StreamPart> {
  async function* all(): AsyncGenerator<LanguageModelV4StreamPart> {
    yield { type: "stream-start", warnings: [] };
    yield { type: "text-start", id: "0" };
    for await (const part of parts) {
      if (typeof part === "string") yield { type: "text-delta", id: "0", delta: part };
      else yield* [{ type: "text-end", id: "0" } as const, part];
    }
  }
  return ReadableStream.from(all());
}

/** `doGenerate` for an engine that streams: reads its stream to the end. */
export async function collect(
  result: LanguageModelV4StreamResult,
): Promise<LanguageModelV4GenerateResult> {
  let text = "";
  for await (const part of result.stream) {
    if (part.type === "text-delta") text += part.delta;
    if (part.type === "error") throw part.error;
    if (part.type === "finish") {
      const { finishReason, usage } = part;
      return { content: [{ type: "text", text }], finishReason, usage, warnings: [] };
    }
  }
  throw new TypeError("the stream ended without a finish part");
}
