/** How a run trains: each value with a default that works for small models on a processor. */
import * as z from "zod";

export const settings = z.object({
  /** Of the adapter's matrices; its strength is alpha / rank. */
  rank: z.int().min(1).max(256).default(8),
  alpha: z.number().positive().max(1024).default(16),
  dropout: z.number().min(0).max(0.9).default(0),
  /** Names of linear layers, as "q_proj"; all of them when null. */
  targets: z.array(z.string().max(64)).max(32).nullable().default(null),
  /** Highest learning rate, at the end of the warm-up. */
  rate: z.number().positive().max(1).default(5e-4),
  epochs: z.number().positive().max(100).default(3),
  /** Steps in all; by the epochs when 0. */
  steps: z.int().min(0).max(1_000_000).default(0),
  /** Rows a step, computed one after the other: several are accumulated. */
  batch: z.int().min(1).max(1024).default(1),
  /** Tokens of a row, which holds several short chats; what is longer loses its end. */
  length: z.int().min(16).max(32_768).default(512),
  /** Share of the steps in which the rate rises. */
  warmup: z.number().min(0).max(1).default(0.06),
  /** Of AdamW. */
  decay: z.number().min(0).max(1).default(0),
  /** Steps between two validations; half an epoch when 0. */
  every: z.int().min(0).max(1_000_000).default(0),
  /** Validations in a row without a better one, after which it ends. */
  patience: z.int().min(1).max(1000).default(3),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
  /** Threads of the processor; as many as PyTorch finds right when 0. */
  threads: z.int().min(0).max(1024).default(0),
});
export type TrainingSettings = z.output<typeof settings>;
