/**
 * What `POST /v1/completions` answers. A stream's chunks have the same form as the whole, as OpenAI
 * has it; log-probabilities are lists side by side, and places are counted from where `text` begins.
 * Source: the OpenAI API reference, "The completion object" (legacy).
 */
import * as z from "zod";
import type { TokenLogprob } from "../../../core/extras.ts";
import type { Finish, ModelCard } from "../../../core/types.ts";
import { head, newHead, toUsage, type Usage, usage } from "../answers.ts";
import type { Choices } from "../choices.ts";
import { bounded } from "../logprobs.ts";
import type { Chunks } from "../stream.ts";

const lists = z.object({
  tokens: z.array(z.string()),
  /** Natural logarithms; null where nothing stands before. */
  token_logprobs: z.array(z.number().nullable()),
  /** The likeliest tokens and the one that stands there. */
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()),
  /** In characters (code points). */
  text_offset: z.array(z.number()),
});

export const textCompletion = z.object({
  ...head,
  object: z.literal("text_completion"),
  choices: z.array(
    z.object({
      index: z.number(),
      text: z.string(),
      logprobs: lists.nullable(),
      finish_reason: z.enum(["stop", "length"]).nullable(),
    }),
  ),
  usage: usage.nullable().optional(),
  /** What OpenAI has no name for: how each turn began and ended. */
  charla: z.looseObject({}).optional(),
});
export type TextCompletion = z.output<typeof textCompletion>;
type Choice = TextCompletion["choices"][number];

/** Of one prompt: how it comes back, if it does. */
export interface Echo {
  readonly text: string;
  readonly tokens: readonly TokenLogprob[];
}

export interface Form {
  readonly id: string;
  readonly card: ModelCard;
  /** Answers to each prompt. */
  readonly n: number;
  readonly logprobs: boolean;
  /** One for each prompt, or none. */
  readonly echoes: readonly Echo[];
}

const lengthOf = (text: string) => [...text].length;

/** @param from where the text of the tokens begins */
function toLists(tokens: readonly TokenLogprob[], from: number): z.output<typeof lists> {
  let at = from;
  const offsets = tokens.map(({ text }) => {
    const here = at;
    at += lengthOf(text);
    return here;
  });
  return {
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map(({ logprob }) => (logprob === null ? null : bounded(logprob))),
    top_logprobs: tokens.map(({ text, logprob, top }) => {
      if (logprob === null) return null;
      const all = [{ text, logprob }, ...top].map((one) => [one.text, bounded(one.logprob ?? 0)]);
      return Object.fromEntries(all.toReversed());
    }),
    text_offset: offsets,
  };
}

const reasonOf = ({ reason }: Finish) => (reason === "length" ? "length" : "stop");

/** Several answers share one prompt, which OpenAI counts once. */
function usageOf(finishes: readonly Finish[], n: number): Usage {
  const groups = finishes.flatMap((_, at) =>
    at % n === 0 ? [toUsage(finishes.slice(at, at + n))] : [],
  );
  const sum = (count: (one: Usage) => number) => groups.reduce((all, one) => all + count(one), 0);
  return {
    prompt_tokens: sum((one) => one.prompt_tokens),
    completion_tokens: sum((one) => one.completion_tokens),
    total_tokens: sum((one) => one.total_tokens),
    prompt_tokens_details: {
      cached_tokens: sum((one) => one.prompt_tokens_details.cached_tokens),
    },
  };
}

/** @param withUsage on the last chunk, as the request wishes */
export function textChunks(form: Form, withUsage: boolean): Chunks {
  const head = { ...newHead(form.id, form.card), object: "text_completion" as const };
  const places: number[] = [];
  const say = (choice: Partial<Choice> & { index: number }, charla?: object): TextCompletion => ({
    ...head,
    choices: [{ text: "", logprobs: null, finish_reason: null, ...choice }],
    ...(withUsage && { usage: null }),
    ...(charla && { charla: { ...charla } }),
  });
  /** With its tokens, if they are told, in lists that go on where those of the chunk before end. */
  const piece = (index: number, text: string, tokens: readonly TokenLogprob[] = []) => {
    const from = places[index] ?? 0;
    places[index] = from + lengthOf(text);
    return { index, text, logprobs: form.logprobs ? toLists(tokens, from) : null };
  };
  return {
    usageChunk: withUsage
      ? (finishes): TextCompletion => ({
          ...{ ...head, choices: [] },
          usage: usageOf(finishes, form.n),
        })
      : undefined,
    chunk({ index, delta }): TextCompletion {
      switch (delta.type) {
        case "start": {
          const echo = form.echoes[Math.floor(index / form.n)];
          return say(echo ? piece(index, echo.text, echo.tokens) : { index }, delta.start);
        }
        case "waiting": {
          const { place, seconds } = delta;
          return say({ index }, { waiting: { place, seconds } });
        }
        case "text":
          return say(piece(index, delta.text, delta.tokens));
        case "finish": {
          const { finish } = delta;
          return say({ index, finish_reason: reasonOf(finish) }, { finish });
        }
      }
    },
  };
}

export async function wholeText(form: Form, choices: Choices): Promise<TextCompletion> {
  const { id, card, n, echoes, logprobs } = form;
  const answers = choices.starts.map((start, index) => {
    const { text = "", tokens = [] } = echoes[Math.floor(index / n)] ?? {};
    return { start, text, tokens: [...tokens], finish: undefined as Finish | undefined };
  });
  try {
    for (let part = await choices.next(); part; part = await choices.next()) {
      const { delta, index } = part;
      const answer = answers[index] as (typeof answers)[number];
      if (delta.type === "finish") answer.finish = delta.finish;
      if (delta.type !== "text") continue;
      answer.text += delta.text;
      answer.tokens.push(...(delta.tokens ?? []));
    }
  } finally {
    await choices.end();
  }
  const ended = answers.map(({ finish, ...answer }) => {
    if (!finish) throw new TypeError("a turn ended without a finish");
    return { ...answer, finish };
  });
  const details = ended.map(({ start, finish }) => ({ ...start, finish }));
  return {
    ...newHead(id, card),
    object: "text_completion",
    choices: ended.map(({ text, tokens, finish }, index) => ({
      index,
      text,
      logprobs: logprobs ? toLists(tokens, 0) : null,
      finish_reason: reasonOf(finish),
    })),
    usage: usageOf(
      ended.map(({ finish }) => finish),
      n,
    ),
    charla: details.length === 1 ? { ...details[0] } : { ...details[0], choices: details },
  };
}

/** The prompts alone: nothing is written. */
export function echoed(form: Form, promptTokens: number): TextCompletion {
  const usage = { prompt_tokens: promptTokens, completion_tokens: 0, total_tokens: promptTokens };
  const each = form.echoes.flatMap((echo) => Array.from({ length: form.n }, () => echo));
  return {
    ...newHead(form.id, form.card),
    object: "text_completion",
    choices: each.map(({ text, tokens }, index) => ({
      index,
      text,
      logprobs: form.logprobs ? toLists(tokens, 0) : null,
      finish_reason: "length",
    })),
    usage: { ...usage, prompt_tokens_details: { cached_tokens: 0 } },
  };
}
