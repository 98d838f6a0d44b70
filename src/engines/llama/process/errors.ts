/** What a request can ask of a model that it does not have or hold. */
import { CharlaError } from "../../../core/errors.ts";

/** Who comes through the core is told before, and by how much; others ask engines directly. */
export function promptTooLong(tokens: number, limit: number): CharlaError {
  return new CharlaError("prompt_too_long", {
    status: 400,
    param: "messages",
    message: "A prompt of {tokens} tokens does not fit a context window of {limit}.",
    hint: "Send fewer messages, or start the model with a longer context.",
    params: { tokens, limit },
  });
}

/** @param thrown what the chat template says, in its own words */
export function messagesRefused(thrown: unknown): CharlaError {
  return new CharlaError("messages_refused", {
    status: 400,
    param: "messages",
    message: "The chat template of this model does not take these messages: {reason}",
    hint: "Begin with a message of the user, then answers and messages in turns; or choose another model.",
    params: { reason: thrown instanceof Error ? thrown.message : String(thrown) },
    cause: thrown,
  });
}

export function textTooLong(tokens: number, limit: number): CharlaError {
  return new CharlaError("embedding_too_long", {
    status: 400,
    param: "input",
    message: "A text of {tokens} tokens is too long to be embedded; {limit} is the most.",
    hint: "Cut the text into parts.",
    params: { tokens, limit },
  });
}

export function unknownToken(token: number, size: number, param = "tokens"): CharlaError {
  return new CharlaError("unknown_token", {
    ...{ status: 400, param },
    message: "The model has no token {token}: its vocabulary ends before {size}.",
    hint: "Send token ids of this model, as /v1/tokenize gives them.",
    params: { token, size },
  });
}
