/** What an engine and whoever asks it refuse alike. */
import { CharlaError } from "./errors.ts";

export function modelNotFound(model: string): CharlaError {
  return new CharlaError("model_not_found", {
    status: 404,
    param: "model",
    message: "There is no model {model}.",
    hint: "Choose one of the list of models.",
    params: { model },
  });
}

/** @param param what of the request, as it is named there */
export function notGranted(model: string, param: string): CharlaError {
  return new CharlaError("not_granted", {
    status: 400,
    param,
    message: "The model {model} cannot be asked for '{param}'.",
    hint: "Leave it out, or ask a model that runs in Charla's own engine.",
    params: { model, param },
  });
}

export function drawsNothing(model: string): CharlaError {
  return new CharlaError("draw_not_granted", {
    status: 400,
    param: "model",
    message: "The answers of the model {model} cannot be marked, and the policy asks for a mark.",
    hint: "Choose a model that runs in Charla's own engine, or ask an administrator.",
    params: { model },
  });
}

export function seesNothing(model: string): CharlaError {
  return new CharlaError("vision_not_granted", {
    status: 400,
    param: "messages",
    message: "The model {model} cannot see images.",
    hint: "Have the text of the image read (OCR) and send that, or choose a model that sees.",
    params: { model },
  });
}

export function toolsUnsupported(): CharlaError {
  return new CharlaError("tools_unsupported", {
    status: 400,
    param: "tools",
    message: "This model's chat template does not support tools.",
    hint: "Choose a model whose template supports them, or ask without tools.",
  });
}
