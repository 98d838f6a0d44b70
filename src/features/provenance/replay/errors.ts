import { CharlaError } from "../../../core/errors.ts";

export function cannotReplay(model: string): CharlaError {
  return new CharlaError("replay_engine", {
    status: 400,
    param: "model",
    message: "The model {model} cannot compute an answer again.",
    hint: "Name a model that runs in Charla's own engine.",
    params: { model },
  });
}

export function notRepeatable(sampler: string): CharlaError {
  return new CharlaError("replay_settings", {
    status: 400,
    message:
      "This answer cannot be computed again: the receipt does not hold all of its settings ({sampler}).",
    hint: "Answers with a grammar, with tools, or without a seed and a key cannot be.",
    params: { sampler },
  });
}

export function keyGone(key: string): CharlaError {
  return new CharlaError("replay_key", {
    status: 400,
    message: "The key {key}, by which the answer was drawn, is not one of this server's.",
    hint: "Replay it on the server that wrote it.",
    params: { key },
  });
}
