/**
 * OpenAI's API, so that its clients and those of others work with Charla unmodified: chat
 * completions with tools, formats and probabilities, embeddings, and the list of models. Beside
 * them stand tokens and scores, which others have added to it.
 * Source: the OpenAI API reference, "Chat completions", "Embeddings" and "Models".
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Feature } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import type { ModelCard } from "../../core/types.ts";
import { chunk, completion, type Model, modelList } from "./answers.ts";
import { open } from "./choices.ts";
import { embeddings } from "./embeddings.ts";
import { completionRequest, toTurns } from "./request.ts";
import { score } from "./score.ts";
import { stopAtStrings } from "./stop.ts";
import { stream } from "./stream.ts";
import { tokens } from "./tokens.ts";
import { whole } from "./whole.ts";

export function openai(): Feature {
  return {
    name: "openai",
    steps: [stopAtStrings],
    routes: (kit) => [
      route({
        method: "post",
        path: "/v1/chat/completions",
        access: "chat",
        summary: "Answers a list of messages, at once or as a stream.",
        body: completionRequest,
        reply: z.union([completion, chunk]),
        async handle({ body, signal, log }) {
          const id = `chatcmpl-${randomUUID()}`;
          const choices = await open(kit.run, toTurns(body, signal));
          return body.stream ? stream(id, choices, body, log) : whole(id, choices, body);
        },
      }),
      route({
        method: "get",
        path: "/v1/models",
        access: "models:read",
        summary: "Lists the models that can be asked for.",
        reply: modelList,
        async handle() {
          const models = await kit.engines.list();
          return { object: "list", data: models.map(toModel) };
        },
      }),
      embeddings(kit),
      ...tokens(kit),
      score(kit),
    ],
  };
}

function toModel({ id, contextWindow }: ModelCard): Model {
  return { id, object: "model", created: 0, owned_by: "local", max_model_len: contextWindow };
}
