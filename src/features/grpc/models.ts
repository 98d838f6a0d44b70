/** `charla.v1.Models`: which there are, and what they do beside chats. */
import * as z from "zod";
import type { Engine } from "../../core/engine.ts";
import type { House } from "../../core/feature.ts";
import "../../core/extras.ts";
import { spend } from "../../core/metered.ts";
import { notGranted } from "../../core/refusals.ts";
import { check, text } from "../../core/route.ts";
import { modelName, toModel } from "./chat.ts";
import type { Methods } from "./services.ts";
import { modelOf } from "./turns.ts";

/** As many as OpenAI's API takes. The texts are computed one by one, between the answers of others. */
const MAX_TEXTS = 2048;
const MAX_TOKENS = 1_000_000;

const embedRequest = z.object({
  model: modelName,
  texts: z.array(text.min(1)).min(1).max(MAX_TEXTS),
});
const tokenizeRequest = z.object({ model: modelName, text: text.max(1_000_000) });
const token = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
const detokenizeRequest = z.object({
  model: modelName,
  tokens: z.array(token).max(MAX_TOKENS),
});

export function models({ engines }: Pick<House, "engines">): Methods {
  /** Keeps the model in memory until the work is done. */
  const withEngine = async <Result>(
    model: string,
    signal: AbortSignal,
    work: (engine: Engine) => Promise<Result>,
  ): Promise<Result> => {
    const over = new AbortController();
    try {
      return await work(await engines.get(modelOf(model), AbortSignal.any([signal, over.signal])));
    } finally {
      over.abort();
    }
  };
  return {
    list: async () => ({ models: (await engines.list()).map(toModel) }),
    embed(request, { signal }) {
      const { model, texts } = check(embedRequest, request);
      return withEngine(model, signal, async (engine) => {
        if (!engine.embed) throw notGranted(engine.card.id, "texts");
        const { vectors, promptTokens } = await engine.embed(texts, signal);
        spend(promptTokens);
        const values = vectors.map((one) => ({ values: [...one] }));
        return { model: engine.card.id, vectors: values, promptTokens };
      });
    },
    tokenize(request, { signal }) {
      const { model, text } = check(tokenizeRequest, request);
      return withEngine(model, signal, async (engine) => {
        if (!engine.tokenize) throw notGranted(engine.card.id, "text");
        const tokens = await engine.tokenize(text, signal);
        return { tokens: [...tokens], contextWindow: engine.card.contextWindow };
      });
    },
    detokenize(request, { signal }) {
      const { model, tokens } = check(detokenizeRequest, request);
      return withEngine(model, signal, async (engine) => {
        if (!engine.detokenize) throw notGranted(engine.card.id, "tokens");
        return { text: await engine.detokenize(tokens, signal) };
      });
    },
  };
}
