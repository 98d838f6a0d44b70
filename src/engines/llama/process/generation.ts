/**
 * One answer: prompt tokens in, sampled tokens out as text. What came before a restart of the
 * process is replayed in silence, since text is a function of the tokens alone.
 */
import type { TokenLogprob } from "../../../core/extras.ts";
import type { Ending } from "../../../core/types.ts";
import type { Model } from "../native/model.ts";
import type { Logprobs } from "../sampling/logprobs.ts";
import type { Chosen, Sampler } from "../sampling/sampler.ts";
import { draftFrom } from "./draft.ts";
import type { Written } from "./protocol.ts";
import type { Piece, Reader } from "./tools-read.ts";
import type { Adapter, Work } from "./work.ts";

export interface Generation {
  readonly model: Model;
  readonly prompt: readonly number[];
  readonly systemTokens: number;
  /** The prompt ends within the answer. */
  readonly begun?: boolean;
  /** What ends the thought that the prompt opens for the model, if it opens one. */
  readonly thought?: string | undefined;
  /** Tokens that end the answer, besides the model's own end tokens. */
  readonly stopTokens: ReadonlySet<number>;
  /** Control tokens that are part of the answer's text: they begin and end calls of tools. */
  readonly marks: ReadonlyMap<number, string>;
  readonly adapter: Adapter | undefined;
  readonly owner: string | undefined;
  /** Alone in its batches, so that the same seed gives the same answer. */
  readonly alone: boolean;
  readonly sampler: Sampler;
  readonly reader: Reader;
  readonly maxTokens: number;
  /** Tokens that were given before. */
  readonly resume: readonly number[];
  /** SHA-256 of the chat template; undefined where none was used. */
  readonly template: string | undefined;
  /** What schemas asked for and the answer is not held to. */
  readonly left?: readonly string[];
  readonly signal: AbortSignal;
  send(part: Written | Ending): void;
  done(error?: unknown): void;
}

export function generation(options: Generation): Work {
  const { model, prompt, sampler, reader, maxTokens, resume, adapter, send } = options;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let ids: number[] = [];
  let tokens: TokenLogprob[] = [];
  let reason: Ending["reason"] = "stop";
  let cachedTokens = 0;
  const began = performance.now();
  let started = began;
  let first: number | undefined;
  let wrong: unknown;

  /** The new text of a token, which may be none yet. */
  function decode(id: number): string {
    const mark = options.marks.get(id);
    if (mark !== undefined) return decoder.decode(Buffer.from(mark), { stream: true });
    const piece = model.piece(id);
    // SentencePiece opens every text with a space that nobody wrote.
    const opens = sampler.tokens.length === 1 && model.opensWithSpace && !options.begun;
    const skip = opens && piece[0] === 0x20 ? 1 : 0;
    return decoder.decode(piece.subarray(skip), { stream: true });
  }

  function tell(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      const { drawing } = sampler;
      const also = { ...(tokens.length > 0 && { tokens }), ...(drawing && { drawing }) };
      if ("toolCall" in piece) send({ text: "", ids, ...also, toolCall: piece.toolCall });
      else if (piece.text !== "") send({ text: piece.text, ids, ...also });
      else continue;
      ids = [];
      tokens = [];
    }
  }

  function replay(): void {
    for (const id of resume) {
      sampler.accept(id);
      const text = decode(id);
      if (text !== "") reader.push(text);
    }
  }
  replay();

  return {
    tokens: [...prompt, ...resume],
    adapter,
    owner: options.owner,
    alone: options.alone,
    outputs: "last",
    systemTokens: options.systemTokens,
    signal: options.signal,
    onStart(cached, fromDisk) {
      started = performance.now();
      cachedTokens = Math.min(cached, prompt.length);
      const restoredTokens = Math.min(fromDisk, prompt.length);
      const { thought } = options;
      send({ began: { cachedTokens: cachedTokens - restoredTokens, restoredTokens, thought } });
    },
    onLogits(logits) {
      first ??= performance.now();
      let chosen: Chosen;
      try {
        chosen = sampler.next(logits);
      } catch (thrown) {
        // A grammar that leaves no token ends this answer, not the batch.
        wrong = thrown;
        return undefined;
      }
      const { id, logprobs } = chosen;
      if (model.isEnd(id) || options.stopTokens.has(id)) {
        sampler.withdraw();
        return undefined;
      }
      ids.push(id);
      if (logprobs) tokens.push(named(model, id, logprobs));
      const text = decode(id);
      if (text !== "") tell(reader.push(text));
      if (sampler.tokens.length < maxTokens) return id;
      reason = "length";
      return undefined;
    },
    draft: (count) => draftFrom(prompt, sampler.tokens, count),
    onEnd(error) {
      const failure = error ?? wrong;
      if (failure !== undefined) return options.done(failure);
      // Bytes of a character that the end has cut in two are left out.
      tell(reader.finish());
      // Theirs are left, and those of what closes a call: every token that was written is told.
      if (tokens.length > 0) send({ text: "", ids, tokens });
      const now = performance.now();
      send({
        reason,
        promptTokens: prompt.length,
        cachedTokens,
        completionTokens: sampler.tokens.length,
        timings: {
          queueMs: started - began,
          prefillMs: (first ?? now) - started,
          decodeMs: now - (first ?? now),
        },
        made: {
          ...(adapter && { adapter: { id: adapter.id, digest: adapter.digest } }),
          template: options.template,
          ...sampler.made,
          ...(options.left?.length && { left: options.left }),
        },
      });
      options.done();
    },
  };
}

/** Log-probabilities with the tokens' texts and bytes. */
export function named(model: Model, id: number, { logprob, top }: Logprobs): TokenLogprob {
  return {
    ...spelled(model, id, logprob),
    top: top.map((one) => spelled(model, one.id, one.logprob)),
  };
}

export function spelled(
  model: Model,
  id: number,
  logprob: number | null,
): Omit<TokenLogprob, "top"> {
  const bytes = model.piece(id);
  return { id, text: bytes.toString("utf8"), bytes: [...bytes], logprob };
}
