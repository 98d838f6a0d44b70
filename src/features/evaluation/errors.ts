/** What can be wrong with a run, with what it measures on, and with what it measures. */
import { CharlaError } from "../../core/errors.ts";

export function runNotFound(): CharlaError {
  return new CharlaError("evaluation_not_found", {
    status: 404,
    message: "There is no such evaluation.",
    hint: "`charla eval list` shows those that there are; the beginning of an id is enough.",
  });
}

export function textUnusable(file: string, reason: string, cause?: unknown): CharlaError {
  return new CharlaError("evaluation_text_unusable", {
    status: 400,
    message: "{file} is no text that a model can be measured with ({reason}).",
    hint: 'Name a file of plain text in UTF-8, or .jsonl with an object like {"text": "..."} a line.',
    params: { file, reason },
    cause,
  });
}

export function textUnreachable(
  { name, url, digest }: { readonly name: string; readonly url: string; readonly digest: string },
  reason: string,
  cause?: unknown,
): CharlaError {
  return new CharlaError("evaluation_text_unreachable", {
    status: 502,
    message: "{name} cannot be downloaded ({reason}).",
    hint: "Bring the file yourself and name it: {url}, SHA-256 {digest}.",
    params: { name, reason, url, digest },
    cause,
  });
}

export function textTooShort(tokens: number, least: number): CharlaError {
  return new CharlaError("evaluation_text_short", {
    status: 400,
    message: "The text has {tokens} tokens, and this protocol needs {least} at least.",
    hint: "Take a longer text, a smaller --context, or the protocol bits.",
    params: { tokens, least },
  });
}

export function cannotScore(model: string): CharlaError {
  return new CharlaError("evaluation_no_scores", {
    status: 400,
    message: "{model} does not tell how likely it finds a given text.",
    hint: "Only models that run in Charla itself do; remote ones can be asked questions.",
    params: { model },
  });
}

export function pathBeside(path: string): CharlaError {
  return new CharlaError("evaluation_path_beside", {
    status: 409,
    message: "{path} is a file, and the server that runs measures its own models only.",
    hint: "Name a model of its by id (`charla models list`), or stop the server.",
    params: { path },
  });
}

export function noneRight(file: string): CharlaError {
  return new CharlaError("evaluation_set_none_right", {
    status: 400,
    message: "{file} has no question whose answer can be right or wrong.",
    hint: "Give questions a short answer, or choices and which of them is right.",
    params: { file },
  });
}

export function nothingToJudge(): CharlaError {
  return new CharlaError("evaluation_nothing_to_judge", {
    status: 400,
    message: "There are no two different answers to the same question to judge.",
    hint: "Name an evaluation of questions, or a study, in which two models have answered, and which two.",
  });
}

export function measureNotFound(name: string, known: string): CharlaError {
  return new CharlaError("evaluation_measure_not_found", {
    status: 404,
    message: "There is nothing here that measures {name}.",
    hint: "This server can measure of itself: {known}.",
    params: { name, known: known || "–" },
  });
}

export function modelChanged(model: string): CharlaError {
  return new CharlaError("evaluation_model_changed", {
    status: 409,
    message: "{model} is not the file any more with which this evaluation was begun.",
    hint: "Begin a new one: figures of two files do not belong into one.",
    params: { model },
  });
}

export function evaluationCut(id: string, done: number, total: number | null): CharlaError {
  return new CharlaError("evaluation_cut", {
    status: 499,
    message: "Stopped after {done} of {total} pieces; what was measured is kept.",
    hint: "Go on with: charla eval resume {id}",
    params: { id: id.slice(0, 8), done, total: total ?? "?" },
  });
}

export function wrongValue(setting: string, value: string, accepts: string): CharlaError {
  return new CharlaError("invalid_setting", {
    status: 400,
    message: "The setting {setting} has the value '{value}', which is not valid.",
    hint: "It takes: {accepts}.",
    params: { setting, value, accepts },
  });
}

export function modelMissing(file: string): CharlaError {
  return new CharlaError("evaluation_model_missing", {
    status: 404,
    message: "There is no file {file}.",
    hint: "Name a GGUF file, or a model that `charla models` lists; an adapter stands behind a +.",
    params: { file },
  });
}

export function noModels(): CharlaError {
  return new CharlaError("evaluation_no_models", {
    status: 400,
    message: "No model is named, and this installation has none of its own.",
    hint: "Name one with --model: the path of a GGUF file, or what the remote server calls it.",
  });
}

export function setUnreadable(file: string, reason: string, cause?: unknown): CharlaError {
  return new CharlaError("evaluation_set_unreadable", {
    status: 400,
    message: "{file} cannot be read ({reason}).",
    hint: "Name a set that comes with Charla, or a file of questions: .csv or .jsonl.",
    params: { file, reason },
    cause,
  });
}

export function noRoom(needed: number, free: number): CharlaError {
  return new CharlaError("evaluation_no_room", {
    status: 507,
    message:
      "The disk is too full: the model in another type takes {needed} MB, and {free} MB are free.",
    hint: "Free some space, or name fewer or smaller types with --types.",
    params: { needed: Math.ceil(needed / 1e6), free: Math.floor(free / 1e6) },
  });
}
