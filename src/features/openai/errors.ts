/** Refusals of this API, and the names that OpenAI's fields have in the errors of others. */
import { CharlaError } from "../../core/errors.ts";
import { notGranted } from "../../core/refusals.ts";
import type { Extras } from "../../core/types.ts";

const FIELDS: Readonly<Partial<Record<string, string>>> = {
  logprobs: "logprobs",
  logitBias: "logit_bias",
  presencePenalty: "presence_penalty",
  frequencyPenalty: "frequency_penalty",
  topK: "top_k",
  minP: "min_p",
  repeatPenalty: "repeat_penalty",
  dry: "dry_multiplier",
  grammar: "response_format",
  tools: "tools",
  adapter: "charla.adapter",
  prefill: "continue_final_message",
  draw: "model",
  raw: "prompt",
  thinking: "reasoning_effort",
  vision: "messages",
} satisfies Record<keyof Extras, string>;

/** The engine's refusals of a schema, which both formats and tools have. */
const OF_SCHEMAS: readonly string[] = [
  ...["unsupported_schema", "invalid_grammar", "grammar_too_large", "grammar_too_slow"],
];

/** What was thrown; where it is about an extra of the core, with the field that asked for it. */
export function inOpenAiWords(thrown: unknown, extras: Extras = {}): unknown {
  if (!(thrown instanceof CharlaError)) return thrown;
  const { code, status, message, hint, retryable, retryAfter, params } = thrown;
  const schema = OF_SCHEMAS.includes(code) ? (extras.grammar ? "grammar" : "tools") : undefined;
  const param = FIELDS[thrown.param ?? schema ?? ""];
  if (param === undefined) return thrown;
  if (code === "not_granted") return notGranted(String(params.model), param);
  const said = { status, message, hint, retryable, retryAfter, params };
  return new CharlaError(code, { ...said, param, cause: thrown });
}

/** An engine that has not the means for a whole route. */
export function notOffered(model: string, path: string): CharlaError {
  return new CharlaError("not_offered", {
    status: 400,
    param: "model",
    message: "The model {model} cannot answer at {path}.",
    hint: "Ask a model that runs in Charla's own engine.",
    params: { model, path },
  });
}

/** What comes from outside never holds a token that is no text: it could end a message. */
export function controlToken(token: number, param: string): CharlaError {
  return new CharlaError("control_token", {
    status: 400,
    param,
    message: "Token {token} is a control token, which no text of a request can hold.",
    hint: "Leave it out, or send messages to /v1/chat/completions, whose template writes such tokens.",
    params: { token },
  });
}

/** Vectors are as long as the model makes them; cut, they would no longer mean the same. */
export function wrongDimensions(model: string, dimensions: number, length: number): CharlaError {
  return new CharlaError("wrong_dimensions", {
    status: 400,
    param: "dimensions",
    message: "The vectors of {model} have {length} numbers and cannot be made {dimensions} long.",
    hint: "Leave dimensions out.",
    params: { model, dimensions, length },
  });
}

/** An answer that would not fit in memory beside everything else. */
export function scoreTooLong(tokens: number, most: number, top: number): CharlaError {
  return new CharlaError("score_too_long", {
    status: 400,
    param: "text",
    message: "The text has {tokens} tokens; with top_logprobs {top} it may have {most}.",
    hint: "Score it in parts, or ask for fewer top_logprobs.",
    params: { tokens, most, top },
  });
}

export const filesNotHere = (param: string) =>
  new CharlaError("files_not_here", {
    status: 400,
    param,
    message: "This server reads no files.",
    hint: "Send their text.",
  });

export const filesNotAllowed = (param: string) =>
  new CharlaError("files_not_allowed", {
    status: 403,
    param,
    message: "This API key was not made for files (files:read).",
    hint: "Create a key with that scope, too.",
  });
