/**
 * The port that every engine implements: the AI SDK's `LanguageModelV4`, so that its ecosystem
 * (agents, tools, structured output) works with any engine of ours, plus what a chat needs beyond
 * it. To see the smallest one, read `engines/scripted.ts`.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import type { Message, ModelCard } from "./types.ts";

export interface Extras {
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

export type Engine = LanguageModelV4 & Extras;

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

/** What an engine of texts says: pieces of the answer, then how it ended. */
export type Piece = string | Extract<LanguageModelV4StreamPart, { type: "finish" }>;

/** Makes an engine of a generator of pieces. */
export function textEngine(
  provider: string,
  extras: Extras,
  generate: (options: LanguageModelV4CallOptions) => AsyncIterable<Piece>,
): Engine {
  type Parts = AsyncGenerator<LanguageModelV4StreamPart>;
  async function* parts(options: LanguageModelV4CallOptions): Parts {
    yield { type: "stream-start", warnings: [] };
    yield { type: "text-start", id: "0" };
    for await (const piece of generate(options)) {
      if (typeof piece === "string") yield { type: "text-delta", id: "0", delta: piece };
      else yield* [{ type: "text-end", id: "0" } as const, piece];
    }
  }
  async function whole(
    options: LanguageModelV4CallOptions,
  ): Promise<LanguageModelV4GenerateResult> {
    let text = "";
    for await (const piece of generate(options)) {
      if (typeof piece === "string") text += piece;
      else return { ...piece, content: [{ type: "text", text }], warnings: [] };
    }
    throw new TypeError("an engine has to say how its answer ended");
  }
  return {
    specificationVersion: "v4",
    provider,
    modelId: extras.card.id,
    supportedUrls: {},
    ...extras,
    doGenerate: whole,
    doStream: async (options) => ({ stream: ReadableStream.from(parts(options)) }),
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
