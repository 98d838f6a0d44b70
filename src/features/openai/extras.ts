/**
 * Fields of a chat completion that not every engine can honour, and the extras that they ask for.
 * The core refuses what an engine does not grant; a field at its neutral value asks for nothing.
 * Sources: the OpenAI API reference, "Create chat completion" and "Structured outputs"; the README of
 * llama.cpp's server and vLLM's "Extra parameters" for what OpenAI has not.
 */
import * as z from "zod";
import type { Dry, Grammar, RepeatPenalty } from "../../core/extras.ts";
import { jsonObject } from "../../core/json.ts";
import { text } from "../../core/route.ts";
import { taken } from "../../core/taken.ts";
import type { Extras } from "../../core/types.ts";
import { toolFields, toTools } from "./tools.ts";

const penalty = z.number().min(-2).max(2);
/** A JSON schema, which is the engine's to understand or to refuse. */
export const jsonSchema = jsonObject;

/** They are added to the logits anew for every token of the answer. */
const MAX_BIASES = 1024;
export const topLogprobs = z.int().min(0).max(20);
export const adapter = text.min(1).max(200);

const label = z.string().regex(/^[\w-]{1,64}$/, "may have letters, digits, _ and -, up to 64");
const responseFormat = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("text") }),
    // llama.cpp's server takes a schema here as well.
    z.strictObject({ type: z.literal("json_object"), schema: jsonSchema.nullish() }),
    z.strictObject({
      type: z.literal("json_schema"),
      json_schema: taken({
        // Name and description label the schema, as its own annotations do; neither constrains.
        name: label.optional(),
        description: text.optional(),
        schema: jsonSchema.optional(),
        strict: z.boolean().optional(),
      }),
    }),
  ],
  { error: "has no type among text, json_object and json_schema" },
);

/** Of the last tokens, how many count; -1 is all of them. */
const lastTokens = z.int().min(-1).optional();
const factor = z.number().gt(0).max(100).optional();
const breaker = text.max(40);
const MAX_BREAKERS = 64;

export const extraFields = {
  logprobs: z.boolean().optional(),
  top_logprobs: topLogprobs.optional(),
  logit_bias: z
    .record(
      z.string().regex(/^\d{1,9}$/, "is not the id of a token"),
      z.number().min(-100).max(100),
    )
    .refine((bias) => Object.keys(bias).length <= MAX_BIASES, `has more than ${MAX_BIASES} tokens`)
    .optional(),
  presence_penalty: penalty.optional(),
  frequency_penalty: penalty.optional(),
  /** -1 and 0 keep all. */
  top_k: z.int().min(-1).optional(),
  min_p: z.number().min(0).max(1).optional(),
  /** llama.cpp's name, over the last 64 tokens unless `repeat_last_n` says otherwise. */
  repeat_penalty: factor,
  /** vLLM's name for the same, over all tokens. */
  repetition_penalty: factor,
  repeat_last_n: lastTokens,
  /** 0 is off. */
  dry_multiplier: z.number().min(0).max(100).optional(),
  dry_base: z.number().min(1).max(100).default(1.75),
  dry_allowed_length: z.int().min(1).default(2),
  dry_penalty_last_n: lastTokens,
  dry_sequence_breakers: z.array(breaker).max(MAX_BREAKERS).default(["\n", ":", '"', "*"]),
  response_format: responseFormat.optional(),
  ...toolFields,
  /** What OpenAI has no name for. */
  charla: taken({
    adapter: adapter.optional(),
  }).optional(),
};
const fields = z.object(extraFields);
type Fields = z.output<typeof fields>;

/** Rules between the fields, each with the field that breaks it. */
export function checkExtras(body: Fields, refuse: (field: string, reason: string) => void): void {
  if (body.top_logprobs && !body.logprobs) refuse("top_logprobs", "needs logprobs: true");
  const { repeat_penalty: ours, repetition_penalty: theirs = ours } = body;
  if (ours !== undefined && ours !== theirs) {
    refuse("repetition_penalty", "is the same as repeat_penalty, which has another value");
  }
  const names = body.tools?.map((tool) => tool.function.name) ?? [];
  if (new Set(names).size < names.length) refuse("tools", "has two tools of the same name");
  if (typeof body.tool_choice === "object") {
    const { name } = body.tool_choice.function;
    if (!names.includes(name)) refuse("tool_choice", `names ${name}, which is not among the tools`);
  }
  if (names.length === 0 && body.tool_choice === "required") refuse("tool_choice", "needs tools");
}

/** @param toolsBefore whether the messages hold calls of tools or their answers */
export function toExtras(body: Fields, toolsBefore: boolean): Extras | undefined {
  const bias = Object.entries(body.logit_bias ?? {}).map(([id, value]) => [Number(id), value]);
  const asked: Extras = {
    logprobs: body.logprobs ? (body.top_logprobs ?? 0) : undefined,
    logitBias: bias.length > 0 ? Object.fromEntries(bias) : undefined,
    presencePenalty: body.presence_penalty || undefined,
    frequencyPenalty: body.frequency_penalty || undefined,
    topK: body.top_k && body.top_k > 0 ? body.top_k : undefined,
    minP: body.min_p || undefined,
    repeatPenalty: toRepeatPenalty(body),
    dry: toDry(body),
    grammar: toGrammar(body),
    tools: toTools(body, toolsBefore),
    adapter: body.charla?.adapter,
  };
  const named = Object.entries(asked).filter(([, value]) => value !== undefined);
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

/** llama.cpp's own default. */
const REPEAT_LAST_N = 64;
const lastOf = (count: number) => (count < 0 ? {} : { lastN: count });

function toRepeatPenalty(body: Fields): RepeatPenalty | undefined {
  const { repeat_penalty: ours, repetition_penalty: theirs } = body;
  const factor = ours ?? theirs ?? 1;
  const count = body.repeat_last_n ?? (ours === undefined ? -1 : REPEAT_LAST_N);
  return factor === 1 || count === 0 ? undefined : { factor, ...lastOf(count) };
}

function toDry(body: Fields): Dry | undefined {
  const { dry_multiplier: multiplier = 0, dry_penalty_last_n: count = -1 } = body;
  if (multiplier === 0 || count === 0) return undefined;
  return {
    ...{ multiplier, base: body.dry_base, allowedLength: body.dry_allowed_length },
    ...lastOf(count),
    breakers: body.dry_sequence_breakers,
  };
}

function toGrammar({ response_format: format }: Fields): Grammar | undefined {
  if (!format || format.type === "text") return undefined;
  const { schema, strict } =
    format.type === "json_schema" ? format.json_schema : { ...format, strict: false };
  return schema ? { type: "json_schema", schema, strict } : { type: "json_object" };
}
