/**
 * What `POST /v1/responses` takes, and the chat completion that asks for the same: all that a chat
 * completion checks is checked there.
 * Sources: the OpenAI API reference, "Create a model response"; Open Responses, 2026-04-24.
 */
import * as z from "zod";
import { filter, metadata } from "../../../core/attributes.ts";
import type { FileSearch } from "../../../core/file-search.ts";
import { jsonObject } from "../../../core/json.ts";
import { check, text } from "../../../core/route.ts";
import { type Silent, taken } from "../../../core/taken.ts";
import { type CompletionRequest, completionRequest } from "../request.ts";
import { MAX_TOOLS, toolFields } from "../tools.ts";
import { type Item, inputItem, readInto, toMessages } from "./items.ts";

/** Taken, without effect. */
export const HINTS: Silent = {
  ...{ service_tier: ["auto", "default"], truncation: ["disabled", "auto"] },
  ...{ prompt_cache_key: [], prompt_cache_retention: [], stream_options: [] },
};

const name = z.string().max(200);

const functionTool = taken(
  {
    type: z.literal("function", "can only be function or file_search: no other is run here"),
    name,
    description: text.optional(),
    parameters: jsonObject.optional(),
    strict: z.boolean().optional(),
  },
  { hints: { defer_loading: [false] } },
);

const fileSearch = taken({
  type: z.literal("file_search"),
  vector_store_ids: z.array(text.min(1).max(100)).min(1).max(10),
  max_num_results: z.int().min(1).max(50).default(20),
  filters: filter.optional(),
  ranking_options: taken(
    { score_threshold: z.number().min(0).max(1).default(0) },
    { hints: { ranker: ["auto"], hybrid_search: [] } },
  ).optional(),
});
const isSearch = (one: Tool): one is z.output<typeof fileSearch> => one.type === "file_search";
type Tool = z.output<typeof functionTool> | z.output<typeof fileSearch>;

const tool = z.unknown().transform((given, context): Tool => {
  const schema = Object(given).type === "file_search" ? fileSearch : functionTool;
  return readInto(context, schema, given);
});

const format = z.union([
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
  z.strictObject({
    type: z.literal("json_schema"),
    name: text.max(200),
    description: text.optional(),
    schema: jsonObject,
    strict: z.boolean().nullish(),
  }),
]);

const choice = z.union([
  z.enum(["auto", "none", "required"]),
  z.strictObject({ type: z.literal("function"), name }),
  z.strictObject({ type: z.literal("file_search") }),
]);

/** What an answer can hold beside what it holds anyway. */
export const RESULTS = "file_search_call.results";

export const responseRequest = taken(
  {
    model: z.string().max(1000).optional(),
    input: z.union([text, z.array(inputItem).max(10_000)]).default([]),
    instructions: text.optional(),
    previous_response_id: z.string().max(200).optional(),
    store: z.boolean().optional(),
    stream: z.boolean().optional(),
    temperature: z.number().optional(),
    top_p: z.number().optional(),
    top_logprobs: z.never("log-probabilities come with chat completions").optional(),
    max_output_tokens: z.int().min(1).optional(),
    include: z.array(text.max(100)).max(20).optional(),
    tools: z
      .array(tool)
      .max(MAX_TOOLS)
      .refine((all) => all.filter(isSearch).length < 2, "has file_search more than once")
      .optional(),
    tool_choice: choice.optional(),
    parallel_tool_calls: toolFields.parallel_tool_calls,
    text: taken({ format: format.optional() }, { hints: { verbosity: ["medium"] } }).optional(),
    reasoning: taken(
      { effort: z.string().max(20).optional() },
      { hints: { summary: [], generate_summary: [], context: [] } },
    ).optional(),
    metadata: metadata.optional(),
    user: text.max(1000).optional(),
    safety_identifier: text.max(1000).optional(),
    background: z.literal(false, "is not done here: read the answer as a stream").optional(),
    conversation: z.never("is not known here: send previous_response_id").optional(),
    prompt: z.never("is not kept here: send instructions").optional(),
  },
  {
    hints: HINTS,
    neutral: { top_logprobs: [0] },
  },
);
export type ResponseRequest = z.output<typeof responseRequest>;

export const itemsOf = ({ input }: Pick<ResponseRequest, "input">): readonly Item[] =>
  typeof input === "string" ? [{ type: "message", role: "user", content: input }] : input;

/**
 * @param items all that went before, and what is asked now
 * @throws CharlaError whose fields are those of this request
 */
export function toCompletion(
  body: ResponseRequest,
  model: string | undefined,
  items: readonly Item[],
): Omit<CompletionRequest, "model"> & { model: string | undefined } {
  const { instructions, tool_choice: wanted } = body;
  const tools = body.tools?.filter((one) => !isSearch(one));
  const system = instructions ? [{ role: "system", content: instructions }] : [];
  const asked = body.text?.format;
  const completion = check(completionRequest, {
    messages: [...system, ...toMessages(items)],
    temperature: body.temperature,
    top_p: body.top_p,
    max_completion_tokens: body.max_output_tokens,
    parallel_tool_calls: body.parallel_tool_calls,
    user: body.user ?? body.safety_identifier,
    stream: body.stream,
    ...(tools && tools.length > 0 && { tools: tools.map(toFunction) }),
    tool_choice:
      typeof wanted === "object" && "name" in wanted
        ? { type: "function", function: { name: wanted.name } }
        : tools && tools.length > 0 && typeof wanted === "string"
          ? wanted
          : undefined,
    ...(asked && { response_format: toFormat(asked) }),
    ...(body.reasoning?.effort && { reasoning_effort: body.reasoning.effort }),
  });
  return { ...completion, model };
}

/** What of `include` and of the tools has no effect. */
export function ignoredIn({ include = [], tools = [] }: ResponseRequest): readonly string[] {
  const { ranking_options: ranking = {} } = tools.find(isSearch) ?? {};
  const ranks = ["ranker", "hybrid_search"].filter((one) => one in ranking);
  return [
    ...(include.some((one) => one !== RESULTS) ? ["include"] : []),
    ...ranks.map((one) => `tools[].ranking_options.${one}`),
  ];
}

/** Undefined where nothing is to be searched. */
export function toFileSearch({ tools = [], tool_choice: wanted }: ResponseRequest) {
  const asked = tools.find(isSearch);
  if (!asked || wanted === "none") return undefined;
  const named = typeof wanted === "object" && wanted.type === "file_search";
  const { vector_store_ids: stores, max_num_results: most, filters, ranking_options } = asked;
  const search: FileSearch = {
    ...{ stores, most, least: ranking_options?.score_threshold ?? 0 },
    ...(filters && { filter: filters }),
    first: named || (wanted === "required" && tools.length === 1),
  };
  return search;
}

const toFunction = ({ type, ...rest }: z.output<typeof functionTool>) => ({ type, function: rest });

function toFormat(asked: z.output<typeof format>) {
  if (asked.type !== "json_schema") return asked;
  const { type, strict, ...rest } = asked;
  return { type, json_schema: { ...rest, ...(strict != null && { strict }) } };
}
