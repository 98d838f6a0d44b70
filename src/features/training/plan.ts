/** What a run is to do, and what came of it: the shapes of what is stored and shown. */
import * as z from "zod";
import { METHODS } from "./data/prepare.ts";
import { provenance } from "./data/provenance.ts";
import { WHOSE } from "./defaults.ts";
import { settings } from "./settings.ts";

const count = z.int().min(0);

export const look = z.object({
  digest: z.string(),
  files: z.array(z.object({ name: z.string(), digest: z.string() })).readonly(),
  found: count,
  skipped: z.object({
    ...{ shape: count, roles: count, noAnswer: count },
    ...{ empty: count, duplicate: count, nearTest: count },
  }),
  ...{ train: count, validation: count, test: count, messages: count },
  method: z.enum(METHODS).default("sft"),
  ...{ pairs: count.default(0), bad: count.default(0) },
  ...{ answerCharacters: count, characters: count, sameAnswers: count },
  languages: z.object({ en: count, es: count, other: count }),
  masked: count.nullable(),
  teachers: z
    .array(provenance.extend({ texts: count }))
    .readonly()
    .default([]),
});

export const plan = z.object({
  /** Of the adapter, for people; its file is named after it. */
  name: z.string().min(1).max(100),
  /** Id of the base in the library. */
  model: z.string(),
  /** Of the base's file, once it was read. */
  digest: z.string().optional(),
  look,
  settings,
  /** Whose probabilities are learned, where some are: an id of the library, and an adapter's. */
  teacher: z.object({ model: z.string(), adapter: z.string().optional() }).optional(),
  /** Whose chats they are, as whoever has begun it says: the ground on which they are used. */
  whose: z.enum(WHOSE).optional(),
  /** Charla's. */
  version: z.string(),
});
export type Plan = z.output<typeof plan>;

export const point = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("step"),
    step: count,
    /** Mean over the answers' tokens, in nats. */
    loss: z.number(),
    rate: z.number(),
    tokens: count,
    seconds: z.number(),
  }),
  z.object({
    ...{ kind: z.literal("validation"), step: count, loss: z.number() },
    /** From the teacher, in nats a token. */
    divergence: z.number().optional(),
  }),
]);
export type Point = z.output<typeof point>;

const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type Interval = z.output<typeof interval>;

const preferred = z.object({ gain: interval, texts: count });
export type Preferred = z.output<typeof preferred>;

/** One of the folds of a cross-validation: losses on what it did not learn from, in nats. */
export const fold = z.object({
  loss: z.number(),
  /** The step at which it was the lowest. */
  best: count,
  /** Before the first step; null where that is not known any more. */
  before: z.number().nullable(),
});
export type Fold = z.output<typeof fold>;

/** How much of the rest of chats comes out word for word, as shares of the rest's tokens. */
const extracted = z.object({
  /** Chats, and tokens of their rests. */
  ...{ texts: count, tokens: count },
  ...{ base: z.number(), tuned: z.number() },
  /** With the adapter more than without. */
  more: interval,
  /** Chats of which all the rest came out. */
  whole: z.object({ base: count, tuned: count }),
  /** With the adapter, of chats that it did not learn from. */
  unseen: z.number().nullable(),
});
export type Extracted = z.output<typeof extracted>;

/** Perplexity of the adapter by that of the base: under 1 is better. */
const compared = z.object({
  ratio: interval,
  ...{ base: z.number(), tuned: z.number() },
  /** Texts and tokens that count. */
  ...{ texts: count, tokens: count },
});
export type Compared = z.output<typeof compared>;

/** On questions of the test set that are written carelessly. */
const robust = z.object({
  /** By families that it has learned from, and by others; null where there are none. */
  ...{ seen: compared.nullable(), unseen: compared.nullable() },
});

/** From the teacher to what has learned from it, on the validation chats, in nats a token. */
const soft = z.object({
  ...{ before: z.number(), after: z.number() },
  /** Tokens of answers that had the teacher's probabilities beside them. */
  tokens: count,
});

export const VERDICTS = ["better", "worse", "same", "nothing"] as const;

export const result = z.object({
  /** As the library knows the adapter; null when it was not offered. */
  adapter: z.string().nullable(),
  /** SHA-256 of its file. */
  adapterDigest: z.string(),
  adapterBytes: count,
  baseDigest: z.string(),
  device: z.string(),
  /** Numbers that were trained. */
  parameters: count,
  ...{ tokens: count, answerTokens: count },
  /** Chats that were longer than a row, and lost their end. */
  cut: count.default(0),
  /** Whose weights were kept, of how many. */
  ...{ bestStep: count, steps: count, early: z.boolean() },
  /** Over the steps, without waits. */
  tokensPerSecond: z.number(),
  parity: z
    .object({
      places: count,
      ...{ base: z.number(), tuned: z.number(), without: z.number(), sameTop: z.number() },
    })
    .nullable(),
  faithful: z.boolean().nullable(),
  /** On the answers of the test set. */
  test: compared.nullable(),
  /** On texts that have nothing to do with it. */
  general: compared.nullable(),
  /**
   * Learned from judgements: by how many nats a token the better answers of the test set gained more
   * than the worse ones, against the base.
   */
  preferred: preferred.nullable().default(null),
  soft: soft.nullable().default(null),
  robust: robust.nullable().default(null),
  folds: fold.array().readonly().default([]),
  /** What comes out of the chats that it has learned from. */
  extraction: extracted.nullable().default(null),
  verdict: z.enum(VERDICTS),
  /** What it knew before got worse by more than 5 %, beyond chance. */
  forgot: z.boolean(),
});
export type Result = z.output<typeof result>;
