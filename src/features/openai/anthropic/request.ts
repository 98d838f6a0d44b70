/**
 * What `POST /v1/messages` takes, and the chat completion that asks for the same: all that a chat
 * completion checks is checked there.
 * Source: Anthropic's API reference, "Create a Message", version 2023-06-01.
 */
import * as z from "zod";
import { jsonObject } from "../../../core/json.ts";
import { check, text } from "../../../core/route.ts";
import { type Silent, taken } from "../../../core/taken.ts";
import { toImagePart } from "../images.ts";
import { type CompletionRequest, completionRequest } from "../request.ts";
import { MAX_ID, MAX_TOOLS } from "../tools.ts";

const BESIDE = { hints: { cache_control: [], citations: [], caller: [] } };
const textBlock = taken({ type: z.literal("text"), text }, BESIDE);
const words = z.union([text, z.array(textBlock).max(10_000)]);

/** Source: Anthropic's API reference, "Vision". */
const imageBlock = taken(
  {
    type: z.literal("image"),
    source: z.discriminatedUnion(
      "type",
      [
        z.strictObject({
          type: z.literal("base64"),
          media_type: z.string().max(100),
          data: z.string(),
        }),
      ],
      { error: "is not taken: no address is fetched here and no file kept; send base64" },
    ),
  },
  BESIDE,
);

const toolUse = taken(
  {
    ...{ type: z.literal("tool_use"), id: text.min(1).max(MAX_ID) },
    ...{ name: text.min(1).max(MAX_ID), input: jsonObject },
  },
  BESIDE,
);
const toolResult = taken(
  {
    ...{ type: z.literal("tool_result"), tool_use_id: text.min(1).max(MAX_ID) },
    ...{ content: words.optional(), is_error: z.boolean().optional() },
  },
  BESIDE,
);
/** A thought is told to nobody again. */
const thinking = z.looseObject({ type: z.enum(["thinking", "redacted_thinking"]) });

const block = z.union([textBlock, imageBlock, toolUse, toolResult, thinking], {
  error: ({ input }) =>
    Object(input).type === "image"
      ? "has no source of type base64: no address is fetched here"
      : "is not taken here: documents are not read, send text",
});
type Block = z.output<typeof block>;

const message = z.strictObject({
  role: z.enum(["user", "assistant"]),
  content: z.union([text, z.array(block).max(10_000)]),
});

const tool = taken(
  {
    type: z.literal("custom", "can only be custom: other tools are not run here").optional(),
    name: text.min(1).max(MAX_ID),
    description: text.optional(),
    input_schema: jsonObject,
    strict: z.boolean().optional(),
  },
  { hints: { cache_control: [], eager_input_streaming: [], defer_loading: [false] } },
);

const parallel = { disable_parallel_tool_use: z.boolean().optional() };
const choice = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("auto"), ...parallel }),
  z.strictObject({ type: z.literal("any"), ...parallel }),
  z.strictObject({ type: z.literal("tool"), name: text.max(MAX_ID), ...parallel }),
  z.strictObject({ type: z.literal("none") }),
]);

/** Taken, without effect. */
export const HINTS: Silent = {
  ...{ metadata: [], service_tier: [], container: [], inference_geo: [], cache_control: [] },
  ...{ context_management: [], mcp_servers: [] },
};

const asked = {
  model: z.string().max(1000).optional(),
  messages: z.array(message).min(1).max(10_000),
  system: words.optional(),
  tools: z.array(tool).max(MAX_TOOLS).optional(),
  tool_choice: choice.optional(),
  thinking: z
    .union([
      taken(
        { type: z.literal("enabled"), budget_tokens: z.int().min(0).optional() },
        { hints: { display: [] } },
      ),
      taken({ type: z.literal("adaptive") }, { hints: { display: [] } }),
      z.strictObject({ type: z.literal("disabled") }),
    ])
    .optional(),
};

