/**
 * Embeddings: texts as vectors. They need a context of their own, which is made when the first text
 * comes; a model that was not trained for embeddings gives the mean of its last layer.
 */
import { POOLING } from "../native/api.ts";
import { Context } from "../native/context.ts";
import type { Model } from "../native/model.ts";
import { cutText } from "../native/tokenizer.ts";
import type { Plan } from "./protocol.ts";

const MOST_TOKENS = 2048;

/** How a text is read beside those who write. */
export interface Between {
  /** Tokens that can be read at once. */
  chunk(): number;
  /** Runs a job when the library is not computing. */
  between<T>(job: () => Promise<T>): Promise<T>;
  readonly signal: AbortSignal;
}

export class Embedder {
  readonly #model: Model;
  readonly #plan: Plan;
  #context: Context | undefined;
  /** Settles when the text before is done. */
  #last: Promise<void> = Promise.resolve();

  constructor(model: Model, plan: Plan) {
    this.#model = model;
    this.#plan = plan;
  }

  /** Most tokens of a text. */
  get limit(): number {
    return Math.min(MOST_TOKENS, this.#plan.contextTokens);
  }
  /** What stands around every text, by what the model was trained on. */
  around(tokens: readonly number[]): readonly number[] {
    const [plain, framed] = [
      cutText(this.#model, "a"),
      cutText(this.#model, "a", { around: true }),
    ];
    const at = framed.indexOf(plain[0] as (typeof framed)[number]);
    return [...framed.slice(0, at), ...tokens, ...framed.slice(at + plain.length)];
  }

  /**
   * @param tokens of a text
   * @returns a vector of length 1
   */
  embed(tokens: readonly number[], between: Between): Promise<readonly number[]> {
    // One after the other: they share one sequence.
    const embedded = this.#last.then(() => this.#embed(tokens, between));
    this.#last = embedded.then(
      () => {},
      () => {},
    );
    return embedded;
  }

  async #embed(tokens: readonly number[], { chunk, between, signal }: Between) {
    const context = this.#context ?? (await between(async () => this.#open()));
    this.#context = context;
    // What is pooled by the library has to be one batch, since pooling sees one batch only.
    const whole = context.poolingType !== POOLING.none;
    const sum = new Float64Array(this.#model.embeddingSize);
    for (let from = 0; from < tokens.length && !signal.aborted; ) {
      const size = whole ? tokens.length : chunk();
      const some = tokens.slice(from, from + size);
      await between(async () => {
        if (from === 0) context.cut(0, 0);
        some.forEach((token, at) => void context.add(token, from + at, 0, true));
        await context.decode();
        if (whole) add(sum, context.embedding(0));
        else for (const at of some.keys()) add(sum, context.embeddingAt(at));
      });
      from += some.length;
    }
    return normalised(sum);
  }

  #open(): Context {
    const size = this.limit;
    const { threads, batchThreads } = this.#plan;
    return new Context(this.#model, {
      ...{ n_ctx: size, n_batch: size, n_ubatch: size, n_seq_max: 1, embeddings: true },
      ...{ n_threads: threads, n_threads_batch: batchThreads },
    });
  }
}

function add(sum: Float64Array, vector: Float32Array): void {
  for (const [at, value] of vector.entries()) sum[at] = (sum[at] as number) + value;
}

/** Scaled to length 1; a vector of zeros stays one. */
function normalised(vector: Float64Array): number[] {
  const length = Math.hypot(...vector) || 1;
  return Array.from(vector, (value) => value / length);
}
