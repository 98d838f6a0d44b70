/** What can be wrong with a model that somebody asks for. */
import { CharlaError } from "../../core/errors.ts";

export function notInstalled(model: string): CharlaError {
  return new CharlaError("model_not_installed", {
    status: 409,
    param: "model",
    message: "The model {model} is not on this machine.",
    hint: "Download it in the models panel or with `charla models pull {model}`.",
    params: { model },
  });
}

export function downloading(
  name: string,
  { received, total }: { received: number; total: number } = { received: 0, total: 0 },
): CharlaError {
  return new CharlaError("model_downloading", {
    status: 503,
    message: "The model {name} is still being downloaded ({percent} %).",
    hint: "Wait until it is there, or stop the download.",
    params: { name, percent: total > 0 ? Math.floor((100 * received) / total) : 0 },
  });
}

export function inUse(name: string): CharlaError {
  return new CharlaError("model_in_use", {
    status: 409,
    message: "The model {name} is in use.",
    hint: "Choose another model first, then delete this one.",
    params: { name },
  });
}

export function notOurs(path: string): CharlaError {
  return new CharlaError("model_not_ours", {
    status: 409,
    message: "The file {path} is outside the models folder, so Charla does not delete it.",
    hint: "Delete it yourself if you no longer want it.",
    params: { path },
  });
}

export function addressUnknown(address: string): CharlaError {
  return new CharlaError("model_address_unknown", {
    status: 400,
    param: "address",
    message: "“{address}” names no GGUF file that Charla can download.",
    hint: "Paste the hub's link of a .gguf file, write owner/name of a repository that has some, or the whole path of a file on this machine.",
    params: { address },
  });
}

export function modelInParts(file: string): CharlaError {
  return new CharlaError("model_in_parts", {
    status: 400,
    param: "address",
    message: "{file} is one of several parts of a model, which Charla does not put together.",
    hint: "Choose a smaller one that is a single file, such as Q4_K_M.",
    params: { file },
  });
}

export function noSuchSize(size: string, known: readonly string[]): CharlaError {
  return new CharlaError("model_size_unknown", {
    status: 400,
    param: "address",
    message: "There is no {size} of this model.",
    hint: "Choose one of: {known}.",
    params: { size, known: known.join(", ") },
  });
}

export function modelNameTaken(file: string): CharlaError {
  return new CharlaError("model_name_taken", {
    status: 409,
    message: "There is another {file} in the models folder already.",
    hint: "Delete that one first, or give this file another name.",
    params: { file },
  });
}

/** @param there bytes of the file that are here */
export function pieceMisplaced(there: number): CharlaError {
  return new CharlaError("piece_misplaced", {
    status: 409,
    param: "at",
    message: "This piece does not follow what is there: {there} bytes.",
    hint: "Go on from there, or begin anew at 0.",
    params: { there },
  });
}

export function notDownloadable(file: string): CharlaError {
  return new CharlaError("model_not_downloadable", {
    status: 409,
    message: "{file} is a file of your own, so there is nothing to download.",
    hint: "Choose a model of the catalogue: `charla models list` shows it.",
    params: { file },
  });
}

/** @param known ids of those that fit the model; the model process says the same */
export function adapterNotFound(id: string, known: readonly string[]): CharlaError {
  return new CharlaError("adapter_not_found", {
    status: 404,
    param: "adapter",
    message: "There is no adapter '{id}' for this model.",
    hint: "Choose one of: {known}.",
    params: { id, known: known.join(", ") || "none" },
  });
}

export function notAdapter(file: string): CharlaError {
  return new CharlaError("adapter_file_invalid", {
    status: 422,
    message: "{file} is a model, not a LoRA adapter.",
    hint: "Move it out of the folder of adapters, into the models folder.",
    params: { file },
  });
}

/** @param difference a name or a shape, in no language */
export function adapterMismatch(adapter: string, model: string, difference: string): CharlaError {
  return new CharlaError("adapter_mismatch", {
    status: 400,
    param: "adapter",
    message: "The adapter {adapter} was trained for another model than {model} ({difference}).",
    hint: "Choose the model that it was trained for; `charla models` shows which ones it fits.",
    params: { adapter, model, difference },
  });
}

export function loadFailed(name: string, cause: unknown): CharlaError {
  return new CharlaError("model_load_failed", {
    message: "The model {name} could not be loaded: {reason}",
    hint: "Check the file with `charla models verify`, or choose a smaller model.",
    params: { name, reason: (cause as Error).message },
    cause,
  });
}

export function loadGivenUp(name: string, times: number, cause: CharlaError): CharlaError {
  return new CharlaError("model_load_given_up", {
    message: "The model {name} did not load {times} times in a row: {reason}",
    hint: "It is not tried again until you choose it again; a smaller model may fit better.",
    params: { name, times, reason: cause.message },
    cause,
  });
}
