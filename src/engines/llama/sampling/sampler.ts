/**
 * One answer's way from logits to tokens: bias and penalties, the constraint of a grammar,
 * temperature and nucleus, the chooser. The same logits, tokens so far and key give the same token.
 */
import type { Sampling } from "../../../core/types.ts";
import { type Candidates, nucleus } from "./candidates.ts";
import { CHOOSERS, type Chooser } from "./choosers.ts";
import { type Logprobs, logprobsOf } from "./logprobs.ts";

/** What may come next, where a grammar has a say. */
export interface Constraint {
  allows(token: number): boolean;
  /** Sets the logit of every token that must not come next to -Infinity. */
  apply(logits: Float32Array): void;
  /** The token has been taken. */
  accept(token: number): void;
}

export interface SamplerOptions {
  readonly sampling: Sampling & { readonly seed: number };
  readonly logitBias?: Readonly<Record<number, number>> | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  /** Alternatives for each token; undefined when no log-probabilities are wanted. */
  readonly logprobs?: number | undefined;
  /** The chooser's name and key; plain sampling by the seed when absent. */
  readonly chooser?: { readonly name: string; readonly key: string } | undefined;
  readonly constraint?: Constraint | undefined;
}

export interface Chosen {
  readonly id: number;
  readonly logprobs?: Logprobs | undefined;
}

export class Sampler {
  /** The answer so far, in token ids. */
  readonly tokens: number[] = [];
  readonly #options: SamplerOptions;
  readonly #bias: ReadonlyArray<readonly [id: number, bias: number]>;
  /** How often each token is in the answer. */
  readonly #counts = new Map<number, number>();
  readonly #choose: Chooser;
  readonly #key: string;

  /** @throws RangeError for a chooser that is not there */
  constructor(options: SamplerOptions) {
    const { sampling, chooser, logitBias = {} } = options;
    const choose = CHOOSERS[chooser?.name ?? "plain"];
    if (!choose) throw new RangeError(`there is no token chooser named ${chooser?.name}`);
    this.#options = options;
    this.#choose = choose;
    this.#key = chooser?.key ?? String(sampling.seed);
    this.#bias = Object.entries(logitBias).map(([id, bias]) => [Number(id), bias]);
  }

  /** The steps with their values, for the details of an answer. */
  get description(): string {
    const { sampling, presencePenalty, frequencyPenalty, chooser, constraint } = this.#options;
    const steps = [
      this.#bias.length > 0 && `bias of ${this.#bias.length}`,
      presencePenalty && `presence ${presencePenalty}`,
      frequencyPenalty && `frequency ${frequencyPenalty}`,
      constraint && "grammar",
      sampling.temperature > 0
        ? `temperature ${sampling.temperature}, top-p ${sampling.topP}`
        : "greedy",
      chooser?.name ?? "plain",
    ];
    return steps.filter(Boolean).join(", ");
  }

  /**
   * Chooses the next token; it is part of the answer from then on.
   *
   * @param logits of the whole vocabulary; changed in place
   */
  next(logits: Float32Array): Chosen {
    const { logprobs, constraint } = this.#options;
    // Asked for before anything changes them; the token's own is looked up below.
    const raw = logprobs === undefined ? undefined : logits.slice();
    this.#adjust(logits);
    let id = this.#pick(logits);
    if (constraint && !constraint.allows(id)) {
      constraint.apply(logits);
      id = this.#pick(logits);
    }
    this.accept(id);
    return { id, logprobs: raw && logprobsOf(raw, id, logprobs ?? 0) };
  }

  /** Takes a token that was chosen before, by another process. */
  accept(id: number): void {
    this.#options.constraint?.accept(id);
    this.tokens.push(id);
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  #adjust(logits: Float32Array): void {
    const { presencePenalty = 0, frequencyPenalty = 0 } = this.#options;
    for (const [id, bias] of this.#bias) {
      // OpenAI: "values like -100 or 100 should result in a ban or exclusive selection".
      const change = bias <= -100 ? Number.NEGATIVE_INFINITY : bias >= 100 ? 1e6 : bias;
      if (id < logits.length) logits[id] = (logits[id] as number) + change;
    }
    if (presencePenalty === 0 && frequencyPenalty === 0) return;
    for (const [id, count] of this.#counts) {
      logits[id] = (logits[id] as number) - presencePenalty - frequencyPenalty * count;
    }
  }

  #pick(logits: Float32Array): number {
    const { temperature, topP } = this.#options.sampling;
    const candidates: Candidates = nucleus(logits, temperature, topP);
    if (candidates.ids.length === 1) return candidates.ids[0] as number;
    return this.#choose(candidates, this.tokens, this.#key);
  }
}
