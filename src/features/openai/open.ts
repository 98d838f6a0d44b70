/**
 * OpenAI's API, so that its clients and those of others work with Charla unmodified: chat
 * completions with tools, formats and probabilities, completions of plain texts, embeddings, and the
 * list of models. Beside them stand tokens and scores, which others have added to it.
 * Source: the OpenAI API reference, "Chat completions", "Embeddings" and "Models".
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import { openable } from "../../core/feature.ts";
import { modelNotFound } from "../../core/refusals.ts";
import type { Rights } from "../../core/rights.ts";
import { type Route, route } from "../../core/route.ts";
import { DAY_MS } from "../../core/time.ts";
import type { ModelCard } from "../../core/types.ts";
import { chunk, completion, type Model, model, modelList } from "./answers.ts";
import { messagesRoutes } from "./anthropic/route.ts";
import { open as begin } from "./choices.ts";
import { chunks } from "./chunks.ts";
import { embeddings } from "./embeddings.ts";
import type { Room } from "./engine.ts";
import { hinted } from "./hints.ts";
import { MAX_BODY } from "./images.ts";
import { namesOf, openaiPolicy } from "./names.ts";
import { receiptedFor, tellReceipts } from "./receipted.ts";
import { completionRequest, toTurns } from "./request.ts";
import { responsesRoutes } from "./responses/route.ts";
import { migrations, Responses } from "./responses/store.ts";
import { score } from "./score.ts";
import { stopAtStrings } from "./stop.ts";
import { stream } from "./stream.ts";
import { completions } from "./text/route.ts";
import { idleThoughts } from "./thoughts.ts";
import { tokens } from "./tokens.ts";
import { whole } from "./whole.ts";

export const openai = openable({
  name: "openai",
  policy: { section: "openai", schema: openaiPolicy },
  migrations,
  open(house) {
    const { run, engines, policy, others, intake } = house;
    const room = { run, engines, names: namesOf(engines, policy.aliases), others };
    const days = policy.store_days;
    const responses = new Responses(house);
    return {
      steps: [stopAtStrings],
      routes: [
        ...routesOf(room),
        ...responsesRoutes(room, { responses, allowed: days > 0, intake }),
        ...messagesRoutes(room),
      ],
      rights: rightsOf(responses),
      async expire() {
        const count = await responses.expire(new Date(Date.now() - days * DAY_MS));
        return [{ what: "api responses", count }];
      },
    };
  },
});

const rightsOf = (responses: Responses): Rights => ({
  async *collect(person) {
    const all = await Array.fromAsync(responses.of(person));
    if (all.length === 0) return;
    yield { path: "api/responses.json", content: `${JSON.stringify(all, null, 2)}\n` };
  },
  erase: async (person) => [
    {
      what: "api responses",
      words: { en: "Responses kept for the API", es: "Respuestas guardadas para la API" },
      count: await responses.erase(person),
    },
  ],
  giveTo: (from, to) => responses.giveTo(from, to),
});

const routesOf = (room: Room): readonly Route[] => [
  route({
    method: "post",
    path: "/v1/chat/completions",
    repeatable: true,
    access: "chat",
    summary: "Answers a list of messages, at once or as a stream.",
    body: completionRequest,
    maxBytes: MAX_BODY,
    reply: z.union([completion, chunk]),
    gives: ["application/json", "text/event-stream"],
    async handle({ body, signal, log }) {
      const id = `chatcmpl-${randomUUID()}`;
      const model = await room.names.resolve(body.model || undefined);
      const run = receiptedFor(room, whoAsks().id);
      const choices = await begin(run, toTurns({ ...body, model }, signal));
      const card = choices.starts[0]?.model as ModelCard;
      const response = body.stream
        ? await stream(choices, chunks(id, card, body), log)
        : Response.json(await whole(id, choices, body));
      const idle = idleThoughts(body, card);
      return hinted(tellReceipts(response, choices.starts), body, body.messages, idle);
    },
  }),
  completions(room),
  route({
    method: "get",
    path: "/v1/models",
    access: "models:read",
    summary: "Lists the models that can be asked for.",
    reply: modelList,
    async handle() {
      const models = await room.engines.list();
      return { object: "list", data: models.map(toModel) };
    },
  }),
  route({
    method: "get",
    // Ids of other servers hold slashes.
    path: "/v1/models/:id{.+}",
    access: "models:read",
    summary: "Shows one model.",
    reply: model,
    async handle({ params: { id = "" } }) {
      const wanted = (await room.names.resolve(id)) ?? room.engines.status().model?.id;
      const card = (await room.engines.list()).find((one) => one.id === wanted);
      if (!card) throw modelNotFound(id);
      return toModel(card);
    },
  }),
  embeddings(room),
  ...tokens(room),
  score(room),
];

function toModel({ id, contextWindow }: ModelCard): Model {
  return { id, object: "model", created: 0, owned_by: "local", max_model_len: contextWindow };
}
