/**
 * One answer's way from logits to tokens, in the order of `description`: bias, penalties, the
 * constraint of a grammar, top-k and min-p, temperature and nucleus, the race. llama.cpp has the
 * same definitions and scales by the temperature last, after the nucleus. The same logits, tokens so
 * far and key give the same token.
 */
import type { Drawing, DrawWish, Dry, Made, RepeatPenalty } from "../../../core/extras.ts";
import type { ThinkingWish } from "../../../core/thoughts.ts";
import type { Sampling } from "../../../core/types.ts";
import { GREEDY, nucleus } from "./candidates.ts";
import { distanceOf, FARTHEST } from "./distance.ts";
import { Breakers, dryPenalties } from "./dry.ts";
import { type Logprobs, logprobsOf } from "./logprobs.ts";
import { Lots } from "./lots.ts";
import { type Lot, Race } from "./race.ts";

/** What may come next, where a grammar has a say. */
export interface Constraint {
  allows(token: number): boolean;
  /** Sets the logit of every token that must not come next to -Infinity. */
  apply(logits: Float32Array): void;
  /** The token has been taken. */
  accept(token: number): void;
  /** What comes next is part of a call of a tool. */
  readonly calling?: boolean;
  /** Among the steps of sampling; "grammar" when absent, and none when empty. */
  readonly name?: string;
}

export interface SamplerOptions {
  readonly sampling: Sampling & { readonly seed: number };
  readonly logitBias?: Readonly<Record<number, number>> | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  readonly repeatPenalty?: RepeatPenalty | undefined;
  readonly dry?: Dry | undefined;
  /** What stands before the answer, for the penalties that look at both. */
  readonly prompt?: readonly number[] | undefined;
  /** The bytes of a token, for `dry`. */
  readonly piece?: ((id: number) => Uint8Array) | undefined;
  /** Alternatives for each token; undefined when no log-probabilities are wanted. */
  readonly logprobs?: number | undefined;
  /** A key in the place of the seed's. */
  readonly draw?: DrawWish | undefined;
  /** How far the draws of an answer are that another process has begun. */
  readonly drawing?: Drawing | undefined;
  readonly constraint?: Constraint | undefined;
  /** Already in the prompt and the constraint. */
  readonly thinking?: ThinkingWish | undefined;
}

export interface Chosen {
  readonly id: number;
  readonly logprobs?: Logprobs | undefined;
}

export interface Judged {
  /** The token that would have been taken. */
  readonly winner: number;
  /** How far the other one is from winning: see `distance.ts`; at temperature 0 in logits. */
  readonly behind: number;
}

export class Sampler {
  /** The answer so far, in token ids. */
  readonly tokens: number[] = [];
  readonly #options: SamplerOptions;
  readonly #bias: ReadonlyArray<readonly [id: number, bias: number]>;
  /** How often each token is in the answer. */
  readonly #counts = new Map<number, number>();
  /** Prompt and answer, where a penalty looks at both. */
  readonly #all: number[];
  readonly #breakers: Breakers;
  /** So many tokens stand behind the last text that ends repetitions. */
  #sinceBreak = 0;
  readonly #lots: Lots;

  constructor(options: SamplerOptions) {
    const { sampling, draw, drawing, logitBias = {}, dry, prompt = [] } = options;
    const { piece = () => new Uint8Array() } = options;
    this.#options = options;
    this.#lots = new Lots(sampling.seed, draw, drawing);
    this.#bias = Object.entries(logitBias).map(([id, bias]) => [Number(id), bias]);
    this.#all = dry || options.repeatPenalty ? [...prompt] : [];
    this.#breakers = new Breakers(dry?.breakers ?? [], piece);
    if (dry) this.#sinceBreak = this.#breakers.since(prompt, dry.lastN ?? prompt.length);
  }

  /** The steps with their values. */
  get description(): string {
    const { sampling, presencePenalty, frequencyPenalty, draw, constraint } = this.#options;
    const { topK, minP, repeatPenalty: repeat, dry, thinking } = this.#options;
    const last = ({ lastN }: { lastN?: number | undefined }) => lastN ?? "all";
    const draws = sampling.temperature > 0;
    const steps = [
      this.#bias.length > 0 && `bias of ${this.#bias.length}`,
      repeat && `repeat ${repeat.factor} (last ${last(repeat)})`,
      presencePenalty && `presence ${presencePenalty}`,
      frequencyPenalty && `frequency ${frequencyPenalty}`,
      dry && `dry ${dry.multiplier} x ${dry.base} from ${dry.allowedLength} (last ${last(dry)})`,
      constraint && (constraint.name ?? "grammar"),
      thinking?.tokens !== undefined && `thought of ${thinking.tokens} at most`,
      thinking?.effort && `effort ${thinking.effort}`,
      draws && topK && `top-k ${topK}`,
      draws && minP && `min-p ${minP}`,
      draws ? `temperature ${sampling.temperature}, top-p ${sampling.topP}` : "greedy",
      draws && (draw ? `drawn by key ${draw.id}` : "drawn by the seed"),
    ];
    return steps.filter(Boolean).join(", ");
  }

