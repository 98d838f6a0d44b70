/** What a request can ask of a model that it does not have or hold. */
import { CharlaError } from "../../../core/errors.ts";
import { CHOOSERS } from "../sampling/choosers.ts";

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

export function noChooser(name: string): CharlaError {
  return new CharlaError("chooser_not_found", {
    status: 400,
    param: "chooser",
    message: "There is no token chooser '{name}'.",
    hint: "Choose one of: {known}.",
    params: { name, known: Object.keys(CHOOSERS).join(", ") },
  });
}

export function textTooLong(tokens: number, limit: number): CharlaError {
  return new CharlaError("text_too_long", {
    status: 400,
    param: "input",
    message: "A text of {tokens} tokens is too long to be embedded; {limit} is the most.",
    hint: "Cut the text into parts.",
    params: { tokens, limit },
  });
}

export function unknownToken(token: number, size: number): CharlaError {
  return new CharlaError("unknown_token", {
    status: 400,
    param: "tokens",
    message: "The model has no token {token}: its vocabulary ends before {size}.",
    hint: "Send token ids of this model, as /v1/tokenize gives them.",
    params: { token, size },
  });
}
