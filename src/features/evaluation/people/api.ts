/** What people's ratings say over HTTP: the schemas of its routes, whose types the page uses. */
import * as z from "zod";
import { item } from "../sets/item.ts";
import { BUILT_IN } from "../sets/names.ts";
import { MOST_QUESTIONS, study, VOTES } from "./study.ts";

const summary = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["levels", "pairs"]),
  own: z.boolean(),
  open: z.boolean(),
  questions: z.number(),
  systems: z.number(),
  /** Of the models, of `questions` times `systems`. */
  answered: z.number(),
  createdAt: z.string(),
});
export type StudySummary = z.output<typeof summary>;
export const studyReply = summary;

/** GET /api/studies, newest first. */
export const studiesReply = z.object({ items: z.array(summary) });
export type StudiesReply = z.output<typeof studiesReply>;

/** POST /api/studies; begins a job in which the systems answer. */
export const newStudy = z
  .object({
    ...study.omit({ questions: true, seed: true }).shape,
    /** Everybody on this server may rate. */
    open: z.boolean().default(false),
    /** A built-in set, or a file of one's own. */
    set: z.union([
      z.object({ builtIn: z.enum(BUILT_IN) }),
      z.object({ name: z.string().min(1).max(200), content: z.string().max(20_000_000) }),
    ]),
    lang: z.enum(["en", "es"]).default("en"),
    /** So many questions of the set, drawn by chance. */
    count: z.int().min(1).max(MOST_QUESTIONS).default(20),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
  })
  .refine(({ kind, systems }) => kind === "levels" || systems.length > 1, {
    ...{ message: "needs two systems to compare", path: ["systems"] },
  })
  .refine(({ kind, dimensions }) => kind === "pairs" || dimensions.length > 0, {
    ...{ message: "needs one dimension to rate", path: ["dimensions"] },
  });
export type NewStudy = z.input<typeof newStudy>;

/** Whose ratings these are, where several share an account or there are none. */
const rater = z.string().trim().min(1).max(60);

/** POST /api/studies/:id/next: what a rater is shown, without a word of whose it is. */
export const nextBody = z.object({ rater });

/** DELETE /api/ratings?rater=NAME */
export const ratingsQuery = z.object({ rater });
export const erasedReply = z.object({ count: z.number() });
export const nextReply = z.object({
  /** False as long as the models have not answered all. */
  ready: z.boolean(),
  done: z.number(),
  total: z.number(),
  kind: z.enum(["levels", "pairs"]),
  dimensions: z.array(z.object({ name: z.string(), anchors: z.array(z.string()) })),
  /** Null when all is rated. */
  task: z
    .object({
      id: z.string(),
      messages: item.shape.messages,
      /** One, or two in the order in which they are shown. */
      answers: z.array(z.string()),
    })
    .nullable(),
});
export type NextReply = z.output<typeof nextReply>;

/** POST /api/ratings/:id */
export const ratingBody = z.object({
  levels: z.array(z.int().min(1).max(7)).max(8).optional(),
  vote: z.enum(VOTES).optional(),
});
/** Whose the answers were, told once it is rated. */
export const ratedReply = z.object({ labels: z.array(z.string()) });

const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
const share = z.object({ hits: z.number(), of: z.number() });
const limits = z.tuple([z.number(), z.number()]);

/** GET /api/studies/:id/results, for the owner. */
export const resultsReply = z.object({
  name: z.string(),
  kind: z.enum(["levels", "pairs"]),
  systems: z.array(z.string()),
  dimensions: z.array(z.object({ name: z.string(), anchors: z.array(z.string()) })),
  /** Answers that the systems failed to give, by system. */
  failed: z.array(z.number()),
  /** By numbers; names stay with those who have them. */
  raters: z.number(),
  rated: z.number(),
  enough: z.boolean(),
  least: z.object({ answers: z.number(), raters: z.number() }),
  again: share,
  agreement: z.array(
    z.object({
      alpha: interval.nullable(),
      verdict: z.enum(["firm", "tentative", "weak", "unknown"]),
      kappa: z.number().nullable(),
    }),
  ),
  levels: z.array(
    z.object({
      system: z.number(),
      dimension: z.number(),
      ratings: z.number(),
      median: z.number(),
      mean: interval,
      good: share.extend({ interval: limits }),
    }),
  ),
  pairs: z
    .object({
      votes: z.number(),
      ties: z.number(),
      bad: z.number(),
      identical: z.number(),
      share: z.object({ value: z.number(), interval: limits }).nullable(),
      needed: z.number().nullable(),
      /** Null as long as nobody voted; `groups` where some were never compared with the others. */
      ranking: z
        .object({
          groups: z.array(z.array(z.number())).nullable(),
          ranked: z.array(z.object({ system: z.number(), rating: interval, games: z.number() })),
          first: interval.nullable(),
          pseudo: z.boolean(),
        })
        .nullable(),
    })
    .nullable(),
});
export type ResultsReply = z.output<typeof resultsReply>;

/** GET /api/studies/:id/export: a row for each rating, with all that was shown. */
export const exportReply = z.object({
  name: z.string(),
  rows: z.array(
    z.object({
      question: z.string(),
      rater: z.number(),
      shownAt: z.string(),
      ratedAt: z.string(),
      again: z.boolean(),
      systems: z.array(z.string()),
      answers: z.array(z.string()),
      vote: z.enum(VOTES).nullable(),
      levels: z.record(z.string(), z.number()),
    }),
  ),
});
export type ExportReply = z.output<typeof exportReply>;

/** GET /api/thumbs?conversation=ID */
export const thumbsQuery = z.object({ conversation: z.string().min(1).max(100) });
const thumb = z.enum(["up", "down"]);
export const thumbsReply = z.object({
  items: z.array(z.object({ message: z.string(), thumb, createdAt: z.string() })),
});
export type ThumbsReply = z.output<typeof thumbsReply>;

/** PUT /api/thumbs/:message */
export const thumbBody = z.object({
  conversation: z.string().min(1).max(100),
  /** Null takes it back. */
  thumb: thumb.nullable(),
});
