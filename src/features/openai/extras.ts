/**
 * Fields of a chat completion that not every engine can honour, and the extras that they ask for.
 * The core refuses what an engine does not grant; a field at its neutral value asks for nothing.
 * Source: the OpenAI API reference, "Create chat completion" and "Structured outputs".
 */
import * as z from "zod";
import type { Grammar } from "../../core/extras.ts";
import { jsonObject } from "../../core/json.ts";
import { text } from "../../core/route.ts";
import type { Extras } from "../../core/types.ts";
import { toolFields, toTools } from "./tools.ts";

const penalty = z.number().min(-2).max(2);
/** A JSON schema, which is the engine's to understand or to refuse. */
export const jsonSchema = jsonObject;

/** They are added to the logits anew for every token of the answer. */
const MAX_BIASES = 1024;
export const topLogprobs = z.int().min(0).max(20);
export const adapter = text.min(1).max(200);

const responseFormat = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
  z.strictObject({
    type: z.literal("json_schema"),
    json_schema: z.strictObject({
      // Name and description label the schema, as its own annotations do; neither constrains.
      name: z.string().regex(/^[\w-]{1,64}$/, "may have letters, digits, _ and -, up to 64"),
      description: text.nullish(),
      schema: jsonSchema,
      // A grammar is strict either way.
      strict: z.boolean().nullish(),
    }),
  }),
]);

export const extraFields = {
  logprobs: z.boolean().nullish(),
  top_logprobs: topLogprobs.nullish(),
  logit_bias: z
    .record(
      z.string().regex(/^\d{1,9}$/, "is not the id of a token"),
      z.number().min(-100).max(100),
    )
    .refine((bias) => Object.keys(bias).length <= MAX_BIASES, `has more than ${MAX_BIASES} tokens`)
    .nullish(),
  presence_penalty: penalty.nullish(),
  frequency_penalty: penalty.nullish(),
  response_format: responseFormat.nullish(),
  ...toolFields,
  /** What OpenAI has no name for. */
  charla: z
    .strictObject({
      adapter: adapter.nullish(),
      chooser: z
        .strictObject({ name: text.min(1).max(200), key: text.max(10_000).default("") })
        .nullish(),
    })
    .nullish(),
};
const fields = z.object(extraFields);
type Fields = z.output<typeof fields>;

/** Rules between the fields, each with the field that breaks it. */
export function checkExtras(body: Fields, refuse: (field: string, reason: string) => void): void {
  if (body.top_logprobs != null && !body.logprobs) refuse("top_logprobs", "needs logprobs: true");
  const names = body.tools?.map((tool) => tool.function.name) ?? [];
  if (new Set(names).size < names.length) refuse("tools", "has two tools of the same name");
  if (typeof body.tool_choice === "object" && body.tool_choice !== null) {
    const { name } = body.tool_choice.function;
    if (!names.includes(name)) refuse("tool_choice", `names ${name}, which is not among the tools`);
  }
  if (names.length > 0) return;
  if (body.tool_choice != null && body.tool_choice !== "none") refuse("tool_choice", "needs tools");
  if (body.parallel_tool_calls != null) refuse("parallel_tool_calls", "needs tools");
}

/** @param toolsBefore whether the messages hold calls of tools or their answers */
export function toExtras(body: Fields, toolsBefore: boolean): Extras | undefined {
  const bias = Object.entries(body.logit_bias ?? {}).map(([id, value]) => [Number(id), value]);
  const asked: Extras = {
    logprobs: body.logprobs ? (body.top_logprobs ?? 0) : undefined,
    logitBias: bias.length > 0 ? Object.fromEntries(bias) : undefined,
    presencePenalty: body.presence_penalty || undefined,
    frequencyPenalty: body.frequency_penalty || undefined,
    grammar: toGrammar(body),
    tools: toTools(body, toolsBefore),
    adapter: body.charla?.adapter ?? undefined,
    chooser: body.charla?.chooser ?? undefined,
  };
  const named = Object.entries(asked).filter(([, value]) => value !== undefined);
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

function toGrammar({ response_format: format }: Fields): Grammar | undefined {
  if (format?.type === "json_object") return { type: "json_object" };
  if (format?.type === "json_schema") {
    return { type: "json_schema", schema: format.json_schema.schema };
  }
  return undefined;
}
