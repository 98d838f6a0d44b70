/** What can be wrong with a model that is to be exported, or with one that is to be run. */
import { CharlaError } from "../../core/errors.ts";

export function modelUnsupported(what: string): CharlaError {
  return new CharlaError("onnx_model_unsupported", {
    status: 422,
    message: "This model cannot be exported as ONNX: {what}.",
    hint: "Charla exports models of the architecture llama, such as SmolLM2, Llama and Mistral; the GGUF file itself runs as it is.",
    params: { what },
  });
}

export const tensorUnlike = (name: string) => modelUnsupported(name);

export function typeUnsupported(name: string, type: string): CharlaError {
  return new CharlaError("onnx_type_unsupported", {
    status: 422,
    message:
      "The tensor {name} has the type {type}, which cannot be exported as ONNX without loss.",
    hint: "Export a file in Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, F16, BF16 or F32; `charla quantize` writes them.",
    params: { name, type },
  });
}

export function tooLarge(bytes: number): CharlaError {
  return new CharlaError("onnx_too_large", {
    status: 422,
    message: "The ONNX file would have {gigabytes} GB, and one file can have 2 GB.",
    hint: "Export a smaller model, or the same in a smaller type.",
    params: { gigabytes: (bytes / 1e9).toFixed(1) },
  });
}

export function noSpace(
  folder: string,
  needed: number,
  free: number,
  cause?: unknown,
): CharlaError {
  return new CharlaError("onnx_no_space", {
    status: 507,
    message: "The disk is too full: the ONNX file takes {needed} MB, and {folder} has {free} MB.",
    hint: "Free some space, or write to another disk.",
    params: { folder, needed: Math.ceil(needed / 1e6), free: Math.floor(free / 1e6) },
    cause,
  });
}

export function outputExists(file: string): CharlaError {
  return new CharlaError("onnx_output_exists", {
    status: 409,
    message: "{file} exists already.",
    hint: "Give the new file another name, or replace this one with --force.",
    params: { file },
  });
}

export function outputUnusable(file: string, reason: string, cause?: unknown): CharlaError {
  return new CharlaError("onnx_output_unusable", {
    status: 400,
    message: "{file} cannot be written ({reason}).",
    hint: "See that its folder exists and that you may write there.",
    params: { file, reason },
    cause,
  });
}

export function notExported(file: string): CharlaError {
  return new CharlaError("onnx_not_exported", {
    status: 422,
    message: "{file} is not an ONNX file that Charla has written.",
    hint: "Write one with `charla export onnx`; those of others tell neither their template nor their vocabulary.",
    params: { file },
  });
}

export function runtimeMissing(): CharlaError {
  return new CharlaError("onnx_runtime_missing", {
    status: 409,
    message: "ONNX Runtime is not on this machine, and models in ONNX need it.",
    hint: "Download it with `charla onnx setup`, or choose the model's GGUF file.",
  });
}

export function systemUnsupported(system: string): CharlaError {
  return new CharlaError("onnx_system_unsupported", {
    status: 409,
    message: "There is no ONNX Runtime for this machine ({system}).",
    hint: "Choose the model's GGUF file, which Charla runs here.",
    params: { system },
  });
}
