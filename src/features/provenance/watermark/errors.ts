/** What the detector refuses. */
import { CharlaError } from "../../../core/errors.ts";

export function noWords(model: string): CharlaError {
  return new CharlaError("detector_without_words", {
    status: 400,
    param: "model",
    message: "The model {model} does not give its tokens, without which no mark can be found.",
    hint: "Name a model that runs in Charla's own engine.",
    params: { model },
  });
}

export function detectorBusy(seconds: number): CharlaError {
  return new CharlaError("detector_busy", {
    status: 429,
    message: "Too many texts were looked at from here.",
    hint: "Try again in {seconds} s.",
    retryable: true,
    retryAfter: seconds,
    params: { seconds },
  });
}
