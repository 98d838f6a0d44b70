/**
 * Embeddings: texts as vectors. They need a context of their own, which is made when the first text
 * comes; a model that was not trained for embeddings gives the mean of its last layer.
 */
import { POOLING } from "../native/api.ts";
import { Context } from "../native/context.ts";
import type { Model } from "../native/model.ts";
import type { Plan } from "./protocol.ts";

/** A text is one batch, since pooling sees one batch only. */
const MOST_TOKENS = 2048;

export class Embedder {
  readonly #model: Model;
  readonly #plan: Plan;
  #context: Context | undefined;

  constructor(model: Model, plan: Plan) {
    this.#model = model;
    this.#plan = plan;
  }

  /** Most tokens of a text. */
  get limit(): number {
    return Math.min(MOST_TOKENS, this.#plan.contextTokens);
  }

  /**
   * @param tokens of a text
   * @returns a vector of length 1
   */
  async embed(tokens: readonly number[]): Promise<readonly number[]> {
    this.#context ??= this.#open();
    const context = this.#context;
    context.cut(0, 0);
    tokens.forEach((token, position) => void context.add(token, position, 0, true));
    await context.decode();
    return normalised(context.embedding(0));
  }

  #open(): Context {
    const size = this.limit;
    const { threads, batchThreads } = this.#plan;
    const options = {
      ...{ n_ctx: size, n_batch: size, n_ubatch: size, n_seq_max: 1, embeddings: true },
      ...{ n_threads: threads, n_threads_batch: batchThreads },
    };
    const context = new Context(this.#model, options);
    if (context.poolingType !== POOLING.none) return context;
    context.free();
    return new Context(this.#model, { ...options, pooling_type: POOLING.mean });
  }
}

/** Scaled to length 1; a vector of zeros stays one. */
function normalised(vector: Float32Array): number[] {
  const length = Math.hypot(...vector) || 1;
  return Array.from(vector, (value) => value / length);
}
