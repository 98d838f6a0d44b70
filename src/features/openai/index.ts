/**
 * OpenAI's API, so that its clients and those of others work with Charla unmodified: chat
 * completions and the list of models.
 * Source: the OpenAI API reference, "Chat completions" and "Models".
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Feature } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import type { ModelCard } from "../../core/types.ts";
import { chunk, completion, type Model, modelList } from "./answers.ts";
import { stream, whole } from "./reply.ts";
import { completionRequest, toTurn } from "./request.ts";
import { stopAtStrings } from "./stop.ts";

export function openai(): Feature {
  return {
    name: "openai",
    steps: [stopAtStrings],
    routes: (kit) => [
      route({
        method: "post",
        path: "/v1/chat/completions",
        summary: "Answers a list of messages, at once or as a stream.",
        body: completionRequest,
        reply: z.union([completion, chunk]),
        handle({ body, signal, log }) {
          const id = `chatcmpl-${randomUUID()}`;
          const deltas = kit.run(toTurn(body, signal));
          if (!body.stream) return whole(id, deltas);
          return stream(id, deltas, body.stream_options?.include_usage ?? false, log);
        },
      }),
      route({
        method: "get",
        path: "/v1/models",
        summary: "Lists the models that can be asked for.",
        reply: modelList,
        async handle() {
          const models = await kit.engines.list();
          return { object: "list", data: models.map(toModel) };
        },
      }),
    ],
  };
}

function toModel({ id, contextWindow }: ModelCard): Model {
  return { id, object: "model", created: 0, owned_by: "local", max_model_len: contextWindow };
}