  /** For the details of an answer. */
  get made(): Pick<Made, "sampler" | "draw"> {
    const { draw } = this.#options;
    const { tokens } = this.#lots.drawing;
    return { sampler: this.description, ...(draw && { draw: { key: draw.id, tokens } }) };
  }

  /** How far the draws are by a key that was asked for, in case that another process goes on. */
  get drawing(): Drawing | undefined {
    return this.#options.draw && this.#lots.drawing;
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
    const lot = this.#lots.next(this.tokens, constraint?.calling === true);
    let race = this.#race(logits, lot);
    if (constraint && !constraint.allows(race.winner)) {
      constraint.apply(logits);
      race = this.#race(logits, lot);
    }
    const id = race.winner;
    this.#lots.chosen(race, lot.keyed);
    this.accept(id);
    return { id, logprobs: raw && logprobsOf(raw, id, logprobs ?? 0) };
  }

  /**
   * Takes a token that is said to have been chosen here.
   *
   * @param logits of the whole vocabulary; changed in place
   * @param roughly only whether it wins: what does not is as far off as can be
   */
  judge(logits: Float32Array, id: number, roughly = false): Judged {
    this.#adjust(logits);
    const { topK, minP } = this.#options;
    const { temperature, topP } = this.#options.sampling;
    const judged = this.#lots.possible(this.tokens).map(({ keyed, ...lot }) => {
      const race = this.#race(logits, lot);
      const less = (logits[race.winner] as number) - (logits[id] as number);
      if (temperature < GREEDY) return { race, keyed, probability: 1, behind: less };
      const share = race.probability * Math.exp(-less / temperature);
      const probability = Math.max(share, Number.MIN_VALUE);
      if (id === race.winner) return { race, keyed, probability, behind: 0 };
      if (roughly) return { race, keyed, probability, behind: FARTHEST };
      const drawing = { logits, temperature, topP, cut: { topK, minP }, lot };
      return { race, keyed, probability, behind: distanceOf(id, drawing) };
    });
    const best = judged.reduce((one, other) => (other.behind < one.behind ? other : one));
    this.#lots.chosen({ probability: best.probability, forced: best.race.forced }, best.keyed);
    this.accept(id);
    return { winner: best.race.winner, behind: best.behind };
  }

  /** Takes a token that was chosen before, by another process. */
  accept(id: number): void {
    this.#options.constraint?.accept(id);
    this.#lots.passed(this.tokens);
    this.tokens.push(id);
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    this.#all.push(id);
    if (!this.#options.dry) return;
    const breaks = this.#breakers.endsIn(this.#all, this.#all.length - 1);
    this.#sinceBreak = breaks ? 0 : this.#sinceBreak + 1;
  }

  /** The last token has ended the answer, and is no part of it. */
  withdraw(): void {
    this.tokens.pop();
    this.#lots.withdraw();
  }

  #adjust(logits: Float32Array): void {
    const { presencePenalty = 0, frequencyPenalty = 0, repeatPenalty, dry } = this.#options;
    for (const [id, bias] of this.#bias) {
      // OpenAI: "values like -100 or 100 should result in a ban or exclusive selection".
      const change = bias <= -100 ? Number.NEGATIVE_INFINITY : bias >= 100 ? 1e6 : bias;
      if (id < logits.length) logits[id] = (logits[id] as number) + change;
    }
    if (repeatPenalty) this.#divide(logits, repeatPenalty);
    if (presencePenalty !== 0 || frequencyPenalty !== 0) {
      for (const [id, count] of this.#counts) {
        logits[id] = (logits[id] as number) - presencePenalty - frequencyPenalty * count;
      }
    }
    if (!dry) return;
    for (const [id, loss] of dryPenalties(this.#all, dry, this.#sinceBreak)) {
      if (!this.#breakers.within(id)) logits[id] = (logits[id] as number) - loss;
    }
  }

  #divide(logits: Float32Array, { factor, lastN = this.#all.length }: RepeatPenalty): void {
    for (const id of new Set(this.#all.slice(Math.max(0, this.#all.length - lastN)))) {
      const logit = logits[id] as number;
      logits[id] = logit > 0 ? logit / factor : logit * factor;
    }
  }

  #race(logits: Float32Array, lot: Lot): Race {
    const { topK, minP } = this.#options;
    const { temperature, topP } = this.#options.sampling;
    return new Race(nucleus(logits, temperature, topP, { topK, minP }), lot);
  }
}
