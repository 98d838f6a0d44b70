/** What can be wrong with the file that is to be written. */
import { CharlaError } from "../../core/errors.ts";

export function sameFile(file: string): CharlaError {
  return new CharlaError("quantise_same_file", {
    status: 400,
    message: "{file} would be written over while it is read.",
    hint: "Give the new file another name.",
    params: { file },
  });
}

export function outputExists(file: string): CharlaError {
  return new CharlaError("quantise_output_exists", {
    status: 409,
    message: "{file} exists already.",
    hint: "Give the new file another name, or replace this one with --force.",
    params: { file },
  });
}

export function unfinished(file: string): CharlaError {
  return new CharlaError("quantise_unfinished", {
    status: 409,
    message: "{file} is there: another run is writing it, or one was cut off.",
    hint: "If no other one runs, replace it with --force.",
    params: { file },
  });
}

export function outputUnusable(file: string, reason: string, cause?: unknown): CharlaError {
  return new CharlaError("quantise_output_unusable", {
    status: 400,
    message: "{file} cannot be written ({reason}).",
    hint: "See that its folder exists and that you may write there.",
    params: { file, reason },
    cause,
  });
}

export function noSpace(
  folder: string,
  needed: number,
  free: number,
  cause?: unknown,
): CharlaError {
  return new CharlaError("quantise_no_space", {
    status: 507,
    message: "The disk is too full: the new file takes {needed} MB, and {folder} has {free} MB.",
    hint: "Free some space, write to another disk, or choose a smaller type.",
    params: { folder, needed: Math.ceil(needed / 1e6), free: Math.floor(free / 1e6) },
    cause,
  });
}

export function stopped(file: string): CharlaError {
  return new CharlaError("quantise_stopped", {
    status: 499,
    message: "Stopped; nothing is left of {file}.",
    hint: "Run it again when you want it.",
    params: { file },
  });
}

export function reportStopped(file: string): CharlaError {
  return new CharlaError("quantise_report_stopped", {
    status: 499,
    message: "The report was stopped; {file} is written and whole.",
    hint: "A shorter text makes a quicker report.",
    params: { file },
  });
}

/** A file whose model computes NaN or infinity. */
export function noNumbers(file: string): CharlaError {
  return new CharlaError("quantise_no_numbers", {
    message: "{file} cannot be measured: the model in it computes no valid numbers.",
    hint: "Its weights are damaged: check the original with charla models verify, or download it again.",
    params: { file },
  });
}
