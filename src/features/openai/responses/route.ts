/** `/v1/responses`: answered at once or as a stream, and kept to be gone on with where that is allowed. */
import * as z from "zod";
import { may, whoAsks } from "../../../core/access.ts";
import { CharlaError } from "../../../core/errors.ts";
import type { Intake } from "../../../core/intake.ts";
import { type Route, route } from "../../../core/route.ts";
import { eventStream } from "../../../core/sse.ts";
import { hintsIn, ignoring } from "../../../core/taken.ts";
import type { ModelCard } from "../../../core/types.ts";
import { type Choices, open } from "../choices.ts";
import type { Room } from "../engine.ts";
import { filesNotAllowed, filesNotHere } from "../errors.ts";
import { MAX_BODY } from "../images.ts";
import { receiptedFor, tellReceipts } from "../receipted.ts";
import { toTurns } from "../request.ts";
import { besideResponses } from "./beside.ts";
import { type Event, Growing, responseOf } from "./events.ts";
import { filesOf, type Item, inputItem, unknownItem } from "./items.ts";
import {
  HINTS,
  ignoredIn,
  itemsOf,
  responseRequest,
  toCompletion,
  toFileSearch,
} from "./request.ts";
import type { Responses } from "./store.ts";

const PATH = "/v1/responses";

/** Everything that the object has is OpenAI's; only what programs look for is named. */
const reply = z.looseObject({
  id: z.string(),
  object: z.literal("response"),
  status: z.string(),
  output: z.array(z.looseObject({ type: z.string() })),
});

interface Keeping {
  readonly responses: Responses;
  /** Whether the policy lets responses be kept. */
  readonly allowed: boolean;
  readonly intake: Intake;
}

export const responsesRoutes = (room: Room, keeping: Keeping): readonly Route[] => [
  route({
    method: "post",
    path: PATH,
    access: "chat",
    summary: "Answers in OpenAI's newer words, as items; at once or as a stream.",
    body: responseRequest,
    maxBytes: MAX_BODY,
    reply,
    async handle({ body, signal, log }) {
      const owner = whoAsks().id;
      const before = body.previous_response_id
        ? (await keeping.responses.one(owner, body.previous_response_id, "previous_response_id"))
            .items
        : [];
      const asked = await resolved(keeping.responses, owner, itemsOf(body));
      const items = [...before, ...asked];
      const model = await room.names.resolve(body.model || undefined);
      const files = filesOf(items);
      const fileSearch = toFileSearch(body);
      if (files.length > 0) expectFiles(room, "/v1/files", "input");
      if (fileSearch) expectFiles(room, "/v1/vector_stores", "tools");
      const asking = toTurns(toCompletion(body, model, items), signal);
      const turns = asking.map((turn) => ({
        ...turn,
        ...(files.length > 0 && { files }),
        ...(fileSearch && { fileSearch }),
      }));
      const choices = await open(receiptedFor(room, owner), turns);
      const card = choices.starts[0]?.model as ModelCard;
      const stores = keeping.allowed && body.store !== false;
      const growing = new Growing(card, body, stores);
      const kept = async (response: object) => {
        if (!stores) return;
        const said = growing.output.map((one) => inputItem.parse(one));
        // Each can be named from now on.
        const all = [...items.map(growing.called), ...said];
        const taken = await takenIn(keeping.intake, owner, all);
        await keeping.responses.put(owner, growing.id, { items: taken, response });
      };
      const response = body.stream
        ? eventStream(told(growing, choices, kept, log), log)
        : Response.json(await whole(growing, choices, kept));
      return tellReceipts(
        ignoring(response, [...hintsIn(HINTS, body), ...ignoredIn(body)]),
        choices.starts,
      );
    },
  }),
  route({
    method: "get",
    path: `${PATH}/:id`,
    access: "chat",
    generated: true,
    summary: "Gives a response that was stored.",
    reply,
    handle: async ({ params: { id = "" } }) =>
      (await keeping.responses.one(whoAsks().id, id)).response,
  }),
  route({
    method: "delete",
    path: `${PATH}/:id`,
    access: "chat",
    summary: "Deletes a response that was stored.",
    reply: z.object({ id: z.string(), object: z.literal("response"), deleted: z.literal(true) }),
    async handle({ params: { id = "" } }) {
      await keeping.responses.remove(whoAsks().id, id);
      return { id, object: "response", deleted: true };
    },
  }),
  ...besideResponses(room, keeping.responses),
];

