/** How a run trains: each value with a default that works for small models on a processor. */
import * as z from "zod";
import { ALL_RECIPES } from "../../core/perturb.ts";
import { DEFAULTS } from "./defaults.ts";

export const settings = z.object({
  /** Of the adapter's matrices; its strength is alpha / rank. */
  rank: z.int().min(1).max(256).default(DEFAULTS.rank),
  alpha: z.number().positive().max(1024).default(DEFAULTS.alpha),
  dropout: z.number().min(0).max(0.9).default(DEFAULTS.dropout),
  /** Names of linear layers, as "q_proj"; all of them when null. */
  targets: z.array(z.string().max(64)).max(32).nullable().default(null),
  /** Highest learning rate, at the end of the warm-up; by what is learned from when 0. */
  rate: z.number().min(0).max(1).default(DEFAULTS.rate),
  epochs: z.number().positive().max(100).default(DEFAULTS.epochs),
  /** Steps in all; by the epochs when 0. */
  steps: z.int().min(0).max(1_000_000).default(DEFAULTS.steps),
  /** Rows a step, computed one after the other: several are accumulated. */
  batch: z.int().min(1).max(1024).default(DEFAULTS.batch),
  /** Tokens of a row, which holds several short chats; what is longer loses its end. */
  length: z.int().min(16).max(32_768).default(DEFAULTS.length),
  /** Share of the steps in which the rate rises. */
  warmup: z.number().min(0).max(1).default(DEFAULTS.warmup),
  /** Of AdamW. */
  decay: z.number().min(0).max(1).default(DEFAULTS.decay),
  /** Steps between two validations; half an epoch when 0. */
  every: z.int().min(0).max(1_000_000).default(DEFAULTS.every),
  /** Validations in a row without a better one, after which it ends. */
  patience: z.int().min(1).max(1000).default(DEFAULTS.patience),
  /** Of DPO and KTO: the larger, the closer it stays to the base. */
  beta: z.number().positive().max(10).default(DEFAULTS.beta),
  /** Parts of a cross-validation before the training; none when 0. */
  folds: z
    .int()
    .max(10)
    .refine((folds) => folds === 0 || folds > 1, "0, or 2 to 10")
    .default(DEFAULTS.folds),
  /** Share of the teacher's probabilities in what is learned, beside its words; none when 0. */
  soft: z.number().min(0).max(1).default(DEFAULTS.soft),
  /** By which these probabilities are flattened: above 1, unlikely tokens count more. */
  temperature: z.number().min(0.1).max(20).default(DEFAULTS.temperature),
  /** Families of changes of which each question is learned in a copy, too; the others are measured. */
  perturb: z.array(z.enum(ALL_RECIPES)).max(ALL_RECIPES.length).default([]),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31)
    .default(DEFAULTS.seed),
  /** That train together, each on other rows of a step, on a card of its own where there are some. */
  processes: z.int().min(1).max(64).default(DEFAULTS.processes),
  /** Threads of the processor; as many as PyTorch finds right when 0. */
  threads: z.int().min(0).max(1024).default(DEFAULTS.threads),
});
export type TrainingSettings = z.output<typeof settings>;