export const messagesRequest = taken(
  {
    ...asked,
    max_tokens: z.int().min(1),
    stream: z.boolean().optional(),
    temperature: z.number().min(0).max(1).optional(),
    top_p: z.number().optional(),
    top_k: z.int().min(0).optional(),
    stop_sequences: z.array(text.max(1000)).max(16).optional(),
  },
  { hints: HINTS },
);
export type MessagesRequest = z.output<typeof messagesRequest>;

export const countRequest = taken(asked, { hints: HINTS });
export type CountRequest = z.output<typeof countRequest>;

type Asked = CountRequest & Partial<MessagesRequest>;

export function toCompletion(
  body: Asked,
  model: string | undefined,
): Omit<CompletionRequest, "model"> & { model: string | undefined } {
  const { tools = [], tool_choice: wanted } = body;
  const system =
    body.system === undefined ? [] : [{ role: "system", content: wordsOf(body.system) }];
  const several =
    wanted && "disable_parallel_tool_use" in wanted && wanted.disable_parallel_tool_use;
  const completion = check(completionRequest, {
    messages: [...system, ...body.messages.flatMap(toMessages)],
    max_completion_tokens: body.max_tokens,
    temperature: body.temperature,
    top_p: body.top_p,
    top_k: body.top_k,
    stop: body.stop_sequences,
    ...(several && { parallel_tool_calls: false }),
    ...(tools.length > 0 && { tools: tools.map(toFunction), tool_choice: toChoice(wanted) }),
    ...thinkingOf(body),
  });
  return { ...completion, model };
}

function toMessages({ role, content }: z.output<typeof message>): readonly object[] {
  if (typeof content === "string") return [{ role, content }];
  const said = wordsOf(content.filter((one) => one.type === "text"));
  if (role === "assistant") {
    const calls = content.flatMap((one) => (isUse(one) ? toCall(one) : []));
    return [{ role, content: said, ...(calls.length > 0 && { tool_calls: calls }) }];
  }
  // What tools have answered stands first: it belongs to the calls of the message before.
  const results = content.flatMap((one) =>
    isResult(one)
      ? { role: "tool", tool_call_id: one.tool_use_id, content: wordsOf(one.content ?? "") }
      : [],
  );
  const also = content.some(({ type }) => type === "text" || type === "image");
  if (!also && results.length > 0) return results;
  const parts = content.flatMap((one) =>
    isImage(one) ? toImagePart(urlOf(one)) : one.type === "text" ? one : [],
  );
  const images = content.some(isImage);
  return [...results, { role, content: images ? parts : said }];
}

const isImage = (one: Block): one is z.output<typeof imageBlock> => one.type === "image";
const urlOf = ({ source }: z.output<typeof imageBlock>) =>
  `data:${source.media_type};base64,${source.data}`;

const isUse = (one: Block): one is z.output<typeof toolUse> => one.type === "tool_use";
const isResult = (one: Block): one is z.output<typeof toolResult> => one.type === "tool_result";

const wordsOf = (given: string | readonly object[]): string =>
  typeof given === "string" ? given : given.map((one) => String(Object(one).text ?? "")).join("");

const toCall = ({ id, name, input }: z.output<typeof toolUse>) => ({
  ...{ id, type: "function" },
  function: { name, arguments: JSON.stringify(input) },
});

const toFunction = ({
  name,
  description,
  input_schema: parameters,
  strict,
}: z.output<typeof tool>) => ({
  type: "function",
  function: { name, parameters, ...(description && { description }), ...(strict && { strict }) },
});

function toChoice(wanted: z.output<typeof choice> | undefined) {
  if (wanted?.type === "tool") return { type: "function", function: { name: wanted.name } };
  return wanted?.type === "any" ? "required" : wanted?.type;
}

function thinkingOf({ thinking: wish }: Asked): object {
  if (wish?.type === "disabled") return { reasoning_effort: "none" };
  const most = wish?.type === "enabled" ? wish.budget_tokens : undefined;
  return most === undefined ? {} : { thinking_budget_tokens: most };
}
