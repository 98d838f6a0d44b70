/** `/v1/messages`, in Anthropic's words, so that its clients work with Charla unmodified. */
import * as z from "zod";
import { whoAsks } from "../../../core/access.ts";
import { CharlaError } from "../../../core/errors.ts";
import { type Route, route } from "../../../core/route.ts";
import { eventStream } from "../../../core/sse.ts";
import { hintsIn, ignoring } from "../../../core/taken.ts";
import type { Start } from "../../../core/types.ts";
import { type Choices, open } from "../choices.ts";
import { type Room, withEngine } from "../engine.ts";
import { MAX_BODY } from "../images.ts";
import { receiptedFor, tellReceipts } from "../receipted.ts";
import { toTurns } from "../request.ts";
import { type Event, Growing } from "./events.ts";
import { countRequest, HINTS, messagesRequest, toCompletion } from "./request.ts";

const reply = z.looseObject({
  id: z.string(),
  type: z.literal("message"),
  content: z.array(z.looseObject({ type: z.string() })),
});

export const messagesRoutes = (room: Room): readonly Route[] => [
  route({
    method: "post",
    path: "/v1/messages",
    repeatable: true,
    access: "chat",
    keyHeader: true,
    summary: "Answers in Anthropic's words, at once or as a stream.",
    body: messagesRequest,
    maxBytes: MAX_BODY,
    reply,
    async handle({ body, signal, log }) {
      const model = await room.names.resolve(body.model || undefined);
      const turns = toTurns(toCompletion(body, model), signal);
      const choices = await open(receiptedFor(room, whoAsks().id), turns);
      const growing = new Growing(choices.starts[0] as Start);
      const response = body.stream
        ? eventStream(told(growing, choices, log), log)
        : Response.json(await whole(growing, choices));
      return tellReceipts(ignoring(response, hintsIn(HINTS, body)), choices.starts);
    },
  }),
  route({
    method: "post",
    path: "/v1/messages/count_tokens",
    access: "chat",
    keyHeader: true,
    summary: "Counts the tokens of a request in Anthropic's words.",
    body: countRequest,
    maxBytes: MAX_BODY,
    reply: z.object({ input_tokens: z.number() }),
    handle: ({ body, signal }) =>
      withEngine(room, body.model, signal, async (engine) => {
        const [turn] = toTurns(toCompletion(body, undefined), signal);
        if (!turn) throw new TypeError("a request is a turn");
        return { input_tokens: await engine.countTokens(turn.messages, turn.extras) };
      }),
  }),
];

async function whole(growing: Growing, choices: Choices): Promise<object> {
  try {
    for (let part = await choices.next(); part; part = await choices.next()) {
      const { delta } = part;
      const events = delta.type === "finish" ? growing.end(delta.finish) : growing.take(delta);
      for (let next = events.next(); ; next = events.next()) {
        if (!next.done) continue;
        if (next.value) return next.value;
        break;
      }
    }
  } finally {
    await choices.end();
  }
  throw new TypeError("a turn ended without a finish");
}

/** The name of an event stands beside it: the official clients go by that. */
async function* told(
  growing: Growing,
  choices: Choices,
  log: (line: string, error?: unknown) => void,
): AsyncGenerator<string> {
  try {
    yield* [...growing.start()].map(named);
    for (let part = await choices.next(); part; part = await choices.next()) {
      const { delta } = part;
      const events = delta.type === "finish" ? growing.end(delta.finish) : growing.take(delta);
      yield* [...events].map(named);
    }
  } catch (thrown) {
    const error = CharlaError.from(thrown);
    if (error.status >= 500) log(error.code, thrown);
    const type = error.status === 429 || error.status === 503 ? "overloaded_error" : "api_error";
    yield named({ type: "error", error: { type, message: error.message } });
  } finally {
    await choices.end();
  }
}

const named = (event: Event) => `${JSON.stringify(event)}\nevent: ${event.type}`;
