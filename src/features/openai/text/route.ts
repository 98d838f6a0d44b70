/** `POST /v1/completions`: texts gone on with, each in a turn of its own like an answer of a chat. */
import { randomUUID } from "node:crypto";
import { whoAsks } from "../../../core/access.ts";
import type { Engine } from "../../../core/engine.ts";
import { CharlaError } from "../../../core/errors.ts";
import { spend } from "../../../core/metered.ts";
import { notGranted } from "../../../core/refusals.ts";
import { type Route, route } from "../../../core/route.ts";
import { eventStream } from "../../../core/sse.ts";
import type { ModelCard } from "../../../core/types.ts";
import { open as begin } from "../choices.ts";
import { means, type Room, withEngine } from "../engine.ts";
import { hinted } from "../hints.ts";
import { receiptedFor, tellReceipts } from "../receipted.ts";
import { stream } from "../stream.ts";
import { textOf } from "../token-ids.ts";
import { type Echo, echoed, type Form, textChunks, textCompletion, wholeText } from "./answers.ts";
import { promptsIn, type TextRequest, textRequest, toTurns } from "./request.ts";

const PATH = "/v1/completions";

export const completions = (room: Room): Route =>
  route({
    method: "post",
    path: PATH,
    repeatable: true,
    access: "chat",
    computes: "tokens",
    summary: "Goes on with a text as it stands, without a chat around it.",
    body: textRequest,
    reply: textCompletion,
    gives: ["application/json", "text/event-stream"],
    async handle({ body, signal, log }) {
      const id = `cmpl-${randomUUID()}`;
      const model = await room.names.resolve(body.model || undefined);
      const read = (engine: Engine) => prompts(engine, body, signal);
      const { card, texts, echoes, size } = await withEngine(room, model, signal, read);
      const form = { id, card, n: body.n ?? 1, logprobs: body.logprobs !== undefined, echoes };
      if (body.max_tokens === 0) {
        const whole = echoed(form, await size());
        return hinted(body.stream ? eventStream(one(whole), log, "[DONE]") : whole, body);
      }
      const run = receiptedFor(room, whoAsks().id);
      const turns = toTurns({ ...body, model }, texts, signal);
      const choices = await begin(run, turns).catch((thrown) => {
        throw ofPrompt(thrown);
      });
      const usage = body.stream_options?.include_usage === true;
      const told: Form = { ...form, card: choices.starts[0]?.model ?? card };
      const response = body.stream
        ? await stream(choices, textChunks(told, usage), log)
        : Response.json(await wholeText(told, choices));
      return hinted(tellReceipts(response, choices.starts), body);
    },
  });

interface Read {
  readonly card: ModelCard;
  readonly texts: readonly string[];
  readonly echoes: readonly Echo[];
  /** Tokens of all prompts. */
  size(): Promise<number>;
}

/** The texts of a request, and their own log-probabilities where they are to be told. */
async function prompts(engine: Engine, body: TextRequest, signal: AbortSignal): Promise<Read> {
  const { card } = engine;
  if (!engine.grants?.includes("raw")) throw notGranted(card.id, "prompt");
  const where = { path: PATH, param: "prompt", signal };
  const write = (one: string | readonly number[]) =>
    typeof one === "string" ? one : textOf(engine, one, where);
  const texts = await Promise.all(promptsIn(body.prompt).map(write));
  const { logprobs: top } = body;
  const score = async (text: string) => {
    if (top === undefined) return [];
    const adapter = body.charla?.adapter;
    const tokens = await means(engine, "score", PATH)(text, { signal, adapter, top });
    spend(tokens.length);
    return tokens;
  };
  const echoes: Echo[] = [];
  // One after the other: each takes a place in the engine.
  for (const text of body.echo ? texts : []) echoes.push({ text, tokens: await score(text) });
  const size = async () => {
    const count = means(engine, "tokenize", PATH);
    const all = await Promise.all(texts.map((text) => count(text, signal)));
    return all.reduce((sum, { length }) => sum + length, 0);
  };
  return { card, texts, echoes, size: () => withCount(size, echoes) };
}

/** Who had the tokens told knows how many there are. */
const withCount = async (count: () => Promise<number>, echoes: readonly Echo[]) =>
  echoes.reduce((sum, { tokens }) => sum + tokens.length, 0) || count();

async function* one<Value>(value: Value) {
  yield value;
}

/** What is too long is here the prompt, which the core knows as the last message. */
function ofPrompt(thrown: unknown): unknown {
  if (!(thrown instanceof CharlaError) || thrown.param !== "messages") return thrown;
  const { code, status, message, hint, retryable, retryAfter, params } = thrown;
  const said = { status, message, hint, retryable, retryAfter, params };
  return new CharlaError(code, { ...said, param: "prompt", cause: thrown });
}
