/**
 * What programs ask of a response beside itself: what it was asked with, how many tokens that would have,
 * and to be cancelled, which only those can be that are made in the background.
 */
import * as z from "zod";
import { whoAsks } from "../../../core/access.ts";
import { CharlaError } from "../../../core/errors.ts";
import { pageOf } from "../../../core/pages.ts";
import { type Route, route } from "../../../core/route.ts";
import { type Room, withEngine } from "../engine.ts";
import { MAX_BODY } from "../images.ts";
import { toTurns } from "../request.ts";
import type { Item } from "./items.ts";
import { itemsOf, responseRequest, toCompletion } from "./request.ts";
import type { Responses } from "./store.ts";

const PATH = "/v1/responses";

const itemsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(["asc", "desc"]).default("desc"),
  after: z.string().max(200).optional(),
  before: z.string().max(200).optional(),
  include: z.unknown().optional(),
});

export const besideResponses = (room: Room, responses: Responses): readonly Route[] => [
  route({
    method: "get",
    path: `${PATH}/:id/input_items`,
    access: "chat",
    generated: true,
    summary: "Lists what a response that was stored was asked with.",
    query: itemsQuery,
    reply: z.object({
      object: z.literal("list"),
      data: z.array(z.looseObject({ type: z.string(), id: z.string() })),
      ...{ first_id: z.string().nullable(), last_id: z.string().nullable() },
      has_more: z.boolean(),
    }),
    async handle({ params: { id = "" }, query }) {
      const { items, response } = await responses.one(whoAsks().id, id);
      const { output = [] } = response as { output?: readonly { readonly id: string }[] };
      const answered = new Set(output.map((one) => one.id));
      const asked = items.map(shown).filter((one) => !answered.has(one.id));
      return pageOf(asked.toReversed(), query);
    },
  }),
  route({
    method: "post",
    path: `${PATH}/input_tokens`,
    access: "chat",
    summary: "Counts the tokens that a response would be asked with.",
    body: responseRequest,
    maxBytes: MAX_BODY,
    reply: z.object({ object: z.literal("response.input_tokens"), input_tokens: z.number() }),
    async handle({ body, signal }) {
      const owner = whoAsks().id;
      const { previous_response_id: last } = body;
      const before = last ? (await responses.one(owner, last, "previous_response_id")).items : [];
      const items = [...before, ...itemsOf(body)];
      return withEngine(room, body.model, signal, async (engine) => {
        const [turn] = toTurns(toCompletion(body, undefined, items), signal);
        if (!turn) throw new TypeError("a request is a turn");
        const input_tokens = await engine.countTokens(turn.messages, turn.extras);
        return { object: "response.input_tokens", input_tokens };
      });
    },
  }),
  route({
    method: "post",
    path: `${PATH}/:id/cancel`,
    access: "chat",
    summary: "Refuses to cancel a response: none is made in the background.",
    async handle({ params: { id = "" } }) {
      await responses.one(whoAsks().id, id);
      throw new CharlaError("response_done", {
        status: 400,
        message: "Only a response that is made in the background can be cancelled.",
        hint: "Close the stream instead: the model stops then.",
      });
    },
  }),
];

/** As the reference has it; what is stored is as short as it came. */
function shown(item: Item, at: number): { readonly id: string; readonly type: string } {
  const id = ("id" in item && item.id) || `item_${at}`;
  if (item.type === "message") {
    const type = item.role === "assistant" ? "output_text" : "input_text";
    const beside = item.role === "assistant" && { annotations: [], logprobs: [] };
    const content =
      typeof item.content === "string" ? [{ type, text: item.content, ...beside }] : item.content;
    return { ...item, id, status: "completed", content } as { id: string; type: string };
  }
  const rest = item.type === "reasoning" ? { summary: [] } : { status: "completed" };
  const queries = item.type === "file_search_call" && { queries: [] };
  return { ...item, id, ...rest, ...queries } as { id: string; type: string };
}
