/** `charla.v1.Chat`: a history in, typed deltas out. */
import * as z from "zod";
import { MAX_MESSAGES, sampling } from "../../core/chat.ts";
import type { House } from "../../core/feature.ts";
import { check, text } from "../../core/route.ts";
import type { Delta, ModelCard } from "../../core/types.ts";
import type { Methods } from "./services.ts";
import { ask } from "./turns.ts";

export const modelName = z.string().max(1000);
/** As many as OpenAI's API takes. */
export const stops = z.array(text.max(1000)).max(16);

/** Named as the protos name the fields in JSON. */
const answerRequest = z.object({
  model: modelName,
  messages: z
    .array(z.object({ role: z.enum(["system", "user", "assistant"]), content: text }))
    .max(MAX_MESSAGES)
    .refine((list) => list.at(-1)?.role === "user", "must end with a message of the user"),
  sampling: z.object(sampling).partial().optional(),
  stop: stops,
});

export const chat = (house: House): Methods => ({
  async *answer(request, { signal }) {
    for await (const delta of ask(house, check(answerRequest, request), signal)) {
      yield { delta: toCase(delta) };
    }
  },
});

function toCase(delta: Delta) {
  switch (delta.type) {
    case "start": {
      const { model, receipt = "", ...start } = delta.start;
      return { case: "start", value: { ...start, model: toModel(model), receipt } };
    }
    case "waiting":
      return { case: "waiting", value: { place: delta.place, seconds: delta.seconds } };
    case "text":
      return { case: "text", value: { text: delta.text, reasoning: delta.reasoning ?? "" } };
    case "finish": {
      const { receipt = "", ...finish } = delta.finish;
      return { case: "finish", value: { ...finish, receipt } };
    }
  }
}

export const toModel = ({
  id,
  name,
  digest = "",
  quantisation = "",
  contextWindow,
}: ModelCard) => ({
  ...{ id, name, digest, quantisation, contextWindow },
});
