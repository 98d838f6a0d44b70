/**
 * The chat endpoint: OpenAI's `POST /v1/chat/completions` and `GET /v1/models`. The smallest page
 * speaks it too, so there is one way in. What Charla cannot do is refused by name.
 * Source: the OpenAI API reference, "Chat completions".
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { CharlaError } from "./errors.ts";
import type { Kit } from "./feature.ts";
import { type Input, type Route, route, text } from "./route.ts";
import { eventStream, type ServerEvent } from "./sse.ts";
import { DEFAULT_SAMPLING, type Delta, type Finish, type Start, type Turn } from "./types.ts";

const content = z
  .union([text, z.array(z.strictObject({ type: z.literal("text"), text }))])
  .transform((value) =>
    typeof value === "string" ? value : value.map((part) => part.text).join(""),
  );

const message = z.strictObject({
  // "developer" is OpenAI's newer name for "system".
  role: z
    .enum(["system", "developer", "user", "assistant"])
    .transform((role) => (role === "developer" ? "system" : role)),
  content,
  // Our own answers carry it, and clients send them back as they are.
  refusal: z.null().optional(),
});

/** Limits of sampling parameters, as OpenAI has them. */
export const sampling = {
  temperature: z.number().min(0).max(2),
  top_p: z.number().gt(0).max(1),
  max_tokens: z.int().min(1),
  seed: z.int().min(0).max(0xffffffff),
};

const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullish();

const completionRequest = z.strictObject({
  model: orNull(z.string()),
  messages: z
    .array(message)
    .max(10_000)
    .refine((list) => list.at(-1)?.role === "user", "must end with a message of the user"),
  stream: orNull(z.boolean()),
  stream_options: orNull(
    z.strictObject({
      include_usage: z.boolean().optional(),
      include_obfuscation: z.literal(false).optional(),
    }),
  ),
  temperature: orNull(sampling.temperature),
  top_p: orNull(sampling.top_p),
  max_tokens: orNull(sampling.max_tokens),
  max_completion_tokens: orNull(sampling.max_tokens),
  seed: orNull(sampling.seed),
  stop: orNull(z.union([text.min(1), z.array(text.min(1)).max(4)])),
  // These change nothing at the one value that is accepted; clients send them unasked.
  n: orNull(z.literal(1)),
  user: orNull(z.string()),
  store: orNull(z.literal(false)),
  logprobs: orNull(z.literal(false)),
  presence_penalty: orNull(z.literal(0)),
  frequency_penalty: orNull(z.literal(0)),
  response_format: orNull(z.strictObject({ type: z.literal("text") })),
});

export function completionRoutes(kit: Kit): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/v1/chat/completions",
      summary: "Answers a list of messages, at once or as a stream.",
      body: completionRequest,
      handle({ body, signal, log }) {
        const turn = toTurn(body, signal);
        const id = `chatcmpl-${randomUUID()}`;
        if (!body.stream) return whole(id, kit.run(turn));
        return stream(id, kit.run(turn), body.stream_options?.include_usage ?? false, log);
      },
    }),
    route({
      method: "get",
      path: "/v1/models",
      summary: "Lists the models that can be asked for.",
      async handle() {
        const models = await kit.engines.list();
        const data = models.map(({ id, contextWindow }) => ({
          id,
          object: "model",
          created: 0,
          owned_by: "local",
          // vLLM's name for it; clients that cut the history themselves look for it.
          max_model_len: contextWindow,
        }));
        return { object: "list", data };
      },
    }),
  ];
}

function toTurn(body: z.output<typeof completionRequest>, signal: AbortSignal): Turn {
  return {
    messages: body.messages.map(({ role, content }) => ({ role, content })),
    model: body.model ?? undefined,
    origin: "api",
    signal,
    sampling: {
      temperature: body.temperature ?? DEFAULT_SAMPLING.temperature,
      topP: body.top_p ?? DEFAULT_SAMPLING.topP,
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? DEFAULT_SAMPLING.maxTokens,
      seed: body.seed ?? undefined,
      stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? undefined),
    },
  };
}

const finishReason = (finish: Finish) => (finish.reason === "length" ? "length" : "stop");

const usage = (finish: Finish) => ({
  prompt_tokens: finish.promptTokens,
  completion_tokens: finish.completionTokens,
  total_tokens: finish.promptTokens + finish.completionTokens,
  prompt_tokens_details: { cached_tokens: finish.cachedTokens },
});

const now = () => Math.floor(Date.now() / 1000);

async function whole(id: string, deltas: AsyncIterable<Delta>): Promise<unknown> {
  let content = "";
  let start: Start | undefined;
  for await (const delta of deltas) {
    if (delta.type === "start") start = delta.start;
    if (delta.type === "text") content += delta.text;
    if (delta.type === "finish") {
      const { finish } = delta;
      const message = { role: "assistant", content, refusal: null };
      const choice = { index: 0, message, logprobs: null, finish_reason: finishReason(finish) };
      const model = start?.model.id;
      const head = { id, object: "chat.completion", created: now(), model };
      return { ...head, choices: [choice], usage: usage(finish), charla: { ...start, finish } };
    }
  }
  throw new TypeError("a turn ended without a finish");
}

/** How long the stream stays closed while there is no token, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * The first token is awaited before the stream opens, so that an error before it still gets its
 * own HTTP status; a later one is an event of its own, as OpenAI sends it. A long prompt is not
 * waited for, lest a proxy gives up on the silence.
 */
async function stream(
  id: string,
  deltas: AsyncIterable<Delta>,
  includeUsage: boolean,
  log: Input["log"],
): Promise<Response> {
  const iterator = deltas[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done || first.value.type !== "start") throw new TypeError("a turn opens with a start");
  const { start } = first.value;
  const second = iterator.next();
  await Promise.race([second, sleep(PATIENCE_MS, undefined, { ref: false })]);
  const head = { id, object: "chat.completion.chunk", created: now(), model: start.model.id };
  const noUsage = includeUsage ? { usage: null } : {};
  const chunk = (delta: object, reason: string | null, extra: object): ServerEvent => ({
    data: { ...head, choices: [{ index: 0, delta, finish_reason: reason }], ...noUsage, ...extra },
  });

  async function* events(): AsyncGenerator<ServerEvent> {
    try {
      yield chunk({ role: "assistant", content: "" }, null, { charla: start });
      for (let next = await second; !next.done; next = await iterator.next()) {
        const delta = next.value;
        if (delta.type === "text") yield chunk({ content: delta.text }, null, {});
        if (delta.type === "finish") {
          const { finish } = delta;
          yield chunk({}, finishReason(finish), { charla: { finish } });
          if (includeUsage) yield { data: { ...head, choices: [], usage: usage(finish) } };
        }
      }
    } catch (thrown) {
      const error = CharlaError.from(thrown);
      if (error.status >= 500) log(error.code, thrown);
      yield { data: { error } };
    } finally {
      await iterator.return?.();
    }
    yield { data: "[DONE]" };
  }
  return eventStream(events());
}