/** @throws CharlaError `files_not_here`, `files_not_allowed` */
function expectFiles({ others }: Room, there: string, param: string): void {
  if (!others.routes().some(({ path }) => path === there)) throw filesNotHere(param);
  if (!may(whoAsks(), "files:read")) throw filesNotAllowed(param);
}

/** Items that a client only names. */
async function resolved(
  responses: Responses,
  owner: string,
  items: readonly Item[],
): Promise<readonly Item[]> {
  const all: Item[] = [];
  for (const item of items) {
    if (item.type !== "item_reference") {
      all.push(item);
      continue;
    }
    const kept = await responses.one(owner, responseOf(item.id), "input");
    const found = kept.items.find((one) => "id" in one && one.id === item.id);
    if (found) all.push(found);
    else throw unknownItem(item.id);
  }
  return all;
}

/** As it may be stored: what features take out of texts is taken out. */
async function takenIn(
  intake: Intake,
  owner: string,
  items: readonly Item[],
): Promise<readonly Item[]> {
  const take = (text: string) => intake({ owner, kind: "message", text });
  const all: Item[] = [];
  for (const item of items) {
    if (item.type === "message")
      all.push({ ...item, content: await contentIn(item.content, take) });
    else if (item.type === "function_call_output")
      all.push({ ...item, output: await take(wordsIn(item.output)) });
    else if (item.type === "function_call")
      all.push({ ...item, arguments: await take(item.arguments) });
    // What is told to nobody again keeps its id, by which programs name it.
    else if ("id" in item && item.type !== "item_reference")
      all.push({ type: item.type, id: item.id });
  }
  return all;
}

/** Images and files stay where they stand between the texts. */
async function contentIn(content: Content, take: (text: string) => Promise<string>) {
  if (typeof content === "string" || !content.some(isBeside)) return take(wordsIn(content));
  const parts: Exclude<Content, string> = [];
  for (const one of content)
    parts.push(isBeside(one) ? one : { type: "input_text", text: await take(wordsIn([one])) });
  return parts;
}
const isBeside = (one: object) => "image_url" in one || "file_id" in one;
type Content = Extract<Item, { readonly type: "message" }>["content"];

const wordsIn = (content: string | readonly object[]): string =>
  typeof content === "string"
    ? content
    : content.map((one) => String(Object(one).text ?? Object(one).refusal ?? "")).join("");

async function whole(growing: Growing, choices: Choices, kept: (one: object) => Promise<void>) {
  try {
    for await (const event of eventsOf(growing, choices, kept))
      if (event.type === "response.completed" || event.type === "response.incomplete")
        return event.response as object;
  } finally {
    await choices.end();
  }
  throw new TypeError("a turn ended without a finish");
}

async function* eventsOf(
  growing: Growing,
  choices: Choices,
  kept: (one: object) => Promise<void>,
): AsyncGenerator<Event> {
  yield* growing.start();
  for (let part = await choices.next(); part; part = await choices.next()) {
    const { delta } = part;
    if (delta.type !== "finish") {
      yield* growing.take(delta);
      continue;
    }
    const events = [...growing.end(delta.finish)];
    const last = events.at(-1) as Event;
    // What is told to be stored is there.
    await kept(last.response as object);
    yield* events;
  }
}

/** The name of an event stands beside it: clients look at either. */
async function* told(
  growing: Growing,
  choices: Choices,
  kept: (one: object) => Promise<void>,
  log: (line: string, error?: unknown) => void,
): AsyncGenerator<string> {
  try {
    for await (const event of eventsOf(growing, choices, kept)) yield named(event);
  } catch (thrown) {
    const error = CharlaError.from(thrown);
    if (error.status >= 500) log(error.code, thrown);
    yield named(growing.failed(error));
  } finally {
    await choices.end();
  }
}

const named = (event: Event) => `${JSON.stringify(event)}\nevent: ${event.type}`;
