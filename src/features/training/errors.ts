/** What can be wrong with the worker, the data and a run, each with what to do about it. */
import { CharlaError } from "../../core/errors.ts";

const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);

export const noPython = (wanted: string, found: string) =>
  new CharlaError("training_no_python", {
    status: 503,
    message: "Training needs Python {wanted} with its modules venv and pip; found: {found}.",
    hint: "Install it from python.org or your system (Debian: python3 and python3-venv), or name one with --python.",
    params: { wanted, found },
  });

export const noRoom = (needed: number, free: number) =>
  new CharlaError("training_no_room", {
    status: 507,
    message: "The disk is too full: this takes {needed} MB, and {free} MB are free.",
    hint: "Free some space and go on; what was downloaded is kept.",
    params: { needed: megabytes(needed), free: Math.floor(free / 1e6) },
  });

export const setupFailed = (step: string, reason: string, output: string) =>
  new CharlaError("training_setup_failed", {
    status: 503,
    message: "Setting up stopped at {step}: {reason}",
    hint: "Run it again, and it goes on where it was. pip takes its index from its own settings (PIP_INDEX_URL behind a mirror).",
    params: { step, reason },
    cause: new Error(output),
  });

export const setupRuns = () =>
  new CharlaError("training_setup_runs", {
    status: 409,
    message: "The worker is being set up or used just now.",
    hint: "Wait for it, or stop it, then try again.",
    retryable: true,
  });

export const notSetUp = () =>
  new CharlaError("training_not_set_up", {
    status: 409,
    message: "The training worker is not set up on this machine.",
    hint: "Set it up in the page under Training, or with `charla train setup`; both say beforehand how much they download.",
  });

export const noAccelerate = () =>
  new CharlaError("training_no_accelerate", {
    status: 409,
    message: "The Python of the training worker has no Accelerate, which starts several processes.",
    hint: "Train with one process, or set the worker up again: charla train setup",
  });

export const setupStopped = () =>
  new CharlaError("training_setup_stopped", {
    status: 499,
    message: "Stopped; what was downloaded is kept.",
    hint: "Go on with: charla train setup",
  });

export const runNotFound = () =>
  new CharlaError("training_not_found", {
    status: 404,
    message: "There is no such training run.",
    hint: "It may have been deleted; `charla train list` and the page show those that there are.",
  });

export const runStopped = (id: string, done: number, total: number | null) =>
  new CharlaError("training_stopped", {
    status: 499,
    message: "Stopped after {done} of {total} steps; what was learned is kept.",
    hint: "Go on with: charla train resume {id}",
    params: { id: id.slice(0, 8), done, total: total ?? "?" },
  });

export const dataUnreadable = (file: string, reason: string, cause?: unknown) =>
  new CharlaError("training_data_unreadable", {
    status: 400,
    message: "{file} cannot be read as chats ({reason}).",
    hint: "docs/training.md lists the formats: JSONL, JSON and CSV, one chat a row.",
    params: { file, reason },
    cause,
  });

export const tooFew = (found: number, least: number) =>
  new CharlaError("training_data_few", {
    status: 422,
    message: "Only {found} chats can be learned from, and {least} are needed at least.",
    hint: "Bring more, and 200 for a result that can be relied on; a look at the data says what was left out and why.",
    params: { found, least },
  });

export const wrongValue = (setting: string, value: string, accepts: string) =>
  new CharlaError("invalid_setting", {
    status: 400,
    message: "The setting {setting} has the value '{value}', which is not valid.",
    hint: "It takes: {accepts}.",
    params: { setting, value, accepts },
  });

export const judgedPerturbed = () =>
  new CharlaError("training_perturb_judged", {
    status: 422,
    message: "Judged answers are not learned from questions that are written carelessly.",
    hint: "Leave the families of changes out, or bring chats without judgements.",
  });

export const noFile = (model: string) =>
  new CharlaError("training_no_file", {
    status: 422,
    message: "{model} is no file of this machine, so that it cannot be trained.",
    hint: "Choose a model that runs in Charla itself.",
    params: { model },
  });

export const baseChanged = (model: string) =>
  new CharlaError("training_base_changed", {
    status: 409,
    message: "{model} is not the file any more with which this run was begun.",
    hint: "Begin a new run: what was learned fits the other file alone.",
    params: { model },
  });

export const nothingToMerge = (name: string) =>
  new CharlaError("training_merge_nothing", {
    status: 409,
    message: "{name} has no adapter that could be merged.",
    hint: "Wait until the run is done, or go on with it if it was stopped.",
    params: { name },
  });

