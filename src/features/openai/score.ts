/**
 * How likely a model finds a given text, token by token: what perplexity is computed from.
 * OpenAI's API has no such thing any more (its completions had, as `echo` with `logprobs` and no
 * token to write); the tokens are written as in `logprobs` of a chat completion.
 */
import * as z from "zod";
import { spend } from "../../core/metered.ts";
import { notGranted } from "../../core/refusals.ts";
import { type Route, text } from "../../core/route.ts";
import { taken } from "../../core/taken.ts";
import { engineRoute, means, type Room } from "./engine.ts";
import { scoreTooLong } from "./errors.ts";
import { adapter, topLogprobs } from "./extras.ts";
import { scoredToken, toScored } from "./logprobs.ts";

const PATH = "/v1/score";
/** What is read to count the tokens. */
const MAX_CHARACTERS = 1_000_000;
/** Log-probabilities in an answer, which is put together in memory: each takes about 250 bytes. */
const MAX_LOGPROBS = 300_000;

const request = taken({
  model: z.string().max(1000).optional(),
  text: text.min(1).max(MAX_CHARACTERS),
  top_logprobs: topLogprobs.optional(),
  charla: taken({ adapter: adapter.optional() }).optional(),
});

export const scoreReply = z.object({
  object: z.literal("score"),
  model: z.string(),
  tokens: z.array(scoredToken),
  /** Natural logarithm of the probability of the whole text after its first token. */
  logprob: z.number(),
  /** exp(-mean of the tokens' logprob); null where no token stands after another. */
  perplexity: z.number().nullable(),
  usage: z.object({ prompt_tokens: z.number(), total_tokens: z.number() }),
});

export const score = (room: Room): Route =>
  engineRoute(room, {
    path: PATH,
    computes: true,
    summary: "Gives the log-probability of every token of a text.",
    body: request,
    reply: scoreReply,
    async work(engine, body, signal) {
      const { id } = engine.card;
      const read = means(engine, "score", PATH);
      const adapter = body.charla?.adapter;
      if (adapter && !engine.grants?.includes("adapter")) throw notGranted(id, "charla.adapter");
      const top = body.top_logprobs ?? 0;
      const most = Math.floor(MAX_LOGPROBS / (top + 1));
      // No token is shorter than a byte, so most texts need not be counted.
      if (Buffer.byteLength(body.text) > most) {
        const { length } = await means(engine, "tokenize", PATH)(body.text);
        if (length > most) throw scoreTooLong(length, most, top);
      }
      const scored = await read(body.text, { signal, adapter, top });
      spend(scored.length);
      const tokens = scored.map(toScored);
      const known = tokens.flatMap(({ logprob }) => (logprob === null ? [] : [logprob]));
      const logprob = known.reduce((sum, one) => sum + one, 0);
      return {
        ...{ object: "score", model: id, tokens, logprob },
        perplexity: known.length > 0 ? Math.exp(-logprob / known.length) : null,
        usage: { prompt_tokens: tokens.length, total_tokens: tokens.length },
      } satisfies z.output<typeof scoreReply>;
    },
  });