export const adapterChanged = (name: string) =>
  new CharlaError("training_adapter_changed", {
    status: 409,
    message: "The adapter of {name} is gone, or not the file any more that was trained.",
    hint: "Train again; what would be merged is not what was judged.",
    params: { name },
  });

export const mergedAlready = (file: string) =>
  new CharlaError("training_merge_exists", {
    status: 409,
    message: "{file} is there already.",
    hint: "Use it, choose another type, or delete it first among the models.",
    params: { file },
  });

export const mergeUnfit = (type: string) =>
  new CharlaError("training_merge_type", {
    status: 422,
    message:
      "No matrix of the model can be stored as {type}: its rows are no multiple of its block.",
    hint: "Choose a type with smaller blocks, such as Q8_0 or Q4_0, or one without: F16.",
    params: { type },
  });

export const noRoomToMerge = (needed: number, free: number) =>
  new CharlaError("training_merge_no_room", {
    status: 507,
    message: "The disk is too full: merging takes {needed} MB meanwhile, and {free} MB are free.",
    hint: "Free some space; most of it is the model in 32-bit floats, which is deleted at the end.",
    params: { needed: megabytes(needed), free: Math.floor(free / 1e6) },
  });

export const mergeStopped = () =>
  new CharlaError("training_merge_stopped", {
    status: 499,
    message: "Stopped; nothing of the merged file is left.",
    hint: "Run it again when you want it.",
  });

/** Divergences in nats. */
export const notFaithful = (tuned: number, base: number) =>
  new CharlaError("training_not_faithful", {
    status: 500,
    message:
      "The adapter's file does not say what was trained (divergence {tuned}, of the base {base}), and is not offered.",
    hint: "Please report it with the model's name; nothing of yours is needed for that.",
    params: { tuned: tuned.toPrecision(2), base: base.toPrecision(2) },
  });

/** The worker ended without a word: killed by the system, most often for its memory. */
export const workerDied = (how: string, output: string) =>
  new CharlaError("training_worker_died", {
    status: 500,
    message: "The training worker ended unexpectedly ({how}).",
    hint: "If the memory was full, take shorter rows or fewer in a step. Going on begins at the last checkpoint.",
    params: { how },
    cause: new Error(output),
  });

export const workerHung = (seconds: number) =>
  new CharlaError("training_worker_hung", {
    status: 504,
    message: "The training worker said nothing for {seconds} seconds and was ended.",
    hint: "Going on begins at the last checkpoint.",
    params: { seconds },
  });

/** What the worker refuses by name; its codes are those of `training/worker.py`. */
export function refusedBy(
  code: string,
  params: Readonly<Record<string, string>>,
  output: string,
): CharlaError {
  const { detail = "?", architecture = "?", step = "?" } = params;
  if (code === "training_memory")
    return new CharlaError("training_memory", {
      status: 507,
      message: "The memory was not enough for this training.",
      hint: "Take shorter rows or fewer in a step, or close other programs, then go on.",
    });
  if (code === "training_architecture")
    return new CharlaError("training_architecture", {
      status: 422,
      message: "Models of the kind {architecture} cannot be trained yet.",
      hint: "Choose a model of the families llama, mistral, qwen2, qwen3 or gemma.",
      params: { architecture },
    });
  if (code === "training_no_template" || code === "training_template")
    return new CharlaError("training_template", {
      status: 422,
      message: "The model's chat template does not fit these chats ({detail}).",
      hint: "Choose a model that is made for chats, or chats in which user and assistant alternate.",
      params: { detail },
    });
  if (code === "training_no_answers")
    return new CharlaError("training_no_answers", {
      status: 422,
      message: "No answer of the data fits into the length of a row.",
      hint: "Take longer rows, or shorter chats.",
    });
  if (code === "training_target")
    return new CharlaError("training_target", {
      status: 422,
      message: "The model has no layer to train of this name: {detail}.",
      hint: "Name none, and all linear layers are trained.",
      params: { detail },
    });
  if (code === "training_diverged")
    return new CharlaError("training_diverged", {
      status: 422,
      message: "Training went astray at step {step}: the loss is no number any more.",
      hint: "Take a smaller learning rate, and begin again.",
      params: { step },
    });
  return new CharlaError("training_failed", {
    message: "The training worker stopped: {detail}",
    hint: "The log has the details. Going on begins at the last checkpoint.",
    params: { detail },
    cause: new Error(output),
  });
}
